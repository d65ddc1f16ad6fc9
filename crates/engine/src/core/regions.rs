//! Each region's data: when it is polled next, how fresh it is, and how its instances stand.
//!
//! Knows thresholds and prices only through `domain`; knows nothing of actions.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use domain::{
    AccountName, CloudFault, Config, Freshness, Instance, InstanceId, Lifecycle, RegionKey, Target,
    Timestamp,
    alert::{self, Standing},
    config::alert::AlertConfig,
    price,
    spend::Rates,
    time::{after, elapsed},
    view::fmt,
};

use super::{Effect, accounts::Accounts, backoff};

/// Between two polls of a region in which something was done.
const HURRIED: Duration = Duration::from_secs(10);
/// For how long a region is polled faster after an action.
const HURRY: Duration = Duration::from_secs(120);

/// All regions that are polled.
#[derive(Debug, Default)]
pub(super) struct Regions {
    regions: BTreeMap<RegionKey, Polling>,
}

/// An instance and what was concluded about it when a fact or its standing last changed.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) instance: Arc<Instance>,
    pub(super) rates: Rates,
    pub(super) standing: Standing,
}

#[derive(Debug)]
struct Polling {
    freshness: Freshness,
    phase: Phase,
    failures: u32,
    hurried_until: Option<Timestamp>,
    known: BTreeMap<InstanceId, Known>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// To be polled at this time.
    Due(Timestamp),
    /// Being polled.
    Asked,
    /// Being polled, and to be polled again at once: something was done meanwhile.
    AskedAndDue,
}

impl Regions {
    /// Polls exactly these from now on; what is known of those that stay, stays.
    pub(super) fn set(&mut self, wanted: BTreeSet<RegionKey>, now: Timestamp) {
        self.regions.retain(|key, _| wanted.contains(key));
        for key in wanted {
            self.regions.entry(key).or_insert_with(|| Polling {
                freshness: Freshness::Waiting,
                phase: Phase::Due(now),
                failures: 0,
                hurried_until: None,
                known: BTreeMap::new(),
            });
        }
    }

    /// A region's answer: its instances replace what was known.
    pub(super) fn answered(
        &mut self,
        key: &RegionKey,
        instances: Vec<Instance>,
        config: &Config,
        now: Timestamp,
    ) {
        let Some(region) = self.regions.get_mut(key) else { return };
        let mut before = std::mem::take(&mut region.known);
        for instance in instances {
            let id = instance.id.clone();
            let known = match before.remove(&id) {
                Some(known) if *known.instance == instance => known,
                Some(_) | None => judge(key, Arc::new(instance), &config.alert, now),
            };
            region.known.insert(id, known);
        }
        region.freshness = region.freshness.answered(now);
        region.failures = 0;
        region.arrive(region.interval(config.poll.interval, now), now);
    }

    /// A poll failed: what was known stays, and says its age.
    pub(super) fn failed(&mut self, key: &RegionKey, fault: CloudFault, interval: Duration, now: Timestamp) {
        let Some(region) = self.regions.get_mut(key) else { return };
        region.failures += 1;
        let wait = backoff::wait(&fault, region.failures, interval, key);
        region.freshness = region.freshness.failed(fault, after(now, wait));
        region.arrive(wait, now);
    }

    /// The account cannot ask at all: regions that never answered stop waiting, the others grow stale.
    pub(super) fn give_up(&mut self, account: &AccountName, fault: &CloudFault, now: Timestamp) {
        for (_, region) in self.regions.iter_mut().filter(|(key, _)| &key.account == account) {
            region.freshness = region.freshness.failed(fault.clone(), now);
            region.phase = Phase::Due(now);
        }
    }

    /// The credentials have become another AWS account's: what is known is not its own.
    pub(super) fn forget(&mut self, account: &AccountName, now: Timestamp) {
        for (_, region) in self.regions.iter_mut().filter(|(key, _)| &key.account == account) {
            region.known.clear();
            region.freshness = Freshness::Waiting;
            region.poll_at_once(now);
        }
    }

    /// The account can ask again: regions that never answered for lack of credentials are waited for, and all are due.
    pub(super) fn wait_again(&mut self, account: &AccountName, now: Timestamp) {
        for (_, region) in self.regions.iter_mut().filter(|(key, _)| &key.account == account) {
            match &region.freshness {
                Freshness::Failed { fault, .. } if fault.is_about_credentials() => {
                    region.freshness = Freshness::Waiting;
                }
                Freshness::Failed { .. }
                | Freshness::Waiting
                | Freshness::Fresh { .. }
                | Freshness::Stale { .. } => {}
            }
            region.poll_at_once(now);
        }
    }

    /// Polls a region soon and often: something was done there.
    pub(super) fn hurry(&mut self, key: &RegionKey, now: Timestamp) {
        if let Some(region) = self.regions.get_mut(key) {
            region.hurried_until = Some(after(now, HURRY));
            region.poll_at_once(now);
        }
    }

    /// Polls everything at once.
    pub(super) fn refresh(&mut self, now: Timestamp) {
        self.regions.values_mut().for_each(|region| region.poll_at_once(now));
    }

