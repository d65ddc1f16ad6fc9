//! An engine of this process's own, for as long as the command runs.

use std::sync::Arc;

use aws::Ec2;
use demo::{Demo, PACE};
use domain::{Command, Fleet, Problem};
use engine::{Clock, Engine, FastClock, Setup, SystemClock};
use store::{Database, OsKeychain};
use tokio::sync::watch;

use super::{Looked, Wanted, config, shell};
use crate::{failure::Failure, home::Home};

/// An engine and what it publishes.
pub(crate) struct Own {
    engine: Engine,
    fleet: watch::Receiver<Arc<Fleet>>,
}

impl Own {
    /// Starts an engine on the simulated fleet.
    pub(super) fn demo(wanted: &Wanted) -> Result<Self, Failure> {
        let clock: Arc<dyn Clock> = Arc::new(FastClock::start(PACE));
        Ok(Self::start(Setup {
            config: config::changed(demo::config(), wanted)?,
            cloud: Arc::new(Demo::new(Arc::clone(&clock))),
            store: Arc::new(Database::in_memory(Arc::clone(&clock))),
            clock,
            demo: true,
        }))
    }

    /// Starts an engine on AWS, under `config.toml` as the command line changes it.
    pub(super) fn real(wanted: &Wanted, home: &Home) -> Result<Self, Failure> {
        let config = config::changed(home.config()?, wanted)?;
        let config =
            shell::with_implicit_account(config, shell::has_credentials()).ok_or_else(shell::no_account)?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        Ok(Self::start(Setup {
            config,
            cloud: Arc::new(Ec2::new(Arc::new(OsKeychain), Arc::clone(&clock))),
            store: Arc::new(Database::new(&home.folders, Arc::clone(&clock))),
            clock,
            demo: false,
        }))
    }

    fn start(setup: Setup) -> Self {
        let engine = Engine::start(setup);
        Self { fleet: engine.fleet(), engine }
    }

    pub(super) fn seen(&self) -> Looked {
        Looked { fleet: Arc::clone(&self.fleet.borrow()), now: self.engine.now() }
    }

    /// The fleet once it is so.
    pub(super) async fn until(&self, holds: impl Fn(&Fleet) -> bool) -> Result<Looked, Failure> {
        let mut fleet = self.fleet.clone();
        // An error means that the engine has ended: what it published last stands.
        fleet.wait_for(|fleet| holds(fleet)).await.ok();
        Ok(self.seen())
    }

    pub(super) async fn changed(&mut self) {
        if self.fleet.changed().await.is_err() {
            // The engine has ended and nothing changes any more: the caller's bound ends the wait.
            std::future::pending::<()>().await;
        }
    }

    pub(super) async fn send(&self, command: Command) -> Result<(), Problem> {
        self.engine.send(command).await
    }

    pub(super) async fn quit(self) {
        self.engine.quit().await;
    }
}
