//! Rules in, alerts out: which instance needs attention, since when, and who was told.
//!
//! Level-triggered: alerts are a function of the fleet's facts and `now`, with ids that stay the same from poll to
//! poll and across restarts. Whoever shows them remembers the ids that were shown; nothing here does.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    Instance, Money, Target, Timestamp, config::alert::Thresholds, spend, spend::Rates, time::after,
};

/// How much attention an instance needs.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// None.
    #[default]
    Ok,
    /// Past the first threshold.
    Warning,
    /// Past the second.
    Critical,
}

impl Level {
    /// As `--json` writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// One threshold crossing of one running period, and which reminder of it: the same at every poll.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AlertId(String);

impl AlertId {
    fn new(target: &Target, launched_at: Timestamp, level: Level, reminder: u64) -> Self {
        let Target { account, region, id } = target;
        let launched = launched_at.as_second();
        Self(format!("{account}/{region}/{id}/{launched}/{}/{reminder}", level.as_str()))
    }

    /// An id as it was stored.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The id as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What was crossed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Crossing {
    /// Running for longer than this.
    Running(Duration),
    /// Cost more than this.
    Spend(Money),
}

/// An instance that needs attention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Stable from poll to poll.
    pub id: AlertId,
    /// Which instance.
    pub target: Target,
    /// Warning or critical.
    pub level: Level,
    /// What was crossed.
    pub crossing: Crossing,
    /// When it was crossed.
    pub crossed_at: Timestamp,
    /// 0 for the first notice, then counted at every `repeat`.
    pub reminder: u64,
}

/// An instance's standing against its thresholds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The worst threshold crossed, if any.
    pub alert: Option<Alert>,
    /// When the standing changes next if no fact does.
    pub changes_at: Option<Timestamp>,
}

impl Standing {
    /// The level, `Ok` without an alert.
    pub fn level(&self) -> Level {
        self.alert.as_ref().map_or(Level::Ok, |alert| alert.level)
    }
}

/// Holds one instance against the thresholds that apply to it (`None`: ignored by a rule).
pub fn standing(
    target: &Target,
    instance: &Instance,
    rates: &Rates,
    thresholds: Option<&Thresholds>,
    now: Timestamp,
) -> Standing {
    let calm = Standing { alert: None, changes_at: None };
    let (Some(thresholds), true) = (thresholds, instance.lifecycle.is_up()) else { return calm };
    let crossings = [(Level::Warning, &thresholds.warning), (Level::Critical, &thresholds.critical)]
        .map(|(level, threshold)| (level, threshold.crossed_at(instance, rates)));
    let worst = crossings
        .iter()
        .filter_map(|&(level, crossing)| crossing.map(|(what, at)| (level, what, at)))
        .filter(|&(_, _, at)| at <= now)
        .max_by_key(|&(level, _, _)| level);
    // A threshold below the one that is crossed already changes nothing when it is reached.
    let reached = worst.map_or(Level::Ok, |(level, _, _)| level);
    let higher = crossings.iter().filter(|&&(level, _)| level > reached);
    let next = higher.filter_map(|&(_, crossing)| crossing.map(|(_, at)| at)).min();
    let Some((level, crossing, crossed_at)) = worst else {
        return Standing { alert: None, changes_at: next };
    };
    let (reminder, next_reminder) = reminder(level, crossed_at, thresholds.repeat, now);
    let alert = Alert {
        id: AlertId::new(target, instance.launched_at, level, reminder),
        target: target.clone(),
        level,
        crossing,
        crossed_at,
        reminder,
    };
    Standing { alert: Some(alert), changes_at: next.into_iter().chain(next_reminder).min() }
}

/// Which reminder is due, and when the next one is. Only what is critical is repeated.
fn reminder(
    level: Level,
    crossed_at: Timestamp,
    repeat: Option<Duration>,
    now: Timestamp,
) -> (u64, Option<Timestamp>) {
    let (Level::Critical, Some(every)) = (level, repeat) else { return (0, None) };
    let every = every.as_secs().max(60);
    let count = crate::time::elapsed(now, crossed_at).as_secs() / every;
    (count, Some(after(crossed_at, Duration::from_secs(every.saturating_mul(count + 1)))))
}

/// When a threshold is crossed and by what: the earlier of its two halves.
impl crate::config::alert::Threshold {
    fn crossed_at(&self, instance: &Instance, rates: &Rates) -> Option<(Crossing, Timestamp)> {
        let by_time =
            self.running.map(|limit| (Crossing::Running(limit), after(instance.launched_at, limit)));
        let by_spend = self
            .spend
            .and_then(|limit| spend::reaches(instance, rates, limit).map(|at| (Crossing::Spend(limit), at)));
        by_time.into_iter().chain(by_spend).min_by_key(|&(_, at)| at)
    }
}

#[cfg(test)]
mod tests;