    pub(super) fn next_poll(&self, accounts: &Accounts) -> Option<(Timestamp, &'static str)> {
        let due = self.regions.iter().filter_map(|(key, region)| match region.phase {
            Phase::Due(at) => accounts.may_poll(&key.account).map(|_| at),
            Phase::Asked | Phase::AskedAndDue => None,
        });
        due.min().map(|at| (at, "a region is due"))
    }

    /// The polls that are due. A due time further off than any wait can be means that the clock was set back.
    pub(super) fn due(&mut self, accounts: &Accounts, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        for (key, region) in &mut self.regions {
            let Phase::Due(at) = region.phase else { continue };
            let clock_was_set_back = elapsed(at, now) > backoff::LONGEST * 5;
            if at > now && !clock_was_set_back {
                continue;
            }
            if let Some(account) = accounts.may_poll(&key.account) {
                region.phase = Phase::Asked;
                effects.push(Effect::Poll(account.clone(), key.region.clone()));
            }
        }
        effects
    }

    pub(super) fn freshness(&self) -> BTreeMap<RegionKey, Freshness> {
        self.regions.iter().map(|(key, region)| (key.clone(), region.freshness.clone())).collect()
    }

    pub(super) fn known(&self) -> impl Iterator<Item = (Target, &Known)> {
        self.regions
            .iter()
            .flat_map(|(key, region)| region.known.iter().map(|(id, known)| (target(key, id), known)))
    }

    pub(super) fn instance(&self, target: &Target) -> Option<&Arc<Instance>> {
        self.get(target).map(|known| &known.instance)
    }

    pub(super) fn lifecycle(&self, key: &RegionKey, id: &InstanceId) -> Option<Lifecycle> {
        self.regions.get(key)?.known.get(id).map(|known| known.instance.lifecycle)
    }

    /// Name, type, running time and spend in a line, for the journal.
    pub(super) fn describe(&self, target: &Target, now: Timestamp) -> String {
        let Some(Known { instance, rates, .. }) = self.get(target) else { return "not seen".into() };
        let running = fmt::duration(elapsed(now, instance.launched_at));
        let spent = fmt::spend(domain::spend::so_far(instance, rates, now));
        let (title, kind, state) = (fmt::title(instance), &instance.kind, instance.lifecycle.as_str());
        format!("{title}, {kind} ({}), {state}, launched {running} ago, {spent}", instance.market.as_str())
    }

    /// When some instance's standing changes by time alone.
    pub(super) fn next_change(&self) -> Option<(Timestamp, &'static str)> {
        let all = self.regions.values().flat_map(|region| region.known.values());
        all.filter_map(|known| known.standing.changes_at).min().map(|at| (at, "a threshold is crossed"))
    }

    /// Judges anew those whose standing time has changed.
    pub(super) fn judge_due(&mut self, alert: &AlertConfig, now: Timestamp) {
        self.judge_where(alert, now, |known| known.standing.changes_at.is_some_and(|at| at <= now));
    }

    /// Judges all anew: the rules changed.
    pub(super) fn judge_all(&mut self, alert: &AlertConfig, now: Timestamp) {
        self.judge_where(alert, now, |_| true);
    }

    fn judge_where(&mut self, alert: &AlertConfig, now: Timestamp, which: impl Fn(&Known) -> bool) {
        for (key, region) in &mut self.regions {
            for known in region.known.values_mut().filter(|known| which(known)) {
                *known = judge(key, Arc::clone(&known.instance), alert, now);
            }
        }
    }

    fn get(&self, target: &Target) -> Option<&Known> {
        let key = RegionKey { account: target.account.clone(), region: target.region.clone() };
        self.regions.get(&key)?.known.get(&target.id)
    }
}

impl Polling {
    fn interval(&self, usual: Duration, now: Timestamp) -> Duration {
        let hurried = self.hurried_until.is_some_and(|until| until > now);
        if hurried { usual.min(HURRIED) } else { usual }
    }

    fn arrive(&mut self, wait: Duration, now: Timestamp) {
        self.phase = match self.phase {
            Phase::AskedAndDue => Phase::Due(now),
            Phase::Asked | Phase::Due(_) => Phase::Due(after(now, wait)),
        };
    }

    fn poll_at_once(&mut self, now: Timestamp) {
        self.phase = match self.phase {
            Phase::Due(at) => Phase::Due(at.min(now)),
            Phase::Asked | Phase::AskedAndDue => Phase::AskedAndDue,
        };
    }
}

fn judge(key: &RegionKey, instance: Arc<Instance>, alert: &AlertConfig, now: Timestamp) -> Known {
    let rates = Rates::of(&instance, price::compute(&key.region, &instance), now);
    let thresholds = alert.thresholds(&instance);
    let standing = alert::standing(&target(key, &instance.id), &instance, &rates, thresholds.as_ref(), now);
    Known { instance, rates, standing }
}

fn target(key: &RegionKey, id: &InstanceId) -> Target {
    Target { account: key.account.clone(), region: key.region.clone(), id: id.clone() }
}
