//! One life of the agent, decided: what happened and the time in, what to do out.
//!
//! Nothing here waits, reads or acts. Every task has a bound on the clock since boot, and its answer is never needed: when
//! it does not come, the life goes on without it, down to the end of the machine.

mod closing;
mod input;
pub mod plan;

use std::time::Duration;

use protocol::{Phase, config::OnEnd};

pub use closing::{End, Outcome, longest};
pub use input::{Beat, Effect, Ended, Input, Line, Lock, Signal, Task, Whereabouts, Why};

use self::{
    closing::{Closing, Then},
    plan::{Before, Plan},
};
use crate::decide::{
    ending::{Ending, Way},
    exit::Exit,
    idle::{Step, Verdict, Watch},
    spot::{Action, Notice},
};

/// For asking IMDS who this is.
const IDENTIFY: Duration = Duration::from_secs(30);
/// For the state file: S3 may be down for a while, and a run without it would not be seen.
const LOCK: Duration = Duration::from_secs(300);
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

/// Something that is done again and again.
#[derive(Clone, Copy, Debug, Default)]
struct Repeat {
    every: Option<Duration>,
    due: Option<Duration>,
    under_way: bool,
}

impl Repeat {
    fn begin(every: Option<Duration>, up: Duration) -> Self {
        Self { every, due: every.map(|every| up + every), under_way: false }
    }

    /// Whether its time has come. One that is under way is not begun twice.
    fn takes_turn(&mut self, up: Duration) -> bool {
        let (Some(every), Some(due)) = (self.every, self.due) else { return false };
        if up < due || self.under_way {
            return false;
        }
        self.due = Some(up + every);
        self.under_way = true;
        true
    }

    fn wakes_at(&self) -> Option<Duration> {
        self.due.filter(|_| !self.under_way)
    }
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

    fn identified(&mut self, whereabouts: Whereabouts, up: Duration, effects: &mut Vec<Effect>) {
        self.whereabouts.get_or_insert(whereabouts);
        if !matches!(self.life, Life::Identifying { .. }) {
            return;
        }
        if whereabouts == Whereabouts::Elsewhere {
            let powers_off = if self.may_power_off() { "is powered off when asked for" } else { "stays up" };
            effects.push(say(format!(
                "this is not an EC2 instance: the work is done, and the machine {powers_off}"
            )));
        }
        self.life = Life::Locking { by: up + LOCK };
        effects.push(Effect::Begin { task: Task::Lock, by: up + LOCK });
    }

    fn locked(&mut self, lock: Lock, up: Duration, effects: &mut Vec<Effect>) {
        if !matches!(self.life, Life::Locking { .. }) {
            return;
        }
        match lock {
            Lock::Held | Lock::Unneeded => {
                self.holds_lock = lock == Lock::Held;
                self.begin(up, effects);
            }
            Lock::Refused(holder) => self.end(End::Refused(holder), up, effects),
            Lock::Unknown(why) => self.end(End::Failed(why), up, effects),
        }
    }

    /// The environment is ours: the work begins, or goes on where it was.
    fn begin(&mut self, up: Duration, effects: &mut Vec<Effect>) {
        match self.plan.before {
            Before::Over => {
                self.phase = Phase::Failed;
                let why = "the agent went down after the work was over: what is there is saved";
                return self.end(End::Failed(why.into()), up, effects);
            }
            Before::Going(times) if times >= BEGINNINGS => {
                let why = format!("the run was begun {times} times and never came to its end");
                return self.end(End::Failed(why), up, effects);
            }
            Before::Nothing | Before::Going(_) => {}
        }
        self.beat = Repeat::begin(self.holds_lock.then_some(BEAT), up);
        let idle = self.plan.idle.as_ref().filter(|_| !self.plan.command);
        self.look = Repeat::begin(idle.map(|rules| rules.every), up);
        self.life = Life::Preparing;
        effects.push(Effect::Report(Phase::Initialization));
        effects.push(Effect::Begin { task: Task::Prepare, by: self.plan.limit });
    }

    fn prepared(&mut self, result: Result<(), String>, up: Duration, effects: &mut Vec<Effect>) {
        if self.life != Life::Preparing {
            return;
        }
        match result {
            Ok(()) => {
                self.life = Life::Fetching;
                self.enter(Phase::DataSync, effects);
                effects.push(Effect::Begin { task: Task::Fetch, by: self.plan.limit });
            }
            Err(why) => self.end(End::Failed(why), up, effects),
        }
    }

    fn fetched(&mut self, result: Result<(), String>, up: Duration, effects: &mut Vec<Effect>) {
        if self.life != Life::Fetching {
            return;
        }
        if let Err(why) = result {
            return self.end(End::Failed(why), up, effects);
        }
        self.life = Life::Working;
        self.enter(Phase::Training, effects);
        self.save = Repeat::begin(self.plan.save_every, up);
        self.checkpoint = Repeat::begin(self.plan.checkpoint.and_then(|it| it.every), up);
        if self.plan.command {
            self.command_runs = true;
            effects.push(Effect::Begin { task: Task::Command, by: self.plan.limit });
        }
    }

