//! One call to AWS: where to, signed, tried again while there is time. It knows no operation.

pub mod endpoints;
pub mod fault;
mod payload;
pub(crate) mod xml;

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use ureq::http::Request;

pub use self::endpoints::{Api, Endpoints};
pub use self::fault::{Fault, Kind};
pub(crate) use self::payload::Payload;
use super::clock;
use super::credentials::{Credentials, Keys, KeysFault};
use super::http::{self, Answer, Deadline, Http, Sent, Wait};
use super::sign::{self, Canonical, Scope, hash};

/// Error answers are short.
const MOST_OF_A_REFUSAL: usize = 64 * 1024;
/// A service's clock that is further off than this is why it refuses; the tightest service allows five minutes.
const SKEW: SignedDuration = SignedDuration::from_mins(4);
/// New credentials, and a mended clock: each once.
const RENEWALS: u32 = 2;
const CONNECT: Duration = Duration::from_secs(5);
pub(crate) const IDLE: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What all clients of a process share.
#[derive(Debug)]
pub struct Aws {
    http: Http,
    keys: Keys,
    endpoints: Endpoints,
    /// How far AWS's clock is ahead of this machine's, in seconds.
    skew: AtomicI64,
}

/// One request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) api: Api,
    pub(crate) region: &'a str,
    pub(crate) method: &'a str,
    /// Scheme and authority.
    pub(crate) base: &'a str,
    /// Encoded.
    pub(crate) path: &'a str,
    pub(crate) query: &'a [(&'a str, &'a str)],
    /// In small letters.
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) payload: Payload<'a>,
    /// Sends the payload's SHA-256 for S3 to keep with the object.
    pub(crate) kept_checksum: bool,
    /// What it does, for sentences: "write s3://bucket/key".
    pub(crate) what: &'a str,
    /// The permission that it takes.
    pub(crate) needs: &'a str,
    /// How long nothing may happen; some operations think for long.
    pub(crate) idle: Duration,
    /// Asks before it sends the body, so that a refusal is heard before the connection is shut.
    pub(crate) ask_first: bool,
}

impl<'a> Call<'a> {
    pub(crate) fn new(api: Api, region: &'a str, method: &'a str, base: &'a str) -> Self {
        Self {
            api,
            region,
            method,
            base,
            path: "/",
            query: &[],
            headers: &[],
            payload: Payload::Bytes(&[]),
            kept_checksum: false,
            what: "",
            needs: "",
            idle: IDLE,
            ask_first: false,
        }
    }
}

impl Aws {
    /// For calls over `http`, signed with `keys`.
    pub fn new(http: Http, keys: Keys, endpoints: Endpoints) -> Self {
        Self { http, keys, endpoints, skew: AtomicI64::new(0) }
    }

