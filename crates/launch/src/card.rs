//! A profile as the launcher shows it: read, reckoned by the prices in the program, and with its last launch.
//!
//! What only AWS can tell - today's spot price, the image's size - is left to the pre-flight.

use document::Fault;
use domain::{
    InstanceType, Region, Timestamp,
    launch::Estimate,
    price,
    view::launcher::{Buying, Card, LastEnd, LastRun, Plan, Reading},
};

use crate::{
    Cost, Profile, Quote, Record,
    order::{End, RecordState},
    profile::{MarketWish, NotAProfileName, ProfileName, Warning},
};

/// The card of a profile. `kept` are the launches that were kept, the newest first.
pub fn card(name: &str, text: &str, kept: &[Record], now: Timestamp) -> Card {
    let reading = match read(name, text) {
        Ok(profile) => Reading::Good(Box::new(plan(&profile, text, now))),
        Err(faults) => Reading::Faulty(faults),
    };
    let last = kept.iter().find(|record| record.profile == name).map(last_run);
    Card { name: name.to_owned(), text: text.to_owned(), reading, last }
}

fn read(name: &str, text: &str) -> Result<Profile, Vec<Fault>> {
    let name: ProfileName = name.parse().map_err(|fault: NotAProfileName| {
        vec![Fault { key: "name".into(), line: 1, message: fault.to_string() }]
    })?;
    Profile::parse(name, text)
}

fn plan(profile: &Profile, text: &str, now: Timestamp) -> Plan {
    let first = profile.regions.first().zip(profile.types.first());
    let (on_demand, spot) = match first {
        Some((region, kind)) => (price::on_demand(region, kind).hourly(), price::spot(region, kind).hourly()),
        None => (None, None),
    };
    Plan {
        about: about(text),
        types: profile.types.clone(),
        regions: profile.regions.clone(),
        market: match profile.market {
            MarketWish::OnDemand => Buying::OnDemand,
            MarketWish::Spot(_) => Buying::Spot,
            MarketWish::SpotThenOnDemand(_) => Buying::SpotThenOnDemand,
        },
        max_price: profile.market.spot().and_then(|wish| wish.max_price),
        fleet: profile.fleet.map(|fleet| fleet.max),
        on_demand,
        spot,
        estimate: first.and_then(|(region, kind)| estimate(profile, region, kind, now)),
        warnings: profile.warnings().iter().map(|warning| placed(warning, text)).collect(),
    }
}

fn estimate(profile: &Profile, region: &Region, kind: &InstanceType, now: Timestamp) -> Option<Estimate> {
    let (on_demand, spot) = (price::on_demand(region, kind), price::spot(region, kind));
    let cost = Cost::of(profile, &Quote { on_demand, spot, image_gib: None, now });
    let longest = cost.limit.runtime()?;
    Some(Estimate {
        hourly: cost.hourly,
        expected: cost.expected,
        worst: cost.worst,
        longest_s: longest.as_secs(),
    })
}

/// The first sentence of the comment that the file begins with.
fn about(text: &str) -> Option<String> {
    let comment = text.lines().map_while(|line| line.trim().strip_prefix('#'));
    let words: Vec<&str> = comment.take_while(|line| !line.trim().is_empty()).map(str::trim).collect();
    let words = words.join(" ");
    let sentence = words.split_inclusive(". ").next()?.trim();
    (!sentence.is_empty()).then(|| sentence.to_owned())
}

/// With the line that its key stands in: a warning knows only the key.
fn placed(warning: &Warning, text: &str) -> Fault {
    let spelled = warning.to_string();
    let message = spelled.strip_prefix(&format!("{}: ", warning.key)).unwrap_or(&spelled).to_owned();
    let last = warning.key.rsplit('.').next().unwrap_or_default();
    let at = text.lines().position(|line| names_key(line, last));
    Fault { key: warning.key.clone(), line: at.map_or(1, |line| line + 1), message }
}

fn names_key(line: &str, key: &str) -> bool {
    let code = line.split('#').next().unwrap_or_default();
    let before = code.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')));
    code.contains('=') && before.into_iter().any(|word| word == key)
}

fn last_run(record: &Record) -> LastRun {
    let end = match &record.state {
        RecordState::Sent(_) => LastEnd::Open,
        RecordState::Made(_, target) | RecordState::Ended(End::Launched(target)) => {
            LastEnd::Launched(target.clone())
        }
        RecordState::Ended(End::Grown(group)) => LastEnd::Grown(group.clone()),
        RecordState::Ended(End::Nothing(why)) => LastEnd::Nothing(why.clone()),
    };
    LastRun { at: record.at, end }
}

#[cfg(test)]
mod tests;
