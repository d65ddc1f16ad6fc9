//! Reads questions from standard input and answers them with what the `aws` crate says: see `curfew_tests::ask_aws`.

use std::{
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result};
use async_trait::async_trait;
use aws::Ec2;
use curfew_tests::ask_aws::{Ask, BUILD, KEYCHAIN, Keychain, Told};
use domain::{AccountName, CloudFault, FaultKind, Timestamp, time};
use engine::{Build, Builds, Clock, Cloud, Secret, SystemClock};
use protocol::userdata::Architecture;
use serde::Serialize;
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<()> {
    let keychain = Arc::new(Counted { keychain: keychain()?, reads: AtomicU32::new(0) });
    let clock = Arc::new(Moved(AtomicU64::new(0)));
    let cloud = Ec2::new(Arc::<Counted>::clone(&keychain), Arc::<Moved>::clone(&clock));
    // Nothing else is to be done on this thread until the next line comes.
    for line in std::io::stdin().lines() {
        let line = line?;
        let asks: Vec<Ask> = serde_json::from_str(&line).with_context(|| format!("cannot read {line}"))?;
        let told =
            futures::future::join_all(asks.iter().map(|ask| answer(&cloud, &keychain, &clock, ask))).await;
        writeln!(std::io::stdout(), "{}", serde_json::to_string(&told)?)?;
    }
    Ok(())
}

async fn answer(cloud: &Ec2, keychain: &Counted, clock: &Moved, ask: &Ask) -> Told {
    match ask {
        Ask::Identity(account) => cloud.identity(account).await.map(told),
        Ask::Regions(account) => {
            let regions = cloud.regions(account).await?;
            Ok(regions.into_iter().map(|status| json!([status.region, status.opt_in])).collect())
        }
        Ask::Instances(account, region) => cloud.instances(account, region).await.map(told),
        Ask::CarryOut(account, region, id, step) => {
            cloud.carry_out(account, region, id, step).await.map(told)
        }
        Ask::Launch(account, call) => cloud.launch(account, call, &Agent).await.map(told),
        Ask::GiveCode(account, code) => cloud.give_code(account, code).await.map(told),
        Ask::Forget(account) => {
            cloud.forget(account).await;
            Ok(Value::Null)
        }
        Ask::Profiles => Ok(told(aws::profiles())),
        Ask::KeychainReads => Ok(told(keychain.reads.load(Ordering::SeqCst))),
        Ask::Pass(seconds) => Ok(told(clock.0.fetch_add(*seconds, Ordering::SeqCst))),
    }
}

fn told(value: impl Serialize) -> Value {
    serde_json::to_value(value).expect("plain values become JSON")
}

fn keychain() -> Result<Keychain> {
    match std::env::var(KEYCHAIN) {
        Ok(text) => serde_json::from_str(&text).context("cannot read the keychain"),
        Err(_) => Ok(Keychain::Fails(CloudFault::new(FaultKind::KeychainAbsent))),
    }
}

/// The same few bytes for every architecture: what is delivered is nobody's business here.
struct Agent;

impl Builds for Agent {
    fn build(&self, _: Architecture) -> Result<Build, CloudFault> {
        Ok(Build { bytes: BUILD.0.to_vec(), sha256: BUILD.1.to_owned() })
    }
}

/// The machine's clock, moved ahead by so many seconds.
struct Moved(AtomicU64);

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        time::after(SystemClock.now(), Duration::from_secs(self.0.load(Ordering::SeqCst)))
    }

    fn pace(&self) -> u32 {
        1
    }
}

/// A keychain in memory that counts how often it is read.
struct Counted {
    keychain: Keychain,
    reads: AtomicU32,
}

#[async_trait]
impl engine::Keychain for Counted {
    async fn read(&self, account: &AccountName) -> Result<Option<Secret>, CloudFault> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        match &self.keychain {
            Keychain::Fails(fault) => Err(fault.clone()),
            Keychain::Holds(keys) => Ok(keys.get(account.as_str()).map(|(key, secret, token)| Secret {
                access_key_id: key.clone(),
                secret_access_key: secret.clone(),
                session_token: token.clone(),
            })),
        }
    }

    async fn write(&self, _: &AccountName, _: &Secret) -> Result<(), CloudFault> {
        Err(CloudFault::new(FaultKind::KeychainLocked))
    }

    async fn remove(&self, _: &AccountName) -> Result<bool, CloudFault> {
        Err(CloudFault::new(FaultKind::KeychainLocked))
    }
}
