//! From the boot to the work: who this is, whose the environment is, and what is made ready.

use std::time::Duration;

use protocol::Phase;

use super::{
    BEAT, BEGINNINGS, Core, Effect, End, Life, Lock, Task, Whereabouts, plan::Before, repeat::Repeat, say,
};

impl Core {
    pub(super) fn identified(&mut self, whereabouts: Whereabouts, up: Duration, effects: &mut Vec<Effect>) {
        self.whereabouts.get_or_insert(whereabouts);
        if !matches!(self.life, Life::Identifying { .. }) {
            return;
        }
        // Who wraps a command on a machine of their own, and asked for no end of it, knows that.
        if whereabouts == Whereabouts::Elsewhere && (self.plan.stays || self.plan.anywhere) {
            let powers_off = if self.may_power_off() { "is powered off when asked for" } else { "stays up" };
            effects.push(say(format!(
                "this is not an EC2 instance: the work is done, and the machine {powers_off}"
            )));
        }
        let by = up + self.plan.reach_within;
        self.life = Life::Locking { by };
        effects.push(Effect::Begin { task: Task::Lock, by });
    }

    pub(super) fn locked(&mut self, lock: Lock, up: Duration, effects: &mut Vec<Effect>) {
        if !matches!(self.life, Life::Locking { .. }) {
            // Too late for the work, but not to give it back.
            self.holds_lock |= lock == Lock::Held && matches!(self.life, Life::Closing(_));
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

    pub(super) fn prepared(&mut self, result: Result<(), String>, up: Duration, effects: &mut Vec<Effect>) {
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

    pub(super) fn fetched(&mut self, result: Result<(), String>, up: Duration, effects: &mut Vec<Effect>) {
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

    /// The environment is ours: the work begins, or goes on where it was.
    pub(super) fn begin(&mut self, up: Duration, effects: &mut Vec<Effect>) {
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
}
