//! What the sync needs of a bucket, and nothing of how one is reached. Two live up to it: S3 itself (`io::s3`) and a folder
//! on a disk ([`super::folder`]).
//!
//! A call makes one attempt as its caller sees it and ends by its deadline. Patience between attempts is the sync's affair.

use std::{fs::File, path::Path, time::Duration};

use jiff::Timestamp;

use crate::io::{clock, files};

/// Objects by key. Keys are UTF-8 of at most [`LONGEST_KEY`] bytes, without control characters.
pub trait Bucket: Sync {
    /// Which bucket it is, for logs and for what is remembered of it: `s3://name`.
    fn name(&self) -> String;

    /// Writes a small object, if `condition` holds.
    fn put_bytes(&self, key: &str, body: &[u8], condition: &Condition, by: Deadline) -> Result<Etag, Fault>;

    /// Writes a file's content, in several pieces at once where it is large.
    ///
    /// It is never seen partly: until all of it is there, the key holds what it held before. A file that cannot be read, or
    /// becomes shorter meanwhile, is [`FaultKind::Local`].
    fn put_file(&self, key: &str, path: &Path, by: Deadline) -> Result<Etag, Fault>;

    /// Reads an object of at most `most` bytes; a larger one is [`FaultKind::TooLarge`].
    fn get_bytes(&self, key: &str, most: u64, by: Deadline) -> Result<(Vec<u8>, Etag), Fault>;

    /// Reads an object into a new file at `path`, in several pieces at once where it is large, all of them of one version.
    /// No file is left by a call that fails. `size` is what the object should have; it only says how long it may take.
    fn get_file(&self, key: &str, size: u64, path: &Path, by: Deadline) -> Result<Etag, Fault>;

    /// The same, with the length and the SHA-256, in hexadecimal, of the file.
    fn get_hashed(&self, key: &str, size: u64, path: &Path, by: Deadline) -> Result<(u64, String), Fault> {
        self.get_file(key, size, path, by)?;
        let in_time = || !by.left(clock::now().up).is_zero();
        match File::open(path).and_then(|file| files::sha256_of(file, in_time)) {
            Ok(hashed) => hashed
                .ok_or_else(|| Fault::new(FaultKind::Expired, format!("no time was left to hash {key:?}"))),
            Err(error) => Err(Fault::new(FaultKind::Local, format!("reading {}: {error}", path.display()))),
        }
    }

    /// The next objects below `prefix` in the order of their keys, from what [`Page::next`] said on ("" for the first).
    fn page(&self, prefix: &str, after: &str, depth: Depth, by: Deadline) -> Result<Page, Fault>;

    /// Removes an object. One that is not there is no fault.
    fn delete(&self, key: &str, by: Deadline) -> Result<(), Fault>;

    /// All objects below `prefix`; more than `most` of them are [`FaultKind::TooLarge`].
    fn list(&self, prefix: &str, most: usize, by: Deadline) -> Result<Vec<Object>, Fault> {
        let mut objects: Vec<Object> = Vec::new();
        let mut after = String::new();
        loop {
            let page = self.page(prefix, &after, Depth::All, by)?;
            objects.extend(page.objects);
            if objects.len() > most {
                return Err(Fault::too_many(prefix, most));
            }
            match page.next {
                Some(next) => after = next,
                None => return Ok(objects),
            }
        }
    }

    /// The folders straight below `prefix` (which ends in `/`), each with its `/`; more than `most` are a fault.
    fn folders(&self, prefix: &str, most: usize, by: Deadline) -> Result<Vec<String>, Fault> {
        let mut folders: Vec<String> = Vec::new();
        let mut after = String::new();
        loop {
            let page = self.page(prefix, &after, Depth::Level, by)?;
            folders.extend(page.folders);
            if folders.len() > most {
                return Err(Fault::too_many(prefix, most));
            }
            match page.next {
                Some(next) => after = next,
                None => return Ok(folders),
            }
        }
    }
}

pub use crate::decide::sync::LONGEST_KEY;

/// When a call has to be over, since boot: see [`crate::decide::Now::up`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(pub Duration);

impl Deadline {
    /// What is left at `up`; nothing once it has passed.
    pub fn left(self, up: Duration) -> Duration {
        self.0.saturating_sub(up)
    }

    /// The earlier of the two.
    pub fn or_within(self, up: Duration, most: Duration) -> Self {
        self.min(Self(up.saturating_add(most)))
    }
}

/// Which version of an object it is. Opaque.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Etag(pub String);

/// What has to hold for a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Nothing.
    Always,
    /// No object has this key; else [`FaultKind::PreconditionFailed`].
    IfAbsent,
    /// The object is still this version; else [`FaultKind::PreconditionFailed`].
    IfMatch(Etag),
}

/// How far below a prefix to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Everything.
    All,
    /// Up to the next `/`: objects and the names of folders.
    Level,
}

/// Some objects and, at [`Depth::Level`], folders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// In the order of their keys.
    pub objects: Vec<Object>,
    /// Each from the bucket's root on and with its `/`.
    pub folders: Vec<String>,
    /// What to give as `after` for the next page, opaque to the caller; none for the last.
    pub next: Option<String>,
}

/// One object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// From the bucket's root on.
    pub key: String,
    /// In bytes.
    pub size: u64,
    /// Its version.
    pub etag: Etag,
    /// When it was written.
    pub modified: Timestamp,
}

/// A call that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Fault {
    /// What callers branch on.
    pub kind: FaultKind,
    /// What failed, where, and what to do about it: a sentence for a log.
    pub what: String,
}

impl Fault {
    /// A fault in words.
    pub fn new(kind: FaultKind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into() }
    }

    fn too_many(prefix: &str, most: usize) -> Self {
        Self::new(
            FaultKind::TooLarge,
            format!("more than {most} objects below {prefix:?}: name a folder with fewer"),
        )
    }
}

/// What kind of a failure it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// No such object.
    NotFound,
    /// Not allowed, or the credentials are no longer good.
    Denied,
    /// Somebody else is writing the same key: S3's 409.
    Conflict,
    /// The condition did not hold: S3's 412.
    PreconditionFailed,
    /// The bucket lies in another region.
    WrongRegion,
    /// There is no such bucket.
    NoBucket,
    /// S3 asks for fewer requests.
    Throttled,
    /// No connection, no answer, a server's own failure, or a connection that broke in the middle.
    Unreachable,
    /// An answer that is not what was asked for.
    Garbled,
    /// The deadline passed.
    Expired,
    /// Larger than the caller would take.
    TooLarge,
    /// A file on this machine could not be read or written: the disk is full, for one.
    Local,
}

impl FaultKind {
    /// Whether the same call may succeed a little later.
    pub fn may_pass(self) -> bool {
        match self {
            Self::Denied
            | Self::Conflict
            | Self::Throttled
            | Self::Unreachable
            | Self::Garbled
            | Self::Local
            | Self::NotFound => true,
            Self::PreconditionFailed
            | Self::WrongRegion
            | Self::NoBucket
            | Self::Expired
            | Self::TooLarge => false,
        }
    }
}
