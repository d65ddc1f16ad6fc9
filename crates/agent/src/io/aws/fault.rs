//! Why AWS did not do what it was asked: one kind to branch on, one sentence for people.

use std::fmt::Display;
use std::io;

use serde_json::Value;

use super::{Api, Call, xml};
use crate::io::http::{self, Answer, Deadline};

/// What callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The object, the instance, the stream is not there.
    NotFound,
    /// Not allowed, or signed with a key that is not known.
    Denied,
    /// Somebody else writes the same thing at the same time (409): look again and decide anew.
    Conflict,
    /// The object is not what the condition says (412).
    PreconditionFailed,
    /// The bucket lies in another region, and that region could not be used either.
    WrongRegion,
    /// There is no such bucket.
    NoBucket,
    /// Too many requests.
    Throttled,
    /// No connection, no answer in time, or a fault of AWS's own.
    Unreachable,
    /// An answer that makes no sense, or a body that is not what was sent.
    Garbled,
    /// The credentials have ended, or the clock is off.
    Expired,
    /// More bytes than the caller takes, or than AWS does.
    TooLarge,
    /// There is nothing to sign with.
    NoCredentials,
    /// AWS does not take the request as it is.
    Refused,
    /// This machine's own: a file that cannot be read or written.
    Local,
    /// Called off.
    Stopped,
}

impl Kind {
    /// Whether trying again may help.
    pub(super) fn passes(self) -> bool {
        match self {
            Self::Throttled | Self::Unreachable | Self::Garbled => true,
            Self::NotFound
            | Self::Denied
            | Self::Conflict
            | Self::PreconditionFailed
            | Self::WrongRegion
            | Self::NoBucket
            | Self::Expired
            | Self::TooLarge
            | Self::NoCredentials
            | Self::Refused
            | Self::Local
            | Self::Stopped => false,
        }
    }
}

/// A call that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot {what}: {why}")]
pub struct Fault {
    /// What kind of failure.
    pub kind: Kind,
    /// AWS's word for it, where it said one.
    pub code: String,
    /// The region that AWS says it should be.
    pub(crate) region: Option<String>,
    what: String,
    why: String,
}

impl Fault {
    pub(crate) fn new(kind: Kind, what: &str, why: impl Display) -> Self {
        Self { kind, code: String::new(), region: None, what: what.to_owned(), why: why.to_string() }
    }

    pub(crate) fn local(what: &str, error: &io::Error) -> Self {
        Self::new(Kind::Local, what, error)
    }

    pub(crate) fn out_of_time(what: &str, deadline: &Deadline) -> Self {
        if deadline.is_stopped() {
            return Self::new(Kind::Stopped, what, "it was called off");
        }
        Self::new(Kind::Unreachable, what, "no time is left for it")
    }

    /// With what it took to come to this.
    pub(super) fn given_up(mut self, attempts: u32, deadline: &Deadline) -> Self {
        if deadline.is_stopped() {
            self.kind = Kind::Stopped;
        }
        if attempts > 1 {
            self.why = format!("{} (tried {attempts} times)", self.why);
        }
        self
    }

    pub(super) fn unanswered(what: &str, api: Api, base: &str, fault: &http::Fault) -> Self {
        use http::Fault as F;
        let there = format!("{} at {base}: {fault}", api.title());
        let (kind, why) = match fault {
            F::NoConnection(_) | F::TimedOut | F::Broken(_) | F::Tls(_) => (Kind::Unreachable, there),
            F::Garbled(_) => (Kind::Garbled, there),
            F::TooLarge(_) => (Kind::TooLarge, fault.to_string()),
            F::Sink(_) => (Kind::Local, fault.to_string()),
            F::Request(_) => (Kind::Refused, fault.to_string()),
        };
        Self::new(kind, what, why)
    }

    pub(super) fn answered(call: &Call<'_>, answer: &Answer, body: &[u8]) -> Self {
        let said = Said::read(body);
        let code = said.code.unwrap_or_default();
        let region = answer.header("x-amz-bucket-region").map(str::to_owned).or(said.region);
        let kind = classify(answer.status, &code, region.as_deref(), call);
        let words = match (code.as_str(), said.message) {
            ("", _) => format!("{} answers with status {}", call.api.title(), answer.status),
            (code, None) => format!("{} says {code}", call.api.title()),
            (code, Some(message)) => format!("{} says {code}: {}", call.api.title(), trimmed(&message)),
        };
        let why = match hint(kind, call, region.as_deref()) {
            Some(hint) => format!("{words}; {hint}"),
            None => words,
        };
        Self { kind, code, region, what: call.what.to_owned(), why }
    }
}

