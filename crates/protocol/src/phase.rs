//! The phases of a run, and which may follow which.
//!
//! ```text
//! initialization -> data_sync -> training -> results_sync -> cleanup
//!        \______________\___________\______________\___ failed ---^
//!                                    \________________ killed ----^
//! ```
//!
//! [`Phase::after`] is the way through: it has an answer for every phase and every ending of one, and all its answers
//! are legal, so that nobody who uses it can take an illegal step. [`Phase::to`] checks a step that comes from elsewhere.

use std::fmt;

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

/// How a phase ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// What was to be done is done.
    Done,
    /// It could not be done.
    Failed,
    /// It was ended from outside.
    Killed,
}

/// A step that no run may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a run cannot go from {from} to {to}")]
pub struct IllegalStep {
    from: Phase,
    to: Phase,
}

impl Phase {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Initialization,
        Self::DataSync,
        Self::Training,
        Self::ResultsSync,
        Self::Cleanup,
        Self::Failed,
        Self::Killed,
    ];

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

    /// The phase that follows this one when it has ended so; [`Phase::Cleanup`] is the last and follows itself.
    /// Only a training is killed: what is ended from outside before or after it has failed.
    pub fn after(self, ending: Ending) -> Self {
        match (self, ending) {
            (Self::Initialization, Ending::Done) => Self::DataSync,
            (Self::DataSync, Ending::Done) => Self::Training,
            (Self::Training, Ending::Done) => Self::ResultsSync,
            (Self::Training, Ending::Killed) => Self::Killed,
            (Self::ResultsSync, Ending::Done) | (Self::Failed | Self::Killed | Self::Cleanup, _) => {
                Self::Cleanup
            }
            (Self::Initialization | Self::DataSync | Self::ResultsSync, Ending::Failed | Ending::Killed)
            | (Self::Training, Ending::Failed) => Self::Failed,
        }
    }

    /// The next phase, if it may follow.
    ///
    /// # Errors
    /// [`IllegalStep`].
    pub fn to(self, next: Self) -> Result<Self, IllegalStep> {
        if self.leads_to(next) { Ok(next) } else { Err(IllegalStep { from: self, to: next }) }
    }

    /// As files and logs have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Initialization => "initialization",
            Self::DataSync => "data_sync",
            Self::Training => "training",
            Self::ResultsSync => "results_sync",
            Self::Cleanup => "cleanup",
            Self::Failed => "failed",
            Self::Killed => "killed",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    const ENDINGS: [Ending; 3] = [Ending::Done, Ending::Failed, Ending::Killed];

    #[test]
    fn every_answer_is_a_legal_step() {
        for phase in Phase::ALL {
            for ending in ENDINGS {
                let next = phase.after(ending);
                let legal = phase.to(next) == Ok(next) || (phase, next) == (Phase::Cleanup, Phase::Cleanup);
                assert!(legal, "{phase} after {ending:?} is {next}");
            }
        }
    }

    #[test]
    fn every_legal_step_is_some_ending_or_a_detour_over_one() {
        for phase in Phase::ALL {
            for next in Phase::ALL.into_iter().filter(|&next| phase.leads_to(next)) {
                assert!(
                    ENDINGS.iter().any(|&ending| phase.after(ending) == next),
                    "{phase} never gets to {next}"
                );
            }
        }
    }

    #[test]
    fn an_illegal_step_is_refused_with_both_names() {
        let refused = Phase::Cleanup.to(Phase::Training).map_err(|fault| fault.to_string());
        assert_eq!(refused, Err("a run cannot go from cleanup to training".into()));
    }

    #[test]
    fn files_have_the_name_that_people_read() {
        for phase in Phase::ALL {
            let json = serde_json::to_string(&phase).expect("JSON");
            assert_eq!(json, format!("\"{phase}\""));
        }
    }

    proptest! {
        #[test]
        fn whatever_happens_a_run_comes_to_its_cleanup(
            from in select(&Phase::ALL[..]),
            endings in prop::collection::vec(select(&ENDINGS[..]), 5),
        ) {
            let last = endings.into_iter().fold(from, Phase::after);
            prop_assert_eq!(last, Phase::Cleanup);
        }

        #[test]
        fn no_legal_way_is_stuck_or_goes_round(picks in prop::collection::vec(any::<prop::sample::Index>(), 7)) {
            let mut phase = Phase::Initialization;
            let mut seen = vec![phase];
            for pick in picks {
                let nexts: Vec<Phase> = Phase::ALL.into_iter().filter(|&next| phase.leads_to(next)).collect();
                prop_assert_eq!(nexts.is_empty(), phase == Phase::Cleanup);
                if nexts.is_empty() {
                    break;
                }
                phase = nexts[pick.index(nexts.len())];
                prop_assert!(!seen.contains(&phase), "{} twice", phase);
                seen.push(phase);
            }
            prop_assert_eq!(phase, Phase::Cleanup);
        }
    }
}
