//! `training.json`: what a run came to. Written once, at its end, and read by people, by the desktop and by scripts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    file::{self, FileFault, VERSION},
    ids::{Environment, InstanceId, JobId, RunId},
};

/// The record of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Training {
    /// The version of this format: [`VERSION`].
    #[serde(default = "file::first")]
    pub version: u32,
    /// Which run.
    pub run_id: RunId,
    /// Where.
    pub environment: Environment,
    /// Whose checkpoints it used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_id: Option<JobId>,
    /// What ran; none if there was no command.
    pub command: Option<String>,
    /// Who ran it; none off EC2.
    pub instance_id: Option<InstanceId>,
    /// For example `g5.xlarge`; none off EC2.
    pub instance_type: Option<String>,
    /// How the command ended.
    pub outcome: Outcome,
    /// What ended it.
    pub cause: Cause,
    /// When what began and ended.
    pub times: Times,
    /// The last value of each figure that the command printed.
    pub metrics: Metrics,
    /// What the run cost so far, in micro-dollars; none where no price is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_micro_usd: Option<u64>,
    /// What could not be saved or done, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<String>,
}

/// How the command ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Outcome {
    /// By itself, with a code.
    Exited {
        /// 0 is success.
        code: i32,
    },
    /// By a signal.
    Signalled {
        /// Its number.
        signal: i32,
        /// Whether the kernel sent it for want of memory.
        oom: bool,
    },
    /// It never ran.
    NotStarted {
        /// What had failed before.
        error: String,
    },
    /// The agent was gone when it ended; it was found ended afterwards.
    Unknown,
}

/// What ended a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Nobody: it ended by itself, well or not.
    Itself,
    /// `limits.max_runtime`.
    TimeLimit,
    /// AWS took the machine back.
    Interruption,
    /// The machine was shut down, or the agent was told to leave.
    Shutdown,
    /// A person, by Curfew.
    Person,
    /// What a newer Curfew wrote here is not known to this one.
    #[serde(other)]
    Other,
}

/// When what began and ended, UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// The run began.
    pub start: Timestamp,
    /// The command began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_start: Option<Timestamp>,
    /// The command ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_end: Option<Timestamp>,
    /// This was written.
    pub end: Timestamp,
    /// From start to end by a clock that does not jump, in seconds.
    pub elapsed_seconds: u64,
}

/// Figures by name. There is none that is not a number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Metrics(BTreeMap<String, f64>);

impl Metrics {
    /// The most names that are kept.
    pub const MOST: usize = 256;

    /// The longest name, in bytes.
    pub const LONGEST_NAME: usize = 64;

    /// Whether a figure may have this name: `loss`, `eval/accuracy`, `learning-rate`.
    pub fn is_name(name: &str) -> bool {
        let inner = |b: u8| b.is_ascii_alphanumeric() || b"_-./".contains(&b);
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.len() <= Self::LONGEST_NAME
            && name.bytes().all(inner)
    }

    /// Takes a figure in place of the last of that name. Whether it was: JSON has no infinities, and what a command
    /// prints is not ours to bound.
    pub fn record(&mut self, name: &str, value: f64) -> bool {
        let room = self.0.contains_key(name) || self.0.len() < Self::MOST;
        let taken = room && value.is_finite();
        if taken {
            self.0.insert(name.to_owned(), value);
        }
        taken
    }

    /// The last value of one.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.get(name).copied()
    }

    /// By their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.0.iter().map(|(name, value)| (name.as_str(), *value))
    }
}

impl Training {
    /// The current version of this format, for those who make one.
    pub const VERSION: u32 = VERSION;

    /// Reads a `training.json`.
    ///
    /// # Errors
    /// [`FileFault`].
    pub fn parse(json: &[u8]) -> Result<Self, FileFault> {
        file::read("training.json", json)
    }

    /// As it is written.
    pub fn render(&self) -> String {
        file::write(self)
    }

    /// Whether the command did what it was to do.
    pub fn succeeded(&self) -> bool {
        self.outcome == Outcome::Exited { code: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_that_is_no_number_is_not_taken() {
        let mut metrics = Metrics::default();
        assert!(metrics.record("loss", 0.5));
        assert!(!metrics.record("loss", f64::NAN));
        assert!(!metrics.record("speed", f64::INFINITY));
        assert_eq!(metrics.iter().collect::<Vec<_>>(), [("loss", 0.5)]);
    }

    #[test]
    fn the_number_of_figures_is_bounded() {
        let mut metrics = Metrics::default();
        for at in 0..Metrics::MOST {
            assert!(metrics.record(&at.to_string(), 1.0));
        }
        assert!(!metrics.record("one more", 1.0));
        assert!(metrics.record("0", 2.0), "a known name is still updated");
    }

    #[test]
    fn a_cause_from_the_future_is_not_a_fault() {
        assert_eq!(serde_json::from_str::<Cause>("\"sunrise\"").ok(), Some(Cause::Other));
    }
}
