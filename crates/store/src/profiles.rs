//! Launch profiles on the disk: `profiles/NAME.toml` in the config folder, read whole, replaced whole, never lost.
//!
//! Knows where they lie; what one may say is known by the crate `launch`.

mod fault;

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use domain::view::launcher::free_name;
use launch::{Profile, profile::ProfileName};

use crate::{Folders, file, folders};

pub use fault::ProfileFault;
pub use launch::profile::EXAMPLES;

/// The folder that they lie in; it need not be there.
pub fn folder(folders: &Folders) -> PathBuf {
    folders.config().join("profiles")
}

/// The names of all profiles, sorted; the texts are not read.
///
/// # Errors
/// The folder cannot be read.
pub fn names(folders: &Folders) -> Result<Vec<String>, ProfileFault> {
    let folder = folder(folders);
    let unreadable = |source| ProfileFault::Unreadable { path: folder.clone(), source };
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(unreadable(source)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let path = entry.map_err(unreadable)?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if !hidden && path.extension().is_some_and(|end| end == "toml") {
            names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}

/// All profiles, faulty ones too, by name.
///
/// # Errors
/// The folder or a file in it cannot be read.
pub fn list(folders: &Folders) -> Result<Vec<(String, String)>, ProfileFault> {
    let mut profiles = Vec::new();
    for name in names(folders)? {
        // One that was deleted since is not there any more.
        if let Some(text) = text(&path(folders, &name))? {
            profiles.push((name, text));
        }
    }
    Ok(profiles)
}

/// The text of one profile.
///
/// # Errors
/// There is none of this name, or it cannot be read.
pub fn read(folders: &Folders, name: &str) -> Result<String, ProfileFault> {
    let path = path(folders, name);
    let text = match plain(name) {
        Ok(_) => text(&path)?,
        Err(_) => None,
    };
    text.ok_or_else(|| ProfileFault::Absent { name: name.to_owned(), folder: folder(folders) })
}

/// Puts a profile there in place of the text `before` that its writer knew, or as a new one where `before` is none.
///
/// # Errors
/// The text is faulty, or somebody else wrote the file meanwhile; the file is then as it was.
pub fn save(folders: &Folders, name: &str, text: &str, before: Option<&str>) -> Result<(), ProfileFault> {
    Profile::parse(plain(name)?, text).map_err(|faults| ProfileFault::Refused { faults })?;
    put(folders, name, text, before)
}

/// Puts the same text there under a name of its own, which is returned. A faulty profile may be doubled too.
///
/// # Errors
/// As [`read`], or the new file cannot be written.
pub fn duplicate(folders: &Folders, name: &str) -> Result<String, ProfileFault> {
    let text = read(folders, name)?;
    let names = names(folders)?;
    let taken: Vec<&str> = names.iter().map(String::as_str).collect();
    let new = free_name(name, &taken);
    put(folders, &new, &text, None)?;
    Ok(new)
}

fn put(folders: &Folders, name: &str, new: &str, before: Option<&str>) -> Result<(), ProfileFault> {
    let (folder, path) = (folder(folders), path(folders, name));
    let unwritable = |source| ProfileFault::Unwritable { path: path.clone(), source };
    folders::make(&folder).map_err(|fault| unwritable(io::Error::other(fault)))?;
    let _turn = turn(&folder).map_err(unwritable)?;
    let unchanged = || is(&path, before);
    let target = file::behind_links(&path);
    if unchanged() && file::replace(&target, new, unchanged).map_err(unwritable)? {
        return Ok(());
    }
    let name = name.to_owned();
    Err(if before.is_some() { ProfileFault::Changed { name } } else { ProfileFault::Taken { name } })
}

fn path(folders: &Folders, name: &str) -> PathBuf {
    folder(folders).join(format!("{name}.toml"))
}

/// A name that leads nowhere else: no dots, no slashes.
fn plain(name: &str) -> Result<ProfileName, ProfileFault> {
    name.parse().map_err(ProfileFault::Name)
}

/// What is not UTF-8 is shown as far as it can be, and will not be overwritten: the file never equals what was shown.
fn text(path: &Path) -> Result<Option<String>, ProfileFault> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ProfileFault::Unreadable { path: path.to_owned(), source }),
    }
}

/// Whether the file is what its writer knew, byte by byte.
fn is(path: &Path, known: Option<&str>) -> bool {
    match (fs::read(path), known) {
        (Ok(bytes), Some(known)) => bytes == known.as_bytes(),
        (Err(error), None) => error.kind() == io::ErrorKind::NotFound,
        (Ok(_), None) | (Err(_), Some(_)) => false,
    }
}

/// Waits until no other Curfew writes a profile.
fn turn(folder: &Path) -> io::Result<File> {
    let lock = File::create(folder.join(".profiles.lock"))?;
    if let Err(error) = lock.lock() {
        tracing::debug!(%error, "this folder's file system has no locks");
    }
    Ok(lock)
}

#[cfg(test)]
mod tests;
