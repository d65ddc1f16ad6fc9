//! One line of a table of figures, and what is taken from several runs. It knows nothing of what was measured.

use std::fmt;
use std::time::Duration;

/// What was reached, beside what was promised.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    what: String,
    reached: String,
    promise: Promise,
}

#[derive(Clone, Debug)]
enum Promise {
    /// None: it is there to understand the others.
    None,
    Kept(String),
    Missed(String),
}

impl Figure {
    /// Promised to be `budget`.
    pub(crate) fn promised(what: &str, reached: String, budget: &str, kept: bool) -> Self {
        let promise = if kept { Promise::Kept } else { Promise::Missed };
        Self { what: what.to_owned(), reached, promise: promise(budget.to_owned()) }
    }

    /// To understand the others by.
    pub(crate) fn told(what: &str, reached: String) -> Self {
        Self { what: what.to_owned(), reached, promise: Promise::None }
    }
}

impl fmt::Display for Figure {
    /// Figure, reached, budget, verdict, with tabs between them.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (budget, verdict) = match &self.promise {
            Promise::None => ("", ""),
            Promise::Kept(budget) => (budget.as_str(), "met"),
            Promise::Missed(budget) => (budget.as_str(), "missed"),
        };
        write!(out, "{}\t{}\t{budget}\t{verdict}", self.what, self.reached)
    }
}

/// The value in the middle, the lower one of two; zero of none.
pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len().saturating_sub(1) / 2).copied().unwrap_or_default()
}

/// How many times as long.
pub(crate) fn ratio(long: Duration, short: Duration) -> f64 {
    long.as_secs_f64() / short.as_secs_f64()
}

/// `172 ms`, `12.4 s`.
pub(crate) fn time(time: Duration) -> String {
    if time < Duration::from_secs(10) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

/// `21.4 MiB` of KiB.
pub(crate) fn mib(kib: u64) -> String {
    format!("{:.1} MiB", kib as f64 / 1024.0)
}
