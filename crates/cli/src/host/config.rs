//! The configuration that an engine of our own runs under: the file's, as the command line changes it.

use domain::{Config, config::RegionChoice};

use super::{Scope, Wanted};
use crate::{
    args::{Limit, Regions},
    failure::Failure,
};

/// The configuration with what the command line says instead.
pub(super) fn changed(mut config: Config, wanted: &Wanted) -> Result<Config, Failure> {
    match &wanted.scope {
        Scope::Configured => {}
        Scope::Exactly(Regions::Enabled) => config.poll.regions = RegionChoice::Enabled,
        Scope::Exactly(Regions::Only(regions)) => config.poll.regions = RegionChoice::Only(regions.clone()),
        Scope::Aside(regions) => config.poll.regions = RegionChoice::Only(regions.clone()),
        Scope::Enough(region) => config.poll.regions = RegionChoice::Only(vec![region.clone()]),
    }
    let default = &mut config.alert.default;
    if let Some(Limit(limit)) = wanted.warning {
        default.warning.running = limit;
    }
    if let Some(Limit(limit)) = wanted.critical {
        default.critical.running = limit;
    }
    let (warning, critical) = (default.warning.running, default.critical.running);
    let out_of_order = warning.zip(critical).is_some_and(|(warning, critical)| warning > critical);
    if out_of_order && wanted.changes_thresholds() {
        return Err(Failure::usage(
            "the warning threshold comes after the critical one",
            "Give both, the warning first: for example --warn 8h --critical 24h.",
        ));
    }
    Ok(config)
}

#[cfg(test)]
mod tests;
