//! How much room a filesystem has, and how much of it is taken.

use std::path::{Path, PathBuf};

use rustix::fs::statvfs;

use crate::decide::idle::Percent;

/// The bytes that an ordinary user may still write where `path` will be: what is not there yet is made on the filesystem of
/// its nearest parent that is.
///
/// # Errors
///
/// The system's own, with the path that was asked for.
pub fn free(path: &Path) -> Result<u64, (PathBuf, std::io::Error)> {
    let place = path.ancestors().find(|place| place.exists()).unwrap_or(path);
    let room = statvfs(place).map_err(|error| (place.to_owned(), error.into()))?;
    Ok(room.f_bavail.saturating_mul(room.f_frsize))
}

/// The share of a filesystem that is taken, as `df` has it: what is kept back for root counts neither way. None of a path
/// that is not there.
pub fn used(path: &Path) -> Option<Percent> {
    let room = statvfs(path).ok()?;
    let taken = room.f_blocks.saturating_sub(room.f_bfree);
    Percent::of(taken, taken.saturating_add(room.f_bavail))
}
