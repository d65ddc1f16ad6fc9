//! Objects down: to a writer in order, or to a file in many pieces at once.

use std::fs::{self, File};
use std::io::Write;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::in_order::InOrder;
use super::{Bucket, Request, bytes_header, etag, parallel, verify};
use crate::io::aws::{self, Call, Fault, Kind};
use crate::io::http::{Answer, Deadline};
use crate::io::sign::hash::{Hasher, Sha256};

/// Of one request; what is not longer is fetched by a single one.
const PIECE: u64 = 16 * 1024 * 1024;
/// How often an object that changes under the reader is begun anew.
const BEGINNINGS: u32 = 3;

impl Bucket {
    /// Writes an object's content to a new file, or over an old one, and returns its ETag. All pieces are of one version of
    /// the object.
    ///
    /// # Errors
    /// [`Kind::Local`] where the file cannot be written; [`Kind::PreconditionFailed`] where the object changes time and
    /// again; what every call can come to. No file is left then.
    pub fn get_file(&self, key: &str, path: &Path, deadline: &Deadline) -> Result<String, Fault> {
        anew(|| self.fetch(key, path, &|_, _| Ok(()), deadline))
    }

    /// The same, with the SHA-256 and the length of what is in the file, hashed while it comes.
    ///
    /// # Errors
    /// See [`Self::get_file`]; [`Kind::Local`] also where the file cannot be read back.
    pub fn get_hashed(
        &self,
        key: &str,
        path: &Path,
        deadline: &Deadline,
    ) -> Result<(String, Sha256, u64), Fault> {
        let what = self.sentence("read", Some(key));
        anew(|| {
            let hashed = InOrder::default();
            let landed = |file: &File, piece| hashed.landed(&what, file, piece, deadline);
            let etag = self.fetch(key, path, &landed, deadline)?;
            let (sha256, len) = hashed.finish();
            Ok((etag, sha256, len))
        })
    }

    /// The file is not touched before the first of the object is there.
    fn fetch(
        &self,
        key: &str,
        path: &Path,
        landed: Landed<'_>,
        deadline: &Deadline,
    ) -> Result<String, Fault> {
        let first = self.first_piece(key, path, deadline)?;
        let rest = landed(&first.file, 0..first.have);
        let rest = rest.and_then(|()| self.rest(key, &first, landed, deadline));
        if rest.is_err() {
            remove_half(path);
        }
        rest.map(|()| first.etag)
    }

    /// Fetches the beginning, which for most objects is all.
    fn first_piece(&self, key: &str, path: &Path, deadline: &Deadline) -> Result<First, Fault> {
        let range = bytes_header(&(0..PIECE));
        let headers = [("range", range.as_str()), ("x-amz-checksum-mode", "ENABLED")];
        let request = Request {
            headers: &headers,
            expects: PIECE,
            ..Request::new("GET", Some(key), "read", "s3:GetObject")
        };
        let first = self.simple(&request, deadline, |call, answer| {
            let whole = if answer.status == 206 { whole_length(&answer) } else { answer.length() };
            let whole = whole.ok_or_else(|| no_length(call))?;
            let have = if answer.status == 206 { whole.min(PIECE) } else { whole };
            let etag = etag(call, &answer)?;
            let file = create(path).map_err(|error| no_file(call, path, &error))?;
            let kept = keep(call, answer, &file, 0, have, whole == have);
            kept.inspect_err(|_| remove_half(path))?;
            Ok(First { file, etag, whole, have })
        });
        match first {
            // Of an object without a byte there is no first one.
            Err(fault) if fault.code == "InvalidRange" => self.empty(key, path, fault, deadline),
            first => first,
        }
    }

    fn empty(&self, key: &str, path: &Path, fault: Fault, deadline: &Deadline) -> Result<First, Fault> {
        let head = self.head(key, deadline)?;
        if head.size > 0 {
            return Err(fault);
        }
        let what = self.sentence("read", Some(key));
        let file = create(path).map_err(|error| Fault::local(&what, &error))?;
        Ok(First { file, etag: head.etag, whole: 0, have: 0 })
    }

    fn rest(&self, key: &str, first: &First, landed: Landed<'_>, deadline: &Deadline) -> Result<(), Fault> {
        let First { file, etag, whole, have } = first;
        let what = self.sentence("read", Some(key));
        file.set_len(*whole).map_err(|error| Fault::local(&what, &error))?;
        let pieces = (have.div_ceil(PIECE), whole.div_ceil(PIECE));
        parallel::run(self.workers, pieces, deadline, |number, deadline| {
            let (from, len) = parallel::piece(number, PIECE, *whole);
            self.piece(key, file, from, len, etag, deadline)?;
            landed(file, from..from + len)
        })
    }

