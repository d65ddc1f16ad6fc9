//! Every worked example comes to its work in the demo, and what is called off is gone.

use std::collections::VecDeque;

use domain::{
    Actor, LaunchId,
    launch::{CheckState, Launch as View, Stage, Wish},
    time::after,
};
use launch::{ClientToken, Course, Move, Profile, profile::EXAMPLES, refusal::Refusals};

use super::*;
use crate::stage;

/// A launch in the demo's world, as the engine would drive it.
struct Drive {
    world: World,
    course: Course,
    moves: VecDeque<Move>,
    now: Timestamp,
}

impl Drive {
    fn begin(name: &str, text: &str) -> Self {
        let now: Timestamp = "2026-07-01T12:00:00Z".parse().expect("a time");
        let wish = Wish {
            id: LaunchId::of(1),
            account: "demo".into(),
            profile: name.into(),
            text: text.into(),
            dry_run: false,
            actor: Actor::Window,
        };
        let profile = Profile::parse(name.parse().expect("a name"), text).expect("a good profile");
        let (course, moves) = Course::begin(&wish, profile, Refusals::default(), now);
        Self { world: stage::fleet(now, crate::PACE), course, moves: moves.into(), now }
    }

    /// Goes on until this holds; it is there within an hour of the demo's time, or never.
    fn until(&mut self, holds: impl Fn(&View) -> bool) -> View {
        for _ in 0..5_000 {
            let view = self.course.view();
            if holds(&view) {
                return view;
            }
            self.step();
        }
        panic!("it never comes so far: {:?}", self.course.view());
    }

    fn step(&mut self) {
        let identity = self.world.identity(&"demo".into()).expect("the demo's account works");
        let moves = match self.moves.pop_front() {
            Some(Move::Ask(call)) => {
                let answer = self.world.answer(identity, &call, self.now);
                self.course.answered(&call, answer, self.now)
            }
            Some(Move::Keep(_)) => self.course.kept(Ok(()), self.now),
            None => {
                self.now = self.course.next().unwrap_or_else(|| after(self.now, Duration::from_secs(60)));
                self.course.due(self.now)
            }
        };
        self.moves.extend(moves);
    }
}

#[test]
fn every_example_comes_to_its_work() {
    for (name, text) in EXAMPLES.into_iter().filter(|(name, _)| *name != "fleet") {
        let mut drive = Drive::begin(name, text);
        let view = drive.until(|view| view.stage.is_over());
        let Stage::Launched { agent: Some(word), remark: None, .. } = &view.stage else {
            panic!("{name}: {:?}", view.stage)
        };
        assert!(word.settled, "{name}: {word:?}");
        let bad = view.checks.iter().find(|line| matches!(line.state, CheckState::Bad(_)));
        assert_eq!(bad, None, "{name}");
        assert!(view.estimate.is_some_and(|it| it.worst.is_some()), "{name} has no price");
    }
}

#[test]
fn spot_is_refused_in_the_first_zone_and_had_in_the_next() {
    let (name, text) = EXAMPLES[2];
    let view = Drive::begin(name, text).until(|view| view.stage.is_over());
    assert!(view.refused.iter().any(|refused| refused.asked), "{view:?}");
}

#[test]
fn a_fleet_comes_with_all_its_members_and_goes_with_them() {
    let (name, text) = EXAMPLES.into_iter().find(|(name, _)| *name == "fleet").expect("an example");
    let mut drive = Drive::begin(name, text);
    let members = |drive: &Drive| {
        let seen = drive.world.machines.values().filter_map(|machine| machine.at(drive.now));
        let of_it = seen.filter(|seen| seen.group().is_some_and(|group| group.as_str() == "curfew-fleet"));
        of_it.filter(|seen| !seen.lifecycle.is_over()).count()
    };
    let view = drive.until(|view| view.stage.is_over());
    let Stage::Grown { members: there, remark: None, .. } = &view.stage else { panic!("{:?}", view.stage) };
    assert_eq!((there.running, there.desired, members(&drive)), (1, 1, 1));
    drive.world.disband(&"curfew-fleet".into(), &ClientToken::of(&LaunchId::of(2), 1), drive.now);
    assert_eq!(members(&drive), 1, "it is another launch's");
    let mut drive = Drive::begin(name, text);
    drive.until(|view| matches!(view.stage, Stage::Grown { .. }));
    let moves = drive.course.cancel();
    drive.moves.extend(moves);
    drive.until(|view| view.stage == Stage::Cancelled);
    drive.now = after(drive.now, Duration::from_secs(600));
    assert_eq!(members(&drive), 0);
}

#[test]
fn what_is_called_off_is_gone() {
    let (name, text) = EXAMPLES[3];
    let mut drive = Drive::begin(name, text);
    let view = drive.until(|view| matches!(view.stage, Stage::Launched { .. }));
    let Stage::Launched { target, .. } = view.stage else { unreachable!("that was waited for") };
    let moves = drive.course.cancel();
    drive.moves.extend(moves);
    drive.until(|view| view.stage == Stage::Cancelled);
    let later = after(drive.now, Duration::from_secs(600));
    let left = drive.world.machines.get(&target.id).and_then(|machine| machine.at(later));
    assert!(left.is_none_or(|seen| seen.lifecycle.is_over()), "it is still there");
}
