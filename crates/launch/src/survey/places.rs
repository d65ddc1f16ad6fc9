//! The places to try, in order: spot before on-demand if both are asked for, then regions, types and zones.

use domain::{HourlyRate, Region, Zone, launch::Place};

use super::{Known, Survey, markets};
use crate::{Profile, call::TypeFacts};

pub(super) fn ordered(survey: &Survey, profile: &Profile) -> Vec<Place> {
    let mut places = Vec::new();
    for spot in markets(profile.market) {
        for region in &profile.regions {
            let Some(known) = survey.region(region) else { continue };
            for kind in &profile.types {
                let Some(facts) = known.types.iter().find(|facts| facts.kind == *kind) else { continue };
                let place = |zone| Place { region: region.clone(), zone, kind: kind.clone(), spot };
                places.extend(zones(survey, profile, region, known, facts, spot).into_iter().map(place));
            }
        }
    }
    places
}

/// The zones where everything is there that an instance of the type needs: of spot the cheapest first.
fn zones(
    survey: &Survey,
    profile: &Profile,
    region: &Region,
    known: &Known,
    facts: &TypeFacts,
    spot: bool,
) -> Vec<Zone> {
    let possible = known.images.contains_key(&facts.architecture)
        && known.within_quota(facts, spot)
        && (facts.spot || !spot)
        && survey.bucket(profile, region).is_some()
        && survey.instance_profile(profile, region).is_some();
    let (true, Some(network)) = (possible, &known.network) else { return Vec::new() };
    let subnets = network.subnets.iter().filter(|subnet| subnet.free > 0);
    let offered = subnets.filter(|subnet| facts.zones.contains(&subnet.zone));
    let mut zones: Vec<Zone> = offered.map(|subnet| subnet.zone.clone()).collect();
    let price = |zone: &Zone| price(known, facts, zone, spot);
    zones.sort_by(|a, b| price(a).cmp(&price(b)).then_with(|| a.cmp(b)));
    zones.dedup();
    zones
}

/// An unknown price comes last.
fn price(known: &Known, facts: &TypeFacts, zone: &Zone, spot: bool) -> (bool, Option<HourlyRate>) {
    let of = known.prices.iter().find(|price| price.kind == facts.kind && price.zone == *zone);
    let hourly = of.filter(|_| spot).map(|price| price.hourly);
    (hourly.is_none(), hourly)
}
