//! A bucket that is a folder on a disk: for machines that keep their checkpoints on EFS, FSx or a disk of their own, and for
//! tests. Objects are files; a key's parts are folders.
//!
//! Every write goes to a new file that takes its place by a rename, so that an object is never seen partly. Its version is
//! the new file's number, size and time: another one for each write, without reading anything. Conditional writes hold a
//! lock on the folder, which holds between processes, too.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use jiff::Timestamp;

use super::bucket::{Bucket, Condition, Deadline, Depth, Etag, Fault, FaultKind, Object, Page};
use crate::io::{
    clock,
    files::{self, HALF_DONE},
};

#[cfg(test)]
mod tests;

/// As many as S3 gives at once.
const PAGE: usize = 1000;

/// Bytes copied between two looks at the clock.
const CHUNK: usize = 256 * 1024;

/// The bucket.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    /// Tells half-done files of one process apart.
    next: AtomicU64,
}

impl Folder {
    /// The bucket in the folder `root`, which has to exist when it is used.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), next: AtomicU64::new(0) }
    }

    fn path(&self, key: &str) -> Result<PathBuf, Fault> {
        let bad = |part: &str| {
            matches!(part, "" | "." | "..") || part.contains('\0') || part.starts_with(HALF_DONE)
        };
        if key.split('/').any(bad) {
            return Err(Fault::new(
                FaultKind::Garbled,
                format!("{key:?} cannot be a file below {}", self.root.display()),
            ));
        }
        Ok(self.root.join(key))
    }

    fn fault(&self, deed: &str, key: &str, error: &io::Error) -> Fault {
        let told = [
            (io::ErrorKind::NotFound, FaultKind::NotFound),
            (io::ErrorKind::PermissionDenied, FaultKind::Denied),
            (io::ErrorKind::TimedOut, FaultKind::Unreachable),
            (io::ErrorKind::StaleNetworkFileHandle, FaultKind::Unreachable),
        ];
        let told = told.into_iter().find(|(kind, _)| *kind == error.kind());
        let kind = told.map_or(FaultKind::Local, |(_, kind)| kind);
        let kind = if self.root.is_dir() { kind } else { FaultKind::NoBucket };
        Fault::new(kind, format!("{deed} {key:?} in {}: {error}", self.root.display()))
    }

    /// A new file beside nothing that counts, in the folder where its name will be.
    fn half_done(&self, path: &Path) -> io::Result<(File, PathBuf)> {
        if !self.root.is_dir() {
            return Err(io::ErrorKind::NotFound.into());
        }
        let parent = files::parent_of(path)?;
        fs::create_dir_all(parent)?;
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        let name = parent.join(format!("{HALF_DONE}{}-{next}", std::process::id()));
        Ok((File::create(&name)?, name))
    }

    fn publish(&self, key: &str, new: &Path, condition: &Condition) -> Result<Etag, Fault> {
        let path = self.path(key)?;
        let fault = |error: io::Error| self.fault("writing", key, &error);
        // The lock goes with the file.
        let lock = File::create(self.root.join(format!("{HALF_DONE}lock"))).map_err(fault)?;
        lock.lock().map_err(fault)?;
        let now = fs::metadata(&path).ok().map(|metadata| etag_of(&metadata));
        let holds = match condition {
            Condition::Always => true,
            Condition::IfAbsent => now.is_none(),
            Condition::IfMatch(etag) => now.as_ref() == Some(etag),
        };
        if !holds {
            return Err(Fault::new(
                FaultKind::PreconditionFailed,
                format!("{key:?} is not as it was expected"),
            ));
        }
        fs::rename(new, &path).map_err(fault)?;
        fs::metadata(&path).map(|metadata| etag_of(&metadata)).map_err(fault)
    }

    fn write(
        &self,
        key: &str,
        condition: &Condition,
        fill: impl FnOnce(&mut File) -> Result<(), Fault>,
    ) -> Result<Etag, Fault> {
        let path = self.path(key)?;
        let (mut file, new) = self.half_done(&path).map_err(|error| self.fault("writing", key, &error))?;
        let published = fill(&mut file).and_then(|()| self.publish(key, &new, condition));
        published.inspect_err(|_| drop(fs::remove_file(&new)))
    }

    fn open(&self, key: &str) -> Result<(File, fs::Metadata), Fault> {
        let fault = |error: io::Error| self.fault("reading", key, &error);
        let file = File::open(self.path(key)?).map_err(fault)?;
        let metadata = file.metadata().map_err(fault)?;
        if metadata.is_file() { Ok((file, metadata)) } else { Err(fault(io::ErrorKind::NotFound.into())) }
    }

    /// The keys below the folder `folder` of the bucket ("" or with its `/`); folders end in `/`.
    fn names(&self, folder: &str, depth: Depth) -> io::Result<BTreeSet<String>> {
        let mut names = BTreeSet::new();
        let mut open = vec![folder.to_owned()];
        while let Some(folder) = open.pop() {
            let entries = match fs::read_dir(self.root.join(&folder)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound && self.root.is_dir() => continue,
                entries => entries?,
            };
            for entry in entries {
                let entry = entry?;
                // A name that is no text was not written as a key.
                let part = entry.file_name().into_string().unwrap_or_default();
                if part.is_empty() || part.starts_with(HALF_DONE) {
                    continue;
                }
                match (entry.file_type()?.is_dir(), depth) {
                    (true, Depth::All) => open.push(format!("{folder}{part}/")),
                    (true, Depth::Level) => names.extend([format!("{folder}{part}/")]),
                    (false, Depth::All | Depth::Level) => names.extend([format!("{folder}{part}")]),
                }
            }
        }
        Ok(names)
    }

    fn object(&self, key: String) -> Option<Object> {
        let metadata = fs::metadata(self.root.join(&key)).ok()?;
        let modified = Timestamp::from_nanosecond(files::facts_of(&metadata).mtime.into()).ok()?;
        Some(Object { size: metadata.len(), etag: etag_of(&metadata), modified, key })
    }
}

