//! Decides: one input and the time in, effects out.
//!
//! Nothing here waits, calls, reads or writes; the same inputs at the same times give the same effects. Each part of
//! the state has a file of its own and knows nothing of the others; this file joins them.

mod accounts;
mod actions;
mod backoff;
mod input;
mod launches;
mod regions;

use std::{collections::BTreeMap, sync::Arc};

pub use input::{Effect, Input, Presence};

use domain::{
    Command, Config, Fleet, LaunchId, Memory, MemoryChange, Problem, RegionKey, Seen, Target, Timestamp,
    fleet::Pause, time::after,
};

use launch::{Answer, Call, Record};

use self::{accounts::Accounts, actions::Actions, launches::Launches, regions::Regions};

/// How long a shown alert is remembered: far longer than any instance's reminders matter.
const MEMORY: std::time::Duration = std::time::Duration::from_secs(90 * 86_400);

/// The engine's whole state.
#[derive(Debug)]
pub struct Core {
    demo: bool,
    pace: u32,
    config: Config,
    accounts: Accounts,
    regions: Regions,
    actions: Actions,
    launches: Launches,
    memory: Memory,
    presence: Presence,
    troubles: BTreeMap<&'static str, Problem>,
    generation: u64,
    published: Option<Arc<Fleet>>,
}

impl Core {
    /// A core that has not looked anywhere yet; [`Input::Configured`] sets it going.
    pub fn new(memory: Memory, open: Vec<Record>, pace: u32, demo: bool) -> Self {
        Self {
            demo,
            pace,
            config: Config::default(),
            accounts: Accounts::default(),
            regions: Regions::default(),
            actions: Actions::new(pace),
            launches: Launches::new(open),
            memory,
            presence: Presence::Here,
            troubles: BTreeMap::new(),
            generation: 0,
            published: None,
        }
    }

    /// Takes one input and says what to do.
    pub fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Effect> {
        let mut effects = match input {
            Input::Configured(config) => self.configure(config, now),
            Input::Tick => Vec::new(),
            Input::Identified { account, result } => {
                if self.accounts.identified(&account, result, now) {
                    self.regions.forget(&account, now);
                }
                self.settle_account(&account, now);
                Vec::new()
            }
            Input::RegionsListed { account, result } => {
                self.accounts.listed(&account, result, now);
                self.settle_account(&account, now);
                Vec::new()
            }
            Input::Polled { key, result } => self.polled(&key, result, now),
            Input::Acted { target, result } => self.acted(&target, result, now),
            Input::CodeTaken { account, result } => {
                let effects = self.accounts.code_taken(&account, result);
                self.try_anew(&account, now);
                effects
            }
            Input::LaunchAnswered { id, call, result } => self.launch_answered(&id, &call, result, now),
            Input::LaunchKept { id, result } => self.launches.kept(&id, result, now),
            Input::Commanded { ticket, command } => self.command(ticket, command, now),
            Input::Presence(presence) => self.presence(presence, now),
            Input::Trouble { about, problem } => self.trouble(about, problem),
            Input::Quit => self.quit(now),
        };
        effects.extend(self.due(now));
        effects
    }

