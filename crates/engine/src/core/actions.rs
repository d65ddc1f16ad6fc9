//! Actions under way: the countdown and its Undo, the calls, and the wait until the instance arrives.
//!
//! Destructive, so narrow: one action per instance at a time, decided on the latest facts at the moment of sending,
//! written into the journal before it is sent.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    AccountConfig, Actor, CloudFault, Instance, InstanceId, Lifecycle, Problem, RegionKey, Target, Timestamp,
    Verb,
    action::{self, Progress, UNDO_TIME},
    command::Pace,
    journal::{Entry, Outcome},
    time::{after, elapsed},
};

use super::Effect;

/// A countdown that ends this much late was slept through: the person gets the time for an Undo anew.
const SLEPT_THROUGH: Duration = Duration::from_secs(5);

/// What a person asks for.
#[derive(Debug)]
pub(super) struct Wish {
    pub(super) verb: Verb,
    pub(super) target: Target,
    pub(super) actor: Actor,
    pub(super) pace: Pace,
}

/// All actions under way or failed.
#[derive(Debug)]
pub(super) struct Actions {
    /// Seconds of the fleet's time per second of the person's.
    pace: u32,
    actions: BTreeMap<Target, Action>,
}

#[derive(Debug)]
struct Action {
    actor: Actor,
    progress: Progress,
}

impl Actions {
    pub(super) fn new(pace: u32) -> Self {
        Self { pace: pace.max(1), actions: BTreeMap::new() }
    }

    pub(super) fn progress(&self) -> BTreeMap<Target, Progress> {
        self.actions.iter().map(|(target, action)| (target.clone(), action.progress.clone())).collect()
    }

    /// Begins an action, or says why not.
    pub(super) fn begin(
        &mut self,
        ticket: u64,
        wish: Wish,
        instance: Option<&Instance>,
        account: Option<AccountConfig>,
        why: String,
        now: Timestamp,
    ) -> Vec<Effect> {
        let Wish { verb, target, actor, pace } = wish;
        let entry = Journalist { now, actor, verb, target: &target, why };
        if let Some(problem) = self.conflict(verb, &target) {
            return entry.refuse(ticket, problem);
        }
        let (Some(instance), Some(account)) = (instance, account) else {
            return entry.refuse(ticket, unknown(&target));
        };
        let steps = match action::steps(verb, instance) {
            Ok(steps) => steps,
            Err(refusal) => return entry.refuse(ticket, refusal.problem(verb, &target)),
        };
        let (progress, outcome, act) = match pace {
            Pace::AtOnce => {
                let act = Effect::Act(account, target.clone(), steps);
                (Progress::Acting { verb, since: now }, Outcome::Sent, Some(act))
            }
            Pace::WithUndo => {
                let acts_at = self.undo_ends(now);
                (Progress::CountingDown { verb, actor, acts_at }, Outcome::CountdownStarted, None)
            }
        };
        let journal = entry.entry(outcome);
        self.actions.insert(target, Action { actor, progress });
        [Some(journal), Some(Effect::Answer(ticket, Ok(()))), act].into_iter().flatten().collect()
    }

    /// What is under way already and excludes this. Terminating what is being stopped is allowed.
    fn conflict(&self, verb: Verb, target: &Target) -> Option<Problem> {
        let busy = |doing: Verb| {
            let message = format!("{} {target} was refused: {} is under way", verb.doing(), doing.as_str());
            Some(Problem::new("busy", message, "Wait until it is through, or undo it first."))
        };
        match &self.actions.get(target)?.progress {
            Progress::CountingDown { verb: doing, .. } | Progress::Acting { verb: doing, .. } => busy(*doing),
            Progress::Arriving { verb: doing, .. } if *doing == verb => busy(*doing),
            Progress::Arriving { .. } | Progress::Failed { .. } => None,
        }
    }