impl Bucket for Folder {
    fn name(&self) -> String {
        format!("file://{}", self.root.display())
    }

    fn put_bytes(&self, key: &str, body: &[u8], condition: &Condition, by: Deadline) -> Result<Etag, Fault> {
        self.write(key, condition, |file| copy(&mut &*body, file, body.len() as u64, by))
    }

    fn put_file(&self, key: &str, path: &Path, by: Deadline) -> Result<Etag, Fault> {
        let unreadable = |error: io::Error| local("reading", path, &error);
        let mut body = File::open(path).map_err(unreadable)?;
        let size = body.metadata().map_err(unreadable)?.len();
        self.write(key, &Condition::Always, |file| copy(&mut body, file, size, by))
    }

    fn get_bytes(&self, key: &str, most: u64, by: Deadline) -> Result<(Vec<u8>, Etag), Fault> {
        let (mut file, metadata) = self.open(key)?;
        if metadata.len() > most {
            let what = format!("{key:?} has {} bytes, {most} at most are read", metadata.len());
            return Err(Fault::new(FaultKind::TooLarge, what));
        }
        let mut body = Vec::new();
        copy(&mut file, &mut body, metadata.len(), by)?;
        Ok((body, etag_of(&metadata)))
    }

    fn get_file(&self, key: &str, _: u64, path: &Path, by: Deadline) -> Result<Etag, Fault> {
        let (mut file, metadata) = self.open(key)?;
        let mut new = File::create(path).map_err(|error| local("creating", path, &error))?;
        let copied = copy(&mut file, &mut new, metadata.len(), by);
        copied.inspect_err(|_| drop(fs::remove_file(path))).map(|()| etag_of(&metadata))
    }

    fn page(&self, prefix: &str, after: &str, depth: Depth, _: Deadline) -> Result<Page, Fault> {
        let folder = prefix.rfind('/').map_or("", |end| &prefix[..=end]);
        let names = self.names(folder, depth).map_err(|error| self.fault("listing", prefix, &error))?;
        let behind = |name: &String| name.starts_with(prefix) && name.as_str() > after;
        let mut page = Page::default();
        let mut names = names.into_iter().filter(behind);
        let taken: Vec<String> = names.by_ref().take(PAGE).collect();
        page.next = names.next().and_then(|_| taken.last().cloned());
        for name in taken {
            if name.ends_with('/') { page.folders.push(name) } else { page.objects.extend(self.object(name)) }
        }
        Ok(page)
    }

    fn delete(&self, key: &str, _: Deadline) -> Result<(), Fault> {
        match fs::remove_file(self.path(key)?) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.fault("removing", key, &error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

fn etag_of(metadata: &fs::Metadata) -> Etag {
    let facts = files::facts_of(metadata);
    Etag(format!("{:x}-{:x}-{:x}", facts.inode, facts.size, facts.mtime))
}

fn local(deed: &str, path: &Path, error: &io::Error) -> Fault {
    Fault::new(FaultKind::Local, format!("{deed} {}: {error}", path.display()))
}

/// Copies `size` bytes, no more and no fewer, until the deadline.
fn copy(from: &mut dyn Read, to: &mut dyn Write, size: u64, by: Deadline) -> Result<(), Fault> {
    let fault = |error: io::Error| Fault::new(FaultKind::Local, format!("copying {size} bytes: {error}"));
    let mut from = from.take(size);
    let mut buffer = vec![0; CHUNK.min(usize::try_from(size).unwrap_or(CHUNK))];
    let mut left = size;
    while left > 0 {
        if by.left(clock::now().up).is_zero() {
            return Err(Fault::new(FaultKind::Expired, format!("copying {size} bytes took too long")));
        }
        let count = from.read(&mut buffer).map_err(fault)?;
        if count == 0 {
            return Err(fault(io::ErrorKind::UnexpectedEof.into()));
        }
        to.write_all(&buffer[..count]).map_err(fault)?;
        left -= count as u64;
    }
    Ok(())
}
