//! What is said before something is done.

use domain::instance::{GROUP_TAG, PROTECT_TAG, Persistence};

use super::*;
use crate::samples::{fleet, instance, noon, pipe, spot, target};

const ID: &str = "i-0f09e5bb081e72ae1";

fn planned(verb: Verb, instance: Instance) -> Result<Plan, Problem> {
    plan(verb, &fleet(&[("personal", instance)]), target("personal", ID), noon())
}

fn lines(verb: Verb, instance: Instance) -> Vec<String> {
    planned(verb, instance).unwrap().lines
}

#[test]
fn a_stop_says_what_it_saves_and_what_goes_on_costing() {
    let expect = [
        "g5.xlarge, on-demand, in us-east-1 (us-east-1a), account personal",
        "running for 3h, $3.05 so far; this saves $1.01/h; its volumes go on costing $0.01/h",
    ];
    assert_eq!(lines(Verb::Stop, instance(ID)), expect);
}

#[test]
fn a_termination_saves_the_volumes_too_and_warns_of_their_loss() {
    let plan = planned(Verb::Terminate, instance(ID)).unwrap();
    assert_eq!((plan.title.as_str(), plan.saves), ("train (i-0f09e5bb081e72ae1)", Some(1_016_000)));
    assert_eq!(plan.lines[1], "running for 3h, $3.05 so far; this saves $1.02/h");
    assert_eq!(plan.lines[2], "What is on its volumes is lost unless they are set to stay.");
}

#[test]
fn a_start_says_what_it_costs() {
    let stopped = Instance { lifecycle: Lifecycle::Stopped, ..instance(ID) };
    assert_eq!(lines(Verb::Start, stopped)[1], "stopped; this costs $1.01/h from then on");
}

#[test]
fn groups_and_persistent_requests_are_pointed_out() {
    let mut member = instance(ID);
    member.tags.insert(GROUP_TAG.into(), "sweep".into());
    assert!(lines(Verb::Stop, member)[2].contains("Auto Scaling group sweep"));
    let lines = lines(Verb::Terminate, spot(ID, Persistence::Persistent));
    assert_eq!(
        lines[2],
        "Its spot request sir-12345678 is cancelled first, so that it launches no replacement."
    );
}

#[test]
fn what_may_not_be_is_refused_with_its_reason() {
    let mut protected = instance(ID);
    protected.tags.insert(PROTECT_TAG.into(), "true".into());
    let check = |verb, instance, code: &str| assert_eq!(planned(verb, instance).unwrap_err().code, code);
    check(Verb::Terminate, protected, "protected");
    check(Verb::Stop, spot(ID, Persistence::OneTime), "one-time-spot");
    check(Verb::Start, instance(ID), "already");
}

#[test]
fn several_are_summed_up() {
    let one = planned(Verb::Terminate, instance(ID)).unwrap();
    let unknown = Plan { saves: None, ..one.clone() };
    let text = |go: Vec<Plan>| Plans { go, refused: Vec::new() }.text(Verb::Terminate, &pipe());
    assert!(text(vec![one.clone(), one.clone()]).ends_with("Together this saves $2.03/h.\n"));
    assert!(text(vec![one.clone(), unknown]).ends_with("saves $1.02/h, and 1 of unknown price.\n"));
    assert!(text(vec![one]).starts_with("Terminate train (i-0f09e5bb081e72ae1)\n    g5.xlarge, "));
}
