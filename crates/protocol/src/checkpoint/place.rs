//! Where checkpoints lie: `{prefix}/{job_id}/YYYY/MM/DD/HHMMSSZ/`, so that the order of their keys is that of their
//! times, whoever made them.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use super::MANIFEST;
use crate::ids::JobId;

const TIME: &str = "%Y/%m/%d/%H%M%SZ";

/// `{prefix}/{job_id}/`: what the keys of a job's checkpoints begin with.
pub fn job_folder(prefix: &str, job: &JobId) -> String {
    let prefix = prefix.trim_matches('/');
    if prefix.is_empty() { format!("{job}/") } else { format!("{prefix}/{job}/") }
}

/// `{prefix}/{job_id}/YYYY/MM/DD/HHMMSSZ/`.
pub fn folder(prefix: &str, job: &JobId, utc: Timestamp) -> String {
    let time = utc.to_zoned(TimeZone::UTC).strftime(TIME);
    format!("{}{time}/", job_folder(prefix, job))
}

/// The time of the checkpoint that a key belongs to: its folder's, or that of anything in it. `None` if the key is not
/// in a checkpoint's folder of this job.
pub fn time_of(prefix: &str, job: &JobId, key: &str) -> Option<Timestamp> {
    let rest = key.strip_prefix(&job_folder(prefix, job))?;
    let time = rest.get(.."YYYY/MM/DD/HHMMSSZ".len())?;
    let utc = DateTime::strptime(TIME, time).ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp();
    // What reads as this time but is not written like it is somebody else's folder.
    key.starts_with(&folder(prefix, job, utc)).then_some(utc)
}

/// The newest checkpoint among the keys of a bucket: see [`newest_first`].
pub fn newest<'a>(prefix: &str, job: &JobId, keys: impl IntoIterator<Item = &'a str>) -> Option<Timestamp> {
    newest_first(prefix, job, keys).first().copied()
}

/// The times of all checkpoints among the keys of a bucket: folders of this job that hold a manifest. The first is the
/// one to restore from, each next one what is left when those before it turn out corrupt.
pub fn newest_first<'a>(
    prefix: &str,
    job: &JobId,
    keys: impl IntoIterator<Item = &'a str>,
) -> Vec<Timestamp> {
    let manifest = |key: &str| {
        let utc = time_of(prefix, job, key)?;
        (key == folder(prefix, job, utc) + MANIFEST).then_some(utc)
    };
    let mut times: Vec<Timestamp> = keys.into_iter().filter_map(manifest).collect();
    times.sort_unstable_by(|one, other| other.cmp(one));
    times.dedup();
    times
}
