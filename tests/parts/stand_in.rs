//! The AWS stand-in: starting `tests/stand-in` and asking it, over its control plane, for fleets, faults
//! and the passing of time. How AWS behaves is the stand-in's own business.

mod answers;
mod faults;
mod launch;
mod recorded;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;

pub use self::answers::{Call, Instance, SpotRequest, State};
pub use self::faults::{Fault, Match, Times};
pub use self::launch::{Launch, Market};
pub use self::recorded::{Recorded, Size};
use crate::http::Http;
use crate::process::Process;
use crate::{binaries, wait};

/// The Python that the stand-in is installed in, else `.cache/stand-in/bin/python` in the workspace.
const PYTHON: &str = "CURFEW_STAND_IN_PYTHON";
/// How long it may take to import what it needs, and to answer: large fleets take a while.
const READY: Duration = Duration::from_secs(60);

/// Its account, whose administrator [`StandIn::env`] signs as. Keys are AWS's documentation examples.
pub const ACCOUNT: &str = "123456789012";
/// Access key and secret of that administrator.
pub const KEY: (&str, &str) = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
/// A second account that the stand-in knows.
pub const OTHER_ACCOUNT: &str = "210987654321";
/// Access key and secret of the administrator of the second account.
pub const OTHER_KEY: (&str, &str) = ("AKIAI44QH8DHBEXAMPLE", "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY");

/// How the stand-in is started.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Waited before every AWS answer, in whole milliseconds.
    pub delay: Duration,
    /// Whether IAM policies apply to keys that were made through IAM and STS.
    pub strict_iam: bool,
}

/// Where an instance is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct At {
    /// Its account.
    pub account: String,
    /// Its region.
    pub region: String,
    /// Its id.
    pub id: String,
}

/// A running stand-in; dropping it ends it.
#[derive(Debug)]
pub struct StandIn {
    process: Process,
    http: Http,
    _folder: TempDir,
}

impl StandIn {
    /// Starts an empty one.
    ///
    /// # Errors
    /// It is not installed, or did not start; with the tail of its log.
    pub async fn start() -> Result<Self> {
        Self::start_with(Options::default()).await
    }

    /// Starts an empty one with options.
    ///
    /// # Errors
    /// As [`StandIn::start`].
    pub async fn start_with(options: Options) -> Result<Self> {
        let folder =
            TempDir::with_prefix("curfew-aws-").context("cannot make a folder for the AWS stand-in")?;
        let (log, announced) = (folder.path().join("log"), folder.path().join("port"));
        let command = command(options, &folder)?;
        let mut process = Process::start_announcing("the AWS stand-in", command, &log, &announced)?;
        let port = process
            .ready(READY, "the AWS stand-in to announce its port", async |_| Announced::read(&announced))
            .await?;
        let http = Http::to(format!("http://127.0.0.1:{port}"), READY);
        Ok(Self { process, http, _folder: folder })
    }

    /// What makes an AWS client of a child process talk to this stand-in and nobody else.
    #[must_use]
    pub fn env(&self) -> Vec<(&'static str, String)> {
        self.env_as(KEY)
    }

