//! What can go wrong on this computer, and the sentences for it. The only place where one becomes the other.

use std::{error::Error as _, io, path::PathBuf};

use domain::{Problem, config::ConfigFault};
use rusqlite::ErrorCode;

/// A folder cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum FolderFault {
    /// The user has no home folder.
    #[error("there is no home folder, and {variable} is not set")]
    NoHome {
        /// What would say where instead.
        variable: &'static str,
    },
    /// It cannot be made, or is no folder.
    #[error("cannot make the folder {}", .path.display())]
    Unusable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// `config.toml` cannot be read or changed. It is never written when it could not be understood.
#[derive(Debug, thiserror::Error)]
pub enum SettingsFault {
    /// The system does not let it be read.
    #[error("cannot read {}", .path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is not UTF-8.
    #[error("{} is not UTF-8 text: line {line} is the first that is wrong", .path.display())]
    NotText {
        /// Which file.
        path: PathBuf,
        /// The line of the first wrong byte, from 1.
        line: usize,
    },
    /// It says something wrong.
    #[error("{} has {}", .path.display(), domain::view::fmt::count(.faults.len(), "fault"))]
    Faulty {
        /// Which file.
        path: PathBuf,
        /// All that is wrong.
        faults: Vec<ConfigFault>,
    },
    /// It would say something wrong after the change; nothing was written.
    #[error("the change is not possible")]
    Refused {
        /// All that would be wrong.
        faults: Vec<ConfigFault>,
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

/// The database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseFault {
    /// Its folder cannot be had.
    #[error(transparent)]
    Folder(#[from] FolderFault),
    /// SQLite or the system refused.
    #[error("cannot use {}", .path.display())]
    Refused {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// A later version of Curfew wrote it.
    #[error("{} was written by a later version of Curfew", .path.display())]
    Newer {
        /// Which file.
        path: PathBuf,
    },
    /// It was broken; it was kept under another name and a new one begun.
    #[error("{} was broken", .path.display())]
    SetAside {
        /// Which file.
        path: PathBuf,
        /// Where it is now.
        aside: PathBuf,
    },
    /// It is broken and cannot be moved away.
    #[error("{} is broken and cannot be moved away", .path.display())]
    Stuck {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl SettingsFault {
    /// What is wrong line by line, as the settings page shows it; a file that cannot even be read is one fault.
    pub fn faults(&self) -> Vec<ConfigFault> {
        match self {
            Self::Faulty { faults, .. } | Self::Refused { faults } => faults.clone(),
            Self::NotText { line, .. } => vec![self.as_fault(*line)],
            Self::Unreadable { .. } | Self::Unwritable { .. } => vec![self.as_fault(1)],
        }
    }

    fn as_fault(&self, line: usize) -> ConfigFault {
        let reason = self.source().map(|source| format!(": {source}")).unwrap_or_default();
        ConfigFault { key: "config.toml".into(), line, message: format!("{self}{reason}") }
    }
}

impl From<FolderFault> for Problem {
    fn from(fault: FolderFault) -> Self {
        match &fault {
            FolderFault::NoHome { variable } => {
                Self::new("no-folder", fault.to_string(), format!("Set HOME, or set {variable} to a folder."))
            }
            FolderFault::Unusable { source, .. } => Self::new(
                "no-folder",
                format!("{fault}: {source}"),
                "Check who may write there, or name another folder in CURFEW_CONFIG_DIR and CURFEW_DATA_DIR.",
            ),
        }
    }
}

impl From<SettingsFault> for Problem {
    fn from(fault: SettingsFault) -> Self {
        let message = fault.to_string();
        match fault {
            SettingsFault::Unreadable { source, .. } => Self::new(
                "config-unreadable",
                format!("{message}: {source}"),
                "Check who may read it. Until then Curfew goes by its defaults and leaves the file alone.",
            ),
            SettingsFault::NotText { .. } => Self::new(
                "config-not-text",
                message,
                "Save it as UTF-8. Until then Curfew goes by its defaults and leaves the file alone.",
            ),
            SettingsFault::Faulty { faults, .. } => Self::new(
                "config-faulty",
                listed(&message, &faults),
                "Mend it; Curfew leaves the file alone.",
            ),
            SettingsFault::Refused { faults } => {
                Self::new("config-refused", listed(&message, &faults), "Nothing was written.")
            }
            SettingsFault::Unwritable { source, .. } => {
                Self::new("config-unwritable", format!("{message}: {source}"), way_out(source.kind()))
            }
        }
    }
}

fn listed(message: &str, faults: &[ConfigFault]) -> String {
    faults.iter().fold(message.to_owned(), |list, fault| format!("{list}\n{fault}"))
}

fn way_out(kind: io::ErrorKind) -> &'static str {
    if matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
        "Make room on the disk, then save again. The file is as it was."
    } else {
        "Check who may write there, then save again. The file is as it was."
    }
}

impl From<DatabaseFault> for Problem {
    fn from(fault: DatabaseFault) -> Self {
        let message = fault.to_string();
        match fault {
            DatabaseFault::Folder(fault) => fault.into(),
            DatabaseFault::Refused { source, .. } => {
                let hint = database_hint(source.sqlite_error_code());
                Self::new("database", format!("{message}: {source}"), hint)
            }
            DatabaseFault::Newer { .. } => {
                Self::new("database-newer", message, "Use that version, or move the file away to begin anew.")
            }
            DatabaseFault::SetAside { aside, .. } => Self::new(
                "database-set-aside",
                format!("{message}; it is kept as {}, and Curfew began a new one", aside.display()),
                "Alerts may be shown a second time, and snoozes are forgotten.",
            ),
            DatabaseFault::Stuck { source, .. } => {
                Self::new("database", format!("{message}: {source}"), "Move it away to begin anew.")
            }
        }
    }
}

/// What to do, by SQLite's own code. What could not be written is kept and written later in every case.
fn database_hint(code: Option<ErrorCode>) -> &'static str {
    if code == Some(ErrorCode::DiskFull) {
        "Make room on the disk: what could not be written is kept, and written then."
    } else if matches!(code, Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)) {
        "Another program holds it open: close that. What could not be written is kept, and written then."
    } else {
        "Check that the file and its folder can be written: what could not be is kept, and written then."
    }
}
