//! What EC2's refusal of one place means for the others, and for how long.
//!
//! Capacity comes and goes within minutes; a quota holds for a whole family in a region; a missing permission holds
//! everywhere.

use std::{collections::BTreeMap, time::Duration};

use domain::{CloudFault, FaultKind, Timestamp, launch::Place, time::elapsed};

use crate::call::QuotaFamily;

/// For how long a place without capacity is not asked again.
pub const REMEMBERED: Duration = Duration::from_secs(3 * 60);

/// What a refusal means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Not here and now: the next place, at once. The few words are for people.
    NotHere(&'static str),
    /// Nowhere in this region for this family and market.
    NotThisFamily(&'static str),
    /// This type is not to be had here at all.
    NotThisType(&'static str),
    /// Whether it happened is unknown: ask, and ask again with the same token.
    Lost,
    /// The same again, later.
    SlowDown,
    /// No place will do.
    End,
}

/// What a failed RunInstances means.
///
/// Source of the codes: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>.
pub fn meaning(fault: &CloudFault) -> Meaning {
    match &fault.kind {
        FaultKind::Refused { code } => by_code(code),
        FaultKind::Unsupported => Meaning::NotHere("not offered here"),
        FaultKind::Throttled => Meaning::SlowDown,
        FaultKind::Unreachable | FaultKind::TimedOut { .. } | FaultKind::Garbled => Meaning::Lost,
        FaultKind::NoCredentials
        | FaultKind::WrongCredentials
        | FaultKind::ExpiredCredentials
        | FaultKind::NeedsCode { .. }
        | FaultKind::WrongCode
        | FaultKind::KeychainLocked
        | FaultKind::KeychainAbsent
        | FaultKind::Denied { .. }
        | FaultKind::NotOptedIn
        | FaultKind::UnknownRegion
        | FaultKind::ClockOff
        | FaultKind::NotFound
        | FaultKind::Absent { .. }
        | FaultKind::Protected
        | FaultKind::WrongState => Meaning::End,
    }
}

fn by_code(code: &str) -> Meaning {
    match code {
        "InsufficientInstanceCapacity"
        | "InsufficientHostCapacity"
        | "InsufficientReservedInstanceCapacity" => Meaning::NotHere("no capacity"),
        "InsufficientFreeAddressesInSubnet" => Meaning::NotHere("no free address in the subnet"),
        "Unsupported" | "UnsupportedOperation" => Meaning::NotHere("not offered here"),
        "SpotMaxPriceTooLow" => Meaning::NotHere("above the highest price"),
        "MaxSpotInstanceCountExceeded" => Meaning::NotThisFamily("the spot quota is used up"),
        "VcpuLimitExceeded" | "InstanceLimitExceeded" => Meaning::NotThisFamily("the vCPU quota is used up"),
        "InvalidInstanceType" => Meaning::NotThisType("no such type here"),
        "InternalError" | "InternalFailure" | "ServiceUnavailable" | "Unavailable" | "RequestTimeout" => {
            Meaning::Lost
        }
        _ => Meaning::End,
    }
}

/// Places that had no capacity lately.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusals {
    places: BTreeMap<Place, Timestamp>,
}

impl Refusals {
    /// A place had none.
    pub fn remember(&mut self, place: Place, now: Timestamp) {
        self.places.retain(|_, at| elapsed(now, *at) < REMEMBERED);
        self.places.insert(place, now);
    }

    /// What another launch found out.
    pub fn learn(&mut self, other: &Self) {
        for (place, at) in &other.places {
            let known = self.places.entry(place.clone()).or_insert(*at);
            *known = (*known).max(*at);
        }
    }

    /// Whether a place had none a moment ago.
    pub fn is_fresh(&self, place: &Place, now: Timestamp) -> bool {
        self.places.get(place).is_some_and(|at| elapsed(now, *at) < REMEMBERED)
    }
}

/// Whether a refusal of `refused` rules `other` out as well.
pub fn rules_out(meaning: &Meaning, refused: &Place, other: &Place) -> bool {
    let same_market = refused.region == other.region && refused.spot == other.spot;
    match meaning {
        Meaning::NotHere(_) => refused == other,
        Meaning::NotThisType(_) => refused.region == other.region && refused.kind == other.kind,
        Meaning::NotThisFamily(_) => {
            same_market && QuotaFamily::of(&refused.kind) == QuotaFamily::of(&other.kind)
        }
        Meaning::Lost | Meaning::SlowDown => false,
        Meaning::End => true,
    }
}

#[cfg(test)]
mod tests;
