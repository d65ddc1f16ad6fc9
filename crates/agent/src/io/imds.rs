//! The instance metadata service: version 2 only, every call with a token, every answer bounded.
//!
//! Source: the EC2 user guide, "Use the Instance Metadata Service"; limits as in the SDKs: token for six hours, one second
//! to connect and to answer, four attempts.

mod answers;
mod evidence;
mod fault;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ureq::http::Request;

pub use self::answers::{Action, Identity, Lifecycle, Notice, Rebalance};
pub use self::evidence::looks_like_ec2;
pub use self::fault::{Fault, Kind};
use super::clock;
use super::credentials::Credentials;
use super::http::{self, Answer, Deadline, Http, Sent, Wait};

const ENDPOINT: &str = "http://169.254.169.254";
const ENDPOINT_IPV6: &str = "http://[fd00:ec2::254]";
/// Seconds; the most there is.
const TOKEN_LIVES: u64 = 21_600;
/// A token is renewed so long before its end.
const TOKEN_EARLY: Duration = Duration::from_secs(300);
const ATTEMPTS: u32 = 4;
const BACKOFF: Duration = Duration::from_millis(100);
const ONE_CALL: Wait =
    Wait { connect: Duration::from_secs(1), idle: Duration::from_secs(1), total: Duration::from_secs(2) };
/// The longest answer there is, an identity document or credentials, has less than 3 KiB.
const MOST: usize = 32 * 1024;
/// EC2 allows 50.
const MOST_TAGS: usize = 64;

/// The metadata service of this instance.
#[derive(Debug)]
pub struct Imds {
    http: Http,
    endpoint: String,
    /// `AWS_EC2_METADATA_DISABLED` is set.
    disabled: bool,
    /// The hardware says that this is EC2: then silence is a fault and not an answer.
    on_ec2: bool,
    token: Mutex<Option<Token>>,
}

#[derive(Clone, Debug)]
struct Token {
    text: String,
    /// Since boot.
    renew_at: Duration,
}

