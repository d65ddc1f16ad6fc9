//! Carries out: the one loop that waits for inputs, feeds the core, and causes its effects.

use std::sync::Arc;

use domain::{Command, Config, Fleet, Problem, Timestamp};
use tokio::sync::watch;

use crate::{Clock, Cloud, Presence, Store};

/// What an engine is made of.
pub struct Setup {
    /// The configuration.
    pub config: Config,
    /// The cloud.
    pub cloud: Arc<dyn Cloud>,
    /// The store.
    pub store: Arc<dyn Store>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Whether the fleet is simulated.
    pub demo: bool,
}

/// A running engine. Cheap to clone; it ends when it is told to, or when the last clone is dropped.
#[derive(Clone)]
pub struct Engine {}

impl Engine {
    /// Starts the loop on the current tokio runtime.
    pub fn start(_setup: Setup) -> Self {
        Self {}
    }

    /// Sends a wish; the answer says whether it was taken.
    pub async fn send(&self, _command: Command) -> Result<(), Problem> {
        std::future::ready(Ok(())).await
    }

    /// The published snapshots: the latest at once, then every change (several may be one).
    pub fn fleet(&self) -> watch::Receiver<Arc<Fleet>> {
        watch::channel(Arc::new(Fleet::empty(Timestamp::UNIX_EPOCH))).1
    }

    /// What time it is in the fleet.
    pub fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    /// Puts a new configuration into force.
    pub async fn configure(&self, _config: Config) {
        std::future::ready(()).await;
    }

    /// Tells whether somebody is there.
    pub async fn presence(&self, _presence: Presence) {
        std::future::ready(()).await;
    }

    /// Tells of something on this computer that failed, or works again.
    pub async fn trouble(&self, _about: &'static str, _problem: Option<Problem>) {
        std::future::ready(()).await;
    }

    /// Cancels every countdown, journals that, and ends the loop; returns when all is written.
    pub async fn quit(&self) {
        std::future::ready(()).await;
    }
}
