//! What an hour of a type costs, from the small table in the program.
//!
//! Knows only Linux list prices as they were when the table was made, and says so: every figure carries its source.

mod builtin;

use serde::{Deserialize, Serialize};

use crate::{HourlyRate, Instance, InstanceType, Market, Region, instance::Platform};

/// Where a rate comes from.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum RateSource {
    /// The table in the program: right when the program was made.
    BuiltIn,
    /// What spare capacity cost there when it was asked for.
    SpotHistory,
}

impl RateSource {
    /// As `--json` writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BuiltIn => "built-in",
            Self::SpotHistory => "spot-history",
        }
    }
}

/// A rate, or the honest absence of one: unknown is never zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rate {
    /// Known, and from where.
    Known {
        /// What an hour costs.
        hourly: HourlyRate,
        /// Where the figure comes from.
        source: RateSource,
    },
    /// Not known.
    Unknown,
}

impl Rate {
    /// The hourly rate, if known.
    pub fn hourly(self) -> Option<HourlyRate> {
        match self {
            Self::Known { hourly, .. } => Some(hourly),
            Self::Unknown => None,
        }
    }

    /// Where the figure comes from, if there is one.
    pub fn source(self) -> Option<RateSource> {
        match self {
            Self::Known { source, .. } => Some(source),
            Self::Unknown => None,
        }
    }
}

/// What an hour of this instance's computing costs while it runs, without its volumes and address.
pub fn compute(region: &Region, instance: &Instance) -> Rate {
    match (&instance.platform, &instance.market) {
        (Platform::Linux, Market::OnDemand) => on_demand(region, &instance.kind),
        (Platform::Linux, Market::Spot(_)) => spot(region, &instance.kind),
        (Platform::Other(_), Market::OnDemand | Market::Spot(_)) => Rate::Unknown,
    }
}

/// The list price of an hour of a type with Linux.
pub fn on_demand(region: &Region, kind: &InstanceType) -> Rate {
    built_in(builtin::on_demand(region.as_str(), kind.as_str()))
}

/// What an hour of a type with Linux cost on the spot market when the table was made.
pub fn spot(region: &Region, kind: &InstanceType) -> Rate {
    built_in(builtin::spot(region.as_str(), kind.as_str()))
}

/// The types that the table has, sorted. There are many more.
pub fn known_types() -> impl Iterator<Item = &'static str> {
    builtin::types()
}

fn built_in(micros: Option<i64>) -> Rate {
    match micros {
        Some(micros) => Rate::Known { hourly: HourlyRate::from_micros(micros), source: RateSource::BuiltIn },
        None => Rate::Unknown,
    }
}

#[cfg(test)]
mod tests;