impl Imds {
    /// At its usual address, or where the environment says. `on_ec2` is what [`looks_like_ec2`] found.
    pub fn new(http: Http, variable: impl Fn(&str) -> Option<String>, on_ec2: bool) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let six =
            set("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE").is_some_and(|it| it.eq_ignore_ascii_case("ipv6"));
        let usual = if six { ENDPOINT_IPV6 } else { ENDPOINT };
        let endpoint = set("AWS_EC2_METADATA_SERVICE_ENDPOINT").unwrap_or_else(|| usual.to_owned());
        let disabled = set("AWS_EC2_METADATA_DISABLED").is_some_and(|it| it.eq_ignore_ascii_case("true"));
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        Self { http, endpoint, disabled, on_ec2, token: Mutex::new(None) }
    }

    /// Who this instance is.
    ///
    /// # Errors
    /// As for all below: the service cannot be had, or says something that makes no sense.
    pub fn identity(&self, deadline: &Deadline) -> Result<Identity, Fault> {
        let path = "dynamic/instance-identity/document";
        let text = self.get(path, deadline)?.ok_or_else(|| self.missing(path))?;
        Identity::read(&text).map_err(|why| self.garbled(path, why))
    }

    /// What EC2 is about to do to this spot instance, if anything.
    pub fn spot_notice(&self, deadline: &Deadline) -> Result<Option<Notice>, Fault> {
        self.read("meta-data/spot/instance-action", deadline, Notice::read)
    }

    /// Whether EC2 recommends to leave this spot instance.
    pub fn rebalance(&self, deadline: &Deadline) -> Result<Option<Rebalance>, Fault> {
        self.read("meta-data/events/recommendations/rebalance", deadline, Rebalance::read)
    }

    /// What its Auto Scaling group is about to do with it; none outside of a group.
    pub fn lifecycle(&self, deadline: &Deadline) -> Result<Option<Lifecycle>, Fault> {
        self.read("meta-data/autoscaling/target-lifecycle-state", deadline, Lifecycle::read)
    }

    /// Its tags; none where the instance's options do not show them.
    pub fn tags(&self, deadline: &Deadline) -> Result<Option<BTreeMap<String, String>>, Fault> {
        let Some(names) = self.get("meta-data/tags/instance", deadline)? else { return Ok(None) };
        let mut tags = BTreeMap::new();
        for name in names.lines().filter(|name| !name.is_empty()).take(MOST_TAGS) {
            let path = format!("meta-data/tags/instance/{}", super::sign::encode_path(name));
            if let Some(value) = self.get(&path, deadline)? {
                tags.insert(name.to_owned(), value);
            }
        }
        Ok(Some(tags))
    }

    /// The credentials of its role; none without a role.
    pub fn role_credentials(&self, deadline: &Deadline) -> Result<Option<Credentials>, Fault> {
        let folder = "meta-data/iam/security-credentials/";
        let Some(roles) = self.get(folder, deadline)? else { return Ok(None) };
        let Some(role) = roles.lines().map(str::trim).find(|role| !role.is_empty()) else { return Ok(None) };
        self.read(&format!("{folder}{}", super::sign::encode_path(role)), deadline, answers::credentials)
    }

    /// Any answer below `/latest/`; none where there is nothing.
    pub fn get(&self, path: &str, deadline: &Deadline) -> Result<Option<String>, Fault> {
        if self.disabled {
            return Err(self.fault(Kind::NotOnEc2, path, "AWS_EC2_METADATA_DISABLED is set"));
        }
        let (mut attempt, mut refused) = (1, false);
        loop {
            let fault = match self.attempt(path, refused, deadline) {
                Ok(found) => return Ok(found),
                Err(fault) => fault,
            };
            // A new token at once, but only one: a second refusal is meant.
            if fault.kind == Kind::TokenRefused && !refused {
                refused = true;
                continue;
            }
            let pause = BACKOFF * 2_u32.pow(attempt.min(8));
            if !fault.kind.passes() || attempt >= ATTEMPTS || !deadline.pause(pause) {
                return Err(fault.settled());
            }
            attempt += 1;
        }
    }

    fn read<T>(
        &self,
        path: &str,
        deadline: &Deadline,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Fault> {
        let Some(text) = self.get(path, deadline)? else { return Ok(None) };
        read(&text).map(Some).map_err(|why| self.garbled(path, why))
    }

    fn attempt(&self, path: &str, refused: bool, deadline: &Deadline) -> Result<Option<String>, Fault> {
        let token = self.token(refused, deadline)?;
        let request = Request::get(self.url(path)).header("x-aws-ec2-metadata-token", &token);
        let mut answer = self.send(path, request, None, deadline)?;
        let text = self.text(path, &mut answer)?;
        match answer.status {
            200 => Ok(Some(text)),
            404 => Ok(None),
            401 | 403 => Err(self.fault(Kind::TokenRefused, path, "it refuses its own token")),
            status => Err(self.odd_status(path, status)),
        }
    }

    /// The one held, unless it was refused or ends. Held while it is renewed, so that one caller does it for all.
    fn token(&self, refused: bool, deadline: &Deadline) -> Result<String, Fault> {
        let mut held = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        let up = clock::now().up;
        if let Some(token) = &*held
            && !refused
            && up < token.renew_at
        {
            return Ok(token.text.clone());
        }
        let text = self.new_token(held.is_some(), deadline)?;
        let renew_at = up + Duration::from_secs(TOKEN_LIVES) - TOKEN_EARLY;
        *held = Some(Token { text: text.clone(), renew_at });
        Ok(text)
    }

    fn new_token(&self, was_here: bool, deadline: &Deadline) -> Result<String, Fault> {
        let path = "api/token";
        let request = Request::put(self.url(path))
            .header("x-aws-ec2-metadata-token-ttl-seconds", TOKEN_LIVES.to_string());
        let mut answer =
            self.send(path, request, Some(&mut std::io::empty()), deadline).map_err(|fault| {
                let nobody = fault.kind == Kind::NoConnection && !was_here && !self.on_ec2;
                if nobody { fault.into_kind(Kind::NotOnEc2) } else { fault }
            })?;
        let text = self.text(path, &mut answer)?;
        match answer.status {
            200 if is_token(&text) => Ok(text),
            200 => Err(self.garbled(path, "its token is none".into())),
            403 => Err(self.fault(Kind::Off, path, "it is switched off in the instance's metadata options")),
            // Other clouds have services of their own at this address.
            404 | 405 if !was_here && !self.on_ec2 => {
                Err(self.fault(Kind::NotOnEc2, path, "it is not EC2's: it knows no tokens"))
            }
            status => Err(self.odd_status(path, status)),
        }
    }

    fn send(
        &self,
        path: &str,
        request: ureq::http::request::Builder,
        body: Option<&mut std::io::Empty>,
        deadline: &Deadline,
    ) -> Result<Answer, Fault> {
        let left = deadline.left().ok_or_else(|| self.fault(Kind::TimedOut, path, "no time is left"))?;
        let request =
            request.body(()).map_err(|error| self.fault(Kind::Garbled, path, &error.to_string()))?;
        let wait = Wait { total: ONE_CALL.total.min(left), ..ONE_CALL };
        let sent = body.map(|reader| Sent { reader, len: 0 });
        self.http.send(request, sent, wait).map_err(|fault| self.unanswered(path, &fault))
    }

    fn text(&self, path: &str, answer: &mut Answer) -> Result<String, Fault> {
        let bytes = answer.bytes(MOST).map_err(|fault| self.unanswered(path, &fault))?;
        String::from_utf8(bytes).map_err(|_| self.garbled(path, "it is not text".into()))
    }

    fn url(&self, path: &str) -> String {
        format!("{}/latest/{path}", self.endpoint)
    }

    fn unanswered(&self, path: &str, fault: &http::Fault) -> Fault {
        let kind = match fault {
            http::Fault::NoConnection(_) | http::Fault::Tls(_) | http::Fault::Request(_) => {
                Kind::NoConnection
            }
            http::Fault::TimedOut | http::Fault::Broken(_) => Kind::TimedOut,
            http::Fault::Garbled(_) | http::Fault::TooLarge(_) | http::Fault::Sink(_) => Kind::Garbled,
        };
        self.fault(kind, path, &fault.to_string())
    }

    fn odd_status(&self, path: &str, status: u16) -> Fault {
        let kind = match status {
            429 | 503 => Kind::Throttled,
            500.. => Kind::TimedOut,
            _ => Kind::Garbled,
        };
        self.fault(kind, path, &format!("it answers with status {status}"))
    }

    fn missing(&self, path: &str) -> Fault {
        self.fault(Kind::Garbled, path, "there is nothing")
    }

    fn garbled(&self, path: &str, why: String) -> Fault {
        self.fault(Kind::Garbled, path, &why)
    }

    fn fault(&self, kind: Kind, path: &str, why: &str) -> Fault {
        Fault::new(kind, &self.endpoint, path, why)
    }
}

/// Opaque, but always one line of base64.
fn is_token(text: &str) -> bool {
    (1..=1024).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'<')
}

#[cfg(test)]
mod tests;
