//! Points and lengths of time as people write them. Nothing here reads a clock.

use std::time::Duration;

/// A point in time, UTC, written RFC 3339 on every wire.
pub use jiff::Timestamp;

/// Text that was meant as a length of time and is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a length of time: write a number and a unit, for example \"90s\", \"15m\", \"2h\", \"1h 30m\" or \"3d\""
)]
pub struct NotADuration(String);

/// Reads `90s`, `15m`, `2h`, `1h 30m`, `3d`. Negative lengths and bare numbers are refused.
pub fn parse_duration(text: &str) -> Result<Duration, NotADuration> {
    let refused = || NotADuration(text.to_owned());
    let span: jiff::Span = text.trim().parse().map_err(|_| refused())?;
    let fixed = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).map_err(|_| refused())?;
    Duration::try_from(fixed).map_err(|_| refused())
}

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
    fn durations_are_read_as_people_write_them() {
        let check = |text: &str, secs: u64| {
            assert_eq!(parse_duration(text), Ok(Duration::from_secs(secs)), "{text}");
        };
        check("90s", 90);
        check("15m", 900);
        check("2h", 7200);
        check("1h 30m", 5400);
        check("1h30m", 5400);
        check("3d", 259_200);
    }

    #[test]
    fn what_is_not_a_duration_is_refused() {
        for text in ["", "2", "h", "-2h", "two hours", "1mo", "99999999999999h"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_start_in_the_future_has_not_run_at_all() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(elapsed(now, after(now, Duration::from_secs(5))), Duration::ZERO);
    }
}
