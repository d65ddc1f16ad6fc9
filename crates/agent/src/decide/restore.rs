//! Which checkpoint to restore, and whether its manifest may be believed. A bucket is written to by many: whatever a manifest
//! says is checked here before a byte of it is fetched.

use std::{collections::BTreeSet, path::Path};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use protocol::{
    JobId,
    checkpoint::{Entry, Manifest},
};
use ring::digest;

use super::sync::name::{Name, is_inside};

#[cfg(test)]
mod tests;

/// The version of the manifest that is written and read here.
pub const VERSION: u32 = 1;

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

/// A job's folder, in which its checkpoints lie by their times.
pub fn home(prefix: &str, job: &JobId) -> String {
    let prefix = prefix.trim_matches('/');
    if prefix.is_empty() { format!("{job}/") } else { format!("{prefix}/{job}/") }
}

/// When the checkpoint in `folder`, or of an object in it, was made.
pub fn time_of(home: &str, folder: &str) -> Option<Timestamp> {
    let text = folder.strip_prefix(home)?.get(.."YYYY/MM/DD/HHMMSSZ".len())?;
    let time = DateTime::strptime("%Y/%m/%d/%H%M%SZ", text).ok()?;
    time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// SHA-256 over `sha256  size  path` and a line feed for each entry in the order of their paths, in hexadecimal.
pub fn digest_of(files: &[Entry]) -> String {
    let mut files: Vec<&Entry> = files.iter().collect();
    files.sort_unstable_by(|one, other| one.path.cmp(&other.path));
    let mut context = digest::Context::new(&digest::SHA256);
    for Entry { sha256, size, path, .. } in files {
        context.update(format!("{sha256}  {size}  {path}\n").as_bytes());
    }
    hexadecimal(context.finish().as_ref())
}

/// Bytes as text.
pub fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
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

/// Why a manifest is not believed.
#[expect(missing_docs, reason = "each variant's text says it")]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("metadata.json is not readable: {0}")]
    Unreadable(String),
    #[error("metadata.json has version {0}, this agent reads {VERSION}: a newer agent made it")]
    Version(u32),
    #[error("it belongs to job {0}")]
    OtherJob(JobId),
    #[error("its files do not match its sha256: metadata.json was changed or cut")]
    Digest,
    #[error("it names a file {0:?}, which is no path below the directory")]
    Outside(String),
    #[error("it names {0:?} twice, or as a file and as a folder")]
    Twice(String),
    #[error("it takes {0:?} from {1:?}, which is outside of the job's folder")]
    OtherKey(String, String),
    #[error("the link {0:?} is too long")]
    LongLink(String),
    #[error("it has no files")]
    Empty,
}

/// What to fetch for the checkpoint in `folder`, given the bytes of its manifest.
pub fn check(bytes: &[u8], job: &JobId, home: &str, folder: &str) -> Result<Choice, Refused> {
    let manifest: Manifest =
        serde_json::from_slice(bytes).map_err(|error| Refused::Unreadable(error.to_string()))?;
    if manifest.version != VERSION {
        return Err(Refused::Version(manifest.version));
    }
    if manifest.job_id != *job {
        return Err(Refused::OtherJob(manifest.job_id));
    }
    if digest_of(&manifest.files) != manifest.sha256 {
        return Err(Refused::Digest);
    }
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
    let mut names = BTreeSet::new();
    if let Some(twice) = files.iter().find(|file| !names.insert(file.name.as_str())) {
        return Err(Refused::Twice(twice.name.to_string()));
    }
    let is_folder_too = |file: &&Fetch| file.name.parents().any(|parent| names.contains(parent));
    files.iter().find(is_folder_too).map_or(Ok(()), |file| Err(Refused::Twice(file.name.to_string())))
}

/// Whether a link at `name` may be made.
pub fn may_link(name: &Name, target: &Path) -> bool {
    is_inside(target, name.depth())
}
