//! The core on tables; and whole lives, simulated.

use std::time::Duration;

use protocol::config::OnEnd;

use super::{
    plan::{Before, Checkpoints},
    *,
};
use crate::decide::{ending::Way, idle::Verdict, spot::Action};

mod lives;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

fn plan() -> Plan {
    Plan {
        limit: 4 * HOUR,
        on_end: OnEnd::Terminate,
        anywhere: false,
        stays: false,
        command: true,
        reach_within: 5 * MINUTE,
        saves: true,
        save_within: 10 * MINUTE,
        save_every: Some(10 * MINUTE),
        checkpoint: Some(Checkpoints { deadline: MINUTE, every: Some(10 * MINUTE), on_rebalance: false }),
        idle: None,
        fleet: false,
        before: Before::Nothing,
    }
}

/// A core, its clock, and what it asked for last.
struct Rig {
    core: Core,
    up: Duration,
    last: Vec<Effect>,
}

impl Rig {
    fn new(plan: Plan) -> Self {
        let mut rig = Self { core: Core::new(plan), up: Duration::from_secs(20), last: Vec::new() };
        rig.feed(Input::Tick);
        rig
    }

    /// On EC2, with the environment, up to the command.
    fn working(plan: Plan) -> Self {
        let mut rig = Self::new(plan);
        rig.ended(Ended::Identified(Whereabouts::OnEc2));
        rig.ended(Ended::Locked(Lock::Held));
        rig.ended(Ended::Prepared(Ok(())));
        rig.ended(Ended::Fetched(Ok(())));
        rig
    }

    fn feed(&mut self, input: Input) {
        self.last = self.core.handle(input, self.up);
    }

    fn ended(&mut self, ended: Ended) {
        self.feed(Input::Ended(ended));
    }

    fn pass(&mut self, time: Duration) {
        self.up += time;
        self.feed(Input::Tick);
    }

    fn notice(&mut self, action: Action) {
        let detected = self.up;
        self.feed(Input::Noticed(Notice { action, detected }));
    }

    /// The tasks begun by the last input.
    fn begun(&self) -> Vec<Task> {
        let task = |effect: &Effect| match effect {
            Effect::Begin { task, .. } => Some(task.clone()),
            Effect::Signal(_) | Effect::Report(_) | Effect::Conclude(_) | Effect::Say(_) | Effect::Leave => {
                None
            }
        };
        self.last.iter().filter_map(task).collect()
    }

    fn phases(&self) -> Vec<Phase> {
        let phase = |effect: &Effect| match effect {
            Effect::Report(phase) => Some(*phase),
            Effect::Begin { .. }
            | Effect::Conclude(_)
            | Effect::Signal(_)
            | Effect::Say(_)
            | Effect::Leave => None,
        };
        self.last.iter().filter_map(phase).collect()
    }

    /// Answers every step of the closing well, up to the first way to power off.
    fn close_well(&mut self) -> Way {
        for _ in 0..10 {
            match self.begun().pop() {
                Some(Task::Checkpoint { why, .. }) => self.ended(Ended::Checkpointed(why, Ok(()))),
                Some(Task::Save { why }) => self.ended(Ended::Saved(why, Ok(()))),
                Some(Task::Record(_)) => self.ended(Ended::Recorded(Ok(()))),
                Some(Task::Release) => self.ended(Ended::Released(Ok(()))),
                Some(Task::PowerOff(way, _)) => return way,
                other => panic!("{other:?} is no step of an end"),
            }
        }
        panic!("it does not end");
    }
}

#[test]
fn a_command_that_ends_takes_the_machine_with_it() {
    for (exit, phase) in [
        (Exit::Code(0), Phase::ResultsSync),
        (Exit::Code(3), Phase::Failed),
        (Exit::Signal(11), Phase::Failed),
        (Exit::OutOfMemory, Phase::Failed),
        (Exit::NotStarted, Phase::Failed),
    ] {
        let mut rig = Rig::working(plan());
        assert_eq!(rig.begun(), [Task::Command]);
        rig.pass(MINUTE);
        rig.ended(Ended::Command(exit));
        assert_eq!(rig.phases(), [phase], "{exit}");
        let checkpoint = Task::Checkpoint { why: Why::End, command_by: None };
        assert_eq!(rig.begun(), [checkpoint], "there is nobody left to ask for a checkpoint");
        assert_eq!(rig.close_well(), Way::Shutdown);
    }
}

