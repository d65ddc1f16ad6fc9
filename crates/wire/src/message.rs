//! What is asked and answered. Unversioned: tray, window and command line ship together, and [`Ask::Hello`] says so when they do not.

use domain::{
    Command, Fleet, Problem, Timestamp,
    command::SettingsEdit,
    config::ConfigFault,
    view::{
        launcher::{Card, Shelf},
        settings::Settings,
        window::{Sight, Update},
    },
};
use serde::{Deserialize, Serialize};

/// What the window and the command line ask of the tray.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ask {
    /// Which version runs: answered with [`Answer::Hello`].
    Hello,
    /// The whole fleet, once: answered with [`Answer::Fleet`].
    Fleet,
    /// The window's state and its changes, until the connection ends: [`Answer::Update`], [`Answer::Raise`] and
    /// [`Answer::End`].
    Watch,
    /// A wish to the engine: answered with [`Answer::Done`] or [`Answer::Refused`].
    Send(Command),
    /// The settings: answered with [`Answer::Settings`].
    Settings,
    /// Change `config.toml`, all of it or nothing: [`Answer::Done`], [`Answer::Faults`] or [`Answer::Refused`].
    Edit(Vec<SettingsEdit>),
    /// Start at login, or no longer.
    Autostart(bool),
    /// Show the simulated fleet, or the real one again.
    Demo(bool),
    /// Something about launch profiles: those of whatever fleet is shown.
    Profiles(ProfileAsk),
    /// Put a text on the clipboard. The tray's, because a text there is gone with the process that put it.
    Copy(String),
    /// Open the window, or raise it if it is open.
    OpenWindow,
    /// End the tray and everything with it.
    Quit,
}

/// What the tray answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// Who answers.
    Hello {
        /// The program's version.
        version: String,
        /// Its process id.
        pid: u32,
    },
    /// The whole fleet.
    Fleet {
        /// The fleet.
        fleet: Box<Fleet>,
        /// What time it is in it.
        now: Timestamp,
    },
    /// The window's state, or what changed of it.
    Update(Box<Update>),
    /// The window should come to the front.
    Raise,
    /// A person ended Curfew: the window ends with it. A tray that is killed does not say so.
    End,
    /// The window should show this.
    Show(Sight),
    /// What was asked about launch profiles.
    Profiles(ProfileAnswer),
    /// The settings.
    Settings(Box<Settings>),
    /// It was taken.
    Done,
    /// The changed file would be wrong; nothing was written.
    Faults(Vec<ConfigFault>),
    /// It was not taken.
    Refused(Problem),
}

/// What the window asks about launch profiles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProfileAsk {
    /// All of them: answered with [`ProfileAnswer::Shelf`].
    All,
    /// What a text says, kept or not: answered with [`ProfileAnswer::Card`].
    Read {
        /// The profile's name.
        name: String,
        /// The text.
        text: String,
    },
    /// Write one: [`Answer::Done`], [`Answer::Faults`] or [`Answer::Refused`].
    Save {
        /// Its name.
        name: String,
        /// The new text.
        text: String,
        /// The text that its writer knew, so that nobody else's is overwritten; none for a new profile.
        before: Option<String>,
    },
    /// Write the same again under another name: answered with [`ProfileAnswer::Named`].
    Duplicate(String),
}

/// What the tray answers about launch profiles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProfileAnswer {
    /// All profiles, and what a new one can begin from.
    Shelf(Box<Shelf>),
    /// One profile.
    Card(Box<Card>),
    /// It was given this name.
    Named(String),
}

#[cfg(test)]
mod tests;
