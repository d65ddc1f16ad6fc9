//! One life of the agent, decided: what happened and the time in, what to do out.
//!
//! Nothing here waits, reads or acts. Every task has a bound on the clock since boot, and its answer is never needed: when
//! it does not come, the life goes on without it, down to the end of the machine.

mod beginning;
mod closing;
mod descent;
mod disturbed;
mod input;
pub mod plan;
mod repeat;

use std::time::Duration;

use protocol::Phase;

pub use closing::{End, Outcome, longest};
pub use input::{Beat, Effect, Ended, Input, Line, Lock, Signal, Task, Whereabouts, Why};

use self::{closing::Closing, plan::Plan, repeat::Repeat};
use crate::decide::{ending::Ending, exit::Exit, idle::Watch, spot::Notice};

/// For asking IMDS who this is.
const IDENTIFY: Duration = Duration::from_secs(30);
/// Between two heartbeats.
const BEAT: Duration = Duration::from_secs(30);
/// How often a run is begun, when agent or machine went down under it.
const BEGINNINGS: u32 = 3;

/// The whole state of a life.
#[derive(Debug)]
pub struct Core {
    plan: Plan,
    phase: Phase,
    life: Life,
    whereabouts: Option<Whereabouts>,
    holds_lock: bool,
    command_runs: bool,
    notice: Option<Notice>,
    beat: Repeat,
    save: Repeat,
    checkpoint: Repeat,
    look: Repeat,
    watch: Watch,
}

/// Where the life is, and what it waits for.
#[derive(Debug, PartialEq, Eq)]
enum Life {
    /// Before the first input.
    New,
    Identifying {
        by: Duration,
    },
    Locking {
        by: Duration,
    },
    Preparing,
    Fetching,
    /// The command runs, or the machine is for people.
    Working,
    Closing(Closing),
    /// EC2 stops the machine by itself.
    Waiting,
    Down(Ending),
    /// The work is over and the machine stays.
    Over,
    Left,
}

impl Core {
    /// A life that has not begun: the first input begins it.
    pub fn new(plan: Plan) -> Self {
        Self {
            plan,
            phase: Phase::Initialization,
            life: Life::New,
            whereabouts: None,
            holds_lock: false,
            command_runs: false,
            notice: None,
            beat: Repeat::default(),
            save: Repeat::default(),
            checkpoint: Repeat::default(),
            look: Repeat::default(),
            watch: Watch::default(),
        }
    }

