//! JSON over plain HTTP to the parts on this machine. No TLS, no redirects, no retries.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// A client of one server on this machine.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    client: Client<HttpConnector, Full<Bytes>>,
    base: String,
    bound: Duration,
}

impl Http {
    /// A client whose every call takes at most `bound`.
    pub(crate) fn to(base: String, bound: Duration) -> Self {
        Self { client: Client::builder(TokioExecutor::new()).build_http(), base, bound }
    }

    /// What its paths are relative to, `http://127.0.0.1:PORT`.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Reads a JSON document.
    pub(crate) async fn get(&self, path: &str) -> Result<Value> {
        self.call(Method::GET, path, Bytes::new()).await
    }

    /// Posts a JSON document and reads the one that comes back.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.call(Method::POST, path, body.to_string().into()).await
    }

    /// Deletes what a JSON document names and reads the one that comes back.
    pub(crate) async fn delete(&self, path: &str, body: &Value) -> Result<Value> {
        self.call(Method::DELETE, path, body.to_string().into()).await
    }

    async fn call(&self, method: Method, path: &str, body: Bytes) -> Result<Value> {
        let what = format!("{method} {}{path}", self.base);
        let answer = tokio::time::timeout(self.bound, self.exchange(method, path, body));
        let answer = answer.await.with_context(|| format!("{what} took longer than {:?}", self.bound))?;
        let (status, body) = answer.with_context(|| what.clone())?;
        ensure!(status.is_success(), "{what} answered {status}: {}", String::from_utf8_lossy(&body));
        if body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&body)
            .with_context(|| format!("{what} did not answer JSON: {}", String::from_utf8_lossy(&body)))
    }

    async fn exchange(&self, method: Method, path: &str, body: Bytes) -> Result<(hyper::StatusCode, Bytes)> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("content-type", "application/json")
            .body(Full::new(body))?;
        let response = self.client.request(request).await?;
        let status = response.status();
        Ok((status, response.into_body().collect().await?.to_bytes()))
    }
}
