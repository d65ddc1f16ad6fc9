//! What a launch will cost: as prices are now, and at worst; and how long a limit on money lets it run.
//!
//! Knows billing by the hour of computing, disk and address; knows no prices: they come in a [`Quote`].

use std::time::Duration;

use domain::{
    HourlyRate, Money, Timestamp,
    price::Rate,
    spend::{PUBLIC_IPV4, Volume},
};

use crate::profile::{FleetWish, MarketWish, Profile, SpotWish};

/// From the first billed second until the agent counts, and from its limit until nothing is billed: boot, last checkpoint
/// (110 s and five minutes of upload at most), the command's end, the record, and the ways to power off one after the other.
pub const AROUND: Duration = Duration::from_secs(15 * 60);

/// The least that the agent takes as a time limit.
const LEAST_RUNTIME: Duration = Duration::from_secs(60);

/// Metrics every minute instead of every five: 7 metrics at $0.30 a month, for a month of 30 days.
///
/// Source: <https://aws.amazon.com/cloudwatch/pricing/>.
const DETAILED_MONITORING: HourlyRate = HourlyRate::from_micros(7 * 300_000 / 720);

/// What is known of one place and type before the launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The list price there.
    pub on_demand: Rate,
    /// What spot costs there now.
    pub spot: Rate,
    /// The size of the image's root volume, for a profile that leaves the size to it.
    pub image_gib: Option<u32>,
    /// Whose month a disk is paid by.
    pub now: Timestamp,
}

/// What a launch will cost in one place. What is not known makes what depends on it unknown, never nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// One instance's hour with disk and address, as prices are now.
    pub hourly: Option<HourlyRate>,
    /// One instance's hour at worst.
    pub worst_hourly: Option<HourlyRate>,
    /// How long the agent lets each instance run.
    pub limit: RunLimit,
    /// All instances that are wished for now, for the whole of that time, at the prices of now.
    pub expected: Option<Money>,
    /// As many instances as there may be at once, at the worst price, until the last has saved its results and is gone.
    pub worst: Option<Money>,
}

/// How long the agent lets an instance run, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunLimit {
    /// `limits.max_runtime`: the money suffices for it, or there is no limit on it.
    Runtime(Duration),
    /// `limits.max_spend_usd`, which comes first.
    Spend(Duration),
    /// `limits.max_runtime`: whether the money suffices cannot be known, because a price is unknown.
    Unpriced(Duration),
    /// The money does not suffice for a run at all, but would from this amount on.
    TooLittle {
        /// For the shortest run.
        least: Money,
    },
}

/// What is paid for of one instance.
#[derive(Clone, Copy, Debug)]
struct Bill<'a> {
    compute: Option<HourlyRate>,
    volume: Option<Volume<'a>>,
    /// Address and monitoring.
    rest: HourlyRate,
    now: Timestamp,
}

impl Cost {
    /// The cost of launching the profile where this is quoted.
    pub fn of(profile: &Profile, quote: &Quote) -> Self {
        let (compute, worst_compute) = compute(profile, quote);
        let (now, worst) = (bill(profile, quote, compute), bill(profile, quote, worst_compute));
        let limit = run_limit(profile, &worst);
        let (members, most_members) = members(profile.fleet);
        let time = limit.runtime();
        Self {
            hourly: now.hourly(),
            worst_hourly: worst.hourly(),
            limit,
            expected: times(time.and_then(|time| now.over(time)), members),
            worst: times(
                time.and_then(|time| worst.over(time.saturating_add(after_work(profile)))),
                most_members,
            ),
        }
    }
}

impl RunLimit {
    /// What the agent is given; none if there is to be no run.
    pub fn runtime(self) -> Option<Duration> {
        match self {
            Self::Runtime(time) | Self::Spend(time) | Self::Unpriced(time) => Some(time),
            Self::TooLittle { .. } => None,
        }
    }
}

impl Bill<'_> {
    fn hourly(&self) -> Option<HourlyRate> {
        Some(self.compute? + self.volume?.hourly(self.now) + self.rest)
    }

    fn over(&self, time: Duration) -> Option<Money> {
        Some(self.compute?.over(time) + self.volume?.over(time, self.now) + self.rest.over(time))
    }

    /// The whole seconds that an amount is enough for.
    fn time_for(&self, amount: Money) -> Option<Duration> {
        let hourly = i128::from(self.hourly()?.hourly().micros()).max(1);
        let seconds = i128::from(amount.micros()).saturating_mul(3600) / hourly;
        Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
    }
}

