//! The database: the journal and the memory in one SQLite file.
//!
//! What cannot be written is kept in memory, in its order, and is written before anything that comes later; the caller
//! is told each time. A file that is broken is kept under another name and a new one begun. Tray and command line may
//! use one file at the same time.

mod aside;
mod connection;
mod schema;

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use domain::{CloudFault, Memory, MemoryChange, Problem, journal::Entry};
use engine::{Build, Builds, Clock, Store};
use protocol::userdata::Architecture;
use rusqlite::{Connection, TransactionBehavior};

use crate::{DatabaseFault, Folders, builds, journal, launches, memory};
use connection::Opened;

/// How much may wait for a disk that takes nothing. Beyond it the oldest goes: a person acts a few times an hour.
const MOST_WAITING: usize = 10_000;

/// Curfew's database. Opened when it is first used, and anew when its file was replaced.
pub struct Database {
    place: Place,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

/// Where a database is.
#[derive(Clone, Debug)]
enum Place {
    File(PathBuf),
    Memory,
}

#[derive(Default)]
struct State {
    opened: Option<Opened>,
    waiting: VecDeque<Record>,
    aside: Option<PathBuf>,
}

/// Something to be written.
#[derive(Clone, Debug)]
enum Record {
    Journal(Entry),
    Memory(MemoryChange),
}

impl Database {
    /// The one in the data folder. The clock dates a broken file's new name.
    pub fn new(folders: &Folders, clock: Arc<dyn Clock>) -> Self {
        Self::at(folders.data().join("curfew.db"), clock)
    }

    /// The one at this path. Nothing is touched yet.
    pub fn at(path: impl Into<PathBuf>, clock: Arc<dyn Clock>) -> Self {
        Self { place: Place::File(path.into()), clock, state: Mutex::default() }
    }

    /// One that is gone with the process: the demo's.
    pub fn in_memory(clock: Arc<dyn Clock>) -> Self {
        Self { place: Place::Memory, clock, state: Mutex::default() }
    }

    /// The journal's last entries, the newest first, with those that are not on the disk yet.
    ///
    /// # Errors
    /// The file cannot be used.
    pub fn read_journal(&self, most: usize) -> Result<Vec<Entry>, Problem> {
        self.with(|state| {
            let waiting: Vec<Entry> =
                state.waiting.iter().rev().filter_map(Record::as_entry).cloned().collect();
            let connection = state.connection(&self.place)?;
            let mut entries: Vec<Entry> = waiting.into_iter().take(most).collect();
            entries.extend(journal::read(connection, most - entries.len())?);
            Ok(entries)
        })
    }

    /// The last launches, the newest first.
    ///
    /// # Errors
    /// The file cannot be used.
    pub fn read_launches(&self, most: usize) -> Result<Vec<launch::Record>, Problem> {
        self.with(|state| Ok(launches::last(state.connection(&self.place)?, most)?))
    }

    /// What a person should know of the file as long as this process runs: that it was broken, and where it is now.
    pub fn set_aside(&self) -> Option<Problem> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let aside = state.aside.clone()?;
        Some(DatabaseFault::SetAside { path: self.place.path().to_owned(), aside }.into())
    }

    /// Writes a record and whatever waits before it, all in one transaction.
    fn write(&self, record: Record) -> Result<(), Problem> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).wait_with(record);
        self.with(|state| state.flush(&self.place))
    }

    /// Uses the database; when it turns out broken, sets it aside, uses the new one, and tells.
    fn with<T>(&self, mut using: impl FnMut(&mut State) -> Result<T, Failure>) -> Result<T, Problem> {
        let path = self.place.path();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut used = using(&mut state);
        if used.as_ref().is_err_and(Failure::is_of_the_connection) {
            // Opened while the disk was read-only, say: what matters is how it is now.
            state.close(&self.place);
            used = using(&mut state);
        }
        match used {
            Ok(done) => Ok(done),
            Err(Failure::Broken) => {
                state.close(&self.place);
                let aside = aside::set_aside(path, self.clock.now())?;
                let again = using(&mut state).map_err(|failure| failure.at(path))?;
                let Some(aside) = aside else { return Ok(again) };
                tracing::warn!(path = %path.display(), aside = %aside.display(), "the database was broken");
                state.aside = Some(aside.clone());
                Err(DatabaseFault::SetAside { path: path.to_owned(), aside }.into())
            }
            Err(failure @ (Failure::Sql(_) | Failure::Fault(_))) => {
                state.close(&self.place);
                Err(failure.at(path).into())
            }
        }
    }
}

