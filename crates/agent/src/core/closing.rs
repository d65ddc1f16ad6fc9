//! From the end of the work to the end of the machine: what is still done, in which order, and how long each may take.

use std::{collections::VecDeque, fmt, time::Duration};

use protocol::Phase;

use super::plan::Plan;
use crate::decide::{
    exit::Exit,
    spot::{Action, Notice},
};

/// Between SIGTERM and SIGKILL.
pub(super) const TERM_GRACE: Duration = Duration::from_secs(30);
/// From SIGKILL until the command is given up: a process that waits for a dead disk cannot be killed.
const KILL_GRACE: Duration = Duration::from_secs(10);
/// For a checkpoint's way to the bucket, after the command.
const UPLOAD: Duration = Duration::from_secs(300);
/// For log and `training.json`.
const RECORD: Duration = Duration::from_secs(60);
/// For deleting the state file.
const RELEASE: Duration = Duration::from_secs(30);
/// What systemd leaves of its `TimeoutStopSec=70`, with room.
const LEAVE_WITHIN: Duration = Duration::from_secs(60);

/// Why the work ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The command is over, well or not.
    Command,
    /// The time limit.
    Limit,
    /// Nobody and nothing uses the machine.
    Idle,
    /// EC2 takes the instance.
    Interrupted(Notice),
    /// A step before the command failed, or the run lost its environment.
    Failed(String),
    /// Another run holds the environment.
    Refused(String),
    /// The agent was told to end.
    Signalled,
}

/// What is written down of a run's end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Why it ended.
    pub end: End,
    /// How the command did, if it ran and is over.
    pub exit: Option<Exit>,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.end {
            End::Command => f.write_str("the command is over")?,
            End::Limit => f.write_str("the time limit is reached")?,
            End::Idle => f.write_str("nobody and nothing uses the machine")?,
            End::Interrupted(notice) => write!(f, "EC2 takes the instance ({})", notice.action.as_str())?,
            End::Failed(why) | End::Refused(why) => f.write_str(why)?,
            End::Signalled => f.write_str("the agent was told to end")?,
        }
        match (&self.end, self.exit) {
            (_, None) => Ok(()),
            (End::Command, Some(exit)) => write!(f, ": {exit}"),
            (
                End::Limit
                | End::Idle
                | End::Interrupted(_)
                | End::Failed(_)
                | End::Refused(_)
                | End::Signalled,
                Some(exit),
            ) => write!(f, "; the command: {exit}"),
        }
    }
}

/// One thing to do before the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Checkpoint,
    Term,
    Kill,
    Save,
    Record,
    Release,
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    PowerOff,
    /// EC2 stops the machine by itself.
    Wait,
    Leave,
}

/// The steps that are left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Closing {
    pub(super) outcome: Outcome,
    pub(super) then: Then,
    steps: VecDeque<Step>,
    /// The step that is being done, and until when it is waited for.
    pub(super) current: Option<(Step, Duration)>,
    /// When all of it is over, done or not.
    pub(super) until: Option<Duration>,
}

impl Closing {
    pub(super) fn of(outcome: Outcome, plan: &Plan, running: bool, up: Duration) -> Self {
        let wanted = steps(&outcome.end);
        let steps = wanted.iter().copied().filter(|step| is_wanted(*step, plan, running)).collect();
        let (then, until) = match &outcome.end {
            End::Interrupted(notice) if notice.action.ends_the_machine() => {
                (Then::PowerOff, Some(notice.off_by()))
            }
            End::Interrupted(notice) => (Then::Wait, Some(notice.off_by())),
            End::Signalled => (Then::Leave, Some(up + LEAVE_WITHIN)),
            End::Command | End::Limit | End::Idle | End::Failed(_) | End::Refused(_) => {
                (Then::PowerOff, None)
            }
        };
        Self { outcome, then, steps, current: None, until }
    }

    /// The next step, and until when it is waited for.
    pub(super) fn advance(&mut self, plan: &Plan, up: Duration) -> Option<Step> {
        let step = self.steps.pop_front()?;
        let by = up + takes(step, plan);
        self.current = Some((step, self.until.map_or(by, |until| by.min(until))));
        Some(step)
    }

