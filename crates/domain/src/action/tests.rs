//! Tables and properties of `action`.

use super::*;
use crate::fixtures::{HOUR, instance, spot, tagged};

fn running() -> Instance {
    instance(1, "g5.xlarge", HOUR)
}

fn in_state(lifecycle: Lifecycle) -> Instance {
    Instance { lifecycle, ..running() }
}

#[test]
fn each_verb_in_each_state() {
    use Lifecycle::{Pending, Running, ShuttingDown, Stopped, Stopping, Terminated};
    let table = [
        (
            Verb::Start,
            [
                (Pending, false),
                (Running, false),
                (Stopping, false),
                (Stopped, true),
                (ShuttingDown, false),
                (Terminated, false),
            ],
        ),
        (
            Verb::Stop,
            [
                (Pending, true),
                (Running, true),
                (Stopping, false),
                (Stopped, false),
                (ShuttingDown, false),
                (Terminated, false),
            ],
        ),
        (
            Verb::Terminate,
            [
                (Pending, true),
                (Running, true),
                (Stopping, true),
                (Stopped, true),
                (ShuttingDown, false),
                (Terminated, false),
            ],
        ),
    ];
    for (verb, states) in table {
        for (state, allowed) in states {
            assert_eq!(steps(verb, &in_state(state)).is_ok(), allowed, "{verb:?} {state:?}");
        }
    }
}

#[test]
fn protection_is_looked_at_before_anything_is_taken_down() {
    assert_eq!(steps(Verb::Stop, &running()), Ok(vec![Step::CheckProtection, Step::Stop]));
    assert_eq!(steps(Verb::Terminate, &running()), Ok(vec![Step::CheckProtection, Step::Terminate]));
}

#[test]
fn the_tag_protects_unless_it_says_no() {
    let check = |value, refused: bool| {
        let instance = tagged("curfew:protect", value, running());
        assert_eq!(steps(Verb::Terminate, &instance) == Err(Refusal::TagProtected), refused, "{value}");
    };
    check("", true);
    check("true", true);
    check("until friday", true);
    check("false", false);
    check("No", false);
}

#[test]
fn spot_requests_are_closed_so_that_nothing_comes_back() {
    let cancel = Step::CancelSpotRequest("sir-abcd1234".into());
    let check = |persistence, expect: &[Step]| {
        assert_eq!(steps(Verb::Terminate, &spot(persistence, running())), Ok(expect.to_vec()));
    };
    check(Persistence::OneTime, &[Step::CheckProtection, Step::Terminate]);
    check(Persistence::Persistent, &[Step::CheckProtection, cancel.clone(), Step::Terminate]);
    check(Persistence::Unknown, &[Step::CheckProtection, cancel, Step::Terminate]);
}

#[test]
fn a_request_that_nobody_could_read_is_not_risked() {
    let mut instance = spot(Persistence::Unknown, running());
    if let Market::Spot(spot) = &mut instance.market {
        spot.request = None;
    }
    assert_eq!(steps(Verb::Terminate, &instance), Err(Refusal::SpotRequestUnread));
}

#[test]
fn one_time_spot_cannot_be_stopped_and_what_aws_stopped_cannot_be_started() {
    assert_eq!(steps(Verb::Stop, &spot(Persistence::OneTime, running())), Err(Refusal::OneTimeSpot));
    let mut interrupted = spot(Persistence::Persistent, in_state(Lifecycle::Stopped));
    if let Market::Spot(spot) = &mut interrupted.market {
        spot.interruption = Some("instance-stopped-no-capacity".into());
    }
    assert_eq!(steps(Verb::Start, &interrupted), Err(Refusal::Interrupted));
}

#[test]
fn a_group_member_is_cautioned_about() {
    let member = tagged("aws:autoscaling:groupName", "trainers", running());
    let caution = caution(Verb::Terminate, &member).expect("there is a caution");
    assert!(caution.contains("trainers") && caution.contains("replacement"), "{caution}");
}

#[test]
fn a_refusal_names_account_region_and_id() {
    let target = crate::fixtures::target(&running());
    let problem = Refusal::OneTimeSpot.problem(Verb::Stop, &target);
    assert_eq!(
        problem.message,
        "Stopping i-00000000000000001 in us-east-1 (account me) was refused: a one-time spot instance cannot be stopped"
    );
}
