//! What an instance has cost and costs now: facts and `now` in, money out.
//!
//! Knows billing rules; knows neither where prices come from (`price`) nor earlier periods of a restarted instance (the ledger).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    HourlyRate, Instance, Lifecycle, Money, Timestamp,
    instance::Disk,
    price::{Rate, RateSource},
    time::{after, elapsed},
};

/// Every start is billed for at least this long.
///
/// Source: <https://aws.amazon.com/ec2/pricing/on-demand/> ("billed per second, with a minimum of 60 seconds").
pub const BILLING_MINIMUM: Duration = Duration::from_secs(60);

/// A public IPv4 address, in use or idle, since 2024-02-01.
///
/// Source: <https://aws.amazon.com/vpc/pricing/>.
pub const PUBLIC_IPV4: HourlyRate = HourlyRate::from_micros(5_000);

/// What an instance costs an hour, part by part, in its present state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rates {
    /// Computing, while it is billed.
    pub compute: Rate,
    /// Its volumes.
    pub storage: HourlyRate,
    /// Its public address.
    pub address: HourlyRate,
}

impl Rates {
    /// The rates of an instance whose running hour costs `compute`.
    pub fn of(instance: &Instance, compute: Rate, now: Timestamp) -> Self {
        let storage = instance.disks.iter().map(|disk| Volume::from(disk).hourly(now)).sum();
        let up = instance.lifecycle.is_up();
        let address = if up && instance.public_ip.is_some() { PUBLIC_IPV4 } else { HourlyRate::ZERO };
        match instance.lifecycle {
            Lifecycle::Pending | Lifecycle::Running => Self { compute, storage, address },
            Lifecycle::Stopping | Lifecycle::Stopped => Self { compute: nothing(compute), storage, address },
            Lifecycle::ShuttingDown | Lifecycle::Terminated => {
                Self { compute: nothing(compute), storage: HourlyRate::ZERO, address }
            }
        }
    }

    /// Everything together, unless a part is unknown: unknown plus something is unknown.
    pub fn total(&self) -> Option<HourlyRate> {
        self.compute.hourly().map(|compute| compute + self.storage + self.address)
    }
}

/// Computing that is not billed costs nothing, whatever its price.
fn nothing(compute: Rate) -> Rate {
    let source = compute.source().unwrap_or(RateSource::BuiltIn);
    Rate::Known { hourly: HourlyRate::ZERO, source }
}

/// What the present period has cost up to `now`: from the last launch for computing and address, from each
/// volume's creation for storage. `None` when the price is unknown.
pub fn so_far(instance: &Instance, rates: &Rates, now: Timestamp) -> Option<Money> {
    let storage = instance.disks.iter().map(|disk| storage_cost(disk, now)).sum();
    match instance.lifecycle {
        Lifecycle::Running => {
            let billed = billed_time(instance, now);
            let compute = rates.compute.hourly()?.over(billed);
            Some(compute + rates.address.over(billed) + storage)
        }
        Lifecycle::Pending | Lifecycle::Stopping | Lifecycle::Stopped => Some(storage),
        Lifecycle::ShuttingDown | Lifecycle::Terminated => Some(Money::ZERO),
    }
}

/// How long the present period is billed for.
pub fn billed_time(instance: &Instance, now: Timestamp) -> Duration {
    elapsed(now, instance.launched_at).max(BILLING_MINIMUM)
}

/// When the present period's cost reaches `limit` if nothing changes; `None` when it never does or the price is unknown.
///
/// Reckoned from the launch and not from now, so that it is the same moment at every poll.
pub fn reaches(instance: &Instance, rates: &Rates, limit: Money) -> Option<Timestamp> {
    let hourly = i128::from(rates.total()?.hourly().micros());
    if hourly <= 0 {
        return None;
    }
    let before: Money = instance.disks.iter().map(|disk| storage_until(disk, instance.launched_at)).sum();
    let missing = i128::from(limit.micros().saturating_sub(before.micros())).max(0);
    let seconds = u64::try_from((missing * 3600 + hourly - 1) / hourly).unwrap_or(u64::MAX);
    let minimum = seconds <= BILLING_MINIMUM.as_secs();
    Some(if minimum {
        instance.launched_at
    } else {
        after(instance.launched_at, Duration::from_secs(seconds))
    })
}

/// What of a volume is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Volume<'a> {
    /// `gp3`, `io2`, ...
    pub kind: &'a str,
    /// Size in GiB.
    pub gib: u32,
    /// Provisioned operations a second, where the kind has such.
    pub iops: Option<u32>,
    /// Provisioned throughput in MiB/s, for gp3.
    pub throughput_mibps: Option<u32>,
}

impl Volume<'_> {
    /// What an hour of it costs in the month of `now`.
    pub fn hourly(&self, now: Timestamp) -> HourlyRate {
        let hours = i64::try_from(month_of(now).as_secs() / 3600).unwrap_or(720);
        HourlyRate::from_micros((self.monthly_micros() + hours / 2) / hours)
    }

    /// What so long a time costs, pro rata of the month of `now`.
    pub fn over(&self, time: Duration, now: Timestamp) -> Money {
        let month = i128::from(month_of(now).as_secs());
        let micros = i128::from(self.monthly_micros()) * i128::from(time.as_secs());
        Money::from_micros(i64::try_from((micros + month / 2) / month).unwrap_or(i64::MAX))
    }

    /// Micro-dollars a month for what a volume has, at the list prices of us-east-1.
    ///
    /// Source: <https://aws.amazon.com/ebs/pricing/>: gp3 $0.08/GiB, $0.005 per IOPS above 3,000, $0.04 per MiB/s above 125.
    fn monthly_micros(&self) -> i64 {
        let gib = i64::from(self.gib);
        let iops = |above: u32| i64::from(self.iops.unwrap_or(0).saturating_sub(above));
        match self.kind {
            "gp3" => {
                let throughput = i64::from(self.throughput_mibps.unwrap_or(0).saturating_sub(125));
                gib * 80_000 + iops(3_000) * 5_000 + throughput * 40_000
            }
            "io1" | "io2" => gib * 125_000 + iops(0) * 65_000,
            "st1" => gib * 45_000,
            "sc1" => gib * 15_000,
            "standard" => gib * 50_000,
            // gp2, and what AWS may add: the dearest of the general-purpose kinds.
            _ => gib * 100_000,
        }
    }
}

impl<'a> From<&'a Disk> for Volume<'a> {
    fn from(disk: &'a Disk) -> Self {
        let Disk { kind, gib, iops, throughput_mibps, .. } = disk;
        Self { kind, gib: *gib, iops: *iops, throughput_mibps: *throughput_mibps }
    }
}

/// A month has the seconds of the calendar month that `now` lies in (UTC), as AWS bills it.
fn month_of(now: Timestamp) -> Duration {
    let days = now.to_zoned(jiff::tz::TimeZone::UTC).days_in_month();
    Duration::from_secs(u64::from(days.unsigned_abs()) * 86_400)
}

/// From creation to `now`, 60 s at least.
fn storage_cost(disk: &Disk, now: Timestamp) -> Money {
    storage_until(disk, now.max(after(disk.created_at, BILLING_MINIMUM)))
}

/// From creation to `now`, pro rata of the month.
fn storage_until(disk: &Disk, now: Timestamp) -> Money {
    Volume::from(disk).over(elapsed(now, disk.created_at), now)
}

#[cfg(test)]
mod tests;
