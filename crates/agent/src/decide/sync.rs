//! What to send to the bucket: a function of what lies in a directory now, and of what the last sync left in the bucket.
//!
//! **Unchanged files are not sent again; a manifest refers to the object that an earlier checkpoint left.** The price of it
//! is that a folder of the bucket may hold what a newer manifest needs. So a reference has an end: [`REFERENCE_LIFE`] after
//! an object was written, the next checkpoint sends the file anew. A lifecycle rule that removes objects after D days
//! therefore leaves every checkpoint of the last D - 7 days whole, and a folder may be removed by hand once it is 7 days
//! older than the newest. (S3 could copy on its side, but only up to 5 GB in one call, a call per file, and each copy would
//! be stored and paid for again.)
//!
//! A result has a key of its own that is written over, so that there is nothing to refer to and no such end.

use std::{collections::BTreeMap, path::PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub mod name;
#[cfg(test)]
mod tests;

use name::Name;

/// How long a manifest may refer to an object of an earlier checkpoint, counted from when it was written.
pub const REFERENCE_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A file that changed less than this before it was read may change again without a trace: the kernel stamps files by its
/// tick (at most 10 ms), and some network file systems by the second.
const TRACELESS: SignedDuration = SignedDuration::from_secs(2);

/// The most that S3 takes for a key, in bytes of UTF-8 (S3 user guide, "Naming Amazon S3 objects").
pub const LONGEST_KEY: usize = 1024;

/// More files than this are refused: what is known of them has to fit in memory.
pub const MOST_FILES: usize = 100_000;

/// What the system says of a file without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// In bytes.
    pub size: u64,
    /// When its bytes were last written, in nanoseconds since 1970. Anyone can set it back.
    pub mtime: i64,
    /// When anything about it changed, likewise. Nobody can set it.
    pub ctime: i64,
    /// Its number on its file system.
    pub inode: u64,
}

/// One file of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// What is known without reading it.
    pub facts: Facts,
    /// The permission bits.
    pub mode: u32,
    /// What kind it is.
    pub what: What,
}

/// What kind of file is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Bytes.
    Regular,
    /// A symbolic link to something below the directory. It is never followed.
    Link(PathBuf),
}

/// A file that is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name, or "." for the directory itself.
    pub name: String,
    /// The reason.
    pub why: Why,
}

/// Why a file is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// A socket, a pipe, a device.
    #[error("it is no file, no folder and no link")]
    NotAFile,
    /// Links are not followed out of the directory.
    #[error("it is a link to {0:?}, which is outside of the directory, nowhere, or no file")]
    LinkOut(PathBuf),
    /// No key is long enough.
    #[error("its name is too long for S3: shorten it to {LONGEST_KEY} bytes with its folders")]
    TooLong,
    /// The system says no.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// The tries were used up.
    #[error(
        "it was written to each time while it was read: write it elsewhere and rename it when it is whole"
    )]
    Changing,
    /// Its key is no path, or something else is in its place.
    #[error("{0}")]
    NoPlace(String),
}

impl Why {
    /// Whether a checkpoint without this file is none.
    pub fn is_harm(&self) -> bool {
        match self {
            Self::NotAFile | Self::LinkOut(_) | Self::TooLong => false,
            Self::Unreadable(_) | Self::Changing | Self::NoPlace(_) => true,
        }
    }
}

/// What lies in a directory.
pub type Tree = BTreeMap<Name, File>;

/// What the bucket holds of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The file when it was read.
    pub facts: Facts,
    /// When that was.
    pub read: Timestamp,
    /// Of its bytes, in hexadecimal.
    pub sha256: String,
    /// The object.
    pub key: String,
    /// When the object was written.
    pub since: Timestamp,
}

impl Known {
    /// Whether a file with the same facts has the same bytes for sure.
    fn is_settled(&self) -> bool {
        let changed = Timestamp::from_nanosecond(self.facts.ctime.into()).unwrap_or(Timestamp::MAX);
        self.read.duration_since(changed) >= TRACELESS
    }
}

/// What is known of the bucket, by file.
pub type Index = BTreeMap<Name, Known>;

/// Whether an object may be referred to by a later manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum References {
    /// For [`REFERENCE_LIFE`].
    Expire,
    /// The object is the file's own, not an earlier checkpoint's.
    Stay,
}

/// What to do about one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The bucket has it.
    Keep(Known),
    /// It was touched, and may or may not be the same: read it, and send it only if it is another.
    Compare(Known),
    /// Send it.
    Send,
}

/// What to do about each file of `tree`, given what the last sync left, at `wall`.
pub fn plan(tree: &Tree, index: &Index, references: References, wall: Timestamp) -> BTreeMap<Name, Step> {
    crate::ordered::map(
        tree.iter().map(|(name, file)| (name.clone(), step(file, index.get(name), references, wall))),
    )
}

fn step(file: &File, known: Option<&Known>, references: References, wall: Timestamp) -> Step {
    let Some(known) = known.filter(|known| holds(known, references, wall)) else { return Step::Send };
    if known.facts == file.facts && known.is_settled() {
        Step::Keep(known.clone())
    } else if known.facts.size == file.facts.size {
        Step::Compare(known.clone())
    } else {
        Step::Send
    }
}

/// An object written in the future was written by a clock that was wrong: nothing can be said of its age.
fn holds(known: &Known, references: References, wall: Timestamp) -> bool {
    let age = wall.duration_since(known.since);
    match references {
        References::Stay => true,
        References::Expire => age < REFERENCE_LIFE && age > -SignedDuration::from_hours(24),
    }
}

/// What still differs between `tree` and what was just sent: a file that is new, gone or changed since.
pub fn difference<'a>(tree: &'a Tree, sent: &'a Index) -> impl Iterator<Item = &'a Name> {
    let changed =
        tree.iter().filter(|(name, file)| sent.get(*name).is_none_or(|known| known.facts != file.facts));
    let gone = sent.keys().filter(|name| !tree.contains_key(*name));
    changed.map(|(name, _)| name).chain(gone)
}

/// When a new checkpoint is written down: now, but always later than the last one, also where the clock was set back. The
/// newest folder is the newest checkpoint, and no two share one.
pub fn time_of_next(last: Option<Timestamp>, wall: Timestamp) -> Timestamp {
    let second = SignedDuration::from_secs(1);
    let least = last.and_then(|last| last.checked_add(second).ok());
    least.map_or(wall, |least| wall.max(least))
}

/// The object's key of one file of a checkpoint: below its folder by its name, except for what cannot lie there, a name that
/// is too long for a key and the workload's own `metadata.json`. Those are put where no name leads.
pub fn key_in(folder: &str, name: &Name, hash_of: impl Fn(&str) -> String) -> String {
    let key = format!("{folder}{name}");
    let is_taken = name.as_str() == protocol::checkpoint::MANIFEST;
    if is_taken || key.len() > LONGEST_KEY {
        // No name has a `%` without two hexadecimal digits behind it.
        format!("{folder}%by-hash/{}", hash_of(name.as_str()))
    } else {
        key
    }
}

/// The key of a result: it has to be found by its name, so that one that is too long has none.
pub fn key_of_result(prefix: &str, name: &Name) -> Option<String> {
    let key = format!("{prefix}{name}");
    (key.len() <= LONGEST_KEY).then_some(key)
}
