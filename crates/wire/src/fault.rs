//! What goes wrong on the socket, and the sentences for it.

use std::{io, path::PathBuf};

use domain::Problem;

/// The tray cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum BindFault {
    /// Another tray of this user listens there.
    #[error("Curfew is running already")]
    AlreadyRunning,
    /// The folder belongs to somebody else, who could read along.
    #[error("the folder {folder} belongs to another user")]
    NotOurs {
        /// Which.
        folder: PathBuf,
    },
    /// The system refused.
    #[error("cannot listen at {place}")]
    Refused {
        /// Where.
        place: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// The tray could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum WireFault {
    /// No tray runs there: whoever asks does without, or starts one.
    #[error("Curfew is not running")]
    NobodyListens,
    /// Who listens there is another user.
    #[error("the socket belongs to another user")]
    NotOurs,
    /// No answer in time.
    #[error("Curfew does not answer")]
    TimedOut,
    /// The connection broke before the answer was whole.
    #[error("the connection to Curfew broke")]
    Broken(#[source] io::Error),
    /// What came is not an answer, or what should be sent is too long.
    #[error("Curfew's answer makes no sense")]
    Garbled(#[source] serde_json::Error),
    /// What should be sent or was received is longer than anything that is ever said.
    #[error("a message is too long for the socket")]
    TooLong,
}

impl From<BindFault> for Problem {
    fn from(fault: BindFault) -> Self {
        let message = format!("Curfew cannot be reached by its window and command line: {fault}");
        match fault {
            BindFault::AlreadyRunning => {
                Self::new("already-running", "Curfew is running already", "Look for its moon in the tray.")
            }
            BindFault::NotOurs { folder } => {
                Self::new("socket-not-ours", message, format!("Have {} removed.", folder.display()))
            }
            BindFault::Refused { source, .. } => Self::new(
                "socket",
                format!("{message}: {source}"),
                "Check that the folder can be written, then start Curfew again.",
            ),
        }
    }
}

impl From<WireFault> for Problem {
    fn from(fault: WireFault) -> Self {
        let message = fault.to_string();
        match fault {
            WireFault::NobodyListens => Self::new("not-running", message, "Start curfew-tray."),
            WireFault::NotOurs => {
                Self::new("socket-not-ours", message, "Run this as the user who runs Curfew.")
            }
            WireFault::TimedOut => Self::new(
                "tray-silent",
                message,
                "Quit it from the tray, or end curfew-tray, and start it again.",
            ),
            WireFault::Broken(source) => {
                Self::new("tray-gone", format!("{message}: {source}"), "Start curfew-tray again.")
            }
            WireFault::Garbled(source) => Self::new(
                "tray-garbled",
                format!("{message}: {source}"),
                "It may be of another version: quit Curfew and start it again.",
            ),
            WireFault::TooLong => Self::new("too-long", message, ""),
        }
    }
}
