//! How times, amounts, counts and names are written for people. The one place for it.

use std::time::Duration;

use crate::{Instance, Money, Target, Timestamp, alert::Crossing, price::Rate, spend::Rates, time::elapsed};

/// `45s`, `12m`, `3h 25m`, `3d 4h`: two units at most.
pub fn duration(time: Duration) -> String {
    let minutes = time.as_secs() / 60;
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours, rest) {
        (0, 0, 0) => format!("{}s", time.as_secs()),
        (0, 0, m) => format!("{m}m"),
        (0, h, 0) => format!("{h}h"),
        (0, h, m) => format!("{h}h {m}m"),
        (d, 0, _) => format!("{d}d"),
        (d, h, _) => format!("{d}d {h}h"),
    }
}

/// `just now`, `3m ago`.
pub fn ago(now: Timestamp, then: Timestamp) -> String {
    let time = elapsed(now, then);
    if time < Duration::from_secs(5) { "just now".into() } else { format!("{} ago", duration(time)) }
}

/// `1 instance`, `2 instances`.
pub fn count(number: usize, noun: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{s}")
}

/// An amount, or that it is not known.
pub fn spend(amount: Option<Money>) -> String {
    amount.map_or_else(|| "cost unknown".into(), |amount| amount.to_string())
}

/// A rate, or that it is not known.
pub fn rate(rates: &Rates) -> String {
    match (rates.total(), rates.compute) {
        (Some(hourly), _) => hourly.to_string(),
        (None, Rate::Known { .. } | Rate::Unknown) => "rate unknown".into(),
    }
}

/// What was crossed: `running for more than 6h`.
pub fn crossing(crossing: Crossing) -> String {
    match crossing {
        Crossing::Running(limit) => format!("running for more than {}", duration(limit)),
        Crossing::Spend(limit) => format!("cost more than {limit}"),
    }
}

/// The name that a person gave it, made harmless, or its id.
pub fn title(instance: &Instance) -> String {
    instance.name().map_or_else(|| instance.id.to_string(), |name| one_line(name, 40))
}

/// The address of an instance in the AWS console.
pub fn console_url(target: &Target) -> String {
    let Target { region, id, .. } = target;
    format!(
        "https://{region}.console.aws.amazon.com/ec2/home?region={region}#InstanceDetails:instanceId={id}"
    )
}

/// Text from AWS made fit for one line anywhere: control characters and those that change the writing direction
/// become blanks (a name must not be able to move a cursor or to swap what is read), and it is cut to `most` characters.
pub fn one_line(text: &str, most: usize) -> String {
    let harmless: String = text.chars().map(|c| if is_treacherous(c) { ' ' } else { c }).collect();
    let words: Vec<&str> = harmless.split_whitespace().collect();
    let joined = words.join(" ");
    if joined.chars().count() <= most {
        return joined;
    }
    joined.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// Control characters, and the Unicode characters that reorder or hide text.
///
/// Source: <https://www.unicode.org/reports/tr9/> (explicit formatting characters) and
/// <https://www.unicode.org/reports/tr36/> (invisible characters).
fn is_treacherous(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{61c}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_two_units_at_most() {
        let check = |secs, text: &str| assert_eq!(duration(Duration::from_secs(secs)), text);
        check(0, "0s");
        check(59, "59s");
        check(60, "1m");
        check(3_600, "1h");
        check(12_300, "3h 25m");
        check(86_400, "1d");
        check(90_061, "1d 1h");
    }

    #[test]
    fn names_lose_their_tricks_and_keep_their_letters() {
        let check = |text: &str, shown: &str| assert_eq!(one_line(text, 40), shown);
        check("training", "training");
        check("$(rm -rf /) <b>bold</b>", "$(rm -rf /) <b>bold</b>");
        check("a\u{202e}gpj.exe", "a gpj.exe");
        check("two\nlines\x1b[31m", "two lines [31m");
        check("שלום עולם", "שלום עולם");
        check("\u{200b}\t ", "");
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        assert_eq!(one_line(&"ü".repeat(50), 5), "üüüü…");
    }
}
