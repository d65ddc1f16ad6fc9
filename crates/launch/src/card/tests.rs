//! Cards of the worked examples, of faulty profiles, and of what was launched before.

use domain::{Actor, LaunchId};

use super::*;

const G5: &str = include_str!("../../../../bundle/profiles/g5-training.toml");

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().expect("a time")
}

fn planned(text: &str) -> Plan {
    let card = card("train", text, &[], now());
    card.plan().cloned().unwrap_or_else(|| panic!("{:?}", card.faults()))
}

#[test]
fn an_example_says_what_it_launches_and_what_it_costs() {
    let plan = planned(G5);
    assert_eq!(plan.types_in_words(), "g5.xlarge or g4dn.2xlarge");
    assert_eq!(plan.regions_in_words(), "us-east-1, us-east-2 or us-west-2");
    assert_eq!(plan.market_in_words(), "spot, at most $0.60/h");
    assert_eq!(plan.on_demand.map(|hourly| hourly.to_string()).as_deref(), Some("$1.01/h"));
    let estimate = plan.estimate.expect("its prices are known");
    assert_eq!(estimate.longest_s, 4 * 3600);
    assert!(estimate.expected < estimate.worst && estimate.worst.is_some(), "{estimate:?}");
    let about = plan.about.expect("it begins with a comment");
    assert!(about.starts_with("A training on a GPU that ends by itself"), "{about}");
}

#[test]
fn an_unknown_price_is_not_nothing() {
    let plan = planned(&G5.replace("g5.xlarge", "g99.xlarge").replace("max_price_usd", "#"));
    assert_eq!((plan.on_demand, plan.spot), (None, None));
    assert_eq!(plan.estimate.and_then(|estimate| estimate.worst), None);
}

#[test]
fn a_faulty_profile_has_its_faults_and_no_plan() {
    let card = card("train", "regions = []\nimagee = \"x\"\n", &[], now());
    assert!(card.plan().is_none());
    assert!(card.faults().iter().any(|fault| fault.line == 2), "{:?}", card.faults());
    let named = super::card("two words", G5, &[], now());
    assert_eq!(named.faults().len(), 1, "{:?}", named.faults());
}

#[test]
fn a_warning_stands_at_its_line() {
    let text = format!("{G5}\n[run.env]\nHF_HOME = \"/x\"\nHF_TOKEN = \"abc\"\n");
    let plan = planned(&text);
    let [warning] = plan.warnings.as_slice() else { panic!("{:?}", plan.warnings) };
    assert_eq!(text.lines().nth(warning.line - 1), Some("HF_TOKEN = \"abc\""));
    assert!(warning.message.starts_with("is a secret by its name"), "{warning}");
}

#[test]
fn the_newest_launch_of_the_profile_is_the_last() {
    let record = |n: u64, profile: &str, why: &str| Record {
        id: LaunchId::of(n),
        account: "me".into(),
        profile: profile.into(),
        actor: Actor::Window,
        at: now(),
        state: RecordState::Ended(End::Nothing(why.into())),
    };
    let kept = [record(3, "other", "c"), record(2, "train", "b"), record(1, "train", "a")];
    let last = card("train", G5, &kept, now()).last.expect("it was launched");
    assert_eq!(last.end, LastEnd::Nothing("b".into()));
    assert_eq!(card("new", G5, &kept, now()).last, None);
}
