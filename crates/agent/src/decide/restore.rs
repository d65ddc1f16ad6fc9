//! Which checkpoint to restore, and whether its manifest may be believed. A bucket is written to by many: whatever a manifest
//! says is checked here before a byte of it is fetched.

use std::path::Path;

use jiff::Timestamp;
use protocol::{
    JobId,
    checkpoint::{Entry, Manifest, ManifestFault},
};

use super::sync::name::{Name, is_inside};

#[cfg(test)]
mod tests;

/// A link in [`Entry::mode`], as git and `stat` write it; the object of a link holds its target.
pub const LINK: u32 = 0o120_000;

/// The longest target of a link that Linux knows (`PATH_MAX`).
pub const LONGEST_TARGET: u64 = 4096;

/// What of a mode is restored: not set-user-id and its like, for the bucket's writers are not this machine's masters.
const PERMISSIONS: u32 = 0o777;

/// Below a job's folder: the year's, the month's, the day's, the second's folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// `2025/`
    Year,
    /// `01/`
    Month,
    /// `11/`
    Day,
    /// `143012Z/`
    Second,
}

impl Level {
    /// The level inside.
    pub fn inner(self) -> Option<Self> {
        match self {
            Self::Year => Some(Self::Month),
            Self::Month => Some(Self::Day),
            Self::Day => Some(Self::Second),
            Self::Second => None,
        }
    }

    fn fits(self, part: &str) -> bool {
        let digits =
            |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
        match self {
            Self::Year => digits(part, 4),
            Self::Month | Self::Day => digits(part, 2),
            Self::Second => part.strip_suffix('Z').is_some_and(|second| digits(second, 6)),
        }
    }
}

/// The folders that are of this level, the newest first. Others are not checkpoints' and are passed over.
pub fn newest_first(folders: Vec<String>, level: Level) -> Vec<String> {
    let mut folders: Vec<_> = folders.into_iter().filter(|folder| level.fits(last_part(folder))).collect();
    folders.sort_unstable_by(|one, other| other.cmp(one));
    folders
}

fn last_part(folder: &str) -> &str {
    let folder = folder.trim_end_matches('/');
    folder.rsplit_once('/').map_or(folder, |(_, part)| part)
}

/// What to fetch for one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// Where it goes.
    pub name: Name,
    /// In bytes.
    pub size: u64,
    /// In hexadecimal.
    pub sha256: String,
    /// The object.
    pub key: String,
    /// The permission bits.
    pub mode: u32,
    /// Whether the object holds the target of a symbolic link.
    pub is_link: bool,
}

/// A checkpoint that may be restored if its objects are what its manifest says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its folder in the bucket.
    pub folder: String,
    /// When it was made.
    pub utc: Timestamp,
    /// In the manifest's order: the file that was written first comes first.
    pub files: Vec<Fetch>,
    /// Over what is in it.
    pub sha256: String,
}

impl Choice {
    /// In bytes.
    pub fn size(&self) -> u64 {
        self.files.iter().fold(0, |sum, file| sum.saturating_add(file.size))
    }
}

/// Why a checkpoint is not restored from, before any of its files is fetched.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The manifest itself is not to be believed.
    #[error(transparent)]
    Manifest(#[from] ManifestFault),
    /// A path that this agent does not write: it is not in the one form that a name has.
    #[error("the checkpoint's manifest names {0:?}, which is no path below a directory")]
    Outside(String),
    /// No file can be below a file.
    #[error("the checkpoint's manifest names {0:?}, which lies below another of its files")]
    BelowAFile(String),
    /// Jobs are never mixed.
    #[error("the checkpoint's manifest takes {0:?} from {1:?}, which is outside of the job's folder")]
    OtherKey(String, String),
    /// Linux knows no such link.
    #[error("the link {0:?} is longer than {LONGEST_TARGET} bytes")]
    LongLink(String),
    /// An empty directory is never saved.
    #[error("it has no files")]
    Empty,
}

/// What to fetch for the checkpoint in `folder`, given the bytes of its manifest.
pub fn check(bytes: &[u8], job: &JobId, home: &str, folder: &str) -> Result<Choice, Refused> {
    let manifest = Manifest::parse(bytes, job)?;
    if manifest.files.is_empty() {
        return Err(Refused::Empty);
    }
    let files: Vec<Fetch> =
        manifest.files.into_iter().map(|entry| fetch(entry, home, folder)).collect::<Result<_, _>>()?;
    check_apart(&files)?;
    Ok(Choice { folder: folder.to_owned(), utc: manifest.utc, files, sha256: manifest.sha256 })
}

fn fetch(entry: Entry, home: &str, folder: &str) -> Result<Fetch, Refused> {
    let Entry { path, size, sha256, key, mode } = entry;
    let Ok(name) = Name::parse(&path) else { return Err(Refused::Outside(path)) };
    let key = key.unwrap_or_else(|| format!("{folder}{path}"));
    if !key.starts_with(home) || key.split('/').any(|part| part == "..") {
        return Err(Refused::OtherKey(path, key));
    }
    let mode = mode.unwrap_or(0o644);
    let is_link = mode & 0o170_000 == LINK;
    if is_link && size > LONGEST_TARGET {
        return Err(Refused::LongLink(path));
    }
    Ok(Fetch { name, size, sha256, key, mode: mode & PERMISSIONS, is_link })
}

fn check_apart(files: &[Fetch]) -> Result<(), Refused> {
    let names = crate::ordered::set(files.iter().map(|file| file.name.as_str()));
    let is_below_a_file = |file: &&Fetch| file.name.parents().any(|parent| names.contains(parent));
    files.iter().find(is_below_a_file).map_or(Ok(()), |file| Err(Refused::BelowAFile(file.name.to_string())))
}

/// Whether a link at `name` may be made.
pub fn may_link(name: &Name, target: &Path) -> bool {
    is_inside(target, name.depth())
}
