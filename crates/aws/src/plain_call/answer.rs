//! An answer as it came over the wire, or a refusal with AWS's code and words.

use std::{error::Error, fmt};

use aws_sdk_ec2::error::{ErrorMetadata, ProvideErrorMetadata};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use serde::{Deserialize, de::DeserializeOwned};

/// A refusal; without a code it is not AWS's.
#[derive(Debug)]
pub(crate) struct Refusal(ErrorMetadata);

/// An error in AWS JSON 1.1.
///
/// Source: <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization>.
#[derive(Deserialize)]
struct JsonError {
    #[serde(rename = "__type")]
    kind: Option<String>,
    code: Option<String>,
    message: Option<String>,
    /// Some services write it so, and some in both ways.
    #[serde(rename = "Message")]
    capital: Option<String>,
}

/// An answer in AWS JSON 1.1.
pub(super) fn json<T: DeserializeOwned>(answer: &HttpResponse) -> Result<T, Refusal> {
    let body = answer.body().bytes().unwrap_or_default();
    if answer.status().is_success() {
        return serde_json::from_slice(body).map_err(|_| Refusal::not_awss());
    }
    let error: JsonError = serde_json::from_slice(body).map_err(|_| Refusal::not_awss())?;
    let header = answer.headers().get("x-amzn-errortype").map(str::to_owned);
    let code = header.or(error.kind).or(error.code).ok_or_else(Refusal::not_awss)?;
    Err(Refusal::new(bare(&code), error.message.or(error.capital).as_deref().unwrap_or_default()))
}

/// An answer in the Query protocol.
pub(super) fn query<T>(answer: &HttpResponse, read: fn(&str) -> Option<T>) -> Result<T, Refusal> {
    let body = std::str::from_utf8(answer.body().bytes().unwrap_or_default()).unwrap_or_default();
    if answer.status().is_success() {
        let is_one = body.contains("<ResponseMetadata>");
        return is_one.then(|| read(body)).flatten().ok_or_else(Refusal::not_awss);
    }
    let code = element(body, "Code").ok_or_else(Refusal::not_awss)?;
    Err(Refusal::new(code, element(body, "Message").unwrap_or_default()))
}

/// `com.amazonaws.ssm#ParameterNotFound:http://...` without its namespace and what follows.
fn bare(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or(code);
    code.rsplit('#').next().unwrap_or(code)
}

fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
}

impl Refusal {
    fn new(code: &str, message: &str) -> Self {
        Self(ErrorMetadata::builder().code(code).message(message).build())
    }

    fn not_awss() -> Self {
        Self(ErrorMetadata::builder().build())
    }
}

impl ProvideErrorMetadata for Refusal {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code().unwrap_or("an answer that is not AWS's"))
    }
}

impl Error for Refusal {}
