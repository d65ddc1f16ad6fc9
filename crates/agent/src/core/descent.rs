//! From the end of the work to the end of the machine, step by step and way by way.

use std::time::Duration;

use protocol::{Phase, config::OnEnd};

use super::{
    Core, Effect, End, Life, Outcome, Signal, Task, Whereabouts, Why, checkpoint,
    closing::{self, Closing, Then},
    name, say,
};
use crate::decide::ending::{Ending, Way};

/// A task gives up so long before it is given up, so that it can still say why.
const ANSWER: Duration = Duration::from_secs(1);

impl Core {
    /// The work ends, for this reason.
    pub(super) fn end(&mut self, end: End, up: Duration, effects: &mut Vec<Effect>) {
        self.close(Outcome { end, exit: None }, up, effects);
    }

    pub(super) fn close(&mut self, outcome: Outcome, up: Duration, effects: &mut Vec<Effect>) {
        effects.push(say(format!("the run ends: {outcome}")));
        effects.push(Effect::Conclude(outcome.end.clone()));
        if let Some(phase) = closing::phase(&outcome, self.phase) {
            self.enter(phase, effects);
        }
        let mut closing = Closing::of(outcome, &self.plan, self.command_runs, up);
        if let Some(notice) = &self.notice {
            closing.hurry(notice);
        }
        self.life = Life::Closing(closing);
        self.next_step(up, effects);
    }

    /// A step's answer: good or bad, the next follows.
    pub(super) fn step_over(
        &mut self,
        step: closing::Step,
        why: Why,
        result: Result<(), String>,
        up: Duration,
        effects: &mut Vec<Effect>,
    ) {
        if let Err(why) = &result {
            effects.push(say(why.clone()));
        }
        if let Life::Closing(closing) = &self.life
            && why != Why::Periodic
            && closing.current.is_some_and(|(current, _)| current == step)
        {
            self.next_step(up, effects);
        }
    }

    pub(super) fn closing_passed(
        &mut self,
        up: Duration,
        until: Option<Duration>,
        current: Option<(closing::Step, Duration)>,
        effects: &mut Vec<Effect>,
    ) {
        if until.is_some_and(|until| up >= until) {
            effects.push(say("there is no more time: what is not saved stays behind".into()));
            self.closed(up, effects);
        } else if let Some((step, by)) = current
            && up >= by
        {
            effects.push(say(format!("{} took too long: the next follows", name(step))));
            self.next_step(up, effects);
        }
    }

    pub(super) fn next_step(&mut self, up: Duration, effects: &mut Vec<Effect>) {
        let Life::Closing(closing) = &mut self.life else { return };
        let Some(step) = closing.advance(&self.plan, up) else { return self.closed(up, effects) };
        let by = closing.current.map_or(up, |(_, by)| by.saturating_sub(ANSWER).max(up));
        let outcome = closing.outcome.clone();
        let why = match outcome.end {
            End::Interrupted(_) => Why::Interruption,
            End::Command | End::Limit | End::Idle | End::Failed(_) | End::Refused(_) | End::Signalled => {
                Why::End
            }
        };
        match step {
            closing::Step::Checkpoint => effects.push(checkpoint(why, self.command_by(&outcome.end, up), by)),
            closing::Step::Term => effects.push(Effect::Signal(Signal::Term)),
            closing::Step::Kill => effects.push(Effect::Signal(Signal::Kill)),
            closing::Step::Save => effects.push(Effect::Begin { task: Task::Save { why }, by }),
            closing::Step::Record => effects.push(Effect::Begin { task: Task::Record(outcome), by }),
            closing::Step::Release if std::mem::take(&mut self.holds_lock) => {
                self.enter(Phase::Cleanup, effects);
                effects.push(Effect::Begin { task: Task::Release, by });
            }
            closing::Step::Release => self.next_step(up, effects),
        }
    }

    /// Until when the checkpoint command has, at an interruption from its detection on. It talks to the workload: without
    /// one, what lies there is taken as it is.
    pub(super) fn command_by(&self, end: &End, up: Duration) -> Option<Duration> {
        let deadline = self.plan.checkpoint.filter(|_| self.command_runs || !self.plan.command)?.deadline;
        Some(match end {
            End::Interrupted(notice) => notice.command_by(deadline),
            End::Command | End::Limit | End::Idle | End::Failed(_) | End::Refused(_) | End::Signalled => {
                up + deadline
            }
        })
    }

    /// All that could be done is done.
    pub(super) fn closed(&mut self, up: Duration, effects: &mut Vec<Effect>) {
        let Life::Closing(closing) = &self.life else { return };
        match closing.then {
            Then::PowerOff if self.may_power_off() => self.down(Ending::begin(self.plan.fleet, up), effects),
            Then::Wait => {
                effects.push(say("EC2 stops the machine; the run goes on when it is back".into()));
                self.life = Life::Waiting;
            }
            // systemd would only start it again.
            Then::PowerOff if self.plan.stays => self.life = Life::Over,
            Then::PowerOff | Then::Leave => self.leave(effects),
        }
    }

    pub(super) fn leave(&mut self, effects: &mut Vec<Effect>) {
        self.life = Life::Left;
        effects.push(Effect::Leave);
    }

    pub(super) fn may_power_off(&self) -> bool {
        let here = self.whereabouts != Some(Whereabouts::Elsewhere) || self.plan.anywhere;
        here && self.plan.on_end != OnEnd::Nothing
    }

    pub(super) fn down(&mut self, ending: Ending, effects: &mut Vec<Effect>) {
        let way = ending.way();
        if way == Way::Shutdown {
            effects.push(say("SHUTDOWN".into()));
        }
        effects.push(Effect::Begin { task: Task::PowerOff(way, self.plan.on_end), by: ending.until() });
        self.life = Life::Down(ending);
    }

    pub(super) fn powered_off(
        &mut self,
        way: Way,
        result: Result<(), String>,
        up: Duration,
        effects: &mut Vec<Effect>,
    ) {
        let worked = result.is_ok();
        if let Err(why) = result {
            effects.push(say(why));
        }
        if let Life::Down(ending) = self.life
            && let Some(next) = ending.answered(way, worked, up)
        {
            self.down(next, effects);
        }
    }
}
