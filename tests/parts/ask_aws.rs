//! A process of its own that asks AWS through the `aws` crate: a test sets its environment, files and keychain, and
//! asks over its standard input. What is asked and told crosses as one line of JSON.

use std::{collections::BTreeMap, path::Path, process::Stdio};

use anyhow::{Context, Result, ensure};
use domain::{AccountConfig, CloudFault, InstanceId, Region, action::Step};
use launch::Call;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

/// The variable that holds a [`Keychain`].
pub const KEYCHAIN: &str = "ASK_AWS_KEYCHAIN";

/// What the process delivers as the agent, and its SHA-256.
pub const BUILD: (&[u8], &str) =
    (b"#!/bin/sh\nexit 0\n", "306c6ca7407560340797866e077e053627ad409277d1b9da58106fce4cf717cb");

/// What can be asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Ask {
    /// Whom the credentials belong to.
    Identity(AccountConfig),
    /// Every region, told as pairs of region and opt-in.
    Regions(AccountConfig),
    /// Every instance of a region.
    Instances(AccountConfig, Region),
    /// A step of an action.
    CarryOut(AccountConfig, Region, InstanceId, Step),
    /// A call of a launch; what [`Call::Deliver`] delivers is [`BUILD`] for every architecture.
    Launch(AccountConfig, Box<Call>),
    /// A code of the second factor.
    GiveCode(AccountConfig, String),
    /// That credentials are forgotten.
    Forget(AccountConfig),
    /// The names of the profiles.
    Profiles,
    /// How often the keychain was read.
    KeychainReads,
    /// That so many seconds pass on the process's own clock.
    Pass(u64),
}

/// What the keychain of the process holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Keychain {
    /// Access key, secret and session token by account.
    Holds(BTreeMap<String, (String, String, Option<String>)>),
    /// It fails with this.
    Fails(CloudFault),
}

/// What one question was answered with.
pub type Told = Result<Value, CloudFault>;

/// The process; dropping it ends it.
#[derive(Debug)]
pub struct AskAws {
    child: Child,
    asks: ChildStdin,
    tells: Lines<BufReader<ChildStdout>>,
    home: TempDir,
}

impl AskAws {
    /// Starts `program` with nothing in its environment but these variables and an empty home.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start<V: AsRef<str>>(program: &str, variables: &[(&str, V)]) -> Result<Self> {
        let home = TempDir::with_prefix("curfew-home-").context("cannot make a home")?;
        let mut child = Command::new(program)
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", home.path())
            .envs(variables.iter().map(|(name, value)| (*name, value.as_ref())))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {program}"))?;
        let asks = child.stdin.take().context("its standard input is piped")?;
        let tells = BufReader::new(child.stdout.take().context("its standard output is piped")?).lines();
        Ok(Self { child, asks, tells, home })
    }

    /// Its home, for files that its user has.
    #[must_use]
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Asks one question.
    ///
    /// # Errors
    /// The outer one: the process is gone. The inner one is the answer.
    pub async fn ask<T: DeserializeOwned>(&mut self, ask: Ask) -> Result<Result<T, CloudFault>> {
        let told = self.all(vec![ask]).await?.into_iter().next().context("it told nothing")?;
        told.map(|value| serde_json::from_value(value).context("it told something else"))
            .map_or_else(|fault| Ok(Err(fault)), |value| value.map(Ok))
    }

    /// Asks several questions at the same time, and tells the answers in their order.
    ///
    /// # Errors
    /// The process is gone.
    pub async fn all(&mut self, asks: Vec<Ask>) -> Result<Vec<Told>> {
        let count = asks.len();
        let line = serde_json::to_string(&asks)? + "\n";
        self.asks.write_all(line.as_bytes()).await.context("cannot ask")?;
        let line = self.tells.next_line().await?.context("it ended without telling")?;
        let told: Vec<Told> = serde_json::from_str(&line).with_context(|| format!("it told {line}"))?;
        ensure!(told.len() == count, "it told {} answers to {count} questions", told.len());
        Ok(told)
    }
}