    /// Where the services are.
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// Tries until it works, until it is refused in a way that stays, or until no time is left. `attempt` is told its number.
    pub(crate) fn retry<T>(
        &self,
        deadline: &Deadline,
        mut attempt: impl FnMut(u32) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let (mut number, mut renewals, mut pause) = (1, 0, FIRST_PAUSE);
        loop {
            let fault = match attempt(number) {
                Ok(done) => return Ok(done),
                Err(fault) => fault,
            };
            if fault.kind == Kind::Expired && renewals < RENEWALS {
                renewals += 1;
            } else if !fault.kind.passes() || !deadline.pause(jittered(pause)) {
                return Err(fault.given_up(number, deadline));
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
            number += 1;
        }
    }

    /// Makes one attempt; an answer that is no success is a fault.
    pub(crate) fn once(&self, call: &Call<'_>, deadline: &Deadline) -> Result<Answer, Fault> {
        let keys = self.keys.get(deadline).map_err(|fault| no_keys(call.what, &fault))?;
        let at = self.now();
        let request = signed(call, &keys, at)?;
        // Only now: asking for the keys and reading the payload took their time.
        let Some(left) = deadline.left() else { return Err(Fault::out_of_time(call.what, deadline)) };
        let wait = Wait { connect: CONNECT, idle: call.idle, total: left };
        let mut reader = call.payload.reader();
        let has_body = call.payload.len() > 0 || matches!(call.method, "PUT" | "POST");
        let sent = has_body.then_some(Sent { len: call.payload.len(), reader: &mut reader });
        let answer = self.http.send(request, sent, wait);
        if let Some(error) = reader.fault() {
            return Err(Fault::local(call.what, &error));
        }
        let answer = answer.map_err(|fault| broken(call, &fault))?;
        if answer.status < 300 { Ok(answer) } else { Err(self.refused(call, answer, &keys, at)) }
    }

    fn refused(
        &self,
        call: &Call<'_>,
        mut answer: Answer,
        keys: &Credentials,
        signed_at: Timestamp,
    ) -> Fault {
        let body = answer.bytes(MOST_OF_A_REFUSAL).unwrap_or_default();
        let mut fault = Fault::answered(call, &answer, &body);
        if matches!(fault.kind, Kind::Denied | Kind::Expired | Kind::Refused)
            && self.is_skewed(&fault.code, &answer, signed_at)
        {
            fault.kind = Kind::Expired;
        } else if fault.kind == Kind::Expired {
            self.keys.refuse(keys);
        }
        fault
    }

    /// Whether a refusal comes of a clock that is off, and then goes by the service's from now on.
    fn is_skewed(&self, code: &str, answer: &Answer, signed_at: Timestamp) -> bool {
        let by_time = matches!(
            code,
            "RequestTimeTooSkewed"
                | "RequestExpired"
                | "RequestInTheFuture"
                | "AuthFailure"
                | "SignatureDoesNotMatch"
                | "InvalidSignatureException"
        ) || code.is_empty();
        let theirs =
            answer.header("date").and_then(|date| rfc2822::parse(date).ok()).map(|date| date.timestamp());
        let Some(ahead) = theirs.map(|theirs| theirs.duration_since(signed_at)) else { return false };
        if !by_time || ahead.abs() < SKEW {
            return false;
        }
        self.skew.fetch_add(ahead.as_secs(), Ordering::Relaxed);
        true
    }

    /// As AWS's clock has it.
    fn now(&self) -> Timestamp {
        let wall = clock::now().wall;
        wall.checked_add(SignedDuration::from_secs(self.skew.load(Ordering::Relaxed))).unwrap_or(wall)
    }
}

fn signed(call: &Call<'_>, keys: &Credentials, at: Timestamp) -> Result<Request<()>, Fault> {
    let url = endpoints::Url::of(call.base).map_err(|why| Fault::new(Kind::Refused, call.what, why))?;
    let body_sha256 = call.payload.sha256().map_err(|error| Fault::local(call.what, &error))?;
    let (checksum, body_sha256) = (hash::base64(&body_sha256), hash::hex(&body_sha256));
    let (path, query) = (format!("{}{}", url.path, call.path), sign::encode_query(call.query));
    let mut headers: Vec<_> = call.headers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    if call.api == Api::S3 {
        headers.push(("x-amz-content-sha256".into(), body_sha256.clone()));
    }
    if call.kept_checksum {
        headers.push(("x-amz-checksum-sha256".into(), checksum));
    }
    // Signed, and sent by ureq as the address has it.
    headers.push(("host".into(), url.authority.into()));
    let canonical = Canonical {
        method: call.method,
        path: &path,
        query: &query,
        headers: &headers,
        body_sha256: &body_sha256,
    };
    let scope = Scope { region: call.region, service: call.api.name(), at };
    headers.extend(sign::sign(&canonical, &scope, keys));
    let mark = if query.is_empty() { "" } else { "?" };
    let mut request =
        Request::builder().method(call.method).uri(format!("{}{path}{mark}{query}", url.origin));
    for (name, value) in headers.iter().filter(|(name, _)| name != "host") {
        request = request.header(name, value);
    }
    if call.ask_first {
        request = request.header("expect", "100-continue");
    }
    request.body(()).map_err(|error| Fault::new(Kind::Refused, call.what, error))
}

fn no_keys(what: &str, fault: &KeysFault) -> Fault {
    let kind = match fault {
        KeysFault::None(_) => Kind::NoCredentials,
        KeysFault::Role(_) => Kind::Unreachable,
    };
    Fault::new(kind, what, fault)
}

/// Anything from half of it to all, so that many that were throttled together do not come back together.
fn jittered(pause: Duration) -> Duration {
    use std::hash::{BuildHasher, RandomState};
    let random = u32::try_from(RandomState::new().hash_one(0_u8) >> 32).unwrap_or(u32::MAX);
    pause / 2 + (pause / 2).mul_f64(f64::from(random) / f64::from(u32::MAX))
}

/// How long one attempt may take that moves so many bytes: a slow attempt is given up for a new one long before the
/// caller's time is over, but never one that moves at 256 KiB/s.
pub(crate) fn attempt_bound(bytes: u64) -> Duration {
    Duration::from_secs(30 + bytes / (256 * 1024))
}

/// Reads a short answer that is text.
pub(crate) fn text(call: &Call<'_>, answer: &mut Answer, max: usize) -> Result<String, Fault> {
    let bytes = answer.bytes(max).map_err(|fault| broken(call, &fault))?;
    String::from_utf8(bytes).map_err(|_| Fault::new(Kind::Garbled, call.what, "the answer is no text"))
}

/// An answer whose body did not come whole.
pub(crate) fn broken(call: &Call<'_>, fault: &http::Fault) -> Fault {
    Fault::unanswered(call.what, call.api, call.base, fault)
}
