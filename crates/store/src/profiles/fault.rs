//! What can go wrong with a profile's file, and the sentences for it.

use std::{io, path::PathBuf};

use domain::{Problem, config::ConfigFault};
use launch::profile::NotAProfileName;

/// A profile cannot be read or written. It is never written when somebody else wrote it meanwhile.
#[derive(Debug, thiserror::Error)]
pub enum ProfileFault {
    /// There is none of this name.
    #[error("there is no profile {name}")]
    Absent {
        /// Its name.
        name: String,
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// No file may be called so.
    #[error(transparent)]
    Name(NotAProfileName),
    /// The text says something wrong; nothing was written.
    #[error("the profile has {}", domain::view::fmt::count(.faults.len(), "fault"))]
    Refused {
        /// All that is wrong.
        faults: Vec<ConfigFault>,
    },
    /// The file is not what its writer knew; nothing was written.
    #[error("the profile {name} was changed or deleted meanwhile")]
    Changed {
        /// Its name.
        name: String,
    },
    /// There is one of this name already; nothing was written.
    #[error("there is a profile {name} already")]
    Taken {
        /// Its name.
        name: String,
    },
    /// The system does not let it be read.
    #[error("cannot read {}", .path.display())]
    Unreadable {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The system does not let it be written; it is as it was.
    #[error("cannot write {}", .path.display())]
    Unwritable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl From<ProfileFault> for Problem {
    fn from(fault: ProfileFault) -> Self {
        let message = fault.to_string();
        match fault {
            ProfileFault::Absent { folder, .. } => {
                Self::new("no-profile", message, format!("Profiles lie in {}.", folder.display()))
            }
            ProfileFault::Name(_) => Self::new("profile-name", message, "Choose another name."),
            ProfileFault::Refused { faults } => {
                let list = faults.iter().fold(message, |list, fault| format!("{list}\n{fault}"));
                Self::new("profile", list, "Nothing was written.")
            }
            ProfileFault::Changed { .. } => Self::new(
                "profile-changed",
                message,
                "Copy what you wrote, open the profile again, and put it in there: nothing was overwritten.",
            ),
            ProfileFault::Taken { .. } => {
                Self::new("profile-taken", message, "Choose another name: nothing was overwritten.")
            }
            ProfileFault::Unreadable { source, .. } => {
                Self::new("profile-unreadable", format!("{message}: {source}"), "Check who may read it.")
            }
            ProfileFault::Unwritable { source, .. } => Self::new(
                "profile-unwritable",
                format!("{message}: {source}"),
                "Check who may write there and that the disk has room, then save again.",
            ),
        }
    }
}
