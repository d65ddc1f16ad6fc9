//! Launches of fleets: one group, and after a crash neither a second one nor a template that nobody needs.

use domain::launch::Made;
use proptest::prelude::*;

use super::{world::fleet, *};

fn begin(world: &World) -> (Course, Vec<Move>) {
    Course::begin(&wish(1), fleet(), Refusals::default(), world.now)
}

fn again(world: &World, n: u64) -> (Course, Vec<Move>) {
    let open = world.records.values().find_map(|record| Some((record, record.open()?)));
    match open {
        Some((record, order)) => {
            Course::resume(&wish(n), fleet(), record.id.clone(), order.clone(), record.at, world.now)
        }
        None => Course::begin(&wish(n), fleet(), Refusals::default(), world.now),
    }
}

/// What is there is a whole group, or nothing.
fn nothing_leaks(world: &World) {
    let made_by: Vec<String> = world.groups.values().map(|(token, _)| token.as_str().to_owned()).collect();
    assert!(made_by.len() <= 1);
    assert_eq!(world.templates.iter().cloned().collect::<Vec<_>>(), made_by);
}

#[test]
fn a_fleet_comes_through() {
    let mut world = World::new();
    let course = world.live(begin(&world));
    let Stage::Grown { group, members, followed: false, remark: None } = course.view().stage else {
        panic!("{:?}", course.view().stage)
    };
    assert_eq!(group.to_string(), "curfew-train in us-east-1");
    assert_eq!(members.to_string(), "2 of 2 members running");
    assert_eq!(course.view().made, Some(Made::Group(group)));
    assert_eq!(world.instances.len(), 0, "no instance beside the group's");
    nothing_leaks(&world);
    assert!(matches!(course.told(), Some(Move::Keep(record)) if record.open().is_none()));
}

#[test]
fn its_order_takes_every_place_that_will_do() {
    let mut world = World::new();
    let course = world.live(begin(&world));
    let record = world.records.values().next().expect("kept");
    let order = record.open().expect("not told yet");
    let FleetOrder { kinds, subnets, max, desired, until, .. } = order.fleet.clone().expect("a fleet");
    assert_eq!((kinds, max, desired), (course.profile.types.clone(), 4, 2));
    assert_eq!(subnets, ["subnet-us-east-1a", "subnet-us-east-1b"]);
    let longest = course.profile.agent.limits.max_runtime;
    assert!(until > after(world.now, longest), "members may run as long as they may");
    assert!(order.user_data.contains("members = 4"), "each member finds its place: {}", order.user_data);
}

#[test]
fn a_second_fleet_of_the_name_is_refused() {
    let mut world = World::new();
    world.live(begin(&world));
    world.records.clear();
    let course = world.live(Course::begin(&wish(2), fleet(), Refusals::default(), world.now));
    let Stage::Failed(problem) = course.view().stage else { panic!("{:?}", course.view().stage) };
    assert!(problem.message.contains("there is a fleet"), "{problem:?}");
    nothing_leaks(&world);
}

#[test]
fn what_is_called_off_is_removed_with_its_template() {
    let mut world = World::new();
    let mut course = world.live(begin(&world));
    let moves = course.cancel();
    let course = world.live((course, moves));
    assert_eq!(course.view().stage, Stage::Cancelled);
    assert_eq!((world.groups.len(), world.templates.len()), (0, 0));
}

#[test]
fn what_is_called_off_while_it_is_asked_for_is_removed_too() {
    for lose in [vec![], vec![false], vec![true]] {
        let mut world = World::new();
        (world.cancel_at_request, world.lose) = (true, lose);
        let course = world.live(begin(&world));
        assert_eq!(course.view().stage, Stage::Cancelled);
        assert_eq!((world.groups.len(), world.templates.len()), (0, 0));
    }
}

#[test]
fn members_that_do_not_come_are_told_of_with_the_reason() {
    let mut world = World::new();
    let mut course = world.live(begin(&world));
    let State::Grown(growing) = &mut course.state else { panic!("{:?}", course.state) };
    let call = growing.count();
    let short = |running| GroupFacts {
        members: Headcount { running, desired: 2 },
        trouble: Some("no spot capacity".into()),
    };
    let later = |minutes: u64| after(world.now, Duration::from_secs(minutes * 60));
    course.answered(&call, Ok(Answer::FindGroup(Some(short(1)))), later(1));
    assert!(course.view().stage.problem().is_none() && !course.view().stage.is_over());
    course.answered(&call, Ok(Answer::FindGroup(Some(short(1)))), later(16));
    let problem = course.view().stage.problem().cloned().expect("told");
    assert_eq!(
        problem.message,
        "curfew-train in us-east-1 has 1 of 2 members running after 15 minutes: no spot capacity"
    );
    assert!(course.view().stage.is_over());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn killed_again_and_again_with_answers_lost(
        kills in prop::collection::vec(0_usize..40, 0..6),
        pauses in prop::collection::vec(0_u64..1200, 6),
        lose in prop::collection::vec(any::<bool>(), 0..5),
    ) {
        let mut world = World { lose, ..World::new() };
        let mut n = 1;
        for (most, pause) in kills.iter().zip(&pauses) {
            let begun = again(&world, n);
            world.live_for(begun, *most);
            world.now = after(world.now, Duration::from_secs(*pause));
            n += 1;
        }
        let begun = again(&world, n);
        let course = world.live(begun);
        let grown = matches!(course.view().stage, Stage::Grown { .. });
        prop_assert!(grown, "{:?}", course.view().stage);
        nothing_leaks(&world);
    }
}
