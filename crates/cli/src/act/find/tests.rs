//! Which instance an id means.

use super::*;
use crate::samples::{fleet, instance, target};

const ID: &str = "i-0f09e5bb081e72ae1";
const ANYWHERE: Place<'_> = Place { region: None, account: None };

fn typed(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|&id| id.to_owned()).collect()
}

#[test]
fn each_id_counts_once_and_a_bad_one_holds_back_no_other() {
    let ids = ids(&typed(&[ID, "i-nonsense", ID])).unwrap();
    assert_eq!(ids.good.len(), 1);
    assert!(ids.malformed[0].message.starts_with("`i-nonsense` is not an instance id"), "{ids:?}");
}

#[test]
fn nothing_but_bad_ids_is_a_wrong_command() {
    let failure = ids(&typed(&["one", "two"])).unwrap_err();
    assert_eq!((failure.kind, failure.lines.len()), (Kind::Usage, 2));
}

#[test]
fn an_id_means_the_one_instance_that_has_it() {
    let fleet = fleet(&[("personal", instance(ID))]);
    let found = target_of(&fleet, ANYWHERE);
    assert_eq!(found, Ok(target("personal", ID)));
}

#[test]
fn an_id_that_nobody_has_is_not_found() {
    let problem = target_of(&fleet(&[]), ANYWHERE).unwrap_err();
    assert_eq!(problem.code, NOT_FOUND);
    assert_eq!(
        problem.message,
        "Terminating i-0f09e5bb081e72ae1: there is no such instance in any region that was read"
    );
    let region = Region::new("eu-west-1");
    let problem =
        target_of(&fleet(&[("personal", instance(ID))]), Place { region: Some(&region), account: None });
    assert!(problem.unwrap_err().message.ends_with("in eu-west-1"));
}

#[test]
fn an_id_that_two_accounts_see_is_never_guessed() {
    let fleet = fleet(&[("personal", instance(ID)), ("work", instance(ID))]);
    let problem = target_of(&fleet, ANYWHERE).unwrap_err();
    assert_eq!(problem.code, "ambiguous");
    assert!(
        problem.message.contains("account personal in us-east-1; account work in us-east-1"),
        "{problem}"
    );
    assert_eq!(problem.hint, "Say which with --account personal or --account work.");
    let account = AccountName::new("work");
    let found = target_of(&fleet, Place { region: None, account: Some(&account) });
    assert_eq!(found, Ok(target("work", ID)));
}

fn target_of(fleet: &Fleet, place: Place<'_>) -> Result<Target, Problem> {
    super::target(fleet, &ID.parse().unwrap(), &place, Verb::Terminate)
}
