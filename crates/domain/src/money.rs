//! Money in whole micro-dollars, and what an hour costs. No floating point anywhere.
//!
//! Knows arithmetic and how an amount is written; knows no price.

use std::{fmt, iter::Sum, ops::Add, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};

const MICROS_PER_DOLLAR: i64 = 1_000_000;
const MICROS_PER_CENT: i64 = 10_000;
const NANOS_PER_HOUR: i128 = 3_600_000_000_000;

/// An amount in US dollars, kept as whole micro-dollars.
///
/// Written on every wire as a decimal string (`"72.432"`), because a JSON number is a float to most readers.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Money {
    micros: i64,
}

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self { micros: 0 };

    /// An amount from whole micro-dollars.
    pub const fn from_micros(micros: i64) -> Self {
        Self { micros }
    }

    /// The amount in whole micro-dollars.
    pub const fn micros(self) -> i64 {
        self.micros
    }

    /// The amount rounded to whole cents, an exact half to the even cent: 1.025 is 1.02, as accountants round.
    pub const fn cents(self) -> i64 {
        let down = self.micros.div_euclid(MICROS_PER_CENT);
        let rest = self.micros.rem_euclid(MICROS_PER_CENT);
        let half = MICROS_PER_CENT / 2;
        let up = rest > half || (rest == half && down % 2 != 0);
        if up { down + 1 } else { down }
    }

    /// Adds, staying at the largest amount instead of wrapping.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self::from_micros(self.micros.saturating_add(other.micros))
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        self.saturating_add(other)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Self::saturating_add)
    }
}

impl fmt::Display for Money {
    /// Dollars and cents: `$72.43`, `$4,360.64`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cents = self.cents();
        let sign = if cents < 0 { "-" } else { "" };
        let whole = in_thousands(cents.unsigned_abs() / 100);
        f.pad(&format!("{sign}${whole}.{:02}", cents.unsigned_abs() % 100))
    }
}

/// `1,234,567`.
fn in_thousands(number: u64) -> String {
    match number / 1000 {
        0 => number.to_string(),
        more => format!("{},{:03}", in_thousands(more), number % 1000),
    }
}

impl From<Money> for String {
    fn from(amount: Money) -> Self {
        let sign = if amount.micros < 0 { "-" } else { "" };
        let micros = amount.micros.unsigned_abs();
        let per = MICROS_PER_DOLLAR.unsigned_abs();
        let digits = format!("{:06}", micros % per);
        let kept = digits.trim_end_matches('0');
        let cents = if kept.len() < 2 { &digits[..2] } else { kept };
        format!("{sign}{}.{cents}", micros / per)
    }
}

/// Text that was meant as an amount of money and is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not an amount in US dollars: write digits with at most six decimals, for example \"20.00\""
)]
pub struct NotMoney(String);

impl FromStr for Money {
    type Err = NotMoney;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_micros(text).map(Self::from_micros).ok_or_else(|| NotMoney(text.to_owned()))
    }
}

impl TryFrom<String> for Money {
    type Error = NotMoney;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

fn parse_micros(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(whole) || !all_digits(part) || part.len() > 6 {
        return None;
    }
    let micros: i64 = format!("{part:0<6}").parse().ok()?;
    let dollars: i64 = whole.parse().ok()?;
    dollars.checked_mul(MICROS_PER_DOLLAR)?.checked_add(micros)?.checked_mul(sign)
}

/// What one hour costs.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct HourlyRate(Money);

impl HourlyRate {
    /// Nothing an hour.
    pub const ZERO: Self = Self(Money::ZERO);

    /// A rate from micro-dollars an hour.
    pub const fn from_micros(micros: i64) -> Self {
        Self(Money::from_micros(micros))
    }

    /// The amount that one hour costs.
    pub const fn hourly(self) -> Money {
        self.0
    }

    /// What this much time costs, to the nearest micro-dollar.
    pub fn over(self, time: Duration) -> Money {
        let nanos = i128::try_from(time.as_nanos()).unwrap_or(i128::MAX / i128::from(i64::MAX));
        let product = i128::from(self.0.micros).saturating_mul(nanos);
        let micros = product.saturating_add(NANOS_PER_HOUR / 2).div_euclid(NANOS_PER_HOUR);
        Money::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
    }
}

impl Add for HourlyRate {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sum for HourlyRate {
    fn sum<I: Iterator<Item = Self>>(rates: I) -> Self {
        rates.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for HourlyRate {
    /// `$1.01/h`, and below ten cents with up to four decimals: `$0.0052/h`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let small = (1..100_000).contains(&self.0.micros);
        let rounded = Money::from_micros((self.0.micros + 50) / 100 * 100);
        let text = if small { format!("${}/h", String::from(rounded)) } else { format!("{}/h", self.0) };
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests;
