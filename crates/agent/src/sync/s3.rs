//! S3 as the sync's bucket. `io::s3` goes on trying until its deadline; here each call gets one that leaves the sync time
//! for its own attempts, and everything else is a change of words.

use std::{fs, path::Path, time::Duration};

use jiff::Timestamp;

use super::{
    bucket::{Bucket, Condition, Deadline, Depth, Etag, Fault, FaultKind, Object, Page},
    gather::LARGE,
};
use crate::io::{
    aws::{self, Kind},
    clock, http,
    http::Stop,
    s3,
    sign::hash::hex,
};

/// For a call without much of a body.
const SHORT: Duration = Duration::from_secs(20);

/// A connection that is slower than this, in bytes a second, is as good as none.
const SLOWEST: u64 = 256 * 1024;

/// A bucket of S3's.
#[derive(Debug)]
pub struct S3 {
    bucket: s3::Bucket,
    stop: Stop,
}

impl S3 {
    /// The sync's calls to `bucket`, all of which end when `stop` says so.
    pub fn new(bucket: s3::Bucket, stop: Stop) -> Self {
        Self { bucket, stop }
    }

    fn by(&self, by: Deadline, bytes: u64) -> http::Deadline {
        let most = SHORT + Duration::from_secs(bytes / SLOWEST);
        http::Deadline::at(by.or_within(clock::now().up, most).0).or(&self.stop)
    }

    /// In the sync's words. That no time is left is told from a bucket that does not answer by the caller's clock.
    fn fault(&self, by: Deadline, fault: &aws::Fault) -> Fault {
        let is_late = by.left(clock::now().up).is_zero() || self.stop.is_set();
        let kind = match fault.kind {
            Kind::Unreachable if is_late => FaultKind::Expired,
            Kind::Stopped => FaultKind::Expired,
            Kind::Unreachable => FaultKind::Unreachable,
            Kind::NotFound => FaultKind::NotFound,
            Kind::Denied | Kind::Expired | Kind::NoCredentials | Kind::Refused => FaultKind::Denied,
            Kind::Conflict => FaultKind::Conflict,
            Kind::PreconditionFailed => FaultKind::PreconditionFailed,
            Kind::WrongRegion => FaultKind::WrongRegion,
            Kind::NoBucket => FaultKind::NoBucket,
            Kind::Throttled => FaultKind::Throttled,
            Kind::Garbled => FaultKind::Garbled,
            Kind::TooLarge => FaultKind::TooLarge,
            Kind::Local => FaultKind::Local,
        };
        Fault::new(kind, fault.to_string())
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
        let put = self.bucket.put_bytes(key, body, &condition, &self.by(by, body.len() as u64));
        put.map(Etag).map_err(|fault| self.fault(by, &fault))
    }

    fn put_file(&self, key: &str, path: &Path, by: Deadline) -> Result<Etag, Fault> {
        let size = fs::metadata(path).map_or(0, |metadata| metadata.len());
        let put = self.bucket.put_file(key, path, &self.by(by, size));
        put.map(Etag).map_err(|fault| self.fault(by, &fault))
    }

    fn get_bytes(&self, key: &str, most: u64, by: Deadline) -> Result<(Vec<u8>, Etag), Fault> {
        let max = usize::try_from(most).unwrap_or(usize::MAX);
        let got = self.bucket.get_bytes(key, max, &self.by(by, most.min(LARGE)));
        got.map(|(body, etag)| (body, Etag(etag))).map_err(|fault| self.fault(by, &fault))
    }

    fn get_file(&self, key: &str, size: u64, path: &Path, by: Deadline) -> Result<Etag, Fault> {
        let got = self.bucket.get_file(key, path, &self.by(by, size));
        got.map(Etag).map_err(|fault| self.fault(by, &fault))
    }

    fn get_hashed(&self, key: &str, size: u64, path: &Path, by: Deadline) -> Result<(u64, String), Fault> {
        let got = self.bucket.get_hashed(key, path, &self.by(by, size));
        got.map(|(_, sha256, len)| (len, hex(&sha256))).map_err(|fault| self.fault(by, &fault))
    }

    fn page(&self, prefix: &str, after: &str, depth: Depth, by: Deadline) -> Result<Page, Fault> {
        let delimiter = match depth {
            Depth::All => None,
            Depth::Level => Some("/"),
        };
        let from = Some(after).filter(|after| !after.is_empty());
        let page = self.bucket.page(prefix, delimiter, from, &self.by(by, 0));
        let s3::Page { objects, folders, next } = page.map_err(|fault| self.fault(by, &fault))?;
        Ok(Page { objects: objects.into_iter().map(object).collect(), folders, next })
    }

    fn delete(&self, key: &str, by: Deadline) -> Result<(), Fault> {
        self.bucket.delete(key, &self.by(by, 0)).map_err(|fault| self.fault(by, &fault))
    }
}

/// An object whose time is not told is of no time that a file could have.
fn object(object: s3::Object) -> Object {
    let s3::Object { key, size, etag, modified } = object;
    Object { key, size, etag: Etag(etag), modified: modified.unwrap_or(Timestamp::UNIX_EPOCH) }
}