    /// When the core wants to be woken, and why.
    pub fn poll_timeout(&self) -> Option<(Timestamp, &'static str)> {
        let snooze = self.memory.snoozed.values().min().map(|&at| (at, "a snooze ends"));
        let polls = match self.presence {
            Presence::Here => self.regions.next_poll(&self.accounts),
            Presence::Locked | Presence::Asleep => None,
        };
        [
            polls,
            self.regions.next_change(),
            self.accounts.next_retry(),
            self.actions.next(),
            self.launches.next(),
            snooze,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// The fleet as it is now, if it differs from what was published last.
    pub fn snapshot(&mut self, now: Timestamp) -> Option<Arc<Fleet>> {
        let fleet = self.fleet(now);
        if self.published.as_deref().is_some_and(|last| same(last, &fleet)) {
            return None;
        }
        self.generation += 1;
        let fleet = Arc::new(Fleet { generation: self.generation, ..fleet });
        self.published = Some(Arc::clone(&fleet));
        Some(fleet)
    }

    fn fleet(&self, now: Timestamp) -> Fleet {
        Fleet {
            generation: 0,
            as_of: now,
            demo: self.demo,
            pace: self.pace,
            paused: match self.presence {
                Presence::Here => None,
                Presence::Locked => Some(Pause::Locked),
                Presence::Asleep => Some(Pause::Asleep),
            },
            accounts: self.accounts.states(),
            regions: self.regions.freshness(),
            instances: self.regions.known().map(|(target, known)| self.seen(target, known)).collect(),
            progress: self.actions.progress(),
            launches: self.launches.views(),
            troubles: self.troubles.values().cloned().collect(),
        }
    }

    fn seen(&self, target: Target, known: &regions::Known) -> (Target, Seen) {
        let alert = known.standing.alert.clone();
        let shown = alert.as_ref().is_some_and(|alert| self.memory.shown.contains_key(&alert.id));
        let snoozed_until = self.memory.snoozed.get(&target).copied();
        let instance = Arc::clone(&known.instance);
        (target, Seen { instance, rates: known.rates, alert, snoozed_until, shown })
    }

    fn configure(&mut self, config: Config, now: Timestamp) -> Vec<Effect> {
        let effects = self.accounts.configure(&config.accounts);
        self.config = config;
        self.set_regions(now);
        self.regions.judge_all(&self.config.alert, now);
        effects
    }

    /// The regions to poll follow from the configuration and from what the accounts have enabled.
    fn set_regions(&mut self, now: Timestamp) {
        let wanted = self.accounts.regions(&self.config.poll.regions);
        self.regions.set(wanted, now);
    }

    /// After an account's standing changed: other regions may be wanted, and what it cannot ask is not waited for.
    fn settle_account(&mut self, account: &domain::AccountName, now: Timestamp) {
        self.set_regions(now);
        if let Some(fault) = self.accounts.blocking_fault(account) {
            self.regions.give_up(account, &fault, now);
        }
    }

    /// A person did something about an account's credentials: what they kept from being read is waited for again.
    fn try_anew(&mut self, account: &domain::AccountName, now: Timestamp) {
        if self.accounts.blocking_fault(account).is_none() {
            self.regions.wait_again(account, now);
        }
    }

    fn polled(
        &mut self,
        key: &RegionKey,
        result: Result<Vec<domain::Instance>, domain::CloudFault>,
        now: Timestamp,
    ) -> Vec<Effect> {
        match result {
            Ok(instances) => {
                self.regions.answered(key, instances, &self.config, now);
                self.actions.seen(key, |id| self.regions.lifecycle(key, id));
                Vec::new()
            }
            Err(fault) => {
                let fault = self.accounts.explain(key, fault);
                let doubtful = fault.is_about_credentials();
                self.regions.failed(key, fault, self.config.poll.interval, now);
                if doubtful { self.accounts.doubt(&key.account) } else { Vec::new() }
            }
        }
    }

    fn acted(
        &mut self,
        target: &Target,
        result: Result<(), domain::CloudFault>,
        now: Timestamp,
    ) -> Vec<Effect> {
        let why = self.why(target, now);
        let effects = self.actions.acted(target, result, why, now);
        self.regions.hurry(&region_of(target), now);
        effects
    }

    fn launch_answered(
        &mut self,
        id: &LaunchId,
        call: &Call,
        result: Result<Answer, domain::CloudFault>,
        now: Timestamp,
    ) -> Vec<Effect> {
        // Whatever came back: an answer that is lost says nothing of what was done.
        if let (Some(account), Some(region)) = (self.launches.account(id), call.changes()) {
            self.regions.hurry(&RegionKey { account, region: region.clone() }, now);
        }
        self.launches.answered(id, call, result, now)
    }

    fn command(&mut self, ticket: u64, command: Command, now: Timestamp) -> Vec<Effect> {
        let answer = match command {
            Command::Act { verb, target, actor, pace } => {
                return self.act(ticket, actions::Wish { verb, target, actor, pace }, now);
            }
            Command::Launch(wish) => {
                let account = self.accounts.config(&wish.account).cloned();
                return self.launches.begin(ticket, &wish, account, now);
            }
            Command::ConfirmLaunch { id } => return self.launches.confirm(ticket, &id, now),
            Command::CancelLaunch { id } => return self.launches.cancel(ticket, &id),
            Command::DismissLaunch { id } => {
                self.launches.dismiss(&id);
                Effect::Answer(ticket, Ok(()))
            }
            Command::Undo { target, actor } => {
                let why = self.why(&target, now);
                return self.actions.undo(ticket, &target, actor, why, now);
            }
            Command::Code { account, code } => return self.accounts.code(ticket, &account, code),
            Command::Snooze { target, time } => {
                let until = after(now, time);
                return self.remember(ticket, vec![MemoryChange::Snoozed { target, until }]);
            }
            Command::Unsnooze { target } => {
                return self.remember(ticket, vec![MemoryChange::Woken { target }]);
            }
            Command::Shown { alerts } => {
                let shown = |alert| MemoryChange::Shown { alert, at: now };
                return self.remember(ticket, alerts.into_iter().map(shown).collect());
            }
            Command::Dismiss { target } => {
                self.actions.dismiss(&target);
                Effect::Answer(ticket, Ok(()))
            }
            Command::Refresh => {
                self.regions.refresh(now);
                self.accounts.refresh(now);
                Effect::Answer(ticket, Ok(()))
            }
            Command::Reconnect { account } => {
                let effects = self.accounts.reconnect(ticket, &account);
                self.try_anew(&account, now);
                return effects;
            }
        };
        vec![answer]
    }

    fn act(&mut self, ticket: u64, wish: actions::Wish, now: Timestamp) -> Vec<Effect> {
        let key = region_of(&wish.target);
        let why = self.why(&wish.target, now);
        let instance = self.regions.instance(&wish.target).cloned();
        let account = self.accounts.config(&wish.target.account).cloned();
        let effects = self.actions.begin(ticket, wish, instance.as_deref(), account, why, now);
        self.regions.hurry(&key, now);
        effects
    }

    fn remember(&mut self, ticket: u64, changes: Vec<MemoryChange>) -> Vec<Effect> {
        changes.iter().for_each(|change| self.memory.apply(change));
        let mut effects: Vec<Effect> = changes.into_iter().map(Effect::Remember).collect();
        effects.push(Effect::Answer(ticket, Ok(())));
        effects
    }

    fn presence(&mut self, presence: Presence, now: Timestamp) -> Vec<Effect> {
        let back = self.presence != Presence::Here && presence == Presence::Here;
        self.presence = presence;
        if back {
            self.regions.refresh(now);
            self.accounts.refresh(now);
            self.actions.renew_countdowns(now);
        }
        Vec::new()
    }

    fn trouble(&mut self, about: &'static str, problem: Option<Problem>) -> Vec<Effect> {
        match problem {
            Some(problem) => self.troubles.insert(about, problem),
            None => self.troubles.remove(about),
        };
        Vec::new()
    }

    fn quit(&mut self, now: Timestamp) -> Vec<Effect> {
        let mut effects = self.actions.cancel_all(now);
        effects.extend(self.launches.told());
        effects.push(Effect::End);
        effects
    }

    /// What time alone has made due.
    fn due(&mut self, now: Timestamp) -> Vec<Effect> {
        self.regions.judge_due(&self.config.alert, now);
        let mut effects = self.forget_old(now);
        effects.extend(self.accounts.due(now));
        if self.presence == Presence::Here {
            effects.extend(self.regions.due(&self.accounts, now));
        }
        effects.extend(self.countdowns(now));
        effects.extend(self.launches.due(now));
        effects
    }

    fn countdowns(&mut self, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        for target in self.actions.due(now) {
            let why = self.why(&target, now);
            let instance = self.regions.instance(&target).cloned();
            let account = self.accounts.config(&target.account).cloned();
            effects.extend(self.actions.send(&target, instance.as_deref(), account, why, now));
            self.regions.hurry(&region_of(&target), now);
        }
        effects
    }

    fn forget_old(&mut self, now: Timestamp) -> Vec<Effect> {
        let ended = self.memory.snoozed.iter().filter(|&(_, &until)| until <= now);
        let mut changes: Vec<MemoryChange> =
            ended.map(|(target, _)| MemoryChange::Woken { target: target.clone() }).collect();
        let oldest = now.checked_sub(MEMORY).unwrap_or(Timestamp::MIN);
        if self.memory.shown.values().any(|&at| at < oldest) {
            changes.push(MemoryChange::ForgetShownBefore(oldest));
        }
        changes.iter().for_each(|change| self.memory.apply(change));
        changes.into_iter().map(Effect::Remember).collect()
    }

    /// What the journal says of an instance at the moment of an action.
    fn why(&self, target: &Target, now: Timestamp) -> String {
        self.regions.describe(target, now)
    }
}

fn region_of(target: &Target) -> RegionKey {
    RegionKey { account: target.account.clone(), region: target.region.clone() }
}

/// Whether two snapshots show the same, whenever they were made.
fn same(a: &Fleet, b: &Fleet) -> bool {
    let Fleet {
        generation: _,
        as_of: _,
        demo,
        pace,
        paused,
        accounts,
        regions,
        instances,
        progress,
        launches,
        troubles,
    } = a;
    (demo, pace, paused) == (&b.demo, &b.pace, &b.paused)
        && accounts == &b.accounts
        && regions == &b.regions
        && progress == &b.progress
        && launches == &b.launches
        && troubles == &b.troubles
        && instances == &b.instances
}

#[cfg(test)]
mod tests;
