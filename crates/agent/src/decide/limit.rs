//! The time limit: absolute, counted from the first start of the run, over reboots and restarts of the agent.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Now;

/// What is kept on disk of a run's age, renewed with every heartbeat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Age {
    /// The boot in which it was written.
    pub boot: String,
    /// How old the run was.
    pub elapsed: Duration,
    /// The clock since boot then.
    pub up: Duration,
    /// The wall clock then.
    pub wall: Timestamp,
}

impl Age {
    /// A run that begins now.
    pub fn new(boot: &str, now: Now) -> Self {
        Self { boot: boot.to_owned(), elapsed: Duration::ZERO, up: now.up, wall: now.wall }
    }

    /// The same run now. Within one boot only the clock since boot counts, so a wall clock that jumps changes nothing; over
    /// a reboot there is only the wall clock, and one that went back adds nothing.
    #[must_use]
    pub fn at(&self, boot: &str, now: Now) -> Self {
        let since = if self.boot == boot {
            now.up.saturating_sub(self.up)
        } else {
            Duration::try_from(now.wall.duration_since(self.wall)).unwrap_or(Duration::ZERO)
        };
        Self {
            boot: boot.to_owned(),
            elapsed: self.elapsed.saturating_add(since),
            up: now.up,
            wall: now.wall,
        }
    }

    /// When the limit is reached, on the clock since boot.
    pub fn limit(&self, max_runtime: Duration) -> Duration {
        self.up.saturating_add(max_runtime.saturating_sub(self.elapsed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3600;

    fn at(wall: &str, up: u64) -> Now {
        Now { wall: wall.parse().expect("a time"), up: Duration::from_secs(up) }
    }

    #[test]
    fn a_jump_of_the_wall_clock_changes_nothing() {
        let begun = Age::new("boot-1", at("2026-03-01T09:00:00Z", 100));
        for wall in ["2026-03-01T11:00:00Z", "2026-03-01T10:00:00Z", "2026-02-01T00:00:00Z"] {
            let age = begun.at("boot-1", at(wall, 100 + HOUR));
            assert_eq!(age.elapsed, Duration::from_secs(HOUR), "{wall}");
            assert_eq!(age.limit(Duration::from_secs(4 * HOUR)), Duration::from_secs(100 + 4 * HOUR));
        }
    }

    #[test]
    fn the_time_between_boots_counts() {
        let age = Age::new("boot-1", at("2026-03-01T09:00:00Z", 100))
            .at("boot-1", at("2026-03-01T10:00:00Z", 3700));
        let resumed = age.at("boot-2", at("2026-03-01T10:30:00Z", 20));
        assert_eq!(resumed.elapsed, Duration::from_secs(5400));
        assert_eq!(resumed.limit(Duration::from_secs(2 * HOUR)), Duration::from_secs(20 + 1800));
        let back = age.at("boot-2", at("2026-03-01T08:00:00Z", 20));
        assert_eq!(back.elapsed, Duration::from_secs(HOUR), "a clock that went back takes nothing away");
    }

    #[test]
    fn a_limit_that_has_passed_is_due_at_once() {
        let age =
            Age::new("boot-1", at("2026-03-01T09:00:00Z", 0)).at("boot-2", at("2026-03-02T09:00:00Z", 20));
        assert_eq!(age.limit(Duration::from_secs(HOUR)), Duration::from_secs(20));
    }
}
