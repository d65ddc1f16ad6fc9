//! Replacing a file as a whole: whoever reads it, whenever, finds the old text or the new, also after a power cut.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// How many links may lead to a file before it counts as a circle; Linux has the same bound.
const MOST_LINKS: usize = 40;

/// The file that a path leads to; also one that is not there yet.
pub(crate) fn behind_links(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(target) = fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    path
}

/// Puts a new text in a file's place if `still_wanted` says so at the last moment. Its permissions stay.
///
/// One writer at a time: the caller holds a lock.
pub(crate) fn replace(path: &Path, text: &str, still_wanted: impl Fn() -> bool) -> io::Result<bool> {
    let beside = beside(path);
    // Left by a writer that was killed.
    remove(&beside)?;
    let written = write(&beside, path, text);
    if written.is_ok() && still_wanted() {
        fs::rename(&beside, path)?;
        sync_folder(path)?;
        return Ok(true);
    }
    remove(&beside)?;
    written.map(|()| false)
}

fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default();
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(".new");
    path.with_file_name(hidden)
}

fn write(new: &Path, old: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create_new(new)?;
    if let Ok(old) = fs::metadata(old) {
        file.set_permissions(old.permissions())?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// The new name is on the disk only when the folder is.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
}

/// Elsewhere a folder cannot be opened, and the system sees to it.
#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
