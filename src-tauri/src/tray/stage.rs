//! Which engine is on: the real one, or the demo's. Put together here and nowhere else.

use std::sync::Arc;

use demo::Demo;
use domain::Config;
use engine::{Clock, Cloud, Engine, FastClock, Setup, Store, SystemClock};
use store::Database;

use super::profiles::Profiles;

/// The engine that everything is shown from.
#[derive(Clone)]
pub(crate) struct Stage {
    /// It.
    pub(crate) engine: Engine,
    /// Whether its fleet is simulated.
    pub(crate) demo: bool,
    /// What can be launched.
    pub(crate) profiles: Arc<Profiles>,
}

impl Stage {
    /// The engine for what the user has on AWS.
    pub(crate) fn real(
        config: Config,
        cloud: Arc<dyn Cloud>,
        store: Arc<Database>,
        profiles: Arc<Profiles>,
    ) -> Self {
        let (clock, store): (_, Arc<dyn Store>) = (Arc::new(SystemClock), store);
        let engine = Engine::start(Setup { config, cloud, store, clock, demo: false });
        Self { engine, demo: false, profiles }
    }

    /// The engine for the simulated fleet. It keeps nothing: the real journal is not for what never happened.
    pub(crate) fn demo() -> Self {
        let clock: Arc<dyn Clock> = Arc::new(FastClock::start(demo::PACE));
        let cloud = Arc::new(Demo::new(Arc::clone(&clock)));
        let kept = Arc::new(Database::in_memory(Arc::clone(&clock)));
        let profiles = Arc::new(Profiles::of_the_demo(Arc::clone(&kept)));
        let store: Arc<dyn Store> = kept;
        let engine = Engine::start(Setup { config: demo::config(), cloud, store, clock, demo: true });
        Self { engine, demo: true, profiles }
    }
}
