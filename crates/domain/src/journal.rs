//! What was done to instances: who, what, why, when, and how it ended. Append-only; the store keeps it.

use serde::{Deserialize, Serialize};

use crate::{Actor, Problem, Target, Timestamp, Verb};

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What.
    pub verb: Verb,
    /// To which instance.
    pub target: Target,
    /// Why: its name, type, running time and spend at that moment, for whoever reads it later.
    pub why: String,
    /// How it ended, or that it began.
    pub outcome: Outcome,
}

/// How an action ended, or that it began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// The time for an Undo began.
    CountdownStarted,
    /// A person took it back.
    Undone,
    /// Quitting took it back.
    CancelledByQuit,
    /// The call is about to be made: written before it, so that a crash leaves a trace.
    Sent,
    /// AWS took it.
    Done,
    /// It was not even tried.
    Refused(Problem),
    /// AWS or the way there failed.
    Failed(Problem),
}

impl Outcome {
    /// A stable word for programs.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::CountdownStarted => "countdown-started",
            Self::Undone => "undone",
            Self::CancelledByQuit => "cancelled-by-quit",
            Self::Sent => "sent",
            Self::Done => "done",
            Self::Refused(_) => "refused",
            Self::Failed(_) => "failed",
        }
    }
}
