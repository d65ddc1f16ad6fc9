//! Whole launches, answer by answer, against a small simulated EC2 that keeps AWS's promises about client tokens.

mod fleets;
mod killed;
mod world;

use domain::{
    CloudFault, FaultKind,
    launch::{Check, CheckState, Headcount, Stage},
};

use super::*;
use crate::{
    call::GroupFacts,
    order::FleetOrder,
    profile::{AlarmAct, AlarmWish},
};
use world::{World, profile, wish};

fn refusal(code: &str) -> CloudFault {
    CloudFault::new(FaultKind::Refused { code: code.into() })
}

#[test]
fn a_launch_comes_through() {
    let mut world = World::new();
    let course = world.live(Course::begin(&wish(1), profile(), Refusals::default(), world.now));
    let Stage::Launched { place, .. } = course.view().stage else { panic!("{:?}", course.view().stage) };
    assert_eq!(place.to_string(), "g5.xlarge (spot) in us-east-1b", "the cheapest zone comes first");
    assert_eq!(world.alive(), 1);
    assert!(world.records.values().all(|record| record.open().is_some()), "nobody was told yet");
    assert!(matches!(course.told(), Some(Move::Keep(_))));
}

#[test]
fn a_dry_run_stops_before_the_request() {
    let mut world = World::new();
    let wish = Wish { dry_run: true, ..wish(1) };
    let course = world.live(Course::begin(&wish, profile(), Refusals::default(), world.now));
    assert_eq!(course.view().stage, Stage::Checked);
    assert_eq!((world.alive(), world.records.len()), (0, 0));
    assert!(
        course.view().checks.iter().all(|line| matches!(line.state, CheckState::Good(_))),
        "{:?}",
        course.view().checks
    );
}