#[test]
fn the_limit_asks_for_a_checkpoint_and_then_ends_the_command() {
    let mut rig = Rig::working(plan());
    rig.up = 4 * HOUR;
    rig.feed(Input::Tick);
    assert_eq!(rig.phases(), [Phase::Killed]);
    let by = Some(rig.up + MINUTE);
    assert_eq!(rig.begun().first(), Some(&Task::Checkpoint { why: Why::End, command_by: by }));
    rig.ended(Ended::Checkpointed(Why::End, Ok(())));
    assert_eq!(rig.last, [Effect::Signal(Signal::Term)]);
    rig.pass(Duration::from_secs(30));
    assert!(rig.last.contains(&Effect::Signal(Signal::Kill)), "it ignores SIGTERM");
    rig.ended(Ended::Command(Exit::Signal(9)));
    assert_eq!(rig.begun(), [Task::Save { why: Why::End }]);
    assert_eq!(rig.close_well(), Way::Shutdown);
}

#[test]
fn a_command_that_cannot_be_killed_does_not_hold_the_machine() {
    let mut rig = Rig::working(Plan { checkpoint: None, ..plan() });
    rig.up = 4 * HOUR;
    rig.feed(Input::Tick);
    rig.pass(Duration::from_secs(30));
    rig.pass(Duration::from_secs(10));
    assert_eq!(rig.begun().first(), Some(&Task::Save { why: Why::End }));
}

#[test]
fn a_notice_leaves_no_more_than_two_minutes() {
    let mut rig = Rig::working(plan());
    rig.pass(MINUTE);
    let detected = rig.up;
    rig.notice(Action::Terminate);
    let by = Some(detected + MINUTE);
    assert_eq!(rig.begun(), [Task::Checkpoint { why: Why::Interruption, command_by: by }]);
    // Neither checkpoint nor anything else ever answers.
    while !rig.begun().iter().any(|task| matches!(task, Task::PowerOff(..))) {
        rig.up = rig.core.poll_timeout().expect("it wants to be woken");
        rig.feed(Input::Tick);
    }
    assert!(rig.up - detected <= crate::decide::spot::OFF_WITHIN, "{:?}", rig.up - detected);
}

#[test]
fn the_second_notice_changes_nothing() {
    let mut rig = Rig::working(plan());
    rig.notice(Action::Terminate);
    rig.pass(Duration::from_secs(2));
    rig.notice(Action::Terminate);
    assert_eq!(rig.begun(), []);
}

#[test]
fn a_notice_in_the_middle_of_the_end_shortens_it() {
    let mut rig = Rig::working(plan());
    rig.ended(Ended::Command(Exit::Code(0)));
    let detected = rig.up;
    rig.notice(Action::Terminate);
    rig.up = rig.core.poll_timeout().expect("it wants to be woken");
    assert!(rig.up <= detected + Duration::from_secs(115));
}

#[test]
fn a_machine_that_ec2_stops_is_left_to_it() {
    let mut rig = Rig::working(plan());
    rig.notice(Action::Stop);
    rig.ended(Ended::Checkpointed(Why::Interruption, Ok(())));
    assert_eq!(rig.last, [Effect::Signal(Signal::Term)]);
    rig.ended(Ended::Command(Exit::Signal(15)));
    rig.ended(Ended::Saved(Why::Interruption, Ok(())));
    assert_eq!(rig.begun(), [], "neither released nor powered off");
    assert!(!rig.core.is_over());
    rig.up = 4 * HOUR;
    rig.feed(Input::Tick);
    assert!(!rig.begun().is_empty(), "the limit is still in force");
}

#[test]
fn a_second_run_is_refused_and_its_machine_ends() {
    let mut rig = Rig::new(plan());
    rig.ended(Ended::Identified(Whereabouts::OnEc2));
    rig.ended(Ended::Locked(Lock::Refused("run 2025-01-15-143022 has it".into())));
    let outcome = Outcome { end: End::Refused("run 2025-01-15-143022 has it".into()), exit: None };
    assert_eq!(rig.begun(), [Task::Record(outcome)]);
    assert_eq!(rig.close_well(), Way::Shutdown);
}

