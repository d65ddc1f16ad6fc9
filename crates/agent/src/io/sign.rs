//! AWS's signature, version 4, in headers: pure, over ring's HMAC and SHA-256, which TLS links in any case.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>. The tests hold it
//! against AWS's own crate, `aws-sigv4`, over random requests.

pub mod hash;

use jiff::{Timestamp, tz::TimeZone};
use ring::hmac;

use self::hash::{hex, sha256};
use super::credentials::Credentials;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What a signature is good for.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// `us-east-1`.
    pub region: &'a str,
    /// `s3`, as in the ARN.
    pub service: &'a str,
    /// The service accepts it for five minutes around this, S3 for fifteen.
    pub at: Timestamp,
}

/// A request, in the form that is signed.
#[derive(Clone, Copy, Debug)]
pub struct Canonical<'a> {
    /// In capitals.
    pub method: &'a str,
    /// From `/` on, encoded by [`encode_path`].
    pub path: &'a str,
    /// Made by [`encode_query`].
    pub query: &'a str,
    /// All headers that are signed, but those that [`sign`] adds. Names in small letters, `host` among them.
    pub headers: &'a [(String, String)],
    /// Of the body, in hexadecimal.
    pub body_sha256: &'a str,
}

/// The headers that make a request a signed one.
pub fn sign(request: &Canonical<'_>, scope: &Scope<'_>, credentials: &Credentials) -> Vec<(String, String)> {
    let stamp = stamp(scope.at);
    let day = &stamp[..8];
    let mut added = vec![("x-amz-date".to_owned(), stamp.clone())];
    if let Some(token) = &credentials.token {
        added.push(("x-amz-security-token".to_owned(), token.clone()));
    }
    let mut headers: Vec<_> = request.headers.iter().chain(&added).collect();
    headers.sort_unstable();
    let names = headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";");
    let within = format!("{day}/{}/{}/aws4_request", scope.region, scope.service);
    let digest = hex(&sha256(canonical(request, &headers, &names).as_bytes()));
    let key = key(&credentials.secret, day, scope);
    let signature = mac(&key, &format!("{ALGORITHM}\n{stamp}\n{within}\n{digest}"));
    let value = format!(
        "{ALGORITHM} Credential={}/{within}, SignedHeaders={names}, Signature={}",
        credentials.access_key,
        hex(signature.as_ref())
    );
    added.push(("authorization".to_owned(), value));
    added
}

/// As a path: everything but letters, digits, `-._~` and `/`.
pub fn encode_path(path: &str) -> String {
    encode(path, |byte| is_plain(byte) || byte == b'/')
}

/// A query in the order in which it is signed.
pub fn encode_query(pairs: &[(&str, &str)]) -> String {
    let mut encoded: Vec<_> = pairs.iter().map(|(k, v)| (encode(k, is_plain), encode(v, is_plain))).collect();
    encoded.sort_unstable();
    encoded.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join("&")
}

fn canonical(request: &Canonical<'_>, headers: &[&(String, String)], names: &str) -> String {
    let Canonical { method, path, query, body_sha256, .. } = request;
    let mut text = format!("{method}\n{path}\n{query}\n");
    for (name, value) in headers {
        text.extend([name, ":"]);
        text.push_str(&value.split_ascii_whitespace().collect::<Vec<_>>().join(" "));
        text.push('\n');
    }
    text + "\n" + names + "\n" + body_sha256
}

fn key(secret: &str, day: &str, scope: &Scope<'_>) -> hmac::Key {
    let first = hmac::Key::new(hmac::HMAC_SHA256, format!("AWS4{secret}").as_bytes());
    [day, scope.region, scope.service, "aws4_request"]
        .into_iter()
        .fold(first, |key, part| hmac::Key::new(hmac::HMAC_SHA256, mac(&key, part).as_ref()))
}

fn mac(key: &hmac::Key, text: &str) -> hmac::Tag {
    hmac::sign(key, text.as_bytes())
}

fn stamp(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn encode(text: &str, plain: impl Fn(u8) -> bool) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

#[cfg(test)]
mod tests;