    /// The same, signing with another key.
    #[must_use]
    pub fn env_as(&self, key: (&str, &str)) -> Vec<(&'static str, String)> {
        environment(self.url(), key)
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> &str {
        self.http.base()
    }

    /// What it has printed: its own faults, above all.
    #[must_use]
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// Forgets everything and sets its clock back to the machine's.
    ///
    /// # Errors
    /// As for all below: the stand-in refused, and says why, or is gone.
    pub async fn reset(&self) -> Result<()> {
        self.post("reset", json!({})).await
    }

    /// Makes instances; returns where each is, in the order asked for.
    pub async fn fleet(&self, launches: &[Launch]) -> Result<Vec<At>> {
        let groups: Vec<_> = launches.iter().map(Launch::to_json).collect();
        self.ask("fleet", json!({ "instances": groups }), "instances").await
    }

    /// Makes one instance.
    pub async fn launch(&self, launch: Launch) -> Result<At> {
        let made = self.fleet(&[launch]).await?;
        made.into_iter().next().context("the AWS stand-in made no instance")
    }

    /// Sets how long ago an instance was first launched.
    pub async fn age(&self, at: &At, ago: Duration) -> Result<()> {
        self.post("age", with(at, json!({ "launched_ago_s": ago.as_secs_f64() }))).await
    }

    /// Sets a tag of an instance, as a person in the console does.
    pub async fn tag(&self, at: &At, key: &str, value: &str) -> Result<()> {
        self.post("tags", with(at, json!({ "tags": { key: value } }))).await
    }

    /// An instance as it truly is, whatever an eventually consistent call may show.
    pub async fn instance(&self, at: &At) -> Result<Instance> {
        let path = format!("/_curfew/instance?account={}&region={}&id={}", at.account, at.region, at.id);
        let answer = self.http.get(&path).await?;
        serde_json::from_value(answer).context("the AWS stand-in describes an instance in an unknown way")
    }

    /// Waits until an instance is in a state, at most for `bound`.
    pub async fn wait_for_state(&self, at: &At, state: State, bound: Duration) -> Result<Instance> {
        let look = async || self.instance(at).await;
        wait::until(format!("{} to be {state:?}", at.id), bound, look, |instance| instance.state == state)
            .await
    }

    /// All instances of a region of the first account, terminated ones while AWS still shows them.
    pub async fn instances(&self, region: &str) -> Result<Vec<Instance>> {
        self.read(&format!("instances?region={region}"), "instances").await
    }

    /// The AWS calls received, oldest first.
    pub async fn calls(&self) -> Result<Vec<Call>> {
        self.read("calls", "calls").await
    }

    /// The AWS calls of one action received, oldest first.
    pub async fn calls_of(&self, action: &str) -> Result<Vec<Call>> {
        self.read(&format!("calls?action={action}"), "calls").await
    }

    /// Forgets the calls received.
    pub async fn clear_calls(&self) -> Result<()> {
        self.post("calls/clear", json!({})).await
    }

    /// Lets calls that match fail.
    pub async fn fault(&self, calls: Match, fault: Fault, times: Times) -> Result<()> {
        self.post("faults", faults::rule(&calls, &fault, times)).await
    }

    /// Ends all faults and lets go of the calls that hang.
    pub async fn clear_faults(&self) -> Result<()> {
        self.http.delete("/_curfew/faults", &json!({})).await.map(drop)
    }

    /// Whether every fault that was asked for so many times has happened so often.
    pub async fn faults_are_spent(&self) -> Result<bool> {
        Ok(self.read::<Vec<Value>>("faults", "rules").await?.is_empty())
    }

    /// Its clock: the time now, in RFC 3339, and how long each change takes in seconds.
    pub async fn clock(&self) -> Result<BTreeMap<String, Value>> {
        let answer = self.http.get("/_curfew/clock").await?;
        serde_json::from_value(answer).context("the AWS stand-in shows its clock in an unknown way")
    }

    /// Sets how long a change takes: `pending_s`, `stopping_s` and so on, as [`StandIn::clock`] names them.
    pub async fn set_period(&self, period: &str, takes: Duration) -> Result<()> {
        self.post("clock", json!({ period: takes.as_secs_f64() })).await
    }

    /// Moves its clock forward; what falls due happens.
    pub async fn advance(&self, by: Duration) -> Result<()> {
        self.post("advance", json!({ "seconds": by.as_secs_f64() })).await
    }

    /// Announces a spot interruption that comes after `notice`.
    pub async fn interrupt(&self, at: &At, notice: Duration) -> Result<()> {
        self.post("interrupt", with(at, json!({ "seconds": notice.as_secs_f64() }))).await
    }

    /// Starts a spot instance again that an interruption had stopped.
    pub async fn resume(&self, at: &At) -> Result<()> {
        self.post("resume", with(at, json!({}))).await
    }

    /// Sets which regions the first account has opted in to, and which not; all others stay as they are.
    pub async fn regions(&self, enabled: &[&str], not_opted_in: &[&str]) -> Result<()> {
        self.post("regions", json!({ "enabled": enabled, "not_opted_in": not_opted_in })).await
    }

    /// Makes an access key known; `expires_in` gives it a session token and an end, zero: expired already.
    pub async fn add_key(
        &self,
        account: &str,
        key: (&str, &str),
        session: Option<(&str, Duration)>,
    ) -> Result<()> {
        let mut body = json!({ "account": account, "access_key": key.0, "secret_key": key.1 });
        if let Some((token, expires_in)) = session {
            body["session_token"] = token.into();
            body["expires_in_s"] = expires_in.as_secs_f64().into();
        }
        self.post("credentials", body).await
    }

    /// Makes an access key unknown, as deleting it does.
    pub async fn remove_key(&self, access_key: &str) -> Result<()> {
        self.http.delete("/_curfew/credentials", &json!({ "access_key": access_key })).await.map(drop)
    }

    /// Makes a role that can be assumed only with the MFA code `123456`.
    pub async fn role_with_mfa(&self, arn: &str) -> Result<()> {
        self.post("roles", json!({ "arn": arn, "mfa": true })).await
    }

    /// Sets which actions the users of the first account may not call; patterns such as `ec2:*` are allowed.
    pub async fn deny(&self, actions: &[&str]) -> Result<()> {
        self.post("deny", json!({ "account": ACCOUNT, "actions": actions })).await
    }

    /// Sets a vCPU quota of the first account in every region; `None`: it was never set apart from AWS's default.
    pub async fn quota(&self, code: &str, vcpus: Option<u32>) -> Result<()> {
        self.post("quotas", json!({ "quotas": { code: vcpus } })).await
    }

    /// Lets a resource of the next stack fail to be made, and why.
    pub async fn stack_failure(&self, region: &str, resource: &str, reason: &str) -> Result<()> {
        let failure = json!({ "region": region, "resource": resource, "reason": reason, "times": 1 });
        self.post("stack-failures", failure).await
    }

    /// Sets what spare capacity has cost in a zone for an hour.
    pub async fn spot_price(&self, region: &str, zone: &str, kind: &str, price: &str) -> Result<()> {
        let points = json!([{ "ago_s": 3600, "price": price }]);
        let product = "Linux/UNIX";
        let body =
            json!({ "region": region, "zone": zone, "type": kind, "product": product, "points": points });
        self.post("spot-prices", body).await
    }

    async fn post(&self, route: &str, body: Value) -> Result<()> {
        self.http.post(&format!("/_curfew/{route}"), &body).await.map(drop)
    }

    async fn ask<T: DeserializeOwned>(&self, route: &str, body: Value, field: &str) -> Result<T> {
        taken(self.http.post(&format!("/_curfew/{route}"), &body).await?, field)
    }

    async fn read<T: DeserializeOwned>(&self, route: &str, field: &str) -> Result<T> {
        taken(self.http.get(&format!("/_curfew/{route}")).await?, field)
    }
}

#[derive(Debug, Deserialize)]
struct Announced {
    port: u16,
}

impl Announced {
    /// The port, once the line that tells it is there.
    fn read(file: &Path) -> Result<u16> {
        let line = std::fs::read_to_string(file).context("cannot read what it announced")?;
        Ok(serde_json::from_str::<Self>(&line).context("not announced yet")?.port)
    }
}

fn environment(url: &str, (access_key, secret): (&str, &str)) -> Vec<(&'static str, String)> {
    vec![
        ("AWS_ENDPOINT_URL", url.to_owned()),
        ("AWS_ACCESS_KEY_ID", access_key.to_owned()),
        ("AWS_SECRET_ACCESS_KEY", secret.to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
    ]
}

fn command(options: Options, folder: &TempDir) -> Result<Command> {
    let mut command = program("stand_in", folder)?;
    command.args(["--delay-ms", &options.delay.as_millis().to_string()]);
    if options.strict_iam {
        command.arg("--strict-iam");
    }
    Ok(command)
}

/// It sees nothing of the test's environment, above all no AWS credentials, and ends when its standard
/// input closes: with the test, however that ends.
fn program(module: &str, folder: &TempDir) -> Result<Command> {
    let mut command = Command::new(python()?);
    command
        .args(["-m", module, "--port", "0"])
        .current_dir(binaries::workspace().join("tests/stand-in"))
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .env("HOME", folder.path())
        .env("TMPDIR", folder.path())
        .env("LANG", "C.UTF-8")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped());
    Ok(command)
}

fn python() -> Result<PathBuf> {
    let python = match std::env::var_os(PYTHON) {
        Some(python) => binaries::workspace().join(python),
        None => binaries::workspace().join(".cache/stand-in/bin/python"),
    };
    ensure!(
        python.is_file(),
        "the AWS stand-in is not installed at {}: run `cargo xtask test`, or set {PYTHON} to a Python that \
         has the packages of tests/stand-in/requirements.txt",
        python.display()
    );
    Ok(python)
}

fn with(at: &At, mut body: Value) -> Value {
    for (name, value) in [("account", &at.account), ("region", &at.region), ("id", &at.id)] {
        body[name] = value.as_str().into();
    }
    body
}

fn taken<T: DeserializeOwned>(mut answer: Value, field: &str) -> Result<T> {
    serde_json::from_value(answer[field].take())
        .with_context(|| format!("the AWS stand-in answers {field:?} in an unknown way"))
}
