//! The loop with a cloud and a store that are as small as can be, on paused time.

use std::sync::Mutex;

use async_trait::async_trait;
use domain::{
    AccountConfig, CredentialSource, Identity, Instance, InstanceId, Memory, MemoryChange, Region, Verb,
    action::{Progress, Step},
    command::Pace,
    config::RegionChoice,
    journal::Entry,
    region::RegionStatus,
};

use super::*;
use launch::{Answer, Call, Record};
use protocol::userdata::Architecture;

use crate::{Build, Builds, SystemClock};

/// One region with nothing in it, and one that never answers.
struct Sparse;

#[async_trait]
impl Cloud for Sparse {
    async fn identity(&self, _: &AccountConfig) -> Result<Identity, CloudFault> {
        Ok(Identity { number: "123456789012".into(), arn: "arn:aws:iam::123456789012:user/me".into() })
    }

    async fn regions(&self, _: &AccountConfig) -> Result<Vec<RegionStatus>, CloudFault> {
        Ok(Vec::new())
    }

    async fn instances(&self, _: &AccountConfig, region: &Region) -> Result<Vec<Instance>, CloudFault> {
        if region.as_str() == "eu-west-1" {
            std::future::pending::<()>().await;
        }
        Ok(Vec::new())
    }

    async fn carry_out(
        &self,
        _: &AccountConfig,
        _: &Region,
        _: &InstanceId,
        _: &Step,
    ) -> Result<(), CloudFault> {
        Ok(())
    }

    async fn launch(&self, _: &AccountConfig, _: &Call, _: &dyn Builds) -> Result<Answer, CloudFault> {
        std::future::pending().await
    }

    async fn give_code(&self, _: &AccountConfig, _: &str) -> Result<(), CloudFault> {
        Ok(())
    }

    async fn forget(&self, _: &AccountConfig) {}
}

/// Keeps the journal in memory, or has a full disk.
#[derive(Default)]
struct Pages {
    entries: Mutex<Vec<Entry>>,
    full: bool,
}

impl Store for Pages {
    fn journal(&self, entry: &Entry) -> Result<(), Problem> {
        if self.full {
            return Err(Problem::new("disk-full", "the disk is full", "Make room."));
        }
        self.entries.lock().expect("no test panics while it holds it").push(entry.clone());
        Ok(())
    }

    fn remember(&self, _: &MemoryChange) -> Result<(), Problem> {
        Ok(())
    }

    fn recall(&self) -> Result<Memory, Problem> {
        Ok(Memory::default())
    }

    fn keep_launch(&self, _: &Record) -> Result<(), Problem> {
        Ok(())
    }

    fn open_launches(&self) -> Result<Vec<Record>, Problem> {
        Ok(Vec::new())
    }
}

impl Builds for Pages {
    fn build(&self, _: Architecture) -> Result<Build, CloudFault> {
        Err(CloudFault::new(FaultKind::Absent { what: "build of the agent".into() }))
    }
}

fn start(store: Arc<Pages>) -> Engine {
    let account = AccountConfig { name: "me".into(), source: CredentialSource::Environment, role: None };
    let mut config = Config { accounts: vec![account], ..Config::default() };
    config.poll.regions = RegionChoice::Only(vec!["us-east-1".into(), "eu-west-1".into()]);
    Engine::start(Setup { config, cloud: Arc::new(Sparse), store, clock: Arc::new(SystemClock), demo: false })
}

fn stop_nothing() -> Command {
    let id: InstanceId = "i-0f09e5bb081e72ae1".parse().expect("an id");
    let target = domain::Target { account: "me".into(), region: "us-east-1".into(), id };
    Command::Act { verb: Verb::Stop, target, actor: domain::Actor::Tray, pace: Pace::AtOnce }
}

#[tokio::test(start_paused = true)]
async fn a_region_that_never_answers_has_its_own_deadline() {
    let engine = start(Arc::default());
    let mut fleet = engine.fleet();
    let complete = fleet.wait_for(|fleet| !fleet.regions.is_empty() && fleet.is_complete()).await;
    let regions: Vec<bool> =
        complete.expect("the engine runs").regions.values().map(|r| r.fault().is_some()).collect();
    assert_eq!(regions, [true, false], "eu-west-1 timed out, us-east-1 did not wait for it");
}

#[tokio::test(start_paused = true)]
async fn a_refused_wish_is_answered_and_journalled() {
    let store = Arc::<Pages>::default();
    let engine = start(Arc::clone(&store));
    let answer = engine.send(stop_nothing()).await;
    assert_eq!(answer.expect_err("there is no such instance").code, "not-found");
    assert_eq!(store.entries.lock().expect("not poisoned").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_is_said_and_stops_nothing() {
    let engine = start(Arc::new(Pages { full: true, ..Pages::default() }));
    engine.send(stop_nothing()).await.expect_err("there is no such instance");
    let mut fleet = engine.fleet();
    let told = fleet.wait_for(|fleet| !fleet.troubles.is_empty()).await.expect("the engine runs");
    assert_eq!(told.troubles[0].code, "disk-full");
    assert!(told.progress.values().all(|progress| matches!(progress, Progress::Failed { .. })));
}

#[tokio::test(start_paused = true)]
async fn it_ends_when_it_is_told_to() {
    let engine = start(Arc::default());
    engine.quit().await;
    assert_eq!(engine.send(Command::Refresh).await.expect_err("it has ended").code, "ended");
}
