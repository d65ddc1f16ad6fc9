//! A checkpoint in the bucket: where it lies and its manifest, `metadata.json`. A folder without it is no checkpoint.

mod place;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    file::{self, FileFault, VERSION},
    ids::{InstanceId, JobId},
};

pub use place::{folder, job_folder, newest, newest_first, time_of};

/// The manifest's name. It is written last.
pub const MANIFEST: &str = "metadata.json";

/// What makes a folder a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of this format: 1.
    #[serde(default = "file::first")]
    pub version: u32,
    /// The work it belongs to.
    pub job_id: JobId,
    /// Who made it; none off EC2.
    pub instance_id: Option<InstanceId>,
    /// Why it was made: `terminate`, `stop`, `hibernate`, `rebalance`, `periodic`, `end`, `manual`.
    pub action: String,
    /// When.
    pub utc: Timestamp,
    /// What is in it.
    pub files: Vec<Entry>,
    /// SHA-256 over the entries in the order of their names, in hexadecimal: see [`Manifest::digest`].
    pub sha256: String,
}

/// One file of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Below the directory, with `/` between its parts.
    pub path: String,
    /// In bytes.
    pub size: u64,
    /// In hexadecimal.
    pub sha256: String,
    /// The object's key in the bucket, where it is not below this folder: unchanged since an earlier checkpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The Unix mode's permission bits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<u32>,
}

/// Why a manifest is not to be restored from.
#[derive(Debug, thiserror::Error)]
pub enum ManifestFault {
    /// It could not be read.
    #[error(transparent)]
    File(#[from] FileFault),
    /// It is some other job's.
    #[error("the checkpoint belongs to job {found}, not to {wanted}")]
    Job {
        /// Whose it is.
        found: JobId,
        /// Whose was looked for.
        wanted: JobId,
    },
    /// Its entries are not those that it was signed off with.
    #[error("the checkpoint's manifest is corrupt: its entries have the digest {found}, and it says {said}")]
    Digest {
        /// Of the entries.
        found: String,
        /// In the manifest.
        said: String,
    },
    /// It would write outside its directory, or over itself.
    #[error("the checkpoint's manifest names {path:?}, which is no path below a directory or is there twice")]
    Path {
        /// Which.
        path: String,
    },
}

impl Manifest {
    /// A manifest with its digest. Entries are put in the order of their names.
    pub fn new(
        job_id: JobId,
        instance_id: Option<InstanceId>,
        action: &str,
        utc: Timestamp,
        mut files: Vec<Entry>,
    ) -> Self {
        files.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        let action = action.to_owned();
        let mut manifest =
            Self { version: VERSION, job_id, instance_id, action, utc, files, sha256: String::new() };
        manifest.sha256 = manifest.digest();
        manifest
    }

    /// SHA-256 in hexadecimal over all that a restore relies on. For each entry, in the order of the paths' bytes:
    /// path, size in decimal, SHA-256, key or nothing, mode in decimal or nothing, each followed by a zero byte.
    pub fn digest(&self) -> String {
        let mut entries: Vec<&Entry> = self.files.iter().collect();
        entries.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        let mut hash = Sha256::new();
        for entry in entries {
            let mode = entry.mode.map(|mode| mode.to_string()).unwrap_or_default();
            let key = entry.key.as_deref().unwrap_or_default();
            for part in [&entry.path, &entry.size.to_string(), &entry.sha256, key, &mode] {
                hash.update(part);
                hash.update([0]);
            }
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Reads the manifest of a job's checkpoint and holds it against all that can be known without the files.
    ///
    /// # Errors
    /// [`ManifestFault`]: the checkpoint is not to be restored from.
    pub fn parse(json: &[u8], job: &JobId) -> Result<Self, ManifestFault> {
        let manifest: Self = file::read(MANIFEST, json)?;
        manifest.verify(job)?;
        Ok(manifest)
    }

    /// Whether this is a whole manifest of that job, which writes nothing outside its directory.
    ///
    /// # Errors
    /// [`ManifestFault`].
    pub fn verify(&self, job: &JobId) -> Result<(), ManifestFault> {
        if &self.job_id != job {
            return Err(ManifestFault::Job { found: self.job_id.clone(), wanted: job.clone() });
        }
        let found = self.digest();
        if found != self.sha256 {
            return Err(ManifestFault::Digest { found, said: self.sha256.clone() });
        }
        let mut seen = BTreeSet::new();
        match self.files.iter().find(|entry| !is_below(&entry.path) || !seen.insert(&entry.path)) {
            Some(entry) => Err(ManifestFault::Path { path: entry.path.clone() }),
            None => Ok(()),
        }
    }

    /// As it is written.
    pub fn render(&self) -> String {
        file::write(self)
    }
}

/// Whether a path stays below the directory that it is joined to.
fn is_below(path: &str) -> bool {
    !path.contains('\0') && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

#[cfg(test)]
mod tests;