/// Without the stop at its end, and not a page of it.
fn trimmed(message: &str) -> String {
    message.trim().trim_end_matches('.').chars().take(400).collect()
}

/// An error answer's content: S3 and the query protocol in XML, Logs in JSON.
#[derive(Default)]
struct Said {
    code: Option<String>,
    message: Option<String>,
    region: Option<String>,
}

impl Said {
    fn read(body: &[u8]) -> Self {
        let Ok(text) = std::str::from_utf8(body) else { return Self::default() };
        if let Ok(json) = serde_json::from_str::<Value>(text) {
            let field =
                |names: [&str; 2]| names.iter().find_map(|name| json[name].as_str()).map(str::to_owned);
            let code =
                field(["__type", "code"]).map(|code| code.rsplit('#').next().unwrap_or_default().to_owned());
            return Self { code, message: field(["message", "Message"]), region: None };
        }
        let mut said = Self::default();
        let read = xml::read(text, |told| {
            let xml::Told::Leaf { within: "Error", name, text } = told else { return };
            let place = match name {
                "Code" => &mut said.code,
                "Message" => &mut said.message,
                "Region" => &mut said.region,
                _ => return,
            };
            *place = Some(text.to_owned()).filter(|text| !text.is_empty());
        });
        read.map(|()| said).unwrap_or_default()
    }
}

/// Sources: S3 API reference, "Error responses"; EC2 API reference, "Error codes"; CloudWatch Logs, "Common errors".
fn classify(status: u16, code: &str, region: Option<&str>, call: &Call<'_>) -> Kind {
    match code {
        "NoSuchBucket" => return Kind::NoBucket,
        "PermanentRedirect"
        | "TemporaryRedirect"
        | "AuthorizationHeaderMalformed"
        | "IllegalLocationConstraintException" => {
            return Kind::WrongRegion;
        }
        "ExpiredToken"
        | "ExpiredTokenException"
        | "TokenRefreshRequired"
        | "RequestExpired"
        | "RequestTimeTooSkewed" => {
            return Kind::Expired;
        }
        "SlowDown"
        | "RequestLimitExceeded"
        | "Throttling"
        | "ThrottlingException"
        | "RequestThrottled"
        | "TooManyRequestsException" => {
            return Kind::Throttled;
        }
        "RequestTimeout"
        | "InternalError"
        | "InternalFailure"
        | "ServiceUnavailable"
        | "ServiceUnavailableException" => {
            return Kind::Unreachable;
        }
        "BadDigest" | "XAmzContentSHA256Mismatch" | "IncompleteBody" | "InvalidDigest" => {
            return Kind::Garbled;
        }
        "EntityTooLarge" => return Kind::TooLarge,
        "ResourceNotFoundException" => return Kind::NotFound,
        "OperationAbortedException" => return Kind::Conflict,
        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "AuthFailure"
        | "UnrecognizedClientException"
        | "InvalidAccessKeyId"
        | "InvalidClientTokenId"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException" => {
            return Kind::Denied;
        }
        code if code.ends_with(".NotFound") => return Kind::NotFound,
        _ => {}
    }
    match status {
        // An answer to HEAD has no body, and so no code.
        301 | 307 => Kind::WrongRegion,
        400 if code.is_empty() && region.is_some_and(|region| region != call.region) => Kind::WrongRegion,
        401 | 403 => Kind::Denied,
        404 => Kind::NotFound,
        409 => Kind::Conflict,
        412 => Kind::PreconditionFailed,
        408 | 500 | 502 | 504 => Kind::Unreachable,
        429 | 503 => Kind::Throttled,
        _ => Kind::Refused,
    }
}

fn hint(kind: Kind, call: &Call<'_>, region: Option<&str>) -> Option<String> {
    if kind == Kind::Denied && call.method == "GET" && call.needs == "s3:GetObject" {
        let both =
            "the role needs s3:GetObject on it; without s3:ListBucket, S3 says the same of what is not there";
        return Some(both.into());
    }
    if kind == Kind::Denied {
        return Some(format!("the role needs {}", call.needs));
    }
    if kind == Kind::NoBucket {
        return Some("make the bucket, or name another".into());
    }
    region.filter(|_| kind == Kind::WrongRegion).map(|region| format!("the bucket lies in {region}"))
}

#[cfg(test)]
mod tests;
