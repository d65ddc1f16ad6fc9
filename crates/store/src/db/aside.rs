//! Getting a broken database out of the way without losing it.

use std::{
    ffi::OsString,
    fs::{self, File},
    path::{Path, PathBuf},
};

use domain::Timestamp;

use super::{Place, connection};
use crate::DatabaseFault;

/// Moves the file to a name with the date in it; `None` when another process has done so already.
pub(super) fn set_aside(path: &Path, now: Timestamp) -> Result<Option<PathBuf>, DatabaseFault> {
    let stuck = |source| DatabaseFault::Stuck { path: path.to_owned(), source };
    let turn = File::create(with_ending(path, ".lock")).map_err(stuck)?;
    if let Err(error) = turn.lock() {
        tracing::debug!(%error, "this folder's file system has no locks");
    }
    if connection::open(&Place::File(path.to_owned())).is_ok() {
        return Ok(None);
    }
    let aside = free_name(path, now);
    fs::rename(path, &aside).map_err(stuck)?;
    // What SQLite needs to mend the file goes with it: it must not be taken for the new file's.
    for ending in ["-journal", "-wal"] {
        let part = with_ending(path, ending);
        if fs::metadata(&part).is_ok_and(|found| found.len() > 0) {
            fs::rename(part, with_ending(&aside, ending)).map_err(stuck)?;
        }
    }
    Ok(Some(aside))
}

fn free_name(path: &Path, now: Timestamp) -> PathBuf {
    // Colons are not for file names on Windows.
    let date = now.strftime("%Y-%m-%dT%H-%M-%SZ");
    let names = (0..).map(|number: u32| match number {
        0 => with_ending(path, &format!(".broken-{date}")),
        _ => with_ending(path, &format!(".broken-{date}-{number}")),
    });
    let mut free = names.skip_while(|name| name.exists());
    free.next().unwrap_or_else(|| with_ending(path, ".broken"))
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}
