//! AWS's stand-in, started from `tests/stand-in`, and the few things that the agent's tests ask of its control plane.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use agent::io::aws::{Aws, Endpoints};
use agent::io::credentials::{Credentials, Keys};
use agent::io::http::Http;
use agent::io::machine::Root;
use agent::io::tls::Roots;
use serde_json::Value;

/// The Python that the stand-in is installed in, else `.cache/stand-in/bin/python` in the workspace.
const PYTHON: &str = "CURFEW_STAND_IN_PYTHON";
/// AWS's own documentation examples.
pub(crate) const KEY: (&str, &str) = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
pub(crate) const REGION: &str = "us-east-1";

/// A running stand-in. It ends when its standard input does: with this, however the test ends.
#[derive(Debug)]
pub(crate) struct StandIn {
    child: Child,
    input: Option<ChildStdin>,
    url: String,
    agent: ureq::Agent,
}

impl StandIn {
    pub(crate) fn start() -> Self {
        let workspace = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
        let python =
            std::env::var_os(PYTHON).map_or_else(|| ".cache/stand-in/bin/python".into(), PathBuf::from);
        let python = workspace.join(python);
        assert!(
            python.is_file(),
            "no stand-in at {}: run `cargo xtask test`, or set {PYTHON}",
            python.display()
        );
        let mut child = Command::new(python)
            .args(["-m", "stand_in", "--port", "0"])
            .current_dir(workspace.join("tests/stand-in"))
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let announced: Value = serde_json::from_str(&line).expect("the stand-in announces its port");
        let url = format!("http://127.0.0.1:{}", announced["port"]);
        let config = ureq::Agent::config_builder().proxy(None).timeout_global(Some(Duration::from_secs(60)));
        Self { input: child.stdin.take(), child, url, agent: config.build().new_agent() }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Posts to `/_curfew/ROUTE`.
    pub(crate) fn control(&self, route: &str, body: &Value) -> Value {
        let url = format!("{}/_curfew/{route}", self.url);
        let mut answer = self.agent.post(url).send(body.to_string()).unwrap();
        serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap_or(Value::Null)
    }

    /// Gets `/_curfew/ROUTE`.
    pub(crate) fn ask(&self, route: &str) -> Value {
        let mut answer = self.agent.get(format!("{}/_curfew/{route}", self.url)).call().unwrap();
        serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

/// Calls to `url` alone, with the administrator's key.
pub(crate) fn aws_at(url: &str) -> Arc<Aws> {
    let keys = Credentials { access_key: KEY.0.into(), secret: KEY.1.into(), token: None, expires: None };
    aws_with(url, Keys::Given(keys))
}

/// Calls to `url` alone.
pub(crate) fn aws_with(url: &str, keys: Keys) -> Arc<Aws> {
    let endpoints = Endpoints::from_environment(|name| (name == "AWS_ENDPOINT_URL").then(|| url.to_owned()));
    Arc::new(Aws::new(http(), keys, endpoints))
}

/// Past all proxies.
pub(crate) fn http() -> Http {
    Http::direct(Roots::find(&Root::real(), |_| None))
}
