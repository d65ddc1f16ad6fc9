//! Files of this machine: what lies in a directory, reading one that may be written to meanwhile, and writing one whole.

use std::{
    fs::{self, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use rustix::fs::OFlags;

use super::sign::hash::{self, Hasher, hex};
use crate::decide::sync::{Facts, Why};

#[cfg(test)]
mod tests;
pub mod tree;

/// A name that begins like this is the agent's own, for something half-done: it is never taken for a person's file.
pub const HALF_DONE: &str = ".curfew-";

/// What is done about symbolic links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// They are taken as links.
    Record,
    /// One to a file below the same directory is taken as that file.
    Read,
}

/// What the system says of a file.
pub fn facts_of(metadata: &fs::Metadata) -> Facts {
    let nanos = |seconds: i64, nanos: i64| seconds.saturating_mul(1_000_000_000).saturating_add(nanos);
    Facts {
        size: metadata.len(),
        mtime: nanos(metadata.mtime(), metadata.mtime_nsec()),
        ctime: nanos(metadata.ctime(), metadata.ctime_nsec()),
        inode: metadata.ino(),
    }
}

/// Opens a regular file, and nothing else: a pipe would block, a link would lead elsewhere.
pub fn open(path: &Path, links: Links) -> io::Result<(fs::File, Facts)> {
    let follow = match links {
        Links::Record => OFlags::NOFOLLOW,
        Links::Read => OFlags::empty(),
    };
    let flags = (OFlags::NONBLOCK | follow).bits().cast_signed();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, Why::NotAFile.to_string()));
    }
    Ok((file, facts_of(&metadata)))
}

/// A reader that hashes what it hands on.
pub struct Hashing<R> {
    inner: R,
    hasher: Hasher,
    count: u64,
}

impl<R: Read> Hashing<R> {
    /// Hashes from here on.
    pub fn new(inner: R) -> Self {
        Self { inner, hasher: Hasher::default(), count: 0 }
    }

    /// How many bytes came by, and their SHA-256 in hexadecimal.
    pub fn finish(self) -> (u64, String) {
        (self.count, hex(&self.hasher.finish()))
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..count]);
        self.count += count as u64;
        Ok(count)
    }
}

/// SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&hash::sha256(bytes))
}

/// The size and the SHA-256 of what is left in `reader`, as long as `go_on` says so; none if it was told to end.
pub fn sha256_of(reader: impl Read, go_on: impl Fn() -> bool) -> io::Result<Option<(u64, String)>> {
    let mut hashing = Hashing::new(reader);
    let mut buffer = vec![0; 256 * 1024];
    while go_on() {
        if hashing.read(&mut buffer)? == 0 {
            return Ok(Some(hashing.finish()));
        }
    }
    Ok(None)
}

/// Writes a file so that a reader sees the old bytes or the new ones, also after a power failure.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let parent = parent_of(path)?;
    fs::create_dir_all(parent)?;
    let new = beside(path, "new")?;
    let mut file = fs::File::create(&new)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).inspect_err(|_| drop(fs::remove_file(&new)))?;
    fs::rename(&new, path)?;
    fs::File::open(parent)?.sync_all()
}

/// `.curfew-{what}-{name}` in the same folder.
pub fn beside(path: &Path, what: &str) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| no_name(path))?;
    let mut own = std::ffi::OsString::from(format!("{HALF_DONE}{what}-"));
    own.push(name);
    Ok(parent_of(path)?.join(own))
}

/// The folder that a path lies in.
pub fn parent_of(path: &Path) -> io::Result<&Path> {
    path.parent().ok_or_else(|| no_name(path))
}

fn no_name(path: &Path) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("{} has no name in a folder", path.display()))
}

/// Removes a file, or a directory with all that is in it; what is not there is removed already.
pub fn remove(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    removed.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

/// How many bytes can still be written where `path` lies.
pub fn room_at(path: &Path) -> io::Result<u64> {
    let stat = rustix::fs::statvfs(path)?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}
