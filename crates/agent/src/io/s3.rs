//! One bucket: objects written, read, listed and deleted, whole or in pieces, each call bounded by its caller's deadline.
//!
//! What is sent is signed with its SHA-256, which S3 checks; what comes is checked against its length, and against its
//! checksum where S3 has one. A bucket in another region than was said is found there, once.

mod address;
mod download;
mod in_order;
mod list;
mod parallel;
mod upload;

use std::io::Write;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822};

pub use self::list::Object;
pub(crate) use self::list::Page;
use super::aws::{self, Api, Aws, Call, Fault, Kind, Payload};
use super::http::{Answer, Deadline};
use super::sign::hash::{Hasher, base64};

/// Threads for one file.
const WORKERS: usize = 8;

/// A bucket.
#[derive(Debug)]
pub struct Bucket {
    aws: Arc<Aws>,
    name: String,
    /// As said, until S3 says otherwise.
    region: Mutex<String>,
    workers: usize,
}

/// What must be so for an object to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Nothing.
    Always,
    /// It is not there yet.
    Absent,
    /// It is the one with this ETag.
    Matches(String),
}

/// An object without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// In bytes.
    pub size: u64,
    /// With its quotes, as S3 writes it.
    pub etag: String,
    /// When it was written.
    pub modified: Option<Timestamp>,
}

/// One request on the bucket.
struct Request<'a> {
    method: &'a str,
    /// None: the bucket itself.
    key: Option<&'a str>,
    query: &'a [(&'a str, &'a str)],
    headers: &'a [(&'a str, &'a str)],
    payload: Payload<'a>,
    /// Sends the payload's SHA-256 for S3 to keep with the object.
    kept_checksum: bool,
    verb: &'a str,
    needs: &'a str,
    /// At most this many bytes come back.
    expects: u64,
    idle: Duration,
}

impl<'a> Request<'a> {
    fn new(method: &'a str, key: Option<&'a str>, verb: &'a str, needs: &'a str) -> Self {
        Self {
            method,
            key,
            query: &[],
            headers: &[],
            payload: Payload::Bytes(&[]),
            kept_checksum: false,
            verb,
            needs,
            expects: 0,
            idle: aws::IDLE,
        }
    }
}

impl Bucket {
    /// A bucket, and the region it is thought to lie in.
    pub fn new(aws: Arc<Aws>, name: &str, region: &str) -> Self {
        Self { aws, name: name.to_owned(), region: Mutex::new(region.to_owned()), workers: WORKERS }
    }

