//! Time between two updates: the window's own clock carries the fleet's on, so that running times and
//! spend tick without anything crossing the process border. Reads no clock itself.

use std::time::Duration;

use domain::{
    Money, Timestamp,
    fleet::Totals,
    time::{after, elapsed},
};

/// A reading of this computer's clock, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) i64);

impl Moment {
    /// How long `earlier` lies back; nothing at all when the clock was set back in between.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// Carries the fleet's time on from the last update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FleetClock {
    /// What the fleet's clock said in the last update.
    pub(crate) as_of: Timestamp,
    /// When that update came.
    pub(crate) received: Moment,
    /// Seconds of the fleet's time per second of the window's.
    pub(crate) pace: u32,
    /// When it stopped: nothing is known of the time after.
    pub(crate) stopped: Option<Moment>,
}

impl FleetClock {
    /// The fleet's time at a moment of the window's.
    pub(crate) fn at(&self, moment: Moment) -> Timestamp {
        let until = self.stopped.map_or(moment, |stopped| moment.min(stopped));
        after(self.as_of, until.since(self.received).saturating_mul(self.pace.max(1)))
    }
}

/// Seconds of the window's time until the fleet's clock says `then`; a begun second counts whole.
pub(crate) fn seconds_until(then: Timestamp, now: Timestamp, pace: u32) -> u64 {
    let millis = elapsed(then, now).as_millis() / u128::from(pace.max(1));
    u64::try_from(millis.div_ceil(1000)).unwrap_or(u64::MAX)
}

/// What everything has cost by `now`, carried on from the sums of `as_of`.
pub(crate) fn spend(totals: &Totals, as_of: Timestamp, now: Timestamp) -> Money {
    totals.spend + totals.hourly.over(elapsed(now, as_of))
}

#[cfg(test)]
mod tests {
    use domain::HourlyRate;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_fleet_s_time_runs_at_its_pace_and_never_back() {
        let check = |pace: u32, stopped: Option<i64>, moment: i64, second: i64| {
            let stopped = stopped.map(Moment);
            let clock = FleetClock { as_of: at(1_000), received: Moment(5_000), pace, stopped };
            assert_eq!(clock.at(Moment(moment)), at(second), "pace {pace}, moment {moment}");
        };
        check(1, None, 5_000, 1_000);
        check(1, None, 8_000, 1_003);
        check(60, None, 8_000, 1_180);
        check(0, None, 8_000, 1_003);
        check(1, None, 1_000, 1_000);
        check(1, Some(6_000), 8_000, 1_001);
        check(60, Some(4_000), 8_000, 1_000);
    }

    #[test]
    fn a_countdown_shows_begun_seconds_whole() {
        let check = |then: i64, pace: u32, seconds: u64| {
            assert_eq!(seconds_until(at(then), at(100), pace), seconds, "{then} at pace {pace}");
        };
        check(110, 1, 10);
        check(100, 1, 0);
        check(90, 1, 0);
        check(700, 60, 10);
        check(701, 60, 11);
        check(110, 0, 10);
    }

    #[test]
    fn spend_goes_on_by_the_hourly_rate() {
        let hourly = HourlyRate::from_micros(3_600_000);
        let totals = Totals { hourly, spend: Money::from_micros(1_000_000), ..Totals::default() };
        let check = |second: i64, micros: i64| {
            assert_eq!(spend(&totals, at(100), at(second)), Money::from_micros(micros));
        };
        check(100, 1_000_000);
        check(101, 1_001_000);
        check(3_700, 4_600_000);
        check(50, 1_000_000);
    }
}
