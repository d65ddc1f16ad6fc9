//! Points and lengths of time as people write them. Nothing here reads a clock.

use std::time::Duration;

/// A point in time, UTC, written RFC 3339 on every wire.
pub use jiff::Timestamp;

/// Lengths of time as our files write them.
pub use document::duration::{NotADuration, parse_duration, spell_duration};

/// How long `since` lies back, and nothing at all if a clock that is off puts it into the future.
pub fn elapsed(now: Timestamp, since: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(since)).unwrap_or(Duration::ZERO)
}

/// `from` and then `by`, or the last representable moment when that lies beyond it.
pub fn after(from: Timestamp, by: Duration) -> Timestamp {
    from.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_in_the_future_has_not_run_at_all() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(elapsed(now, after(now, Duration::from_secs(5))), Duration::ZERO);
    }
}
