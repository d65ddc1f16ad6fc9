//! An access key as a person types it or a script sends it. What was typed is wiped once it is read, and no error
//! repeats a part of it.

use std::io::{self, Read};

use async_trait::async_trait;
use domain::{AccountName, CloudFault};
use engine::{Keychain, secret::Secret};
use serde::Deserialize;
use zeroize::{Zeroize, Zeroizing};

use crate::{failure::Failure, terminal::Terminal};

/// More than any key takes: standard input may be the wrong file.
const LONGEST: u64 = 64 * 1024;

/// Asks for the key without showing what is typed.
pub(super) fn from_terminal(name: &AccountName, terminal: &Terminal) -> Result<Secret, Failure> {
    if !terminal.answers {
        return Err(Failure::usage(
            "there is no terminal to ask for the key on",
            "Send it with --stdin; see `curfew credentials add --help`.",
        ));
    }
    let id = hidden(&format!("Access key id of {name} (not shown): "))?;
    let secret = hidden("Secret access key (not shown): ")?;
    let needs_token = id.trim().starts_with("ASIA");
    let token = if needs_token { hidden("Session token (not shown): ")? } else { Zeroizing::default() };
    checked(&id, &secret, &token)
}

fn hidden(question: &str) -> Result<Zeroizing<String>, Failure> {
    let typed = rpassword::prompt_password(question);
    typed.map(Zeroizing::new).map_err(|error| Failure::failed(format!("cannot read the key: {error}"), ""))
}

/// Reads the key from standard input.
pub(super) fn from_stdin() -> Result<Secret, Failure> {
    let mut text = Zeroizing::new(String::new());
    let read = io::stdin().lock().take(LONGEST).read_to_string(&mut text);
    read.map_err(|_| Failure::usage("what came on standard input is not text", SHAPES))?;
    parse(&text)
}

const SHAPES: &str = "Send two lines (key id, secret), three with a session token, or JSON:\n\
    {\"access_key_id\": \"AKIA...\", \"secret_access_key\": \"...\"}, or what `aws sts` prints.";

/// As this program and as AWS's own tools write a key.
#[derive(Deserialize)]
struct Written {
    #[serde(alias = "AccessKeyId")]
    access_key_id: String,
    #[serde(alias = "SecretAccessKey")]
    secret_access_key: String,
    #[serde(alias = "SessionToken", default)]
    session_token: Option<String>,
}

impl Drop for Written {
    fn drop(&mut self) {
        self.access_key_id.zeroize();
        self.secret_access_key.zeroize();
        self.session_token.zeroize();
    }
}

#[derive(Deserialize)]
struct Wrapped {
    #[serde(rename = "Credentials")]
    credentials: Written,
}

fn parse(text: &str) -> Result<Secret, Failure> {
    if text.trim_start().starts_with('{') {
        // serde's own error could repeat what it read.
        let wrapped = serde_json::from_str(text).map(|Wrapped { credentials }| credentials);
        let written: Written = wrapped
            .or_else(|_| serde_json::from_str(text))
            .map_err(|_| Failure::usage("the JSON on standard input is not an access key", SHAPES))?;
        let token = written.session_token.as_deref().unwrap_or_default();
        return checked(&written.access_key_id, &written.secret_access_key, token);
    }
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    match lines.as_slice() {
        [id, secret] => checked(id, secret, ""),
        [id, secret, token] => checked(id, secret, token),
        _ => Err(Failure::usage("what came on standard input is not an access key", SHAPES)),
    }
}

/// Holds the parts against the form that AWS gives them.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html> (16 to 128 word characters).
fn checked(id: &str, secret: &str, token: &str) -> Result<Secret, Failure> {
    let (id, secret, token) = (id.trim(), secret.trim(), token.trim());
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !(16..=128).contains(&id.len()) || !id.chars().all(word) {
        let line =
            "the access key id is not one: it has 16 or more letters and digits and begins with AKIA or ASIA";
        return Err(Failure::usage(line, "Nothing was kept."));
    }
    if secret.is_empty() || secret.contains(char::is_whitespace) {
        return Err(Failure::usage(
            "the secret access key is empty or has blanks in it",
            "Nothing was kept.",
        ));
    }
    if id.starts_with("ASIA") && token.is_empty() {
        let line = "a key id that begins with ASIA is a session's and needs its session token";
        return Err(Failure::usage(line, "Nothing was kept."));
    }
    Ok(Secret {
        access_key_id: id.to_owned(),
        secret_access_key: secret.to_owned(),
        session_token: (!token.is_empty()).then(|| token.to_owned()),
    })
}

/// A keychain that holds the one key that was typed, so that AWS can be asked about it before it is kept.
pub(super) struct JustTyped(pub(super) Secret);

#[async_trait]
impl Keychain for JustTyped {
    async fn read(&self, _account: &AccountName) -> Result<Option<Secret>, CloudFault> {
        Ok(Some(self.0.clone()))
    }

    async fn write(&self, _account: &AccountName, _secret: &Secret) -> Result<(), CloudFault> {
        Ok(())
    }

    async fn remove(&self, _account: &AccountName) -> Result<bool, CloudFault> {
        Ok(false)
    }
}

#[cfg(test)]
mod tests;