    fn piece(
        &self,
        key: &str,
        file: &File,
        from: u64,
        len: u64,
        etag: &str,
        deadline: &Deadline,
    ) -> Result<(), Fault> {
        let range = bytes_header(&(from..from + len));
        let headers = [("range", range.as_str()), ("if-match", etag)];
        let request = Request {
            headers: &headers,
            expects: len,
            ..Request::new("GET", Some(key), "read", "s3:GetObject")
        };
        self.simple(&request, deadline, |call, answer| keep(call, answer, file, from, len, false))
    }
}

/// Is told of each piece of a file once it is there, in any order.
type Landed<'a> = &'a (dyn Fn(&File, Range<u64>) -> Result<(), Fault> + Sync);

/// Begins again with an object that changes meanwhile.
fn anew<T>(fetch: impl Fn() -> Result<T, Fault>) -> Result<T, Fault> {
    let mut beginning = 1;
    loop {
        match fetch() {
            Err(fault) if fault.kind == Kind::PreconditionFailed && beginning < BEGINNINGS => beginning += 1,
            end => return end,
        }
    }
}

/// To be written, and read back.
fn create(path: &Path) -> std::io::Result<File> {
    File::options().read(true).write(true).create(true).truncate(true).open(path)
}

/// What the first request brought.
struct First {
    file: File,
    etag: String,
    whole: u64,
    /// In the file.
    have: u64,
}

/// See [`Bucket::get_to`].
pub(super) fn to_writer(
    bucket: &Bucket,
    key: &str,
    sink: &mut dyn Write,
    deadline: &Deadline,
) -> Result<String, Fault> {
    let mut taken = Taken::default();
    bucket.aws.retry(deadline, |_| {
        let range = format!("bytes={}-", taken.len);
        let first = [("x-amz-checksum-mode", "ENABLED")];
        let etag = taken.etag.clone();
        let further = [("range", range.as_str()), ("if-match", etag.as_str())];
        let headers = if taken.len == 0 { &first[..] } else { &further[..] };
        let request = Request {
            headers,
            expects: u64::MAX / 2,
            ..Request::new("GET", Some(key), "read", "s3:GetObject")
        };
        // The retries are this loop's: each of them asks for another range.
        bucket.simple(&request, deadline, |call, answer| Ok(taken.take(call, answer, sink)))?
    })?;
    taken.finish(&bucket.sentence("read", Some(key)))
}

/// What has come so far.
#[derive(Default)]
struct Taken {
    etag: String,
    checksum: Option<String>,
    hasher: Hasher,
    len: u64,
}

impl Taken {
    fn take(&mut self, call: &Call<'_>, mut answer: Answer, sink: &mut dyn Write) -> Result<(), Fault> {
        if self.len == 0 {
            self.etag = etag(call, &answer)?;
            self.checksum = answer.header("x-amz-checksum-sha256").map(str::to_owned);
        } else if answer.status != 206 {
            return Err(Fault::new(Kind::Refused, call.what, "it cannot be gone on with where it was cut"));
        }
        let read = answer.each(|bytes| {
            sink.write_all(bytes)?;
            self.hasher.update(bytes);
            self.len += bytes.len() as u64;
            Ok(())
        });
        read.map_err(|fault| aws::broken(call, &fault)).map(drop)
    }

    fn finish(self, what: &str) -> Result<String, Fault> {
        verify(what, self.checksum.as_deref(), self.hasher).map(|()| self.etag)
    }
}

/// Writes a body to its place in the file, and holds it to its length.
fn keep(
    call: &Call<'_>,
    mut answer: Answer,
    file: &File,
    from: u64,
    len: u64,
    is_whole: bool,
) -> Result<(), Fault> {
    let checksum = answer.header("x-amz-checksum-sha256").map(str::to_owned).filter(|_| is_whole);
    let (mut at, mut hasher) = (from, Hasher::default());
    let came = answer.each(|bytes| {
        file.write_all_at(bytes, at)?;
        at += bytes.len() as u64;
        if checksum.is_some() {
            hasher.update(bytes);
        }
        Ok(())
    });
    let came = came.map_err(|fault| aws::broken(call, &fault))?;
    if came != len {
        return Err(Fault::new(Kind::Garbled, call.what, format!("{came} bytes came of {len}")));
    }
    verify(call.what, checksum.as_deref(), hasher)
}

/// `Content-Range: bytes 0-8388607/12345678`.
fn whole_length(answer: &Answer) -> Option<u64> {
    answer.header("content-range")?.rsplit('/').next()?.parse().ok()
}

fn no_file(call: &Call<'_>, path: &Path, error: &std::io::Error) -> Fault {
    Fault::local(&format!("{} to {}", call.what, path.display()), error)
}

/// Half a file must not be taken for a whole one. A device is not what was made here.
fn remove_half(path: &Path) {
    if fs::symlink_metadata(path).is_ok_and(|about| about.is_file()) {
        let _ = fs::remove_file(path);
    }
}

fn no_length(call: &Call<'_>) -> Fault {
    Fault::new(Kind::Garbled, call.what, "the answer does not say how long the object is")
}
