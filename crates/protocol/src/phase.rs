//! The phases of a run, and which may follow which.

use serde::{Deserialize, Serialize};

/// Where a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The machine is being made ready: preflight, repository, setup command.
    Initialization,
    /// Data and the last checkpoint are fetched.
    DataSync,
    /// The command runs.
    Training,
    /// Results and logs are saved.
    ResultsSync,
    /// The state is cleaned and the machine ends. It cannot fail.
    Cleanup,
    /// Something in one of the first four phases failed.
    Failed,
    /// The training was ended from outside: a limit, a signal, an interruption.
    Killed,
}

impl Phase {
    /// Whether `next` may follow.
    pub fn leads_to(self, next: Self) -> bool {
        match self {
            Self::Initialization => matches!(next, Self::DataSync | Self::Failed),
            Self::DataSync => matches!(next, Self::Training | Self::Failed),
            Self::Training => matches!(next, Self::ResultsSync | Self::Failed | Self::Killed),
            Self::ResultsSync => matches!(next, Self::Cleanup | Self::Failed),
            Self::Failed | Self::Killed => next == Self::Cleanup,
            Self::Cleanup => false,
        }
    }
}
