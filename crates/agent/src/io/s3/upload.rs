//! Files up: in one piece, or in many at once, none of which is ever held in memory.

use std::fs::File;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use protocol::layout;

use super::{Bucket, Request, etag, parallel};
use crate::io::aws::{self, Fault, Kind, Payload, xml};
use crate::io::http::Deadline;

/// Up to here a file is one object in one request.
const ONE_PIECE: u64 = 16 * 1024 * 1024;
/// Not smaller than this, so that requests do not cost more than bytes.
const SMALLEST_PART: u64 = 8 * 1024 * 1024;
/// S3's limits: parts of an upload, bytes of an object (S3 user guide, "Multipart upload limits").
const MOST_PARTS: u64 = 10_000;
const LARGEST: u64 = 5 * 1024 * 1024 * 1024 * 1024;
/// What a short answer has.
const SHORT: usize = 64 * 1024;
/// S3 puts ten thousand parts together in minutes, at worst.
const ASSEMBLY: Duration = Duration::from_secs(120);
/// For taking back what was begun, after the caller's own time.
const TIDY: Duration = Duration::from_secs(5);

impl Bucket {
    /// Writes a file's content, as long as the file was when it was opened, and returns the object's ETag.
    ///
    /// # Errors
    /// [`Kind::Local`] where the file cannot be read, or became shorter meanwhile; what every call can come to. Nothing is
    /// written then, and the parts that were are taken back.
    pub fn put_file(&self, key: &str, path: &Path, deadline: &Deadline) -> Result<String, Fault> {
        let what = || format!("{} from {}", self.sentence("write", Some(key)), path.display());
        let opened = File::open(path).and_then(|file| file.metadata().map(|about| (file, about)));
        let (file, about) = opened.map_err(|error| Fault::local(&what(), &error))?;
        if !about.is_file() {
            return Err(Fault::new(Kind::Local, &what(), "it is no file"));
        }
        match about.len() {
            len if len <= ONE_PIECE => {
                self.put_piece(key, Payload::Piece { file: &file, from: 0, len }, deadline)
            }
            len if len <= LARGEST => self.put_parts(key, &file, len, deadline),
            len => Err(Fault::new(
                Kind::TooLarge,
                &what(),
                format!("it has {len} bytes, and an object at most 5 TiB"),
            )),
        }
    }

    /// What tells the bucket's lifecycle rule that the object need not stay.
    fn tagging(&self, key: &str) -> Option<(&'static str, &'static str)> {
        layout::tagging(&self.name, key).map(|tags| ("x-amz-tagging", tags))
    }

    fn put_piece(&self, key: &str, payload: Payload<'_>, deadline: &Deadline) -> Result<String, Fault> {
        let tagging = self.tagging(key);
        let request = Request {
            headers: tagging.as_slice(),
            payload,
            kept_checksum: true,
            ..Request::new("PUT", Some(key), "write", "s3:PutObject")
        };
        self.simple(&request, deadline, |call, answer| etag(call, &answer))
    }

    fn put_parts(&self, key: &str, file: &File, len: u64, deadline: &Deadline) -> Result<String, Fault> {
        let upload = self.begin(key, deadline)?;
        let sent = self.send_parts(key, &upload, file, len, deadline);
        let done = sent.and_then(|etags| self.complete(key, &upload, &etags, len, deadline));
        if done.is_err() {
            // Best effort: the bucket's lifecycle rule removes what this leaves.
            let _ = self.take_back(key, &upload);
        }
        done
    }

    fn begin(&self, key: &str, deadline: &Deadline) -> Result<String, Fault> {
        let tagging = self.tagging(key);
        let request = Request {
            query: &[("uploads", "")],
            headers: tagging.as_slice(),
            ..Request::new("POST", Some(key), "write", "s3:PutObject")
        };
        self.simple(&request, deadline, |call, mut answer| {
            let text = aws::text(call, &mut answer, SHORT)?;
            let id = xml::first(&text, "UploadId").filter(|id| !id.is_empty());
            id.ok_or_else(|| Fault::new(Kind::Garbled, call.what, "the upload that was begun has no id"))
        })
    }