#[test]
fn who_is_not_on_ec2_keeps_the_machine_unless_asked() {
    for (anywhere, expect) in [(false, false), (true, true)] {
        let mut rig = Rig::new(Plan { anywhere, checkpoint: None, saves: false, ..plan() });
        rig.ended(Ended::Identified(Whereabouts::Elsewhere));
        rig.ended(Ended::Locked(Lock::Unneeded));
        rig.ended(Ended::Prepared(Ok(())));
        rig.ended(Ended::Fetched(Ok(())));
        rig.ended(Ended::Command(Exit::Code(0)));
        rig.ended(Ended::Recorded(Ok(())));
        let powers_off = rig.begun().iter().any(|task| matches!(task, Task::PowerOff(..)));
        assert_eq!(powers_off, expect);
        assert_eq!(rig.core.is_over(), !expect);
    }
}

/// Somebody is there.
fn active() -> Verdict {
    Verdict::Active { because: Vec::new() }
}

#[test]
fn a_machine_for_people_ends_when_they_are_gone() {
    let idle = protocol::config::Idle::default();
    let mut rig = Rig::working(Plan { command: false, idle: Some(idle), ..plan() });
    let look = |rig: &mut Rig, found: Verdict| {
        rig.pass(MINUTE);
        assert!(rig.begun().contains(&Task::Look));
        rig.ended(Ended::Looked(found));
        rig.begun().iter().any(|task| matches!(task, Task::Checkpoint { why: Why::End, .. }))
    };
    for _ in 0..4 {
        assert!(!look(&mut rig, Verdict::Idle), "the grace after boot");
    }
    assert!(!look(&mut rig, Verdict::Idle));
    assert!(!look(&mut rig, active()));
    assert!(!look(&mut rig, Verdict::Idle));
    assert!(look(&mut rig, Verdict::Idle), "twice in a row");
}

#[test]
fn an_agent_that_is_told_to_end_syncs_and_leaves_the_machine() {
    let mut rig = Rig::working(plan());
    let told = rig.up;
    rig.feed(Input::Signalled);
    while !rig.core.is_over() {
        rig.up = rig.core.poll_timeout().expect("it wants to be woken");
        rig.feed(Input::Tick);
        assert!(!rig.begun().iter().any(|task| matches!(task, Task::PowerOff(..) | Task::Release)));
    }
    assert!(rig.up - told < Duration::from_secs(70), "systemd waits no longer");
}

#[test]
fn an_agent_that_comes_back_does_not_do_the_work_twice() {
    let begun = |before| {
        let mut rig = Rig::new(Plan { before, ..plan() });
        rig.ended(Ended::Identified(Whereabouts::OnEc2));
        rig.ended(Ended::Locked(Lock::Held));
        rig.begun()
    };
    assert_eq!(begun(Before::Going(1)), [Task::Prepare]);
    assert_eq!(begun(Before::Going(3)), [Task::Save { why: Why::End }], "it never got through");
    assert_eq!(begun(Before::Over), [Task::Save { why: Why::End }], "only what is there is saved");
}

#[test]
fn a_lost_environment_ends_the_run_and_is_not_released() {
    let mut rig = Rig::working(plan());
    rig.ended(Ended::Beaten(Beat::Lost("i-2 has taken dev over".into())));
    assert_eq!(rig.last.last(), Some(&Effect::Signal(Signal::Term)));
    rig.ended(Ended::Command(Exit::Signal(15)));
    assert_eq!(rig.close_well(), Way::Shutdown);
}

#[test]
fn an_environment_that_comes_too_late_is_given_back() {
    let mut rig = Rig::new(plan());
    rig.ended(Ended::Identified(Whereabouts::OnEc2));
    rig.notice(Action::Terminate);
    rig.ended(Ended::Locked(Lock::Held));
    rig.ended(Ended::Checkpointed(Why::Interruption, Ok(())));
    rig.ended(Ended::Saved(Why::Interruption, Ok(())));
    rig.ended(Ended::Recorded(Ok(())));
    assert_eq!(rig.begun(), [Task::Release]);
}

#[test]
fn a_heartbeat_goes_on_until_the_environment_is_released() {
    let mut rig = Rig::working(plan());
    for _ in 0..3 {
        rig.pass(Duration::from_secs(30));
        assert!(rig.begun().contains(&Task::Beat));
        rig.ended(Ended::Beaten(Beat::Heard));
    }
    rig.ended(Ended::Command(Exit::Code(0)));
    rig.pass(Duration::from_secs(30));
    assert!(rig.begun().contains(&Task::Beat), "also while results are saved");
}