    /// With so many threads for one file.
    #[must_use]
    pub fn with_workers(self, workers: usize) -> Self {
        Self { workers: workers.max(1), ..self }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Writes an object and returns its ETag.
    ///
    /// # Errors
    /// [`Kind::PreconditionFailed`] and [`Kind::Conflict`] where the condition does not hold, or others write at the same
    /// time; what every call can come to.
    pub fn put_bytes(
        &self,
        key: &str,
        bytes: &[u8],
        condition: &Condition,
        deadline: &Deadline,
    ) -> Result<String, Fault> {
        let headers = match condition {
            Condition::Always => None,
            Condition::Absent => Some(("if-none-match", "*")),
            Condition::Matches(etag) => Some(("if-match", etag.as_str())),
        };
        let request = Request {
            headers: headers.as_slice(),
            payload: Payload::Bytes(bytes),
            kept_checksum: true,
            ..Request::new("PUT", Some(key), "write", "s3:PutObject")
        };
        let mut attempts = 0;
        let put = self.call(&request, deadline, |call, answer| etag(call, &answer), &mut attempts);
        match put {
            // The answer to an attempt before this one may have been lost, and it is that one's object that is in the way.
            Err(fault) if attempts > 1 && fault.kind == Kind::PreconditionFailed => {
                match self.get_bytes(key, bytes.len(), deadline) {
                    Ok((found, etag)) if found == bytes => Ok(etag),
                    _ => Err(fault),
                }
            }
            put => put,
        }
    }

    /// Reads an object of at most `max` bytes, with its ETag.
    ///
    /// # Errors
    /// [`Kind::TooLarge`] where it has more.
    pub fn get_bytes(&self, key: &str, max: usize, deadline: &Deadline) -> Result<(Vec<u8>, String), Fault> {
        let request = Request {
            headers: &[("x-amz-checksum-mode", "ENABLED")],
            expects: max as u64,
            ..Request::new("GET", Some(key), "read", "s3:GetObject")
        };
        self.simple(&request, deadline, |call, mut answer| {
            let etag = etag(call, &answer)?;
            let checksum = answer.header("x-amz-checksum-sha256").map(str::to_owned);
            let bytes = answer.bytes(max).map_err(|fault| aws::broken(call, &fault))?;
            let mut hasher = Hasher::default();
            hasher.update(&bytes);
            verify(call.what, checksum.as_deref(), hasher)?;
            Ok((bytes, etag))
        })
    }

    /// Reads some bytes of an object; fewer, where it ends before.
    pub fn get_range(&self, key: &str, range: Range<u64>, deadline: &Deadline) -> Result<Vec<u8>, Fault> {
        let header = bytes_header(&range);
        let expects = range.end.saturating_sub(range.start);
        let max = usize::try_from(expects).unwrap_or(usize::MAX);
        let request = Request {
            headers: &[("range", &header)],
            expects,
            ..Request::new("GET", Some(key), "read", "s3:GetObject")
        };
        self.simple(&request, deadline, |call, mut answer| {
            answer.bytes(max).map_err(|fault| aws::broken(call, &fault))
        })
    }

    /// Writes an object's content to `sink` and returns its ETag. Goes on where it was cut, as long as it is the same object.
    pub fn get_to(&self, key: &str, sink: &mut dyn Write, deadline: &Deadline) -> Result<String, Fault> {
        download::to_writer(self, key, sink, deadline)
    }

    /// What is known of an object.
    pub fn head(&self, key: &str, deadline: &Deadline) -> Result<Head, Fault> {
        let request = Request::new("HEAD", Some(key), "look at", "s3:GetObject");
        self.simple(&request, deadline, |call, answer| {
            let size =
                answer.length().ok_or_else(|| Fault::new(Kind::Garbled, call.what, "it has no length"))?;
            let modified = answer.header("last-modified").and_then(|date| rfc2822::parse(date).ok());
            let modified = modified.map(|date| date.timestamp());
            Ok(Head { size, etag: etag(call, &answer)?, modified })
        })
    }

    /// Deletes an object; that it is not there is no fault.
    pub fn delete(&self, key: &str, deadline: &Deadline) -> Result<(), Fault> {
        let request = Request::new("DELETE", Some(key), "delete", "s3:DeleteObject");
        self.simple(&request, deadline, |_, _| Ok(()))
    }

    fn simple<T>(
        &self,
        request: &Request<'_>,
        deadline: &Deadline,
        read: impl FnMut(&Call<'_>, Answer) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.call(request, deadline, read, &mut 0)
    }

    /// Makes a request, again and again if need be, and counts; moves to the bucket's own region once.
    fn call<T>(
        &self,
        request: &Request<'_>,
        deadline: &Deadline,
        mut read: impl FnMut(&Call<'_>, Answer) -> Result<T, Fault>,
        attempts: &mut u32,
    ) -> Result<T, Fault> {
        let region = self.region();
        let done = self.in_region(&region, request, deadline, &mut read, attempts);
        match done {
            Err(Fault { kind: Kind::WrongRegion, region: Some(real), .. }) if real != region => {
                real.clone_into(&mut self.region.lock().unwrap_or_else(PoisonError::into_inner));
                self.in_region(&real, request, deadline, &mut read, attempts)
            }
            done => done,
        }
    }

    fn in_region<T>(
        &self,
        region: &str,
        request: &Request<'_>,
        deadline: &Deadline,
        read: &mut impl FnMut(&Call<'_>, Answer) -> Result<T, Fault>,
        attempts: &mut u32,
    ) -> Result<T, Fault> {
        let given = self.aws.endpoints().given(Api::S3);
        let place = address::of(given, &self.name, region, request.key.unwrap_or_default());
        let what = self.sentence(request.verb, request.key);
        let bound = aws::attempt_bound(request.payload.len() + request.expects);
        self.aws.retry(deadline, |attempt| {
            *attempts += 1;
            let call = Call {
                path: &place.path,
                query: request.query,
                headers: request.headers,
                payload: request.payload,
                kept_checksum: request.kept_checksum,
                what: &what,
                needs: request.needs,
                idle: request.idle,
                ask_first: asks_first(request, attempt),
                ..Call::new(Api::S3, region, request.method, &place.base)
            };
            let answer = self.aws.once(&call, &deadline.within(bound))?;
            read(&call, answer)
        })
    }

    fn region(&self) -> String {
        self.region.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// "write s3://bucket/key", with a key that cannot break a line of the log.
    fn sentence(&self, verb: &str, key: Option<&str>) -> String {
        let key: String = key.unwrap_or_default().escape_debug().take(300).collect();
        format!("{verb} s3://{}/{key}", self.name)
    }
}

/// A refusal of a long body is otherwise not heard: S3 shuts the connection while it is still being written. For the parts
/// of a multipart upload, whose start would have been refused, it costs a round trip for nothing, unless they fail.
fn asks_first(request: &Request<'_>, attempt: u32) -> bool {
    const LONG: u64 = 1024 * 1024;
    let is_part = request.query.iter().any(|(name, _)| *name == "partNumber");
    request.payload.len() >= LONG && (!is_part || attempt > 1)
}

fn etag(call: &Call<'_>, answer: &Answer) -> Result<String, Fault> {
    let etag = answer.header("etag").filter(|etag| !etag.is_empty());
    etag.map(str::to_owned).ok_or_else(|| Fault::new(Kind::Garbled, call.what, "the answer has no ETag"))
}

/// Where S3 keeps a checksum of the whole object; that of one uploaded in parts is of its parts' checksums (`-N`).
fn verify(what: &str, checksum: Option<&str>, hasher: Hasher) -> Result<(), Fault> {
    match checksum.filter(|checksum| !checksum.contains('-')) {
        Some(expected) if base64(&hasher.finish()) != expected => Err(Fault::new(
            Kind::Garbled,
            what,
            "what came is not what was once written: its checksum differs",
        )),
        _ => Ok(()),
    }
}

fn bytes_header(range: &Range<u64>) -> String {
    format!("bytes={}-{}", range.start, range.end.saturating_sub(1))
}