    /// Takes a countdown back.
    pub(super) fn undo(
        &mut self,
        ticket: u64,
        target: &Target,
        actor: Actor,
        why: String,
        now: Timestamp,
    ) -> Vec<Effect> {
        let Some(Action { progress: Progress::CountingDown { verb, .. }, .. }) = self.actions.get(target)
        else {
            let message = format!("there is nothing to undo for {target}");
            let problem =
                Problem::new("nothing-to-undo", message, "What was sent to AWS cannot be called back.");
            return vec![Effect::Answer(ticket, Err(problem))];
        };
        let entry = Journalist { now, actor, verb: *verb, target, why }.entry(Outcome::Undone);
        self.actions.remove(target);
        vec![entry, Effect::Answer(ticket, Ok(()))]
    }

    /// Puts a failure's report away.
    pub(super) fn dismiss(&mut self, target: &Target) {
        if let Some(Action { progress: Progress::Failed { .. }, .. }) = self.actions.get(target) {
            self.actions.remove(target);
        }
    }

    /// The countdowns that have ended; those that were slept through begin anew. Marks what arrives too late.
    pub(super) fn due(&mut self, now: Timestamp) -> Vec<Target> {
        let anew = self.undo_ends(now);
        let late = SLEPT_THROUGH * self.pace;
        let mut ended = Vec::new();
        for (target, action) in &mut self.actions {
            match &mut action.progress {
                Progress::CountingDown { acts_at, .. } if elapsed(now, *acts_at) > late => *acts_at = anew,
                Progress::CountingDown { acts_at, .. } if *acts_at <= now => ended.push(target.clone()),
                Progress::Arriving { verb, since, overdue } => {
                    *overdue = elapsed(now, *since) >= patience(*verb)
                }
                Progress::CountingDown { .. } | Progress::Acting { .. } | Progress::Failed { .. } => {}
            }
        }
        ended
    }

    /// Sends what has counted down, on the facts as they are now.
    pub(super) fn send(
        &mut self,
        target: &Target,
        instance: Option<&Instance>,
        account: Option<AccountConfig>,
        why: String,
        now: Timestamp,
    ) -> Vec<Effect> {
        let Some(action) = self.actions.get_mut(target) else { return Vec::new() };
        let Progress::CountingDown { verb, actor, .. } = action.progress else { return Vec::new() };
        let entry = Journalist { now, actor, verb, target, why };
        let steps = match (instance, account) {
            (Some(instance), Some(account)) => action::steps(verb, instance)
                .map(|steps| (account, steps))
                .map_err(|refusal| refusal.problem(verb, target)),
            (None, _) | (_, None) => Err(unknown(target)),
        };
        match steps {
            Ok((account, steps)) => {
                action.progress = Progress::Acting { verb, since: now };
                vec![entry.entry(Outcome::Sent), Effect::Act(account, target.clone(), steps)]
            }
            Err(problem) => {
                action.progress = Progress::Failed { verb, at: now, problem: problem.clone() };
                vec![entry.entry(Outcome::Refused(problem))]
            }
        }
    }

    /// The calls are through, or one failed.
    pub(super) fn acted(
        &mut self,
        target: &Target,
        result: Result<(), CloudFault>,
        why: String,
        now: Timestamp,
    ) -> Vec<Effect> {
        let Some(action) = self.actions.get_mut(target) else { return Vec::new() };
        let Progress::Acting { verb, .. } = action.progress else { return Vec::new() };
        let entry = Journalist { now, actor: action.actor, verb, target, why };
        match result {
            Ok(()) => {
                action.progress = Progress::Arriving { verb, since: now, overdue: false };
                vec![entry.entry(Outcome::Done)]
            }
            Err(fault) => {
                let problem = fault.problem(&format!("{} {target}", verb.doing()));
                action.progress = Progress::Failed { verb, at: now, problem: problem.clone() };
                vec![entry.entry(Outcome::Failed(problem))]
            }
        }
    }

    /// A region was seen: what has arrived is done, also what seemed to have failed on a lost connection.
    pub(super) fn seen(&mut self, key: &RegionKey, lifecycle: impl Fn(&InstanceId) -> Option<Lifecycle>) {
        self.actions.retain(|target, action| {
            let here = target.account == key.account && target.region == key.region;
            !here || !has_arrived(&action.progress, lifecycle(&target.id))
        });
    }

