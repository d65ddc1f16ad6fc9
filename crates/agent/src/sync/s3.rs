//! S3 as the sync's bucket. Only translates.

use std::path::Path;

use jiff::Timestamp;

use super::bucket::{Bucket, Condition, Deadline, Depth, Etag, Fault, FaultKind, Object, Page};
use crate::io::{
    aws,
    http::{self, Stop},
    s3,
};

/// A bucket of S3, until it is called off.
#[derive(Debug)]
pub struct S3 {
    bucket: s3::Bucket,
    stop: Stop,
}

impl S3 {
    /// This bucket; `stop` ends every call on it at once.
    pub fn new(bucket: s3::Bucket, stop: Stop) -> Self {
        Self { bucket, stop }
    }

    fn by(&self, deadline: Deadline) -> http::Deadline {
        http::Deadline::at(deadline.0).or(&self.stop)
    }
}

impl Bucket for S3 {
    fn name(&self) -> String {
        format!("s3://{}", self.bucket.name())
    }

    fn put_bytes(&self, key: &str, body: &[u8], condition: &Condition, by: Deadline) -> Result<Etag, Fault> {
        let condition = match condition {
            Condition::Always => s3::Condition::Always,
            Condition::IfAbsent => s3::Condition::Absent,
            Condition::IfMatch(Etag(etag)) => s3::Condition::Matches(etag.clone()),
        };
        self.bucket.put_bytes(key, body, &condition, &self.by(by)).map(Etag).map_err(fault)
    }

    fn put_file(&self, key: &str, path: &Path, by: Deadline) -> Result<Etag, Fault> {
        self.bucket.put_file(key, path, &self.by(by)).map(Etag).map_err(fault)
    }

    fn get_bytes(&self, key: &str, most: u64, by: Deadline) -> Result<(Vec<u8>, Etag), Fault> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let (bytes, etag) = self.bucket.get_bytes(key, most, &self.by(by)).map_err(fault)?;
        Ok((bytes, Etag(etag)))
    }

    fn get_file(&self, key: &str, path: &Path, by: Deadline) -> Result<Etag, Fault> {
        self.bucket.get_file(key, path, &self.by(by)).map(Etag).map_err(fault)
    }

    fn page(&self, prefix: &str, after: &str, depth: Depth, by: Deadline) -> Result<Page, Fault> {
        let from = (!after.is_empty()).then_some(after);
        let delimiter = match depth {
            Depth::All => None,
            Depth::Level => Some("/"),
        };
        let page = self.bucket.page(prefix, from, delimiter, &self.by(by)).map_err(fault)?;
        Ok(Page {
            objects: page.objects.into_iter().map(object).collect(),
            folders: page.folders,
            next: page.next,
        })
    }

    fn delete(&self, key: &str, by: Deadline) -> Result<(), Fault> {
        self.bucket.delete(key, &self.by(by)).map_err(fault)
    }
}

fn object(object: s3::Object) -> Object {
    let s3::Object { key, size, etag, modified } = object;
    Object { key, size, etag: Etag(etag), modified: modified.unwrap_or(Timestamp::UNIX_EPOCH) }
}

/// The sync asks less closely: what to do about credentials is for the log to say.
fn fault(fault: aws::Fault) -> Fault {
    let kind = match fault.kind {
        aws::Kind::NotFound => FaultKind::NotFound,
        aws::Kind::Denied | aws::Kind::NoCredentials => FaultKind::Denied,
        aws::Kind::Conflict => FaultKind::Conflict,
        aws::Kind::PreconditionFailed => FaultKind::PreconditionFailed,
        aws::Kind::WrongRegion => FaultKind::WrongRegion,
        aws::Kind::NoBucket => FaultKind::NoBucket,
        aws::Kind::Throttled => FaultKind::Throttled,
        // The client's own retries end at the deadline: what is left then is the last failure.
        aws::Kind::Unreachable | aws::Kind::Expired => FaultKind::Unreachable,
        aws::Kind::Garbled | aws::Kind::Refused => FaultKind::Garbled,
        aws::Kind::TooLarge => FaultKind::TooLarge,
        aws::Kind::Local => FaultKind::Local,
        aws::Kind::Stopped => FaultKind::Expired,
    };
    Fault::new(kind, fault.to_string())
}
