//! The agent's side of the network, over HTTP, against the stand-in and with faults in between.

mod calls;
mod imds;
mod objects;
mod s3_faults;
mod sync;
mod tls;

use std::sync::OnceLock;
use std::time::Duration;

use agent::io::clock;
use agent::io::credentials::Credentials;
use agent::io::http::Deadline;
use agent::io::s3::Bucket;
use agent::io::sign::{Canonical, Scope, hash, sign};

use crate::parts::proxy::Proxy;
use crate::parts::stand_in::{self, REGION, StandIn};

/// One for all tests of a process: it takes seconds to start, and every test has a bucket of its own.
fn aws() -> &'static StandIn {
    static STAND_IN: OnceLock<StandIn> = OnceLock::new();
    STAND_IN.get_or_init(StandIn::start)
}

fn soon() -> Deadline {
    Deadline::after(Duration::from_secs(60))
}

/// An empty bucket behind a proxy of its own.
fn bucket(name: &str) -> (Bucket, Proxy) {
    let proxy = Proxy::to(aws().url());
    make_bucket(name);
    (Bucket::new(stand_in::aws_at(&proxy.url()), name, REGION), proxy)
}

/// What the agent itself never does.
fn make_bucket(name: &str) {
    signed("s3", "PUT", &format!("/{name}"), &[], "");
}

/// Bytes that no compression and no accident makes.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    std::iter::repeat_with(&mut next).flatten().take(len).collect()
}

/// Any call in JSON, for what the agent itself never asks.
fn signed_json(service: &str, target: &str, body: &serde_json::Value) -> serde_json::Value {
    signed_json_at(aws().url(), service, target, body)
}

/// A call to the stand-in at `url`, signed.
pub(crate) fn signed_json_at(
    url: &str,
    service: &str,
    target: &str,
    body: &serde_json::Value,
) -> serde_json::Value {
    let headers = [("x-amz-target", target), ("content-type", "application/x-amz-json-1.1")];
    serde_json::from_str(&signed_at(url, service, ("POST", "/"), &headers, &body.to_string())).unwrap()
}

fn signed(service: &str, method: &str, path: &str, more: &[(&str, &str)], body: &str) -> String {
    signed_at(aws().url(), service, (method, path), more, body)
}

fn signed_at(
    url: &str,
    service: &str,
    (method, path): (&str, &str),
    more: &[(&str, &str)],
    body: &str,
) -> String {
    let keys = Credentials {
        access_key: stand_in::KEY.0.into(),
        secret: stand_in::KEY.1.into(),
        token: None,
        expires: None,
    };
    let body_sha256 = hash::hex(&hash::sha256(body.as_bytes()));
    let common = [("host", &url["http://".len()..]), ("x-amz-content-sha256", &body_sha256)];
    let headers: Vec<_> =
        common.iter().chain(more).map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let request = Canonical { method, path, query: "", headers: &headers, body_sha256: &body_sha256 };
    let added = sign(&request, &Scope { region: REGION, service, at: clock::now().wall }, &keys);
    let mut request = ureq::http::Request::builder().method(method).uri(format!("{url}{path}"));
    for (name, value) in headers.iter().chain(&added).filter(|(name, _)| name != "host") {
        request = request.header(name, value);
    }
    let config =
        ureq::Agent::config_builder().proxy(None).timeout_global(Some(Duration::from_secs(60))).build();
    let mut answer = config.new_agent().run(request.body(body).unwrap()).unwrap();
    answer.body_mut().read_to_string().unwrap()
}
