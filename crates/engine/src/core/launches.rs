//! Launches under way and over: which course an answer belongs to, and what a crash left open.
//!
//! One launch of a profile at a time, so that a second click does not buy a second machine by accident.

use std::collections::BTreeMap;

use domain::{
    AccountConfig, AccountName, CloudFault, LaunchId, Problem, Timestamp,
    launch::{Launch, Stage, Wish},
    time::elapsed,
};
use launch::{Answer, Call, Course, Move, Profile, Record, refusal::Refusals};
use protocol::{Environment, layout};

use super::Effect;

/// Launches that are over and still shown.
const SHOWN: usize = 20;

/// All launches of this session.
#[derive(Debug, Default)]
pub(super) struct Launches {
    courses: BTreeMap<LaunchId, Running>,
    /// What earlier processes left open.
    open: Vec<Record>,
    refusals: Refusals,
}

#[derive(Debug)]
struct Running {
    account: AccountConfig,
    course: Course,
}

impl Launches {
    pub(super) fn new(open: Vec<Record>) -> Self {
        Self { open, ..Self::default() }
    }

    /// Begins one, or goes on with one that a crash left open.
    pub(super) fn begin(
        &mut self,
        ticket: u64,
        wish: &Wish,
        account: Option<AccountConfig>,
        now: Timestamp,
    ) -> Vec<Effect> {
        let begun =
            self.admit(wish, account).map(|(account, profile)| self.course(wish, account, profile, now));
        match begun {
            Ok(mut effects) => {
                effects.insert(0, Effect::Answer(ticket, Ok(())));
                effects
            }
            Err(problem) => vec![Effect::Answer(ticket, Err(problem))],
        }
    }

    fn admit(
        &self,
        wish: &Wish,
        account: Option<AccountConfig>,
    ) -> Result<(AccountConfig, Profile), Problem> {
        let refused = |code, message: String, hint: &str| Err(Problem::new(code, message, hint));
        if self.courses.contains_key(&wish.id) {
            return refused("busy", format!("the launch {} was begun already", wish.id), "");
        }
        let Some(account) = account else {
            let message = format!("there is no account {}", wish.account);
            return refused("no-account", message, "Add it with `curfew credentials add`.");
        };
        let name = wish.profile.parse().map_err(|fault: launch::profile::NotAProfileName| {
            Problem::new("profile-name", fault.to_string(), "Rename the file.")
        })?;
        let profile = Profile::parse(name, &wish.text).map_err(|faults| {
            let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
            let message = format!("the profile {} is faulty: {}", wish.profile, lines.join("; "));
            Problem::new(
                "profile",
                message,
                format!("Mend it; `curfew profiles check {}` lists its faults.", wish.profile),
            )
        })?;
        match self.is_busy(&wish.account, &wish.profile, &profile.agent.run.environment) {
            true => Err(busy(&wish.profile)),
            false => Ok((account, profile)),
        }
    }

    /// Whether a launch of the same is under way. One into another environment is meant to be a second.
    fn is_busy(&self, account: &AccountName, profile: &str, environment: &Environment) -> bool {
        self.courses.values().any(|Running { course, .. }| {
            let view = course.view();
            let same = view.profile == profile && view.account == *account;
            same && course.environment() == environment && !view.stage.is_over()
        })
    }

    /// A person said yes to what was found: it goes on, or with what a crash left open of the same.
    pub(super) fn confirm(&mut self, ticket: u64, id: &LaunchId, now: Timestamp) -> Vec<Effect> {
        let found = self.courses.get(id).map(|Running { course, .. }| {
            let view = course.view();
            (view.stage == Stage::Checked, view.account, view.profile, course.environment().clone())
        });
        let Some((true, account, profile, environment)) = found else {
            let message = format!("the launch {id} does not wait for a yes");
            let problem = Problem::new("not-checked", message, "Check the profile again, then launch it.");
            return vec![Effect::Answer(ticket, Err(problem))];
        };
        if self.is_busy(&account, &profile, &environment) {
            return vec![Effect::Answer(ticket, Err(busy(&profile)))];
        }
        let left = self.take_open(&account, &profile, &environment);
        let mut effects = vec![Effect::Answer(ticket, Ok(()))];
        effects.extend(self.drive(id, |course| match left {
            Some((record, order)) => course.take_up(record.id, order, record.at, now),
            None => course.confirm(now),
        }));
        effects
    }

    fn course(
        &mut self,
        wish: &Wish,
        account: AccountConfig,
        profile: Profile,
        now: Timestamp,
    ) -> Vec<Effect> {
        let environment = &profile.agent.run.environment;
        let left = (!wish.dry_run).then(|| self.take_open(&wish.account, &wish.profile, environment));
        let left = left.flatten();
        let (course, moves) = match left {
            Some((record, order)) => Course::resume(wish, profile, record.id, order, record.at, now),
            None => Course::begin(wish, profile, self.refusals.clone(), now),
        };
        let effects = effects(&account, &wish.id, moves);
        self.courses.insert(wish.id.clone(), Running { account, course });
        self.drop_old(now);
        effects
    }

