//! The process that is measured: the engine over AWS, and for every snapshot what the tray process makes of it: the
//! tray, the window's state and what of it is sent. It holds what that process holds and little more.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use async_trait::async_trait;
use aws::Ec2;
use domain::journal::Entry;
use domain::view::tray::{Tray, tray};
use domain::view::window::{self, WindowState};
use domain::{
    AccountConfig, AccountName, CloudFault, Command, Config, CredentialSource, FaultKind, Fleet, Lifecycle,
    Memory, MemoryChange, Problem,
};
use engine::{Build, Builds, Clock, Engine, Keychain, Secret, Setup, Store, SystemClock};
use protocol::userdata::Architecture;
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::{Shown, ShownAgain};
use crate::usage;

/// How long the whole fleet may take; then something is wrong rather than slow.
const BOUND: Duration = Duration::from_secs(120);
/// Between two looks at the fleet, as in the tray process: what comes meanwhile is shown together.
const LOOK_REST: Duration = Duration::from_millis(250);
/// The engine polls when it starts and when it is told to, and not by itself.
const INTERVAL: Duration = Duration::from_secs(3600);

pub(crate) async fn run() -> Result<()> {
    let engine = Engine::start(setup());
    let mut screen = Screen::of(&engine);
    screen.follow(|fleet| fleet.generation > 0 && fleet.is_complete()).await?;
    tell(&shown(&screen)?)?;
    // Nothing else is to be done meanwhile.
    std::io::stdin().read_exact(&mut [0]).context("nobody measures any more")?;

    let (begun, cpu) = (engine.now(), own_cpu()?);
    screen.changed.clear();
    screen.overdue = 0;
    engine.send(Command::Refresh).await.map_err(|problem| anyhow!(problem.message))?;
    screen.follow(|fleet| fleet.regions.values().all(|it| it.as_of().is_some_and(|at| at > begun))).await?;
    tell(&ShownAgain {
        changed: screen.changed,
        overdue: screen.overdue,
        removed: screen.removed,
        cpu: own_cpu()?.saturating_sub(cpu),
        peak_kib: usage::peak_kib(std::process::id())?,
    })
}

fn shown(screen: &Screen) -> Result<Shown> {
    let fleet = screen.fleet.borrow().clone();
    if let Some(fault) = fleet.regions.values().find_map(|region| region.fault()) {
        return Err(anyhow!("a region could not be read: {}", fault.sentence()));
    }
    let running = fleet.instances.iter().find(|(_, seen)| seen.instance.lifecycle == Lifecycle::Running);
    let (target, _) = running.context("no instance runs")?;
    Ok(Shown {
        instances: screen.window.rows.len(),
        regions: screen.window.regions.len(),
        snapshots: screen.snapshots,
        cpu: own_cpu()?,
        peak_kib: usage::peak_kib(std::process::id())?,
        region: target.region.to_string(),
        id: target.id.to_string(),
    })
}

/// What the tray process shows, kept up to date.
struct Screen {
    clock: SystemClock,
    fleet: watch::Receiver<Arc<Fleet>>,
    tray: Tray,
    window: WindowState,
    snapshots: usize,
    /// Rows that were sent to the window, by instance; among them how many because time took them past a threshold;
    /// and how many went away.
    changed: Vec<String>,
    overdue: usize,
    removed: usize,
}

impl Screen {
    fn of(engine: &Engine) -> Self {
        let (fleet, clock) = (engine.fleet(), SystemClock);
        let (tray, window) = views(&fleet.borrow(), clock);
        Self { clock, fleet, tray, window, snapshots: 0, changed: Vec::new(), overdue: 0, removed: 0 }
    }

    /// Shows snapshots until one that was shown will do.
    async fn follow(&mut self, will_do: impl Fn(&Fleet) -> bool) -> Result<()> {
        let following = async {
            loop {
                self.fleet.changed().await.context("the engine has ended")?;
                let fleet = Arc::clone(&self.fleet.borrow_and_update());
                self.show(&fleet);
                if will_do(&fleet) {
                    return Ok(());
                }
                sleep(LOOK_REST).await;
            }
        };
        timeout(BOUND, following).await.context("the fleet was not read in time")?
    }

    fn show(&mut self, fleet: &Fleet) {
        let (tray, window) = views(fleet, self.clock);
        let delta = self.window.delta_to(&window);
        self.snapshots += 1;
        self.removed += delta.removed.len();
        for row in &delta.changed {
            if self.window.rows.get(&row.target).is_some_and(|before| before.instance == row.instance) {
                self.overdue += 1;
            } else {
                self.changed.push(row.target.id.to_string());
            }
        }
        (self.tray, self.window) = (tray, window);
    }
}

fn views(fleet: &Fleet, clock: SystemClock) -> (Tray, WindowState) {
    (tray(fleet, &[], clock.now()), window::state(fleet, clock.now()))
}

fn own_cpu() -> Result<Duration> {
    usage::cpu(std::process::id())
}

fn tell(figures: &impl Serialize) -> Result<()> {
    println!("{}", serde_json::to_string(figures)?);
    Ok(())
}

fn setup() -> Setup {
    let mut config = Config::default();
    config.poll.interval = INTERVAL;
    config.accounts = vec![AccountConfig {
        name: AccountName::new("default"),
        source: CredentialSource::Environment,
        role: None,
    }];
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let cloud = Arc::new(Ec2::new(Arc::new(Nothing), Arc::clone(&clock)));
    Setup { config, cloud, store: Arc::new(Nothing), clock, demo: false }
}

/// Keeps nothing and holds nothing: no alert is shown here, and the keys are in the environment.
struct Nothing;

impl Store for Nothing {
    fn journal(&self, _: &Entry) -> Result<(), Problem> {
        Ok(())
    }

    fn remember(&self, _: &MemoryChange) -> Result<(), Problem> {
        Ok(())
    }

    fn recall(&self) -> Result<Memory, Problem> {
        Ok(Memory::default())
    }

    fn keep_launch(&self, _: &launch::Record) -> Result<(), Problem> {
        Ok(())
    }

    fn open_launches(&self) -> Result<Vec<launch::Record>, Problem> {
        Ok(Vec::new())
    }
}

/// Nothing is launched here.
impl Builds for Nothing {
    fn build(&self, architecture: Architecture) -> Result<Build, CloudFault> {
        let what = format!("build of the agent for {}", architecture.machine());
        Err(CloudFault::new(FaultKind::Absent { what }))
    }
}

#[async_trait]
impl Keychain for Nothing {
    async fn read(&self, _: &AccountName) -> Result<Option<Secret>, CloudFault> {
        Ok(None)
    }

    async fn write(&self, _: &AccountName, _: &Secret) -> Result<(), CloudFault> {
        Ok(())
    }

    async fn remove(&self, _: &AccountName) -> Result<bool, CloudFault> {
        Ok(false)
    }
}
