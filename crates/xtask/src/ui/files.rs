//! Folders of files: list, copy, mirror. Nothing here knows what the files are.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Every file below `dir`, in order of path.
pub(crate) fn list(dir: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    let entries = fs::read_dir(dir).with_context(|| format!("could not list {}", dir.display()))?;
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.append(&mut list(&entry.path())?);
        } else {
            found.insert(entry.path());
        }
    }
    Ok(found)
}

/// Makes `to` hold exactly what the folders `from` hold; files that are the same keep their time.
pub(crate) fn mirror(from: &[&Path], to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("could not make {}", to.display()))?;
    for path in list(to)? {
        let name = path.strip_prefix(to)?;
        if !from.iter().any(|dir| dir.join(name).exists()) {
            fs::remove_file(&path).with_context(|| format!("could not remove {}", path.display()))?;
        }
    }
    from.iter().try_for_each(|dir| copy_tree(dir, to))
}

fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    for path in list(from)? {
        let bytes = fs::read(&path).with_context(|| format!("could not read {}", path.display()))?;
        write_if_different(&to.join(path.strip_prefix(from)?), &bytes)?;
    }
    Ok(())
}

pub(crate) fn emptied(dir: &Path) -> Result<()> {
    if dir.exists() {
        fs::remove_dir_all(dir).with_context(|| format!("could not empty {}", dir.display()))?;
    }
    fs::create_dir_all(dir).with_context(|| format!("could not make {}", dir.display()))
}

/// A short text that changes with the file's content or with `more`. For caches on this machine
/// only: another compiler may hash differently.
pub(crate) fn fingerprint(path: &Path, more: &str) -> Result<String> {
    let bytes = fs::read(path).with_context(|| format!("could not read {}", path.display()))?;
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    more.hash(&mut hasher);
    Ok(format!("{:016x}", hasher.finish()))
}

fn write_if_different(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).with_context(|| format!("could not make {}", parent.display()))?;
    }
    fs::write(path, bytes).with_context(|| format!("could not write {}", path.display()))
}