    /// When a countdown ends or something is overdue.
    pub(super) fn next(&self) -> Option<(Timestamp, &'static str)> {
        let times = self.actions.values().filter_map(|action| match &action.progress {
            Progress::CountingDown { acts_at, .. } => Some((*acts_at, "a countdown ends")),
            Progress::Arriving { verb, since, overdue: false } => {
                Some((after(*since, patience(*verb)), "an action is overdue"))
            }
            Progress::Arriving { overdue: true, .. } | Progress::Acting { .. } | Progress::Failed { .. } => {
                None
            }
        });
        times.min()
    }

    /// The person was away: every countdown begins anew.
    pub(super) fn renew_countdowns(&mut self, now: Timestamp) {
        let anew = self.undo_ends(now);
        for action in self.actions.values_mut() {
            if let Progress::CountingDown { acts_at, .. } = &mut action.progress {
                *acts_at = anew;
            }
        }
    }

    /// Quitting takes every countdown back.
    pub(super) fn cancel_all(&mut self, now: Timestamp) -> Vec<Effect> {
        let mut entries = Vec::new();
        self.actions.retain(|target, action| {
            let Progress::CountingDown { verb, actor, .. } = action.progress else { return true };
            let why = "Curfew was quit before the countdown ended".to_owned();
            entries.push(Journalist { now, actor, verb, target, why }.entry(Outcome::CancelledByQuit));
            false
        });
        entries
    }

    /// The time for an Undo is the person's time, not the fleet's.
    fn undo_ends(&self, now: Timestamp) -> Timestamp {
        after(now, UNDO_TIME * self.pace)
    }
}

/// How long an action may take before it is reported: stopping takes up to some minutes, longer with hibernation.
fn patience(verb: Verb) -> Duration {
    match verb {
        Verb::Start => Duration::from_secs(5 * 60),
        Verb::Stop | Verb::Terminate => Duration::from_secs(10 * 60),
    }
}

/// Whether an instance is where its action should bring it; one that AWS no longer shows was terminated.
fn has_arrived(progress: &Progress, lifecycle: Option<Lifecycle>) -> bool {
    let (verb, failed) = match progress {
        Progress::Arriving { verb, .. } => (*verb, false),
        Progress::Failed { verb, .. } => (*verb, true),
        Progress::CountingDown { .. } | Progress::Acting { .. } => return false,
    };
    match (verb, lifecycle) {
        (_, None | Some(Lifecycle::Terminated)) => true,
        (Verb::Terminate, Some(Lifecycle::ShuttingDown)) => failed,
        (Verb::Stop, Some(Lifecycle::Stopping)) => failed,
        (Verb::Stop, Some(Lifecycle::Stopped | Lifecycle::ShuttingDown)) => true,
        (Verb::Start, Some(Lifecycle::Running | Lifecycle::ShuttingDown)) => true,
        (
            Verb::Terminate,
            Some(Lifecycle::Pending | Lifecycle::Running | Lifecycle::Stopping | Lifecycle::Stopped),
        )
        | (Verb::Stop, Some(Lifecycle::Pending | Lifecycle::Running))
        | (Verb::Start, Some(Lifecycle::Pending | Lifecycle::Stopping | Lifecycle::Stopped)) => false,
    }
}

fn unknown(target: &Target) -> Problem {
    let hint = "It may be gone already, or its region is not polled; refresh and look again.";
    Problem::new("not-found", format!("{target} is not among the instances that Curfew sees"), hint)
}

/// What every line of the journal about one action has in common.
struct Journalist<'a> {
    now: Timestamp,
    actor: Actor,
    verb: Verb,
    target: &'a Target,
    why: String,
}

impl Journalist<'_> {
    fn entry(self, outcome: Outcome) -> Effect {
        let Self { now, actor, verb, target, why } = self;
        Effect::Journal(Entry { at: now, actor, verb, target: target.clone(), why, outcome })
    }

    fn refuse(self, ticket: u64, problem: Problem) -> Vec<Effect> {
        vec![self.entry(Outcome::Refused(problem.clone())), Effect::Answer(ticket, Err(problem))]
    }
}
