//! Lengths of time as people write them in our files. Nothing here reads a clock.

use std::time::Duration;

/// Text that was meant as a length of time and is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a length of time: write a number and a unit, for example \"90s\", \"15m\", \"2h\", \"1h 30m\" or \"3d\""
)]
pub struct NotADuration(String);

/// Reads `90s`, `15m`, `2h`, `1h 30m`, `3d`. Negative lengths and bare numbers are refused.
///
/// # Errors
/// [`NotADuration`], whose text says what to write instead.
pub fn parse_duration(text: &str) -> Result<Duration, NotADuration> {
    let refused = || NotADuration(text.to_owned());
    let span: jiff::Span = text.trim().parse().map_err(|_| refused())?;
    let fixed = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).map_err(|_| refused())?;
    Duration::try_from(fixed).map_err(|_| refused())
}

/// Reads a length of time and holds it against its bounds, both included.
///
/// # Errors
/// What is wrong and what would be right, for a [`crate::Fault`].
pub fn duration_within(text: &str, least: Duration, most: Duration) -> Result<Duration, String> {
    let length = parse_duration(text).map_err(|fault| fault.to_string())?;
    if (least..=most).contains(&length) {
        Ok(length)
    } else {
        Err(format!("`{text}` is out of bounds: from {} to {}", spell_duration(least), spell_duration(most)))
    }
}

/// A length of time as people write it and [`parse_duration`] reads it: `1h 30m`. Exact.
pub fn spell_duration(length: Duration) -> String {
    const UNITS: [(u128, &str); 6] = [
        (3_600_000_000_000, "h"),
        (60_000_000_000, "m"),
        (1_000_000_000, "s"),
        (1_000_000, "ms"),
        (1000, "us"),
        (1, "ns"),
    ];
    let mut rest = length.as_nanos();
    let mut words = Vec::new();
    for (unit, name) in UNITS {
        if rest >= unit {
            words.push(format!("{}{name}", rest / unit));
            rest %= unit;
        }
    }
    if words.is_empty() { "0s".into() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
    fn durations_are_spelled_as_people_write_them() {
        let check = |secs, text| assert_eq!(spell_duration(Duration::from_secs(secs)), text);
        check(60, "1m");
        check(90, "1m 30s");
        check(5400, "1h 30m");
        check(3 * 86400, "72h");
        check(0, "0s");
    }

    #[test]
    fn bounds_belong_to_what_they_bound() {
        let read = |text| duration_within(text, Duration::from_secs(15), Duration::from_secs(3600));
        assert_eq!(read("15s"), Ok(Duration::from_secs(15)));
        assert_eq!(read("1h"), Ok(Duration::from_secs(3600)));
        assert_eq!(read("14s"), Err("`14s` is out of bounds: from 15s to 1h".into()));
        assert!(read("2").is_err_and(|message| message.contains("not a length of time")));
    }

    proptest! {
        #[test]
        fn what_is_spelled_is_read_back(secs in 0..1_000_000_000u64, nanos in 0..1_000_000_000u32) {
            let length = Duration::new(secs, nanos);
            prop_assert_eq!(parse_duration(&spell_duration(length)), Ok(length));
        }
    }
}
