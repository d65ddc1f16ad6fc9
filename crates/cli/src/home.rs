//! Where Curfew's files are, and how a change reaches the tray that runs. Knows no AWS.

use domain::{Command, Config, Problem, command::SettingsEdit, config::ConfigFault};
use store::{Folders, SettingsFault, SettingsFile, profiles};
use wire::{Address, Answer, Ask, Client, WireFault};

use crate::failure::{Failure, Kind};

/// This user's Curfew.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    pub(crate) folders: Folders,
    settings: SettingsFile,
}

impl Home {
    /// Finds the folders; makes none.
    pub(crate) fn find() -> Result<Self, Failure> {
        let folders = Folders::find().map_err(|fault| wrong_setup(fault.into()))?;
        Ok(Self { settings: SettingsFile::new(&folders), folders })
    }

    /// What `config.toml` says, or everything that is wrong with it.
    pub(crate) fn config(&self) -> Result<Config, Failure> {
        self.settings.read().map_err(|fault| self.explain(fault))
    }

    /// The names of the launch profiles.
    pub(crate) fn profiles(&self) -> Result<Vec<String>, Failure> {
        profiles::names(&self.folders).map_err(|fault| wrong_setup(fault.into()))
    }

    /// Where a tray would listen.
    pub(crate) fn address(&self) -> Address {
        Address::in_folder(self.folders.runtime())
    }

    /// Changes `config.toml`: through the running tray, which then goes by it at once, or without one.
    pub(crate) async fn edit(&self, edits: Vec<SettingsEdit>) -> Result<(), Failure> {
        match Client::new(self.address()).ask(&Ask::Edit(edits.clone())).await {
            Ok(Answer::Done) => Ok(()),
            Ok(Answer::Refused(problem)) => Err(problem.into()),
            Ok(Answer::Faults(faults)) => Err(self.explain(SettingsFault::Refused { faults })),
            Ok(
                Answer::Hello { .. }
                | Answer::Fleet { .. }
                | Answer::Update(_)
                | Answer::Raise
                | Answer::Show(_)
                | Answer::Profiles(_)
                | Answer::End
                | Answer::Settings(_),
            )
            | Err(
                WireFault::NobodyListens
                | WireFault::NotOurs
                | WireFault::TimedOut
                | WireFault::Broken(_)
                | WireFault::Garbled(_)
                | WireFault::TooLong,
            ) => self.settings.edit(&edits).map(drop).map_err(|fault| self.explain(fault)),
        }
    }

    /// Tells the running tray, if one runs.
    pub(crate) async fn tell(&self, command: Command) {
        // Without a tray nobody needs to be told, and one that refuses learns it at its next start.
        Client::new(self.address()).ask(&Ask::Send(command)).await.ok();
    }

    /// Each fault on a line of its own, as editors and terminals make it clickable: `FILE:LINE: KEY: what`.
    fn explain(&self, fault: SettingsFault) -> Failure {
        let path = self.settings.path().display().to_string();
        let line = |fault: &ConfigFault| format!("{path}:{}: {}: {}", fault.line, fault.key, fault.message);
        match &fault {
            SettingsFault::Faulty { faults, .. } => Failure {
                kind: Kind::Usage,
                lines: faults.iter().map(line).collect(),
                hint: "Mend the file; Curfew leaves it alone.".into(),
            },
            SettingsFault::Refused { faults } => Failure {
                kind: Kind::Usage,
                lines: faults.iter().map(line).collect(),
                hint: "Nothing was written.".into(),
            },
            SettingsFault::NotText { line, .. } => {
                Failure::usage(format!("{path}:{line}: the file is not UTF-8 text"), "Save it as UTF-8.")
            }
            SettingsFault::Unreadable { source, .. } => {
                Failure::usage(format!("cannot read {path}: {source}"), "Check who may read it.")
            }
            SettingsFault::Unwritable { .. } => Problem::from(fault).into(),
        }
    }
}

fn wrong_setup(problem: Problem) -> Failure {
    Failure { kind: Kind::Usage, ..problem.into() }
}
