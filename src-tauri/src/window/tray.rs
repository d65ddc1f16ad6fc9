//! The tray as the window has it: somebody at the socket who is asked.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use anyhow::{Context, Result};
use domain::{Problem, command::SettingsEdit, config::ConfigFault};
use store::Folders;
use tauri::async_runtime::JoinHandle;
use wire::{Address, Answer, Ask, Client};

use super::watch::{self, Page};

/// The tray of this user.
pub(crate) struct Tray {
    folder: PathBuf,
    client: Client,
    /// The page that watches: one at a time, also after a reload.
    page: Mutex<Option<JoinHandle<()>>>,
}

impl Tray {
    /// The tray whose socket lies in this user's runtime folder.
    pub(crate) fn of_this_user() -> Result<Self> {
        let folder = Folders::find()?.runtime().to_owned();
        let client = Client::new(Address::in_folder(&folder));
        Ok(Self { folder, client, page: Mutex::default() })
    }

    /// Where its socket lies.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Asks something.
    pub(crate) async fn ask(&self, ask: Ask) -> Result<Answer, Problem> {
        let answer = self.client.ask(&ask).await?;
        if let Answer::Refused(problem) = answer { Err(problem) } else { Ok(answer) }
    }

    /// Asks for something that is done or refused.
    pub(crate) async fn done(&self, ask: Ask) -> Result<(), Problem> {
        let answer = self.ask(ask).await?;
        if answer == Answer::Done { Ok(()) } else { Err(unexpected(&answer)) }
    }

    /// Changes the settings; what is wrong with the change, if something is.
    pub(crate) async fn edit(&self, edits: Vec<SettingsEdit>) -> Result<Vec<ConfigFault>, Problem> {
        self.done_or_faults(Ask::Edit(edits)).await
    }

    /// Asks for a file to be written: what is wrong with it, if something is.
    pub(crate) async fn done_or_faults(&self, ask: Ask) -> Result<Vec<ConfigFault>, Problem> {
        let answer = self.ask(ask).await?;
        if let Answer::Faults(faults) = answer {
            return Ok(faults);
        }
        if answer == Answer::Done { Ok(Vec::new()) } else { Err(unexpected(&answer)) }
    }

    /// Lets a page watch in place of the one before.
    pub(crate) fn watch(&self, page: Page) {
        let watching = tauri::async_runtime::spawn(watch::follow(self.client.clone(), page));
        let mut current = self.page.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = current.replace(watching) {
            before.abort();
        }
    }

    /// Another window is open: the tray brings it to the front.
    pub(crate) async fn raise_the_other(&self) -> Result<()> {
        self.done(Ask::OpenWindow).await.context("the window is open already and could not be raised")
    }
}

/// An answer to another question: tray and window are not of one version.
pub(crate) fn unexpected(answer: &Answer) -> Problem {
    eprintln!("curfew-window: unexpected: {answer:?}");
    Problem::new(
        "tray-garbled",
        "Curfew's tray answered something else than what was asked",
        "Tray and window may be of different versions: quit Curfew and start it again.",
    )
}
