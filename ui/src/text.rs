//! What the window says of a row, a region or an account. Sentences only; nothing here knows the page.

use domain::{
    AccountState, Freshness, Lifecycle, Timestamp,
    action::Progress,
    price::{Rate, RateSource},
    view::{
        fmt,
        window::{RegionRow, Row},
    },
};

use crate::tick::seconds_until;

/// What stands in a row's state cell: what is being done to it, or else its state.
pub(crate) fn state(row: &Row) -> String {
    match &row.progress {
        Some(Progress::CountingDown { verb, .. } | Progress::Acting { verb, .. }) => {
            format!("{}…", verb.doing())
        }
        Some(Progress::Arriving { verb, overdue: false, .. }) => format!("{}…", verb.doing()),
        Some(Progress::Arriving { verb, overdue: true, .. }) => format!("{}, late", verb.doing()),
        Some(Progress::Failed { .. }) | None => row.instance.lifecycle.as_str().to_owned(),
    }
}

/// More of a row's state, for whoever points at it.
pub(crate) fn state_title(row: &Row) -> String {
    let overdue = match &row.progress {
        Some(Progress::Arriving { overdue: true, verb, .. }) => {
            Some(format!("{} takes longer than it should: look at it in the AWS console.", verb.doing()))
        }
        Some(
            Progress::CountingDown { .. }
            | Progress::Acting { .. }
            | Progress::Arriving { overdue: false, .. }
            | Progress::Failed { .. },
        )
        | None => None,
    };
    let crossed =
        row.alert.as_ref().map(|alert| format!("Needs attention: {}.", fmt::crossing(alert.crossing)));
    let interrupted =
        row.instance.is_being_interrupted().then(|| "AWS takes this spot instance back.".to_owned());
    let reason = row.instance.state_reason.as_ref().map(|reason| fmt::one_line(reason, 200));
    [overdue, crossed, interrupted, reason].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The colour of a row's dot, as a class of the style sheet.
pub(crate) fn dot(row: &Row) -> &'static str {
    match row.instance.lifecycle {
        Lifecycle::Pending | Lifecycle::Running => row.level().as_str(),
        Lifecycle::Stopping | Lifecycle::Stopped => "stopped",
        Lifecycle::ShuttingDown | Lifecycle::Terminated => "gone",
    }
}

/// `$1.01/h`, or what is not known of it.
pub(crate) fn rate(rate: Rate) -> String {
    rate.hourly().map_or_else(|| "not known".into(), |hourly| hourly.to_string())
}

/// Where a rate comes from, in words.
pub(crate) fn source(rate: Rate) -> &'static str {
    match rate.source() {
        Some(RateSource::BuiltIn) => "built-in table (estimate)",
        Some(RateSource::SpotHistory) => "AWS's spot price history",
        None => "the built-in table has no Linux price for this type here",
    }
}

/// Regions by how fresh they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Regions {
    pub(crate) fresh: usize,
    pub(crate) stale: usize,
    pub(crate) failed: usize,
    pub(crate) waiting: usize,
}

impl Regions {
    pub(crate) fn count(regions: &[RegionRow]) -> Self {
        let mut counts = Self::default();
        for region in regions {
            match region.freshness {
                Freshness::Fresh { .. } => counts.fresh += 1,
                Freshness::Stale { .. } => counts.stale += 1,
                Freshness::Failed { .. } => counts.failed += 1,
                Freshness::Waiting => counts.waiting += 1,
            }
        }
        counts
    }

    pub(crate) fn all(self) -> usize {
        self.fresh + self.stale + self.failed + self.waiting
    }

    /// Regions that have answered or failed.
    pub(crate) fn tried(self) -> usize {
        self.all() - self.waiting
    }
}

/// One region's standing: how old its data are, why, and when it is asked again.
pub(crate) fn freshness(freshness: &Freshness, now: Timestamp, pace: u32) -> String {
    match freshness {
        Freshness::Waiting => "waiting for its first answer".into(),
        Freshness::Fresh { as_of } => fmt::ago(now, *as_of),
        Freshness::Stale { as_of, fault, retry_at } => {
            format!("data from {}: {fault}; {}", fmt::ago(now, *as_of), retry(*retry_at, now, pace))
        }
        Freshness::Failed { fault, retry_at } => format!("{fault}; {}", retry(*retry_at, now, pace)),
    }
}

fn retry(at: Timestamp, now: Timestamp, pace: u32) -> String {
    match seconds_until(at, now, pace) {
        0 => "asking again".into(),
        seconds => format!("asked again in {}", fmt::duration(std::time::Duration::from_secs(seconds))),
    }
}

/// An account's standing in a few words.
pub(crate) fn account(state: &AccountState) -> String {
    match state {
        AccountState::Connecting => "connecting".into(),
        AccountState::Connected(identity) => format!("connected as {}", fmt::one_line(&identity.arn, 120)),
        AccountState::NeedsCode { .. } => "a code is needed".into(),
        AccountState::Broken(fault) => fault.to_string(),
    }
}

#[cfg(test)]
mod tests;
