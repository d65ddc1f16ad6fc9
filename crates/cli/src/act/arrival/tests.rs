//! When an action is through.

use domain::{Instance, action::Progress, time::after};

use super::*;
use crate::samples::{fleet, instance, noon, target};

const ID: &str = "i-0f09e5bb081e72ae1";
const BOUND: Duration = Duration::from_secs(60);

fn in_state(state: Lifecycle) -> Fleet {
    fleet(&[("personal", Instance { lifecycle: state, ..instance(ID) })])
}

fn through(verb: Verb, fleet: &Fleet) -> Option<Arrival> {
    let mut waiting = BTreeMap::from([(target("personal", ID), "train".to_owned())]);
    let mut ended = news(verb, fleet, &mut waiting);
    assert_eq!(waiting.is_empty(), !ended.is_empty());
    ended.pop().map(|(_, arrival)| arrival)
}

#[test]
fn each_action_leads_to_its_state() {
    let check = |verb, state, expect: Option<&str>| {
        let said = through(verb, &in_state(state)).map(|arrival| match arrival {
            Arrival::Well(text) => text,
            Arrival::Failed(problem) => problem.code,
        });
        assert_eq!(said.as_deref(), expect, "{verb:?} {state:?}");
    };
    check(Verb::Stop, Lifecycle::Running, None);
    check(Verb::Stop, Lifecycle::Stopping, None);
    check(Verb::Stop, Lifecycle::Stopped, Some("is stopped"));
    check(Verb::Stop, Lifecycle::Terminated, Some("ended"));
    check(Verb::Start, Lifecycle::Pending, None);
    check(Verb::Start, Lifecycle::Running, Some("is running"));
    check(Verb::Terminate, Lifecycle::Running, None);
    check(Verb::Terminate, Lifecycle::ShuttingDown, Some("is shutting down"));
    assert!(matches!(through(Verb::Terminate, &fleet(&[])), Some(Arrival::Well(_))));
}

#[test]
fn a_failure_is_told_whatever_the_state() {
    let mut fleet = in_state(Lifecycle::Running);
    let problem = Problem::new("protected", "termination protection is on", "");
    let failed = Progress::Failed { verb: Verb::Terminate, at: noon(), problem: problem.clone() };
    fleet.progress.insert(target("personal", ID), failed);
    assert_eq!(through(Verb::Terminate, &fleet), Some(Arrival::Failed(problem)));
}

#[test]
fn what_is_on_its_way_when_the_time_is_over_is_well() {
    let at = |verb, state| late(verb, &in_state(state), &target("personal", ID), BOUND);
    assert!(matches!(at(Verb::Stop, Lifecycle::Stopping), Arrival::Well(_)));
    assert!(matches!(at(Verb::Start, Lifecycle::Pending), Arrival::Well(_)));
    let Arrival::Failed(problem) = at(Verb::Terminate, Lifecycle::Running) else { panic!("it is not") };
    assert!(problem.message.ends_with("AWS did not show it happening within 1m"), "{problem}");
    assert!(after(noon(), BOUND) > noon());
}
