//! Opening the file: how SQLite is to treat it, and whether it is still the one that is open.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags};

use super::{Failure, Place, schema};
use crate::{DatabaseFault, folders};

/// How long another process may hold the file. Each holds it for one small transaction.
const BUSY: Duration = Duration::from_secs(5);

/// A connection and the file that it is to.
pub(super) struct Opened {
    pub(super) connection: Connection,
    file: Option<(std::path::PathBuf, FileId)>,
}

impl Opened {
    /// Whether the path still leads to the open file: one that was moved or deleted would be written for nobody.
    pub(super) fn is_current(&self) -> bool {
        self.file.as_ref().is_none_or(|(path, id)| file_id(path).as_ref() == Some(id))
    }
}

/// Opens the database, brings its tables up to date, and looks it over.
pub(super) fn open(place: &Place) -> Result<Opened, Failure> {
    let connection = match place {
        Place::Memory => Connection::open_in_memory()?,
        Place::File(path) => open_file(path)?,
    };
    prepare(&connection)?;
    schema::migrate(&connection, place.path())?;
    look_over(&connection)?;
    let file = match place {
        Place::Memory => None,
        Place::File(path) => file_id(path).map(|id| (path.clone(), id)),
    };
    Ok(Opened { connection, file })
}

fn open_file(path: &Path) -> Result<Connection, Failure> {
    folders::make(path.parent().unwrap_or(Path::new("."))).map_err(DatabaseFault::from)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    Ok(Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?)
}

/// A rollback journal and not a write-ahead log: a handful of writes an hour gain nothing from a log, which needs
/// memory shared between processes and so no home folder on a network. `FULL` puts every commit on the disk before
/// it is reported, so that neither `kill -9` nor a power cut takes back what was said to be written.
fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.execute_batch(
        "PRAGMA journal_mode = TRUNCATE;
         PRAGMA synchronous = FULL;
         PRAGMA cache_size = -256;
         PRAGMA temp_store = MEMORY;
         PRAGMA recursive_triggers = ON;
         PRAGMA trusted_schema = OFF;",
    )
}

fn look_over(connection: &Connection) -> Result<(), Failure> {
    let word: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if word == "ok" { Ok(()) } else { Err(Failure::Broken) }
}

#[cfg(unix)]
type FileId = (u64, u64);

#[cfg(unix)]
fn file_id(path: &Path) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt;
    let found = std::fs::metadata(path).ok()?;
    Some((found.dev(), found.ino()))
}

/// Elsewhere an open file can be neither moved nor deleted.
#[cfg(not(unix))]
type FileId = ();

#[cfg(not(unix))]
fn file_id(path: &Path) -> Option<FileId> {
    path.exists().then_some(())
}