    /// Takes one input at a moment on the clock since boot, and says what to do.
    pub fn handle(&mut self, input: Input, up: Duration) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.life == Life::New {
            self.life = Life::Identifying { by: up + IDENTIFY };
            effects.push(Effect::Begin { task: Task::Identify, by: up + IDENTIFY });
        }
        match input {
            Input::Tick => {}
            Input::Ended(ended) => self.ended(ended, up, &mut effects),
            Input::Noticed(notice) => self.noticed(notice, up, &mut effects),
            Input::Signalled => self.signalled(up, &mut effects),
        }
        self.passed(up, &mut effects);
        effects
    }

    /// When the core wants to be woken.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let repeats = [&self.save, &self.checkpoint, &self.look].map(Repeat::wakes_at);
        let life = match &self.life {
            Life::New => Some(Duration::ZERO),
            Life::Identifying { by } | Life::Locking { by } => Some(self.plan.limit.min(*by)),
            Life::Preparing | Life::Fetching | Life::Working | Life::Waiting => Some(self.plan.limit),
            Life::Closing(closing) => closing.wakes_at(),
            Life::Down(ending) => Some(ending.until()),
            Life::Over | Life::Left => None,
        };
        let beat = self.beat.wakes_at().filter(|_| self.beats());
        let repeats = repeats.into_iter().flatten().filter(|_| self.repeats());
        repeats.chain(beat).chain(life).min()
    }

    /// Whether the agent has nothing more to do.
    pub fn is_over(&self) -> bool {
        self.life == Life::Left
    }

    /// What is repeated, is so as long as the run goes on.
    fn repeats(&self) -> bool {
        match self.life {
            Life::Preparing | Life::Fetching | Life::Working => true,
            Life::New
            | Life::Identifying { .. }
            | Life::Locking { .. }
            | Life::Closing(_)
            | Life::Waiting
            | Life::Down(_)
            | Life::Over
            | Life::Left => false,
        }
    }

    /// The state file is kept alive until it is released.
    fn beats(&self) -> bool {
        self.holds_lock && (self.repeats() || matches!(self.life, Life::Closing(_)))
    }

    fn ended(&mut self, ended: Ended, up: Duration, effects: &mut Vec<Effect>) {
        match ended {
            Ended::Identified(whereabouts) => self.identified(whereabouts, up, effects),
            Ended::Locked(lock) => self.locked(lock, up, effects),
            Ended::Prepared(result) => self.prepared(result, up, effects),
            Ended::Fetched(result) => self.fetched(result, up, effects),
            Ended::Command(exit) => self.command_over(exit, up, effects),
            Ended::Checkpointed(why, result) => {
                self.checkpoint.under_way &= why != Why::Periodic;
                self.step_over(closing::Step::Checkpoint, why, result, up, effects);
            }
            Ended::Saved(why, result) => {
                self.save.under_way &= why != Why::Periodic;
                self.step_over(closing::Step::Save, why, result, up, effects);
            }
            Ended::Recorded(result) => self.step_over(closing::Step::Record, Why::End, result, up, effects),
            Ended::Released(result) => self.step_over(closing::Step::Release, Why::End, result, up, effects),
            Ended::Beaten(beat) => self.beaten(beat, up, effects),
            Ended::Looked(found) => self.looked(&found, up, effects),
            Ended::PoweredOff(way, result) => self.powered_off(way, result, up, effects),
        }
    }

    fn command_over(&mut self, exit: Exit, up: Duration, effects: &mut Vec<Effect>) {
        if !std::mem::take(&mut self.command_runs) {
            return;
        }
        match &mut self.life {
            Life::Working => {
                let outcome = Outcome { end: End::Command, exit: Some(exit) };
                self.close(outcome, up, effects);
            }
            Life::Closing(closing) => {
                effects.push(say(format!("the command is over: {exit}")));
                let waited_for =
                    matches!(closing.current, Some((closing::Step::Term | closing::Step::Kill, _)));
                closing.command_is_over(exit);
                if waited_for {
                    self.next_step(up, effects);
                }
            }
            Life::New
            | Life::Identifying { .. }
            | Life::Locking { .. }
            | Life::Preparing
            | Life::Fetching
            | Life::Waiting
            | Life::Down(_)
            | Life::Over
            | Life::Left => {}
        }
    }

    /// What time alone brings.
    fn passed(&mut self, up: Duration, effects: &mut Vec<Effect>) {
        match &mut self.life {
            Life::Identifying { by } if up >= *by => {
                // A machine that might be on EC2 is taken for one: it costs.
                self.identified(Whereabouts::OnEc2, up, effects);
            }
            Life::Locking { by } if up >= *by => {
                self.end(End::Failed("the bucket cannot be reached".into()), up, effects);
            }
            Life::Closing(closing) => {
                let (until, current) = (closing.until, closing.current);
                self.closing_passed(up, until, current, effects);
            }
            Life::Down(ending) => {
                if let Some(next) = ending.passed(up) {
                    self.down(next, effects);
                }
            }
            Life::New
            | Life::Identifying { .. }
            | Life::Locking { .. }
            | Life::Preparing
            | Life::Fetching
            | Life::Working
            | Life::Waiting
            | Life::Over
            | Life::Left => {}
        }
        if up >= self.plan.limit && !self.is_ending() {
            self.end(End::Limit, up, effects);
        }
        if self.beats() && self.beat.takes_turn(up) {
            effects.push(Effect::Begin { task: Task::Beat, by: up + BEAT });
        }
        if self.repeats() {
            self.repeat(up, effects);
        }
    }

    fn is_ending(&self) -> bool {
        match self.life {
            Life::Closing(_) | Life::Down(_) | Life::Over | Life::Left => true,
            Life::New
            | Life::Identifying { .. }
            | Life::Locking { .. }
            | Life::Preparing
            | Life::Fetching
            | Life::Working
            | Life::Waiting => false,
        }
    }

    fn repeat(&mut self, up: Duration, effects: &mut Vec<Effect>) {
        if self.look.takes_turn(up) {
            effects.push(Effect::Begin { task: Task::Look, by: up + BEAT });
        }
        if self.save.takes_turn(up) {
            effects.push(Effect::Begin { task: Task::Save { why: Why::Periodic }, by: self.plan.limit });
        }
        if let Some(plan) = self.plan.checkpoint
            && self.checkpoint.takes_turn(up)
        {
            effects.push(checkpoint(Why::Periodic, Some(up + plan.deadline), self.plan.limit));
        }
    }

    fn enter(&mut self, phase: Phase, effects: &mut Vec<Effect>) {
        let next = if self.phase.leads_to(phase) { phase } else { Phase::Failed };
        if self.phase.leads_to(next) {
            self.phase = next;
            effects.push(Effect::Report(next));
        }
    }
}

fn checkpoint(why: Why, command_by: Option<Duration>, by: Duration) -> Effect {
    Effect::Begin { task: Task::Checkpoint { why, command_by }, by }
}

fn say(text: String) -> Effect {
    Effect::Say(Line(text))
}

fn name(step: closing::Step) -> &'static str {
    match step {
        closing::Step::Checkpoint => "the checkpoint",
        closing::Step::Term => "ending the command",
        closing::Step::Kill => "killing the command",
        closing::Step::Save => "saving the results",
        closing::Step::Record => "writing the record",
        closing::Step::Release => "releasing the environment",
    }
}

#[cfg(test)]
mod tests;
