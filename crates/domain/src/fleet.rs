//! The one snapshot that everything shown derives from. Immutable once published.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    AccountName, AccountState, Alert, Freshness, HourlyRate, Instance, Level, Money, RegionKey, Target,
    Timestamp, action::Progress, spend, spend::Rates,
};

/// All instances seen, how fresh each region is, what needs attention and what is being done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fleet {
    /// Counts up with every published change.
    pub generation: u64,
    /// When this snapshot was made.
    pub as_of: Timestamp,
    /// Whether this is the simulated fleet.
    pub demo: bool,
    /// Seconds of the fleet's time per second of everybody else's: 1, and more in the demo, whose clock runs fast.
    pub pace: u32,
    /// Why polling rests, if it does.
    pub paused: Option<Pause>,
    /// Each account's standing.
    pub accounts: BTreeMap<AccountName, AccountState>,
    /// Each region's freshness.
    #[serde(with = "pairs")]
    pub regions: BTreeMap<RegionKey, Freshness>,
    /// Every instance.
    #[serde(with = "pairs")]
    pub instances: BTreeMap<Target, Seen>,
    /// Actions under way or failed.
    #[serde(with = "pairs")]
    pub progress: BTreeMap<Target, Progress>,
    /// Launches under way, and those that were over lately.
    #[serde(default)]
    pub launches: crate::launch::Launches,
    /// What this computer could not do: write its files, say.
    pub troubles: Vec<crate::Problem>,
}

/// Why polling rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pause {
    /// The computer sleeps.
    Asleep,
    /// The screen is locked.
    Locked,
}

/// One instance and what was concluded about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The facts, shared between snapshots as long as they do not change.
    pub instance: Arc<Instance>,
    /// What it costs an hour.
    pub rates: Rates,
    /// What needs attention, snoozed or not.
    pub alert: Option<Alert>,
    /// Until when nothing is said about it.
    pub snoozed_until: Option<Timestamp>,
    /// Whether this alert was shown to a person already.
    pub shown: bool,
}

impl Seen {
    /// The level that colours it: a snoozed instance keeps its level, it is only not talked about.
    pub fn level(&self) -> Level {
        self.alert.as_ref().map_or(Level::Ok, |alert| alert.level)
    }

    /// Whether it asks for a person now: a level above ok, and no snooze.
    pub fn needs_attention(&self, now: Timestamp) -> bool {
        self.level() > Level::Ok && !self.is_snoozed(now)
    }

    /// Whether nothing is to be said about it for now.
    pub fn is_snoozed(&self, now: Timestamp) -> bool {
        self.snoozed_until.is_some_and(|until| until > now)
    }

    /// What the present period has cost; `None` when the price is unknown.
    pub fn spend(&self, now: Timestamp) -> Option<Money> {
        spend::so_far(&self.instance, &self.rates, now)
    }
}

/// Sums over a fleet. Unknown prices are counted, never added as zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Instances pending or running.
    pub up: usize,
    /// Instances that need attention now.
    pub attention: usize,
    /// The worst level among those.
    pub worst: Level,
    /// What everything known costs an hour.
    pub hourly: HourlyRate,
    /// What everything known has cost in its present period.
    pub spend: Money,
    /// Instances that are up and whose price is not known.
    pub unpriced: usize,
}

impl Fleet {
    /// An empty fleet before the first answer.
    pub fn empty(now: Timestamp) -> Self {
        Self {
            generation: 0,
            as_of: now,
            demo: false,
            pace: 1,
            paused: None,
            accounts: BTreeMap::new(),
            regions: BTreeMap::new(),
            instances: BTreeMap::new(),
            progress: BTreeMap::new(),
            launches: BTreeMap::new(),
            troubles: Vec::new(),
        }
    }

    /// The sums at `now`.
    pub fn totals(&self, now: Timestamp) -> Totals {
        self.instances.values().fold(Totals::default(), |sums, seen| sums.with(seen, now))
    }

    /// The alerts that a person has not been told of and should be, worst first.
    pub fn untold(&self, now: Timestamp) -> Vec<&Alert> {
        let mut alerts: Vec<&Alert> = self
            .instances
            .values()
            .filter(|seen| seen.needs_attention(now) && !seen.shown)
            .filter_map(|seen| seen.alert.as_ref())
            .collect();
        alerts.sort_by_key(|alert| (std::cmp::Reverse(alert.level), alert.crossed_at));
        alerts
    }

    /// Whether every region has answered or failed at least once, and every account was tried.
    pub fn is_complete(&self) -> bool {
        let tried = |state: &AccountState| match state {
            AccountState::Connecting => false,
            AccountState::Connected(_) | AccountState::NeedsCode { .. } | AccountState::Broken(_) => true,
        };
        let answered = |region: &Freshness| match region {
            Freshness::Waiting => false,
            Freshness::Fresh { .. } | Freshness::Stale { .. } | Freshness::Failed { .. } => true,
        };
        self.accounts.values().all(tried) && self.regions.values().all(answered)
    }
}

impl Totals {
    fn with(mut self, seen: &Seen, now: Timestamp) -> Self {
        let up = seen.instance.lifecycle.is_up();
        self.up += usize::from(up);
        if seen.needs_attention(now) {
            self.attention += 1;
            self.worst = self.worst.max(seen.level());
        }
        match seen.rates.total() {
            Some(hourly) => self.hourly = self.hourly + hourly,
            None => self.unpriced += usize::from(up),
        }
        self.spend = self.spend + seen.spend(now).unwrap_or(Money::ZERO);
        self
    }
}

/// A JSON object's keys are texts: maps with other keys travel as lists of pairs.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<K: Serialize, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(map)
    }

    pub(super) fn deserialize<'de, K, V, D>(from: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        Ok(Vec::<(K, V)>::deserialize(from)?.into_iter().collect())
    }
}
