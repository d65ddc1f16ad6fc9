//! The text of `curfew check`: one block per instance that needs attention, and what the exit code says.
//!
//! Plain lines; the command line adds colour. Exit codes are a contract with people's cron jobs.

use crate::{
    Fleet, Freshness, Level, RegionKey, Target, Timestamp,
    fleet::{Seen, Totals},
    time::elapsed,
    view::{fmt, listing::worst_first},
};

/// Some region could not be read; the rest was.
pub const SOME_UNREAD: u8 = 120;
/// Nothing could be read.
pub const NOTHING_READ: u8 = 121;
/// Usage or configuration error.
pub const USAGE: u8 = 122;

/// The answer of `curfew check`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// One per instance that needs attention, worst first.
    pub blocks: Vec<Block>,
    /// One line per region or account that could not be read.
    pub unread: Vec<String>,
    /// The closing lines.
    pub footer: Vec<String>,
    /// The process's exit code.
    pub exit_code: u8,
}

/// One instance that needs attention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its level, for the colour.
    pub level: Level,
    /// The first line.
    pub headline: String,
    /// Key and value, a line each.
    pub lines: Vec<(&'static str, String)>,
}

/// The report on a fleet at `now`.
pub fn report(fleet: &Fleet, now: Timestamp) -> Report {
    let needy = worst_first(fleet, |seen| seen.needs_attention(now));
    let unread = unread(fleet);
    Report {
        exit_code: exit_code(fleet, needy.len(), unread.is_empty()),
        footer: footer(fleet, &fleet.totals(now), unread.is_empty()),
        blocks: needy.into_iter().map(|(target, seen)| block(fleet, target, seen, now)).collect(),
        unread,
    }
}

fn exit_code(fleet: &Fleet, needy: usize, all_read: bool) -> u8 {
    let something = fleet.regions.values().any(|region| region.as_of().is_some());
    match (something, all_read) {
        (false, _) => NOTHING_READ,
        (true, false) => SOME_UNREAD,
        (true, true) => u8::try_from(needy.min(99)).unwrap_or(99),
    }
}

fn block(fleet: &Fleet, target: &Target, seen: &Seen, now: Timestamp) -> Block {
    let instance = &seen.instance;
    let level = seen.level();
    let name = instance.name().map_or_else(|| "(no name)".into(), |name| fmt::one_line(name, 60));
    let Target { account, region, id } = target;
    let mut lines = vec![
        ("Name", name),
        ("Where", format!("{region} ({}), account {account}", instance.zone)),
        ("Running", fmt::duration(elapsed(now, instance.launched_at))),
        ("Est. cost", format!("{} at {}", fmt::spend(seen.spend(now)), fmt::rate(&seen.rates))),
    ];
    lines.extend(
        instance.group().map(|group| ("Group", format!("{group}: a plain terminate would be replaced"))),
    );
    lines.push(("End it", ending(fleet, target)));
    Block {
        level,
        headline: format!(
            "{} | {id} | {} ({})",
            level.as_str().to_uppercase(),
            instance.kind,
            instance.market.as_str()
        ),
        lines,
    }
}

/// The command that would terminate it, whole: in the demo, and where another account may see the same id.
fn ending(fleet: &Fleet, target: &Target) -> String {
    let Target { account, region, id } = target;
    let demo = if fleet.demo { "--demo " } else { "" };
    let which = if fleet.accounts.len() > 1 { format!(" --account {account}") } else { String::new() };
    format!("curfew {demo}terminate {id} --region {region}{which}")
}

fn unread(fleet: &Fleet) -> Vec<String> {
    let accounts = fleet.accounts.iter().filter_map(|(name, state)| match state {
        crate::AccountState::Connected(_) => None,
        crate::AccountState::Connecting => Some(format!("account {name}: AWS did not answer in time")),
        crate::AccountState::NeedsCode { serial } => {
            Some(format!("account {name}: a code of {serial} is needed"))
        }
        crate::AccountState::Broken(fault) => {
            Some(format!("account {name}: {}. {}", fault.sentence(), fault.hint()))
        }
    });
    let region = |(key, freshness): (&RegionKey, &Freshness)| match freshness {
        Freshness::Fresh { .. } => None,
        Freshness::Waiting => Some(format!("{key}: AWS did not answer in time")),
        Freshness::Stale { fault, .. } | Freshness::Failed { fault, .. } => {
            Some(format!("{key}: {}. {}", fault.sentence(), fault.hint()))
        }
    };
    accounts.chain(fleet.regions.iter().filter_map(region)).collect()
}

/// What was not read is never said to need nothing.
fn footer(fleet: &Fleet, totals: &Totals, all_read: bool) -> Vec<String> {
    let regions = fleet.regions.values().filter(|region| region.as_of().is_some()).count();
    if regions == 0 {
        return vec!["Nothing could be read.".to_owned()];
    }
    let attention = match (totals.attention, all_read) {
        (0, true) => "Nothing needs attention".to_owned(),
        (0, false) => "Nothing that was read needs attention".to_owned(),
        (1, _) => "1 instance needs attention".to_owned(),
        (some, _) => format!("{some} instances need attention"),
    };
    let unpriced = match totals.unpriced {
        0 => String::new(),
        some => format!(" ({some} of unknown price not counted)"),
    };
    vec![
        format!("{attention}."),
        format!(
            "{} up in {}: {}, {} so far{unpriced}.",
            fmt::count(totals.up, "instance"),
            fmt::count(regions, "region"),
            totals.hourly,
            totals.spend
        ),
    ]
}

#[cfg(test)]
mod tests;