    fn take_open(
        &mut self,
        account: &AccountName,
        profile: &str,
        environment: &Environment,
    ) -> Option<(Record, launch::Order)> {
        let state = layout::state(environment);
        let same = |record: &Record| {
            let at_home = record.open().is_some_and(|order| order.home.key == state);
            record.profile == profile && record.account == *account && at_home
        };
        let at = self.open.iter().position(same)?;
        let record = self.open.swap_remove(at);
        let order = record.open()?.clone();
        Some((record, order))
    }

    pub(super) fn answered(
        &mut self,
        id: &LaunchId,
        call: &Call,
        result: Result<Answer, CloudFault>,
        now: Timestamp,
    ) -> Vec<Effect> {
        self.drive(id, |course| course.answered(call, result, now))
    }

    /// With whose credentials it is made.
    pub(super) fn account(&self, id: &LaunchId) -> Option<AccountName> {
        self.courses.get(id).map(|running| running.account.name.clone())
    }

    pub(super) fn kept(&mut self, id: &LaunchId, result: Result<(), Problem>, now: Timestamp) -> Vec<Effect> {
        self.drive(id, |course| course.kept(result, now))
    }

    pub(super) fn cancel(&mut self, ticket: u64, id: &LaunchId) -> Vec<Effect> {
        if !self.courses.contains_key(id) {
            let problem =
                Problem::new("no-launch", format!("there is no launch {id} here"), "It may be over already.");
            return vec![Effect::Answer(ticket, Err(problem))];
        }
        let mut effects = vec![Effect::Answer(ticket, Ok(()))];
        effects.extend(self.drive(id, Course::cancel));
        effects
    }

    /// Puts a launch that is over away.
    pub(super) fn dismiss(&mut self, id: &LaunchId) {
        if self.courses.get(id).is_some_and(|running| running.course.is_over()) {
            self.courses.remove(id);
        }
    }

    pub(super) fn due(&mut self, now: Timestamp) -> Vec<Effect> {
        let ids: Vec<LaunchId> = self.courses.keys().cloned().collect();
        ids.iter().flat_map(|id| self.drive(id, |course| course.due(now))).collect()
    }

    pub(super) fn next(&self) -> Option<(Timestamp, &'static str)> {
        let times = self.courses.values().filter_map(|running| running.course.next());
        times.min().map(|at| (at, "a launch goes on"))
    }

    pub(super) fn views(&self) -> BTreeMap<LaunchId, Launch> {
        self.courses.iter().map(|(id, running)| (id.clone(), running.course.view())).collect()
    }

    /// The program ends in order: whoever asked has seen how far everything got.
    pub(super) fn told(&self) -> Vec<Effect> {
        let told = self.courses.iter().filter_map(|(id, running)| {
            let step = running.course.told()?;
            Some(effects(&running.account, id, vec![step]))
        });
        told.flatten().collect()
    }

    fn drive(&mut self, id: &LaunchId, step: impl FnOnce(&mut Course) -> Vec<Move>) -> Vec<Effect> {
        let Some(running) = self.courses.get_mut(id) else { return Vec::new() };
        let was_over = running.course.is_over();
        let mut moves = step(&mut running.course);
        self.refusals.learn(running.course.refusals());
        // Once it has arrived where everybody can see it, a crash has nothing left to find.
        if !was_over && running.course.is_over() {
            moves.extend(running.course.told());
        }
        effects(&running.account, id, moves)
    }

    fn drop_old(&mut self, now: Timestamp) {
        let mut over: Vec<(std::time::Duration, LaunchId)> = self
            .courses
            .iter()
            .map(|(id, running)| (id, running.course.view()))
            .filter(|(_, view)| view.stage.is_over())
            .map(|(id, view)| (elapsed(now, view.begun), id.clone()))
            .collect();
        over.sort();
        over.into_iter().skip(SHOWN).for_each(|(_, id)| {
            self.courses.remove(&id);
        });
    }
}

fn busy(profile: &str) -> Problem {
    let message = format!("a launch of {profile} is under way");
    Problem::new("busy", message, "Wait until it is through, or cancel it.")
}

fn effects(account: &AccountConfig, id: &LaunchId, moves: Vec<Move>) -> Vec<Effect> {
    let effect = |step| match step {
        Move::Ask(call) => Effect::Launch(account.clone(), id.clone(), Box::new(call)),
        Move::Keep(record) => Effect::KeepLaunch(id.clone(), record),
    };
    moves.into_iter().map(effect).collect()
}