fn bill<'a>(profile: &Profile, quote: &Quote, compute: Option<HourlyRate>) -> Bill<'a> {
    let disk = profile.disk;
    let volume = disk.size_gib.or(quote.image_gib).map(|gib| Volume {
        kind: "gp3",
        gib,
        iops: disk.iops,
        throughput_mibps: disk.throughput_mibps,
    });
    let address = if profile.network.public_ip { PUBLIC_IPV4 } else { HourlyRate::ZERO };
    let detailed = profile.alarm.is_some_and(|alarm| alarm.needs_detailed_monitoring());
    let monitoring = if detailed { DETAILED_MONITORING } else { HourlyRate::ZERO };
    Bill { compute, volume, rest: address + monitoring, now: quote.now }
}

/// An hour of computing as prices are now, and at worst.
fn compute(profile: &Profile, quote: &Quote) -> (Option<HourlyRate>, Option<HourlyRate>) {
    let (on_demand, spot) = (quote.on_demand.hourly(), quote.spot.hourly());
    if let Some(fleet) = profile.fleet {
        return mixed(fleet, &profile.market, on_demand, spot);
    }
    match &profile.market {
        MarketWish::OnDemand => (on_demand, on_demand),
        MarketWish::Spot(wish) => (spot, worst_spot(wish, on_demand)),
        MarketWish::SpotThenOnDemand(wish) => (spot, dearer(worst_spot(wish, on_demand), on_demand)),
    }
}

/// Spot never costs more than the price that was named, and without one never more than the list price.
///
/// Source: `MaxPrice` in <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SpotMarketOptions.html>.
fn worst_spot(wish: &SpotWish, on_demand: Option<HourlyRate>) -> Option<HourlyRate> {
    wish.max_price.or(on_demand)
}

/// An average member of a group, and its dearest.
fn mixed(
    fleet: FleetWish,
    market: &MarketWish,
    on_demand: Option<HourlyRate>,
    spot: Option<HourlyRate>,
) -> (Option<HourlyRate>, Option<HourlyRate>) {
    let worst = market.spot().map_or(on_demand, |wish| worst_spot(wish, on_demand));
    match i64::from(fleet.on_demand_percent) {
        0 => (spot, worst),
        100 => (on_demand, on_demand),
        percent => {
            let average = |list: HourlyRate, spot: HourlyRate| {
                let (list, spot) = (list.hourly().micros(), spot.hourly().micros());
                HourlyRate::from_micros((list * percent + spot * (100 - percent) + 50) / 100)
            };
            let now = on_demand.zip(spot).map(|(list, spot)| average(list, spot));
            (now, dearer(worst, on_demand))
        }
    }
}

fn dearer(a: Option<HourlyRate>, b: Option<HourlyRate>) -> Option<HourlyRate> {
    Some(a?.max(b?))
}

/// A limit on money is a promise, so that it is reckoned at the worst price and with what comes after the work.
fn run_limit(profile: &Profile, worst: &Bill<'_>) -> RunLimit {
    let most = profile.agent.limits.max_runtime;
    let Some(money) = profile.max_spend else { return RunLimit::Runtime(most) };
    let Some(time) = worst.time_for(money) else { return RunLimit::Unpriced(most) };
    let after_work = after_work(profile);
    match time.checked_sub(after_work) {
        Some(time) if time >= most => RunLimit::Runtime(most),
        Some(time) if time >= LEAST_RUNTIME => RunLimit::Spend(time),
        Some(_) | None => {
            let least = worst.over(after_work + LEAST_RUNTIME + Duration::from_secs(1));
            RunLimit::TooLittle { least: least.unwrap_or(Money::ZERO) }
        }
    }
}

/// What a run is billed for beyond its limit, at most.
pub(crate) fn after_work(profile: &Profile) -> Duration {
    let saving =
        if profile.agent.run.results.is_empty() { Duration::ZERO } else { profile.agent.limits.save_within };
    AROUND.saturating_add(saving)
}

/// So many at first, and so many at most.
fn members(fleet: Option<FleetWish>) -> (u32, u32) {
    fleet.map_or((1, 1), |fleet| (fleet.desired, fleet.max))
}

fn times(amount: Option<Money>, count: u32) -> Option<Money> {
    amount.map(|amount| Money::from_micros(amount.micros().saturating_mul(i64::from(count))))
}

#[cfg(test)]
mod tests;
