//! What the main window shows, and how one such state becomes the next: only changed rows cross the process border.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use crate::{
    AccountName, AccountState, Fleet, Freshness, Instance, Lifecycle, Problem, RegionKey, Target, Timestamp,
    Verb, action,
    action::Progress,
    alert::{Alert, Level},
    fleet::{Pause, Seen, Totals},
    launch::Launches,
    spend::Rates,
};

/// Everything that the fleet page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowState {
    /// Sums and standing.
    pub header: Header,
    /// Each account's standing.
    pub accounts: BTreeMap<AccountName, AccountState>,
    /// Each region's freshness.
    pub regions: Vec<RegionRow>,
    /// Each instance, shared, so that an unchanged row is known by its pointer.
    #[serde(with = "row_list")]
    pub rows: BTreeMap<Target, Arc<Row>>,
    /// Launches under way, and those that were over lately.
    pub launches: Launches,
}

/// What stands above the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Counts up with every change.
    pub generation: u64,
    /// When this state was made; the engine's clock, which runs fast in the demo.
    pub as_of: Timestamp,
    /// Seconds of the fleet's time per second of the window's: 1, and more in the demo.
    pub pace: u32,
    /// Whether this is the simulated fleet.
    pub demo: bool,
    /// Whether every region was tried once.
    pub complete: bool,
    /// Why polling rests, if it does.
    pub paused: Option<Pause>,
    /// Sums.
    pub totals: Totals,
    /// What this computer could not do.
    pub troubles: Vec<Problem>,
}

/// A region and how fresh it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionRow {
    /// Which region of which account.
    pub key: RegionKey,
    /// How fresh.
    pub freshness: Freshness,
    /// How many instances it shows.
    pub instances: usize,
}

/// One instance: facts, from which the window works out running time and spend itself as its clock ticks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Which.
    pub target: Target,
    /// The facts.
    pub instance: Arc<Instance>,
    /// What it costs an hour.
    pub rates: Rates,
    /// What needs attention.
    pub alert: Option<Alert>,
    /// Until when nothing is said about it.
    pub snoozed_until: Option<Timestamp>,
    /// What is being done to it.
    pub progress: Option<Progress>,
    /// What can be done to it, in the order of the buttons.
    pub offers: Vec<Offer>,
}

/// An action that a row or a menu offers, or says why not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The action.
    pub verb: Verb,
    /// Why it cannot be had, if it cannot.
    pub refused: Option<String>,
    /// What to know before it.
    pub caution: Option<String>,
}

/// The groups of the table, most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Group {
    /// Past the critical threshold.
    Critical,
    /// Past the warning threshold.
    Warning,
    /// Up, and nothing to say.
    Running,
    /// Stopped or stopping: only its volumes cost.
    Stopped,
    /// Gone or going.
    Gone,
}

impl Group {
    /// All of them, in the table's order.
    pub const ALL: [Self; 5] = [Self::Critical, Self::Warning, Self::Running, Self::Stopped, Self::Gone];

    /// The group's heading.
    pub fn label(self) -> &'static str {
        match self {
            Self::Critical => "Critical",
            Self::Warning => "Warning",
            Self::Running => "Running",
            Self::Stopped => "Stopped",
            Self::Gone => "Terminated",
        }
    }
}

impl Row {
    fn new(target: &Target, seen: &Seen, progress: Option<&Progress>) -> Self {
        Self {
            target: target.clone(),
            instance: Arc::clone(&seen.instance),
            rates: seen.rates,
            alert: seen.alert.clone(),
            snoozed_until: seen.snoozed_until,
            progress: progress.cloned(),
            offers: offers(&seen.instance),
        }
    }

    /// The group it stands in: a snoozed instance stands with those that run.
    pub fn group(&self, now: Timestamp) -> Group {
        let snoozed = self.snoozed_until.is_some_and(|until| until > now);
        match (self.instance.lifecycle, self.level()) {
            (Lifecycle::ShuttingDown | Lifecycle::Terminated, _) => Group::Gone,
            (Lifecycle::Stopping | Lifecycle::Stopped, _) => Group::Stopped,
            (Lifecycle::Pending | Lifecycle::Running, Level::Critical) if !snoozed => Group::Critical,
            (Lifecycle::Pending | Lifecycle::Running, Level::Warning) if !snoozed => Group::Warning,
            (Lifecycle::Pending | Lifecycle::Running, Level::Ok | Level::Warning | Level::Critical) => {
                Group::Running
            }
        }
    }

    /// The level of its alert.
    pub fn level(&self) -> Level {
        self.alert.as_ref().map_or(Level::Ok, |alert| alert.level)
    }
}