    fn command_over(&mut self, exit: Exit, up: Duration, effects: &mut Vec<Effect>) {
        if !std::mem::take(&mut self.command_runs) {
            return;
        }
        effects.push(say(format!("the command is over: {exit}")));
        match &mut self.life {
            Life::Working => {
                let outcome = Outcome { end: End::Command, exit: Some(exit) };
                self.close(outcome, up, effects);
            }
            Life::Closing(closing) => {
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

    fn beaten(&mut self, beat: Beat, up: Duration, effects: &mut Vec<Effect>) {
        self.beat.under_way = false;
        match beat {
            Beat::Heard => {}
            Beat::Missed(why) => effects.push(say(format!("no heartbeat: {why}"))),
            Beat::Lost(why) => {
                // What is in the bucket is the other run's now.
                self.holds_lock = false;
                if self.repeats() {
                    self.end(End::Failed(why), up, effects);
                }
            }
        }
    }

    fn looked(&mut self, found: &Verdict, up: Duration, effects: &mut Vec<Effect>) {
        self.look.under_way = false;
        let Some(rules) = self.plan.idle.clone().filter(|_| !self.plan.command && self.life == Life::Working)
        else {
            return;
        };
        effects.extend(self.watch.unsaid(found).iter().map(|because| say(because.to_string())));
        match self.watch.check(found, &rules, up) {
            Step::Wait => {}
            Step::Warn { r#in } => {
                effects.push(say(format!("nobody uses this machine: it ends in {} s", r#in.as_secs())));
            }
            Step::End => self.end(End::Idle, up, effects),
        }
    }

    fn noticed(&mut self, notice: Notice, up: Duration, effects: &mut Vec<Effect>) {
        if notice.action == Action::Rebalance {
            return self.rebalance(up, effects);
        }
        if self.notice.is_some() {
            return;
        }
        effects.push(say(format!("DETECTED action={}", notice.action.as_str())));
        self.notice = Some(notice.clone());
        match &mut self.life {
            Life::Closing(closing) => closing.hurry(&notice),
            Life::New
            | Life::Identifying { .. }
            | Life::Locking { .. }
            | Life::Preparing
            | Life::Fetching
            | Life::Working => self.end(End::Interrupted(notice), up, effects),
            Life::Waiting | Life::Down(_) | Life::Over | Life::Left => {}
        }
    }

    fn rebalance(&mut self, up: Duration, effects: &mut Vec<Effect>) {
        let Some(plan) = self.plan.checkpoint.filter(|it| it.on_rebalance) else { return };
        if self.life == Life::Working && !self.checkpoint.under_way {
            self.checkpoint.under_way = true;
            effects.push(checkpoint(Why::Periodic, Some(up + plan.deadline), self.plan.limit));
        }
    }

    fn signalled(&mut self, up: Duration, effects: &mut Vec<Effect>) {
        match &mut self.life {
            Life::New
            | Life::Identifying { .. }
            | Life::Locking { .. }
            | Life::Preparing
            | Life::Fetching
            | Life::Working => self.end(End::Signalled, up, effects),
            Life::Closing(closing) => closing.leave_instead(up),
            // It is on its way, and this is the way: systemd ends everybody.
            Life::Waiting | Life::Down(_) | Life::Over => self.leave(effects),
            Life::Left => {}
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

    /// The work ends, for this reason.
    fn end(&mut self, end: End, up: Duration, effects: &mut Vec<Effect>) {
        self.close(Outcome { end, exit: None }, up, effects);
    }

    fn close(&mut self, outcome: Outcome, up: Duration, effects: &mut Vec<Effect>) {
        effects.push(say(format!("the run ends: {outcome}")));
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
    fn step_over(
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

    fn closing_passed(
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

    fn next_step(&mut self, up: Duration, effects: &mut Vec<Effect>) {
        let Life::Closing(closing) = &mut self.life else { return };
        let Some(step) = closing.advance(&self.plan, up) else { return self.closed(up, effects) };
        let by = closing.current.map_or(up, |(_, by)| by);
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
    fn command_by(&self, end: &End, up: Duration) -> Option<Duration> {
        let deadline = self.plan.checkpoint.filter(|_| self.command_runs || !self.plan.command)?.deadline;
        Some(match end {
            End::Interrupted(notice) => notice.command_by(deadline),
            End::Command | End::Limit | End::Idle | End::Failed(_) | End::Refused(_) | End::Signalled => {
                up + deadline
            }
        })
    }

    /// All that could be done is done.
    fn closed(&mut self, up: Duration, effects: &mut Vec<Effect>) {
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

    fn leave(&mut self, effects: &mut Vec<Effect>) {
        self.life = Life::Left;
        effects.push(Effect::Leave);
    }

    fn may_power_off(&self) -> bool {
        let here = self.whereabouts != Some(Whereabouts::Elsewhere) || self.plan.anywhere;
        here && self.plan.on_end != OnEnd::Nothing
    }

    fn down(&mut self, ending: Ending, effects: &mut Vec<Effect>) {
        let way = ending.way();
        if way == Way::Shutdown {
            effects.push(say("SHUTDOWN".into()));
        }
        effects.push(Effect::Begin { task: Task::PowerOff(way, self.plan.on_end), by: ending.until() });
        self.life = Life::Down(ending);
    }

    fn powered_off(&mut self, way: Way, result: Result<(), String>, up: Duration, effects: &mut Vec<Effect>) {
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
