//! Reads how many tests passed from the closing lines of the runners.

#[cfg(test)]
mod tests;

/// Whose lines they are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Runner {
    Nextest,
    Libtest,
    Pytest,
}

/// Tests by result.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Counts {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
}

impl Counts {
    pub(super) fn one_passed() -> Self {
        Self { passed: 1, ..Self::default() }
    }

    pub(super) fn one_failed() -> Self {
        Self { failed: 1, ..Self::default() }
    }

    pub(super) fn one_skipped() -> Self {
        Self { skipped: 1, ..Self::default() }
    }

    /// For a runner that failed without counting a failure, as when it could not start.
    pub(super) fn at_least_one_failed(self) -> Self {
        Self { failed: self.failed.max(1), ..self }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }

    /// Adds what `line` says when it is a closing line of `runner`.
    pub(super) fn take(&mut self, runner: Runner, line: &str) {
        let line = without_colour(line);
        if runner.closes_with(&line) {
            *self = self.plus(runner.counts(&line));
        }
    }
}

impl Runner {
    fn closes_with(self, line: &str) -> bool {
        match self {
            Self::Nextest => line.trim_start().starts_with("Summary ["),
            Self::Libtest => line.starts_with("test result: "),
            Self::Pytest => line.contains(" in ") && line.trim_end_matches(['=', ' ']).ends_with(['s', ')']),
        }
    }

    fn counts(self, line: &str) -> Counts {
        let of = |words: &[&str]| words.iter().map(|word| number_before(line, word)).sum();
        let skipped = match self {
            // nextest counts here what a filter left out.
            Self::Nextest => 0,
            Self::Libtest => of(&["ignored"]),
            Self::Pytest => of(&["skipped", "xfailed"]),
        };
        Counts { passed: of(&["passed"]), failed: of(&["failed", "timed out", "error", "errors"]), skipped }
    }
}

/// The 7 of `7 failed` when `word` is `failed`; 0 when it is not there.
fn number_before(line: &str, word: &str) -> u64 {
    let found = line.split([',', ';', ':', '.', '=']).find_map(|part| {
        let mut words = part.split_whitespace();
        let number = words.next()?.parse().ok()?;
        let rest: Vec<_> = words.collect();
        let rest = rest.join(" ");
        let same = rest.strip_prefix(word).is_some_and(|after| after.is_empty() || after.starts_with(' '));
        same.then_some(number)
    });
    found.unwrap_or(0)
}

fn without_colour(line: &str) -> String {
    let mut plain = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain += before;
        rest = after.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        rest = rest.strip_prefix(|c: char| c.is_ascii_alphabetic()).unwrap_or(rest);
    }
    plain + rest
}
