//! Where everything lies in the bucket.
//!
//! ```text
//! {environment}/system-state.json                         the state, and the lock
//! {environment}/{run_id}/config.toml                      agent.toml as it was
//! {environment}/{run_id}/training.json                    what the run came to
//! {environment}/{run_id}/logs/{name}                      what it said
//! {environment}/{run_id}/{results.to}...                  for example models/
//! {prefix}/{job_id}/YYYY/MM/DD/HHMMSSZ/metadata.json      a checkpoint: see `checkpoint`
//! curfew/agent/{sha256}/curfew-agent-{machine}            the agent, by what it holds
//! ```

use std::{fmt, str::FromStr};

use crate::{
    ids::{Environment, RunId},
    userdata::Architecture,
};

const STATE: &str = "system-state.json";
const CONFIG: &str = "config.toml";
const TRAINING: &str = "training.json";
const LOGS: &str = "logs";
/// Below it only builds of the agent lie: the instances' role may read them and never write.
const AGENT: &str = "curfew/agent";

/// The key of an environment's state and lock.
pub fn state(environment: &Environment) -> String {
    format!("{environment}/{STATE}")
}

/// The folder of one run, with `/` at its end.
pub fn run(environment: &Environment, run: &RunId) -> String {
    format!("{environment}/{run}/")
}

/// The key under which a run keeps its `agent.toml`.
pub fn config(environment: &Environment, run_id: &RunId) -> String {
    run(environment, run_id) + CONFIG
}

/// The key of a run's record.
pub fn training(environment: &Environment, run_id: &RunId) -> String {
    run(environment, run_id) + TRAINING
}

/// The key of one of a run's logs, for example `agent.log`.
pub fn log(environment: &Environment, run_id: &RunId, name: &str) -> String {
    format!("{}{LOGS}/{name}", run(environment, run_id))
}

/// The tag that the lifecycle rule of a bucket made by `curfew prepare` removes an object by, as the header
/// `x-amz-tagging` writes it; none for what stays. A rule's prefix could not: it begins with the environment.
///
/// Another bucket has no such rule, and a role made for it need not permit `s3:PutObjectTagging`.
pub fn tagging(bucket: &str, key: &str) -> Option<&'static str> {
    let parts: Vec<&str> = key.splitn(4, '/').collect();
    let is_log = matches!(parts[..], [_, run, LOGS, _] if run.parse::<RunId>().is_ok());
    (is_log && bucket.starts_with("curfew-")).then_some("curfew%3Akeep=14d")
}

/// The folder of one `[[run.results]]`, with `/` at its end.
pub fn results(environment: &Environment, run_id: &RunId, to: &str) -> String {
    format!("{}{}/", run(environment, run_id), to.trim_end_matches('/'))
}

/// The key of a build of the agent. Builds that differ have different keys, so that none is ever overwritten.
pub fn agent(sha256: &str, architecture: Architecture) -> String {
    format!("{AGENT}/{sha256}/curfew-agent-{}", architecture.machine())
}

/// Whether a name directly below the run's folder is the agent's own.
pub(crate) fn is_ours(name: &str) -> bool {
    [CONFIG, TRAINING, LOGS].contains(&name)
}

/// A bucket's name, by S3's rules for general purpose buckets (user guide, bucket naming rules).
pub(crate) fn is_bucket(name: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-';
    let outer = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let bytes = name.as_bytes();
    (3..=63).contains(&bytes.len())
        && bytes.iter().all(|&b| inner(b))
        && outer(bytes.first())
        && outer(bytes.last())
        && !name.contains("..")
}

/// A place in S3: `s3://bucket/prefix`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct S3Url {
    bucket: String,
    key: String,
}

/// A text that is no place in S3.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no place in S3: one is written s3://bucket/folder/")]
pub struct NotAnS3Url(String);

impl S3Url {
    /// A key of a bucket. `None` if the bucket's name cannot be one.
    pub fn new(bucket: &str, key: &str) -> Option<Self> {
        is_bucket(bucket).then(|| Self { bucket: bucket.to_owned(), key: key.to_owned() })
    }

    /// The bucket.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// A key, or what the keys meant begin with; empty for the whole bucket.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl FromStr for S3Url {
    type Err = NotAnS3Url;

    fn from_str(text: &str) -> Result<Self, NotAnS3Url> {
        let refused = || NotAnS3Url(text.to_owned());
        let rest = text.strip_prefix("s3://").ok_or_else(refused)?;
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        let clean = !key.starts_with('/') && !key.contains(char::is_control);
        Self::new(bucket, key).filter(|_| clean).ok_or_else(refused)
    }
}

impl fmt::Display for S3Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_a_run() {
        let environment = "dev".parse().expect("a name");
        let id = "2025-01-15-143022".parse().expect("a run");
        assert_eq!(state(&environment), "dev/system-state.json");
        assert_eq!(run(&environment, &id), "dev/2025-01-15-143022/");
        assert_eq!(config(&environment, &id), "dev/2025-01-15-143022/config.toml");
        assert_eq!(training(&environment, &id), "dev/2025-01-15-143022/training.json");
        assert_eq!(log(&environment, &id, "agent.log"), "dev/2025-01-15-143022/logs/agent.log");
        assert_eq!(results(&environment, &id, "models/"), "dev/2025-01-15-143022/models/");
        assert_eq!(results(&environment, &id, "models"), "dev/2025-01-15-143022/models/");
        assert_eq!(agent("ab12", Architecture::Aarch64), "curfew/agent/ab12/curfew-agent-aarch64");
    }

    #[test]
    fn logs_alone_need_not_stay_and_only_where_a_rule_is() {
        let check =
            |bucket, key, marked: bool| assert_eq!(tagging(bucket, key).is_some(), marked, "{bucket}/{key}");
        check("curfew-123456789012-us-east-1", "dev/2025-01-15-143022/logs/agent.log", true);
        check("my-bucket", "dev/2025-01-15-143022/logs/agent.log", false);
        check("curfew-123456789012-us-east-1", "dev/2025-01-15-143022/models/logs/a", false);
        check("curfew-123456789012-us-east-1", "dev/data/logs/a", false);
        check("curfew-123456789012-us-east-1", "dev/2025-01-15-143022/training.json", false);
    }

    #[test]
    fn a_place_in_s3_is_read_and_written() {
        let check = |text: &str, bucket: &str, key: &str| {
            let url: S3Url = text.parse().expect("a place");
            assert_eq!((url.bucket(), url.key()), (bucket, key), "{text}");
        };
        check("s3://my-bucket/data/x/", "my-bucket", "data/x/");
        check("s3://my-bucket", "my-bucket", "");
        check("s3://my.bucket/a b/é", "my.bucket", "a b/é");
        assert_eq!(
            "s3://my-bucket/a".parse::<S3Url>().map(|url| url.to_string()),
            Ok("s3://my-bucket/a".into())
        );
    }

    #[test]
    fn what_is_no_place_in_s3_is_refused() {
        for text in [
            "",
            "my-bucket/a",
            "s3://",
            "s3:///a",
            "s3://My/a",
            "s3://ab/",
            "s3://bucket//a",
            "s3://-bucket/",
        ] {
            assert!(text.parse::<S3Url>().is_err(), "{text}");
        }
    }
}