    /// EC2 takes the machine meanwhile: what is left to do has only until then.
    pub(super) fn hurry(&mut self, notice: &Notice) {
        let until = notice.off_by();
        self.until = Some(self.until.map_or(until, |before| before.min(until)));
        if let Some((_, by)) = &mut self.current {
            *by = (*by).min(until);
        }
        if self.then == Then::Wait && notice.action.ends_the_machine() {
            self.then = Then::PowerOff;
        }
    }

    /// The agent itself is to end: what is left to do has only the time that systemd leaves, and the machine stays.
    pub(super) fn leave_instead(&mut self, up: Duration) {
        let until = up + LEAVE_WITHIN;
        self.until = Some(self.until.map_or(until, |before| before.min(until)));
        self.then = Then::Leave;
    }

    /// When something is due.
    pub(super) fn wakes_at(&self) -> Option<Duration> {
        self.current.map(|(_, by)| by).into_iter().chain(self.until).min()
    }

    /// The command has ended: nothing needs to be done to it any more.
    pub(super) fn command_is_over(&mut self, exit: Exit) {
        self.outcome.exit = Some(exit);
        self.steps.retain(|step| !matches!(step, Step::Term | Step::Kill));
    }
}

/// All that belongs to this end. A machine that is stopped by EC2 goes on with the same run when it is back: its state
/// stays. So does that of an agent that was told to end, for it may be a reboot.
fn steps(end: &End) -> &'static [Step] {
    match end {
        End::Command => &[Step::Checkpoint, Step::Save, Step::Record, Step::Release],
        End::Limit | End::Idle => {
            &[Step::Checkpoint, Step::Term, Step::Kill, Step::Save, Step::Record, Step::Release]
        }
        End::Interrupted(Notice { action, .. })
            if *action == Action::Stop || *action == Action::Hibernate =>
        {
            &[Step::Checkpoint, Step::Term, Step::Kill, Step::Save]
        }
        End::Interrupted(_) => &[Step::Checkpoint, Step::Save, Step::Record, Step::Release],
        End::Failed(_) => &[Step::Term, Step::Kill, Step::Save, Step::Record, Step::Release],
        End::Refused(_) => &[Step::Record],
        End::Signalled => &[Step::Checkpoint, Step::Term, Step::Kill, Step::Save, Step::Record],
    }
}

fn is_wanted(step: Step, plan: &Plan, running: bool) -> bool {
    match step {
        Step::Checkpoint => plan.checkpoint.is_some(),
        Step::Term | Step::Kill => running,
        Step::Save => plan.saves,
        Step::Record | Step::Release => true,
    }
}

fn takes(step: Step, plan: &Plan) -> Duration {
    match step {
        Step::Checkpoint => {
            plan.checkpoint.map_or(Duration::ZERO, |it| it.deadline) + UPLOAD.min(plan.save_within)
        }
        Step::Term => TERM_GRACE,
        Step::Kill => KILL_GRACE,
        Step::Save => plan.save_within,
        Step::Record => RECORD.min(plan.save_within),
        Step::Release => RELEASE.min(plan.save_within),
    }
}

/// The longest from an end that is no interruption to the first way to power off.
pub fn longest(plan: &Plan) -> Duration {
    let all = [Step::Checkpoint, Step::Term, Step::Kill, Step::Save, Step::Record, Step::Release];
    all.into_iter().filter(|step| is_wanted(*step, plan, true)).map(|step| takes(step, plan)).sum()
}

/// The phase in which a run with this end is shown, coming from `before`.
pub(super) fn phase(outcome: &Outcome, before: Phase) -> Option<Phase> {
    let next = match (&outcome.end, before) {
        (End::Refused(_) | End::Signalled, _) => return None,
        (End::Interrupted(notice), _) if !notice.action.ends_the_machine() => return None,
        (End::Command, Phase::Training) if outcome.exit.is_some_and(Exit::is_success) => Phase::ResultsSync,
        (End::Limit | End::Idle | End::Interrupted(_), Phase::Training) => Phase::Killed,
        (
            End::Command | End::Limit | End::Idle | End::Interrupted(_) | End::Failed(_),
            Phase::Initialization
            | Phase::DataSync
            | Phase::Training
            | Phase::ResultsSync
            | Phase::Cleanup
            | Phase::Failed
            | Phase::Killed,
        ) => Phase::Failed,
    };
    before.leads_to(next).then_some(next)
}