impl Store for Database {
    fn journal(&self, entry: &Entry) -> Result<(), Problem> {
        self.write(Record::Journal(entry.clone()))
    }

    fn remember(&self, change: &MemoryChange) -> Result<(), Problem> {
        self.write(Record::Memory(change.clone()))
    }

    fn recall(&self) -> Result<Memory, Problem> {
        self.with(|state| {
            let mut recalled = memory::read(state.connection(&self.place)?)?;
            state.waiting.iter().filter_map(Record::as_change).for_each(|change| recalled.apply(change));
            Ok(recalled)
        })
    }

    fn keep_launch(&self, record: &launch::Record) -> Result<(), Problem> {
        self.with(|state| Ok(launches::keep(state.connection(&self.place)?, record)?))
    }

    fn open_launches(&self) -> Result<Vec<launch::Record>, Problem> {
        self.with(|state| Ok(launches::open(state.connection(&self.place)?)?))
    }
}

impl Builds for Database {
    fn build(&self, architecture: Architecture) -> Result<Build, CloudFault> {
        builds::read(architecture)
    }
}

impl State {
    fn wait_with(&mut self, record: Record) {
        if self.waiting.len() == MOST_WAITING {
            self.waiting.pop_front();
            tracing::warn!("too much waits to be written: the oldest is lost");
        }
        self.waiting.push_back(record);
    }

    /// The next use opens the file anew. What is only in memory would be gone.
    fn close(&mut self, place: &Place) {
        match place {
            Place::File(_) => self.opened = None,
            Place::Memory => {}
        }
    }

    /// Nothing of it is written, or all: what waits is forgotten only when the disk has it.
    fn flush(&mut self, place: &Place) -> Result<(), Failure> {
        self.connection(place)?;
        let Some(opened) = &mut self.opened else { return Ok(()) };
        let transaction = opened.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for record in &self.waiting {
            match record {
                Record::Journal(entry) => journal::append(&transaction, entry)?,
                Record::Memory(change) => memory::apply(&transaction, change)?,
            }
        }
        transaction.commit()?;
        self.waiting.clear();
        Ok(())
    }

    /// The open connection, or a new one when there is none to the file that is there now.
    fn connection(&mut self, place: &Place) -> Result<&Connection, Failure> {
        let opened = match self.opened.take().filter(Opened::is_current) {
            Some(opened) => opened,
            None => connection::open(place)?,
        };
        Ok(&self.opened.insert(opened).connection)
    }
}

impl Record {
    fn as_entry(&self) -> Option<&Entry> {
        match self {
            Self::Journal(entry) => Some(entry),
            Self::Memory(_) => None,
        }
    }

    fn as_change(&self) -> Option<&MemoryChange> {
        match self {
            Self::Memory(change) => Some(change),
            Self::Journal(_) => None,
        }
    }
}

impl Place {
    fn path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Memory => Path::new(":memory:"),
        }
    }
}

/// Why a use of the database came to nothing.
enum Failure {
    /// The file is no database, or a damaged one.
    Broken,
    /// SQLite or the system refused.
    Sql(rusqlite::Error),
    /// Something else.
    Fault(DatabaseFault),
}

impl Failure {
    /// Whether a new connection may fare better at once.
    fn is_of_the_connection(&self) -> bool {
        match self {
            Self::Sql(error) => error.sqlite_error_code() == Some(rusqlite::ErrorCode::ReadOnly),
            Self::Broken | Self::Fault(_) => false,
        }
    }

    fn at(self, path: &Path) -> DatabaseFault {
        let path = path.to_owned();
        match self {
            Self::Broken => DatabaseFault::Stuck { path, source: std::io::ErrorKind::InvalidData.into() },
            Self::Sql(source) => DatabaseFault::Refused { path, source },
            Self::Fault(fault) => fault,
        }
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        if matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase)) {
            Self::Broken
        } else {
            Self::Sql(error)
        }
    }
}

impl From<DatabaseFault> for Failure {
    fn from(fault: DatabaseFault) -> Self {
        Self::Fault(fault)
    }
}

#[cfg(test)]
mod tests;