#[test]
fn refused_places_are_named_and_the_next_is_tried() {
    let mut world = World::new();
    world.refuse("us-east-1b", refusal("InsufficientInstanceCapacity"));
    world.refuse("us-east-1a", refusal("MaxSpotInstanceCountExceeded"));
    let course = world.live(Course::begin(&wish(1), profile(), Refusals::default(), world.now));
    let Stage::Launched { place, .. } = course.view().stage else { panic!("{:?}", course.view().stage) };
    assert_eq!(place.to_string(), "g5.xlarge in us-east-1a", "spot of the family is out, on-demand is not");
    let refused: Vec<String> =
        course.view().refused.iter().map(|it| format!("{}: {}", it.place, it.why)).collect();
    insta::assert_snapshot!(refused.join("\n"), @r"
    g5.xlarge (spot) in us-east-1b: no capacity
    g5.xlarge (spot) in us-east-1a: the spot quota is used up
    g4dn.xlarge (spot) in us-east-1b: the spot quota is used up
    g4dn.xlarge (spot) in us-east-1a: the spot quota is used up
    ");
}

#[test]
fn when_no_place_is_left_all_are_named() {
    let mut world = World::new();
    for zone in ["us-east-1a", "us-east-1b"] {
        world.refuse(zone, refusal("InsufficientInstanceCapacity"));
        world.refuse(zone, refusal("InsufficientInstanceCapacity"));
        world.refuse(zone, refusal("InsufficientInstanceCapacity"));
        world.refuse(zone, refusal("InsufficientInstanceCapacity"));
    }
    let course = world.live(Course::begin(&wish(1), profile(), Refusals::default(), world.now));
    let Stage::Failed(problem) = course.view().stage else { panic!("{:?}", course.view().stage) };
    assert!(
        problem.message.contains("tried 8 of 8: g5.xlarge (spot) in us-east-1b: no capacity; "),
        "{problem}"
    );
    assert!(world.records.values().all(|record| record.open().is_none()));
    let again = world.live(Course::begin(&wish(2), profile(), course.refusals().clone(), world.now));
    assert!(
        matches!(again.view().stage, Stage::Launched { .. }),
        "if all are fresh they are tried all the same"
    );
}

#[test]
fn a_missing_permission_ends_it_before_anything_is_asked_for() {
    let mut world = World::new();
    world.deny_permission = true;
    let course = world.live(Course::begin(&wish(1), profile(), Refusals::default(), world.now));
    let Stage::Failed(problem) = course.view().stage else { panic!("{:?}", course.view().stage) };
    assert!(problem.message.contains("ec2:RunInstances"), "{problem}");
    assert_eq!(world.requests, 0);
}

#[test]
fn what_the_policies_deny_later_is_said_and_holds_nothing_up() {
    let mut world = World::new();
    world.denied = vec!["cloudwatch:PutMetricAlarm".into()];
    let course = world.live(Course::begin(&wish(1), profile(), Refusals::default(), world.now));
    let line = course.view().checks.into_iter().find(|line| line.check == Check::Permission);
    let Some(CheckState::Doubtful(said)) = line.map(|line| line.state) else { panic!("{:?}", course.view()) };
    assert!(said.contains("cloudwatch:PutMetricAlarm"), "{said}");
    assert!(matches!(course.view().stage, Stage::Launched { .. }), "{:?}", course.view().stage);
}

#[test]
fn a_lost_answer_is_asked_for_and_not_launched_twice() {
    for lost_before in [true, false] {
        let mut world = World::new();
        world.lose = vec![lost_before];
        let course = world.live(Course::begin(&wish(1), profile(), Refusals::default(), world.now));
        assert!(matches!(course.view().stage, Stage::Launched { .. }), "{:?}", course.view().stage);
        assert_eq!(world.alive(), 1);
    }
}

#[test]
fn what_ec2_does_not_know_yet_is_removed_when_it_does() {
    let mut world = World { cancel_at_request: true, unknown_yet: 3, ..World::new() };
    let course = world.live(Course::begin(&wish(1), profile(), Refusals::default(), world.now));
    assert_eq!(course.view().stage, Stage::Cancelled);
    assert_eq!(world.alive(), 0);

    let mut world = World { cancel_at_request: true, unknown_yet: usize::MAX, ..World::new() };
    let course = world.live(Course::begin(&wish(1), profile(), Refusals::default(), world.now));
    let Stage::Failed(problem) = course.view().stage else { panic!("{:?}", course.view().stage) };
    assert!(problem.hint.contains("curfew terminate i-"), "what is left is named: {problem:?}");
    assert!(world.records.values().any(|record| record.open().is_some()), "and the next launch finds it");
}

#[test]
fn what_was_called_off_in_flight_is_removed() {
    let mut world = World::new();
    world.cancel_at_request = true;
    let course = world.live(Course::begin(&wish(1), profile(), Refusals::default(), world.now));
    assert_eq!(course.view().stage, Stage::Cancelled);
    assert_eq!((world.alive(), world.requests), (0, 1));
}

#[test]
fn a_yes_goes_on_with_what_was_seen() {
    let mut world = World::new();
    let dry = Wish { dry_run: true, ..wish(1) };
    let mut course = world.live(Course::begin(&dry, profile(), Refusals::default(), world.now));
    let moves = course.confirm(world.now);
    assert!(matches!(moves[..], [Move::Keep(_)]), "nothing is asked again: {moves:?}");
    let course = world.live((course, moves));
    assert!(matches!(course.view().stage, Stage::Launched { .. }), "{:?}", course.view().stage);
    assert_eq!((world.alive(), course.view().made.is_some(), course.view().dry_run), (1, true, false));
}

#[test]
fn a_yes_that_comes_late_looks_again_first() {
    let mut world = World::new();
    let dry = Wish { dry_run: true, ..wish(1) };
    let mut course = world.live(Course::begin(&dry, profile(), Refusals::default(), world.now));
    let moves = course.confirm(after(world.now, Duration::from_secs(600)));
    assert!(moves.contains(&Move::Ask(Call::Identity)), "{moves:?}");
    let course = world.live((course, moves));
    assert!(matches!(course.view().stage, Stage::Launched { .. }), "{:?}", course.view().stage);
    assert!(Course::confirm(&mut course.clone(), world.now).is_empty(), "what is launched waits for no yes");
}

#[test]
fn an_instance_is_whole_when_its_alarm_was_answered() {
    let mut world = World::new();
    let alarm = AlarmWish {
        cpu_below_percent: 3,
        period: Duration::from_secs(300),
        periods: 3,
        act: AlarmAct::Terminate,
    };
    let profile = Profile { alarm: Some(alarm), ..profile() };
    let begun = Course::begin(&wish(1), profile, Refusals::default(), world.now);
    let mut before = None;
    let course = world.watch(begun, |course| {
        if matches!(course.view().stage, Stage::Launched { .. }) {
            before.get_or_insert(course.view().whole);
        }
    });
    assert_eq!((before, course.view().whole), (Some(false), true));
}
