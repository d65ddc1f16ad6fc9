//! The stable JSON of `curfew list --json` and `curfew check --json`. Changing a name here breaks somebody's script.
//!
//! Times are RFC 3339 in UTC, money is a decimal string in US dollars, durations are whole seconds.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    AccountName, Fleet, Freshness, GroupName, HourlyRate, InstanceId, InstanceType, Level, Lifecycle, Money,
    Region, RegionKey, Target, Timestamp, Zone, fleet::Seen, price::RateSource, time::elapsed,
};

/// All that `--json` prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Listing {
    /// When this was put together.
    #[schemars(with = "String")]
    pub as_of: Timestamp,
    /// Whether this is the simulated fleet.
    pub demo: bool,
    /// Each region that was asked.
    pub regions: Vec<ListedRegion>,
    /// The instances, worst first.
    pub instances: Vec<ListedInstance>,
    /// Sums over the whole fleet, whatever `instances` leaves out.
    pub totals: ListedTotals,
}

/// A region that was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ListedRegion {
    /// Its code.
    pub region: Region,
    /// The account that asked.
    pub account: AccountName,
    /// How fresh its data is.
    pub status: RegionStatus,
    /// When its data came; absent if none ever did.
    #[schemars(with = "Option<String>")]
    pub as_of: Option<Timestamp>,
    /// Why the last poll failed, if it did.
    pub error: Option<ListedError>,
}

/// How fresh a region's data is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RegionStatus {
    /// The last poll was answered.
    Ok,
    /// The last poll failed; earlier data is shown.
    Stale,
    /// No poll was answered.
    Failed,
}

/// A failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ListedError {
    /// A stable word for programs.
    pub code: String,
    /// What was wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// On-demand or spot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ListedMarket {
    /// At the list price.
    OnDemand,
    /// From spare capacity.
    Spot,
}

/// An instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ListedInstance {
    /// Its id.
    pub id: InstanceId,
    /// The account that sees it.
    pub account: AccountName,
    /// Its region.
    pub region: Region,
    /// Its availability zone.
    pub zone: Zone,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: InstanceType,
    /// Its `Name` tag.
    pub name: Option<String>,
    /// On-demand or spot.
    pub market: ListedMarket,
    /// Where it is in its life.
    pub lifecycle: Lifecycle,
    /// Its last launch.
    #[schemars(with = "String")]
    pub launched_at: Timestamp,
    /// Seconds since the last launch while it is up, else 0.
    pub running_seconds: u64,
    /// What an hour costs now, volumes and address included; null when the price is unknown.
    pub rate_usd_per_hour: Option<HourlyRate>,
    /// Where the rate comes from.
    pub rate_source: Option<RateSource>,
    /// What the present period has cost; null when the price is unknown.
    pub spend_usd: Option<Money>,
    /// Its level.
    pub level: Level,
    /// Until when nothing is said of it.
    #[schemars(with = "Option<String>")]
    pub snoozed_until: Option<Timestamp>,
    /// What stops it without a person.
    pub guards: Vec<String>,
    /// Its Auto Scaling group.
    pub group: Option<GroupName>,
    /// The run on it.
    pub run: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// Sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ListedTotals {
    /// Instances that are up.
    pub up: usize,
    /// Instances that need attention now.
    pub attention: usize,
    /// What everything known costs an hour.
    pub rate_usd_per_hour: HourlyRate,
    /// What everything known has cost in its present period.
    pub spend_usd: Money,
    /// Instances that are up and whose price is not known: the sums leave them out.
    pub unpriced: usize,
}

/// The tag in which a launch leaves the run's id.
const RUN_TAG: &str = "curfew:run";

/// The listing of the instances of a fleet that `keep` keeps, worst first and then longest running.
pub fn listing(fleet: &Fleet, now: Timestamp, keep: impl Fn(&Seen) -> bool) -> Listing {
    let instances = worst_first(fleet, keep);
    let totals = fleet.totals(now);
    Listing {
        as_of: now,
        demo: fleet.demo,
        regions: fleet.regions.iter().map(|(key, freshness)| region(key, freshness)).collect(),
        instances: instances.into_iter().map(|(target, seen)| instance(target, seen, now)).collect(),
        totals: ListedTotals {
            up: totals.up,
            attention: totals.attention,
            rate_usd_per_hour: totals.hourly,
            spend_usd: totals.spend,
            unpriced: totals.unpriced,
        },
    }
}

/// The instances that `keep` keeps, worst first and then longest running.
pub fn worst_first(fleet: &Fleet, keep: impl Fn(&Seen) -> bool) -> Vec<(&Target, &Seen)> {
    let mut kept: Vec<_> = fleet.instances.iter().filter(|(_, seen)| keep(seen)).collect();
    kept.sort_by_key(|(target, seen)| (std::cmp::Reverse(seen.level()), seen.instance.launched_at, *target));
    kept
}

fn region(key: &RegionKey, freshness: &Freshness) -> ListedRegion {
    let status = match freshness {
        Freshness::Fresh { .. } => RegionStatus::Ok,
        Freshness::Stale { .. } => RegionStatus::Stale,
        Freshness::Waiting | Freshness::Failed { .. } => RegionStatus::Failed,
    };
    let error = freshness.fault().map(|fault| ListedError {
        code: fault.code().to_owned(),
        message: fault.sentence(),
        hint: fault.hint(),
    });
    ListedRegion {
        region: key.region.clone(),
        account: key.account.clone(),
        status,
        as_of: freshness.as_of(),
        error,
    }
}

fn instance(target: &Target, seen: &Seen, now: Timestamp) -> ListedInstance {
    let facts = &seen.instance;
    let up = facts.lifecycle.is_up();
    ListedInstance {
        id: target.id.clone(),
        account: target.account.clone(),
        region: target.region.clone(),
        zone: facts.zone.clone(),
        kind: facts.kind.clone(),
        name: facts.name().map(str::to_owned),
        market: match facts.market {
            crate::Market::OnDemand => ListedMarket::OnDemand,
            crate::Market::Spot(_) => ListedMarket::Spot,
        },
        lifecycle: facts.lifecycle,
        launched_at: facts.launched_at,
        running_seconds: if up { elapsed(now, facts.launched_at).as_secs() } else { 0 },
        rate_usd_per_hour: seen.rates.total(),
        rate_source: seen.rates.compute.source(),
        spend_usd: seen.spend(now),
        level: seen.level(),
        snoozed_until: seen.snoozed_until.filter(|&until| until > now),
        guards: Vec::new(),
        group: facts.group(),
        run: facts.tag(RUN_TAG).map(str::to_owned),
        tags: facts.tags.clone(),
    }
}

#[cfg(test)]
mod tests;