    fn send_parts(
        &self,
        key: &str,
        upload: &str,
        file: &File,
        len: u64,
        deadline: &Deadline,
    ) -> Result<Vec<String>, Fault> {
        let size = part_size(len);
        let parts = len.div_ceil(size);
        let etags = Mutex::new(vec![String::new(); usize::try_from(parts).unwrap_or(0)]);
        parallel::run(self.workers, (0, parts), deadline, |number, deadline| {
            let (from, len) = parallel::piece(number, size, len);
            let part = (number + 1).to_string();
            let request = Request {
                query: &[("partNumber", &part), ("uploadId", upload)],
                payload: Payload::Piece { file, from, len },
                ..Request::new("PUT", Some(key), "write", "s3:PutObject")
            };
            let etag = self.simple(&request, deadline, |call, answer| etag(call, &answer))?;
            let mut etags = etags.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(place) = usize::try_from(number).ok().and_then(|number| etags.get_mut(number)) {
                *place = etag;
            }
            Ok(())
        })?;
        Ok(etags.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    fn complete(
        &self,
        key: &str,
        upload: &str,
        etags: &[String],
        len: u64,
        deadline: &Deadline,
    ) -> Result<String, Fault> {
        let body = manifest(etags);
        let request = Request {
            query: &[("uploadId", upload)],
            headers: &[("content-type", "application/xml")],
            payload: Payload::Bytes(body.as_bytes()),
            idle: ASSEMBLY,
            expects: 256 * 1024 * ASSEMBLY.as_secs(),
            ..Request::new("POST", Some(key), "put together", "s3:PutObject")
        };
        let mut attempts = 0;
        let done = self.call(
            &request,
            deadline,
            |call, mut answer| {
                let text = aws::text(call, &mut answer, SHORT)?;
                completed(&text).map_err(|(kind, why)| Fault::new(kind, call.what, why))
            },
            &mut attempts,
        );
        match done {
            // The answer to an attempt before this one may have been lost: then the object is there.
            Err(fault) if attempts > 1 && fault.kind == Kind::NotFound => match self.head(key, deadline) {
                Ok(head) if head.size == len => Ok(head.etag),
                _ => Err(fault),
            },
            done => done,
        }
    }

    fn take_back(&self, key: &str, upload: &str) -> Result<(), Fault> {
        let request = Request {
            query: &[("uploadId", upload)],
            ..Request::new("DELETE", Some(key), "take back a part of", "s3:AbortMultipartUpload")
        };
        self.simple(&request, &Deadline::after(TIDY), |_, _| Ok(()))
    }
}

/// In whole MiB, so that ten thousand of them hold the file.
fn part_size(len: u64) -> u64 {
    const MIB: u64 = 1024 * 1024;
    len.div_ceil(MOST_PARTS).next_multiple_of(MIB).max(SMALLEST_PART)
}

fn manifest(etags: &[String]) -> String {
    let mut text = String::from("<CompleteMultipartUpload>");
    for (number, etag) in etags.iter().enumerate() {
        let etag = etag.replace('&', "&amp;").replace('<', "&lt;");
        text.push_str(&format!("<Part><PartNumber>{}</PartNumber><ETag>{etag}</ETag></Part>", number + 1));
    }
    text + "</CompleteMultipartUpload>"
}

/// S3 begins its answer with 200 before it knows the end: the body may be an error.
fn completed(text: &str) -> Result<String, (Kind, String)> {
    if let Some(etag) = xml::first(text, "ETag").filter(|etag| !etag.is_empty()) {
        return Ok(etag);
    }
    match xml::first(text, "Code").as_deref() {
        Some("NoSuchUpload") => Err((Kind::NotFound, "S3 says NoSuchUpload".into())),
        Some(code @ ("InternalError" | "SlowDown" | "ServiceUnavailable")) => {
            Err((Kind::Unreachable, format!("S3 says {code}")))
        }
        Some(code) => Err((Kind::Refused, format!("S3 says {code}"))),
        None => Err((Kind::Garbled, "the answer makes no sense".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_thousand_parts_hold_every_object() {
        const GIB: u64 = 1024 * 1024 * 1024;
        assert_eq!(part_size(ONE_PIECE + 1), SMALLEST_PART);
        for len in [40 * GIB, 78 * GIB, 79 * GIB, 1024 * GIB, LARGEST] {
            let size = part_size(len);
            assert!(len.div_ceil(size) <= MOST_PARTS, "{len}");
            assert!((SMALLEST_PART..=5 * GIB).contains(&size), "{len}");
        }
    }

    #[test]
    fn an_error_that_came_with_200_is_one() {
        let ok =
            "<CompleteMultipartUploadResult><ETag>&quot;a-2&quot;</ETag></CompleteMultipartUploadResult>";
        assert_eq!(completed(ok), Ok("\"a-2\"".into()));
        let kind = |text: &str| completed(text).map_err(|(kind, _)| kind);
        assert_eq!(kind("<Error><Code>InternalError</Code></Error>"), Err(Kind::Unreachable));
        assert_eq!(kind("<Error><Code>NoSuchUpload</Code></Error>"), Err(Kind::NotFound));
        assert_eq!(kind("<Error><Code>InvalidPart</Code></Error>"), Err(Kind::Refused));
        assert_eq!(kind("   "), Err(Kind::Garbled));
    }
}