/// What can be done to an instance: stop or start, and terminate.
pub fn offers(instance: &Instance) -> Vec<Offer> {
    let verbs: &[Verb] = match instance.lifecycle {
        Lifecycle::Pending | Lifecycle::Running | Lifecycle::Stopping => &[Verb::Stop, Verb::Terminate],
        Lifecycle::Stopped => &[Verb::Start, Verb::Terminate],
        Lifecycle::ShuttingDown | Lifecycle::Terminated => &[],
    };
    let offer = |&verb: &Verb| Offer {
        verb,
        refused: action::steps(verb, instance).err().map(|refusal| sentence(&refusal)),
        caution: action::caution(verb, instance),
    };
    verbs.iter().map(offer).collect()
}

fn sentence(refusal: &action::Refusal) -> String {
    let text = refusal.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}. {}", letters.as_str(), refusal.hint()).trim_end().to_owned()
}

/// The window's state for a fleet at `now`.
pub fn state(fleet: &Fleet, now: Timestamp) -> WindowState {
    let mut counts: BTreeMap<(&AccountName, &str), usize> = BTreeMap::new();
    for target in fleet.instances.keys() {
        *counts.entry((&target.account, target.region.as_str())).or_default() += 1;
    }
    let region = |(key, freshness): (&RegionKey, &Freshness)| RegionRow {
        key: key.clone(),
        freshness: freshness.clone(),
        instances: counts.get(&(&key.account, key.region.as_str())).copied().unwrap_or_default(),
    };
    let row = |(target, seen): (&Target, &Seen)| {
        (target.clone(), Arc::new(Row::new(target, seen, fleet.progress.get(target))))
    };
    WindowState {
        header: Header {
            generation: fleet.generation,
            as_of: now,
            pace: fleet.pace,
            demo: fleet.demo,
            complete: fleet.is_complete(),
            paused: fleet.paused,
            totals: fleet.totals(now),
            troubles: fleet.troubles.clone(),
        },
        accounts: fleet.accounts.clone(),
        regions: fleet.regions.iter().map(region).collect(),
        rows: fleet.instances.iter().map(row).collect(),
        launches: fleet.launches.clone(),
    }
}

/// What changed from one state to the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delta {
    /// The new header.
    pub header: Header,
    /// All accounts: they are few.
    pub accounts: BTreeMap<AccountName, AccountState>,
    /// All regions: they are few.
    pub regions: Vec<RegionRow>,
    /// Rows that are new or different.
    pub changed: Vec<Arc<Row>>,
    /// Rows that are gone.
    pub removed: BTreeSet<Target>,
    /// All launches: they are few.
    pub launches: Launches,
}

impl WindowState {
    /// What must be sent so that `self` becomes `next`.
    pub fn delta_to(&self, next: &Self) -> Delta {
        let differs = |(target, row): &(&Target, &Arc<Row>)| self.rows.get(*target) != Some(*row);
        Delta {
            header: next.header.clone(),
            accounts: next.accounts.clone(),
            regions: next.regions.clone(),
            changed: next.rows.iter().filter(differs).map(|(_, row)| Arc::clone(row)).collect(),
            removed: self.rows.keys().filter(|target| !next.rows.contains_key(target)).cloned().collect(),
            launches: next.launches.clone(),
        }
    }

    /// The next state; rows that did not change keep their pointer.
    #[must_use]
    pub fn apply(&self, delta: Delta) -> Self {
        let mut rows = self.rows.clone();
        rows.retain(|target, _| !delta.removed.contains(target));
        let Delta { header, accounts, regions, changed, launches, .. } = delta;
        rows.extend(changed.into_iter().map(|row| (row.target.clone(), row)));
        Self { header, accounts, regions, rows, launches }
    }
}

/// What the tray sends to the window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Update {
    /// The whole state: first, and after a gap.
    Whole(WindowState),
    /// What changed since the last update.
    Changed(Delta),
}

/// What the window's shell tells the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The fleet changed.
    Update(Update),
    /// Somebody at the tray wants to see this.
    Show(Sight),
    /// The tray process cannot be reached: what is shown grows old, and nothing can be done until it is back.
    TrayGone(Problem),
}

/// What the window is opened at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sight {
    /// The launcher.
    Launcher,
    /// The launcher with this profile being checked, so that a person can say yes.
    Profile(String),
}

/// A JSON object's keys are texts: the rows travel as a list.
mod row_list {
    use std::{collections::BTreeMap, sync::Arc};

    use serde::{Deserialize, Deserializer, Serializer};

    use super::{Row, Target};

    pub(super) fn serialize<S: Serializer>(
        rows: &BTreeMap<Target, Arc<Row>>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(rows.values())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<BTreeMap<Target, Arc<Row>>, D::Error> {
        let rows: Vec<Arc<Row>> = Vec::deserialize(from)?;
        Ok(rows.into_iter().map(|row| (row.target.clone(), row)).collect())
    }
}

#[cfg(test)]
mod tests;
