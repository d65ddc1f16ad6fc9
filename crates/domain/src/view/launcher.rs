//! What the launcher shows: a card for each profile, and how far each launch got.
//!
//! Plain data and sentences. How a profile is read and what it costs is known by the crate `launch`, which makes the cards.

mod outcome;
mod progress;

use serde::{Deserialize, Serialize};

use crate::{
    HourlyRate, InstanceType, Region, Target, Timestamp,
    config::ConfigFault,
    launch::{Estimate, GroupTarget},
    view::fmt,
};

pub use outcome::{Outcome, news, outcome};
pub use progress::{Mark, Step, StepState, gist, headline, mark, menu_line, steps, tried};

/// All profiles and what a new one can begin from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shelf {
    /// The folder that they lie in, for the eyes of a person.
    pub folder: String,
    /// By name.
    pub profiles: Vec<Card>,
    /// The worked examples that come with the program.
    pub examples: Vec<Card>,
}

/// One profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The file's name without `.toml`.
    pub name: String,
    /// The file's text.
    pub text: String,
    /// What it says.
    pub reading: Reading,
    /// Its last launch, if there was one.
    pub last: Option<LastRun>,
}

/// What a profile's text says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reading {
    /// It can be launched.
    Good(Box<Plan>),
    /// It cannot: everything that is wrong, by lines.
    Faulty(Vec<ConfigFault>),
}

/// What a profile would launch, and what that costs by the prices at hand. Unknown is absent, never zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The sentence with which its file begins, if it begins with one.
    pub about: Option<String>,
    /// Tried in this order.
    pub types: Vec<InstanceType>,
    /// Tried in this order.
    pub regions: Vec<Region>,
    /// How it is bought.
    pub market: Buying,
    /// Not more than this for an hour of spot.
    pub max_price: Option<HourlyRate>,
    /// So many instances at most, if it is a fleet.
    pub fleet: Option<u32>,
    /// An hour of the first type in the first region at the list price.
    pub on_demand: Option<HourlyRate>,
    /// The same on the spot market.
    pub spot: Option<HourlyRate>,
    /// With disk and address, in the first place of all.
    pub estimate: Option<Estimate>,
    /// What should be seen before the launch.
    pub warnings: Vec<ConfigFault>,
}

/// How a profile's instances are bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Buying {
    /// At the list price.
    OnDemand,
    /// From spare capacity or not at all.
    Spot,
    /// From spare capacity, else at the list price.
    SpotThenOnDemand,
}

/// The last launch of a profile, as it was kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastRun {
    /// When it began.
    pub at: Timestamp,
    /// How it ended.
    pub end: LastEnd,
}

/// How a launch ended, as far as is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LastEnd {
    /// With this instance.
    Launched(Target),
    /// With this fleet.
    Grown(GroupTarget),
    /// With nothing, and why.
    Nothing(String),
    /// It is under way, or a crash left it open.
    Open,
}

impl Card {
    /// What it would launch, if it can be launched.
    pub fn plan(&self) -> Option<&Plan> {
        match &self.reading {
            Reading::Good(plan) => Some(plan),
            Reading::Faulty(_) => None,
        }
    }

    /// What is wrong with it.
    pub fn faults(&self) -> &[ConfigFault] {
        match &self.reading {
            Reading::Good(_) => &[],
            Reading::Faulty(faults) => faults,
        }
    }

    /// What should be seen before the launch.
    pub fn warnings(&self) -> &[ConfigFault] {
        self.plan().map_or(&[], |plan| plan.warnings.as_slice())
    }
}

impl Buying {
    /// `spot, then on-demand`.
    pub fn words(self) -> &'static str {
        match self {
            Self::OnDemand => "on-demand",
            Self::Spot => "spot",
            Self::SpotThenOnDemand => "spot, then on-demand",
        }
    }
}

impl Plan {
    /// `g5.xlarge or g4dn.2xlarge`.
    pub fn types_in_words(&self) -> String {
        alternatives(self.types.iter().map(InstanceType::as_str))
    }

    /// `us-east-1, us-east-2 or us-west-2`.
    pub fn regions_in_words(&self) -> String {
        alternatives(self.regions.iter().map(Region::as_str))
    }

    /// `spot, at most $0.60/h`, `spot, up to 8 at once`.
    pub fn market_in_words(&self) -> String {
        let price = self.max_price.map(|price| format!(", at most {price}"));
        let fleet = self.fleet.map(|most| format!(", up to {most} at once"));
        [Some(self.market.words().to_owned()), price, fleet].into_iter().flatten().collect()
    }
}

impl LastRun {
    /// `3h ago: i-... in us-east-1`, `2d ago: not launched, no capacity`.
    pub fn in_words(&self, now: Timestamp) -> String {
        let when = fmt::ago(now, self.at);
        match &self.end {
            LastEnd::Launched(target) => format!("{when}: {} in {}", target.id, target.region),
            LastEnd::Grown(group) => format!("{when}: the fleet {group}"),
            LastEnd::Nothing(why) => format!("{when}: nothing launched, {why}"),
            LastEnd::Open => format!("{when}: not over, or cut off"),
        }
    }
}

/// The button that spends money says how much: `Launch: about $1.21/h, at most $5.03`.
pub fn launch_label(estimate: Option<&Estimate>) -> String {
    let hourly = estimate.and_then(|it| it.hourly).map(|hourly| format!("about {hourly}"));
    let worst = estimate.and_then(|it| it.worst).map(|worst| format!("at most {worst}"));
    match (hourly, worst) {
        (Some(hourly), Some(worst)) => format!("Launch: {hourly}, {worst}"),
        (Some(one), None) | (None, Some(one)) => format!("Launch: {one}"),
        (None, None) => "Launch: the price is not known".to_owned(),
    }
}

/// `$4.83 for 4h, at most $5.03`; what is not known is left out or said to be.
pub fn cost_in_words(estimate: &Estimate) -> String {
    let long = fmt::duration(std::time::Duration::from_secs(estimate.longest_s));
    match (estimate.expected, estimate.worst) {
        (Some(expected), Some(worst)) => format!("{expected} for {long}, at most {worst}"),
        (Some(expected), None) => format!("{expected} for {long}, at most not known"),
        (None, Some(worst)) => format!("at most {worst} for {long}"),
        (None, None) => format!("not known, for {long}"),
    }
}

/// A name that none of these has: `g5-training-2`.
pub fn free_name(wanted: &str, taken: &[&str]) -> String {
    if !taken.contains(&wanted) {
        return wanted.to_owned();
    }
    let numbered = wanted.rsplit_once('-').filter(|(_, end)| end.bytes().all(|byte| byte.is_ascii_digit()));
    let stem = numbered.map_or(wanted, |(stem, _)| stem);
    // A profile's name has 64 letters at most.
    let stem: String = stem.chars().take(56).collect();
    (2..)
        .map(|number| format!("{stem}-{number}"))
        .find(|name| !taken.contains(&name.as_str()))
        .unwrap_or(stem)
}

fn alternatives<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests;
