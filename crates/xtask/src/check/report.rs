//! The one table at the end, and the line that sums it up.

#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use super::counts::Counts;
use super::steps::Outcome;
use crate::clock::seconds;

/// What became of one step.
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) outcome: Outcome,
    pub(super) time: Duration,
}

/// Everything that ran.
#[derive(Default)]
pub(super) struct Report(Vec<Line>);

impl Report {
    pub(super) fn add(&mut self, line: Line) {
        self.0.push(line);
    }

    pub(super) fn has_failure(&self) -> bool {
        self.0.iter().any(Line::failed)
    }

    /// The first of `names` that ran and failed.
    pub(super) fn failed_among(&self, names: &[&str]) -> Option<&'static str> {
        self.0.iter().find(|line| line.failed() && names.contains(&line.name)).map(|line| line.name)
    }
}

impl Line {
    fn failed(&self) -> bool {
        match self.outcome {
            Outcome::Failed { .. } => true,
            Outcome::Passed | Outcome::Counted(_) | Outcome::Skipped(_) => false,
        }
    }

    fn counts(&self) -> Counts {
        match &self.outcome {
            Outcome::Passed => Counts::one_passed(),
            Outcome::Counted(counts) | Outcome::Failed { counts, .. } => *counts,
            Outcome::Skipped(_) => Counts::one_skipped(),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed => write!(f, "passed"),
            Self::Counted(Counts { passed, failed: _, skipped: 0 }) => write!(f, "{passed} passed"),
            Self::Counted(Counts { passed, failed: _, skipped }) => {
                write!(f, "{passed} passed, {skipped} skipped")
            }
            Self::Failed { reason, .. } => write!(f, "FAILED: {}", first_line(reason)),
            Self::Skipped(reason) => write!(f, "skipped: {reason}"),
        }
    }
}

/// A test counts as one, and so does every other check; the closing line is one that CI reads.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<12} {:>8}  result", "step", "time")?;
        let mut sum = Counts::default();
        let mut time = Duration::ZERO;
        for line in &self.0 {
            writeln!(f, "{:<12} {:>8}  {}", line.name, seconds(line.time), line.outcome)?;
            sum = sum.plus(line.counts());
            time += line.time;
        }
        writeln!(f, "{:<12} {:>8}", "all", seconds(time))?;
        writeln!(f, "\n{} passed, {} failed, {} skipped", sum.passed, sum.failed, sum.skipped)
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
