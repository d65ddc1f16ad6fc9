//! A checkpoint in the bucket: where it lies and its manifest, `metadata.json`. A folder without it is no checkpoint.

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::ids::{InstanceId, JobId};

/// The manifest's name. It is written last.
pub const MANIFEST: &str = "metadata.json";

/// What makes a folder a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of this format: 1.
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

/// `{prefix}/{job_id}/YYYY/MM/DD/HHMMSSZ/`.
pub fn folder(prefix: &str, job: &JobId, utc: Timestamp) -> String {
    let time = utc.to_zoned(TimeZone::UTC).strftime("%Y/%m/%d/%H%M%SZ").to_string();
    let prefix = prefix.trim_matches('/');
    if prefix.is_empty() { format!("{job}/{time}/") } else { format!("{prefix}/{job}/{time}/") }
}
