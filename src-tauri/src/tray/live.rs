//! From the start to the end: joins folders, settings, store, cloud, desktop and socket, then runs the loop.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result};
use domain::{Config, Problem, view::tray::MenuAction};
use engine::{Cloud, Keychain, SystemClock};
use store::{Database, Folders, OsKeychain};
use tokio::{
    sync::{oneshot, watch},
    time::{sleep, timeout},
};
use wire::{Address, Ask, BindFault, Client, Listener, WireFault};

use super::{
    args::Start,
    ask,
    host::{Host, Stages},
    input::{Input, Inputs},
    log,
    platform::Desktop,
    profiles::Profiles,
    settings::Desk,
    signals,
    stage::Stage,
};

/// How long another Curfew that is just starting may take until it listens, and how often it is asked.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);
const ASK_AGAIN: Duration = Duration::from_millis(50);

/// Runs Curfew until somebody ends it. When it runs already, that one opens its window.
pub(crate) async fn live(start: Start) -> Result<()> {
    let folders = Folders::find()?;
    let address = Address::in_folder(folders.runtime());
    let listener = match Listener::bind(&address) {
        Ok(listener) => listener,
        Err(BindFault::AlreadyRunning) => return join_the_other(&address, start).await,
        Err(fault) => return Err(Problem::from(fault).into()),
    };
    keep_secrets_out_of_core_dumps();
    log::start(folders.data());
    let desktop = Desktop::find().await?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), demo = start.demo, "started");

    let (real, unreadable) = Real::open(&folders);
    let (inputs, arrivals) = Inputs::channel();
    signals::start(inputs.clone());
    let stage = watch::Sender::new(real.set(start.demo));
    let desk =
        ask::Desk { stage: stage.subscribe(), settings: Arc::clone(&real.settings), inputs: inputs.clone() };
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(listener.serve(
        async {
            stopped.await.ok();
        },
        move |ask| desk.clone().answer(ask),
    ));
    if let Some(problem) = unreadable {
        inputs.send(Input::Trouble("settings", problem));
    }

    if real.settings.config().accounts.is_empty() && !start.demo && !start.background {
        // The first start: the window says how to connect an account, or shows the demo.
        inputs.send(Input::Chosen(MenuAction::OpenWindow));
    }
    let mut host = Host::new(start, real, stage, inputs);
    host.join(desktop).await;
    let ended = host.run(arrivals).await;
    drop(stop);
    serving.await.context("the socket's task failed")?;
    tracing::info!(?ended, "ended");
    ended
}

/// Ends the Curfew that runs; none is as good.
pub(crate) async fn quit() -> Result<()> {
    let client = Client::new(Address::in_folder(Folders::find()?.runtime()));
    match client.ask(&Ask::Quit).await {
        Ok(_) | Err(WireFault::NobodyListens) => Ok(()),
        Err(fault) => Err(fault).context("Curfew was asked to end"),
    }
}

/// One Curfew is enough: a second start asks the first to show itself. At login there is nothing to show.
async fn join_the_other(address: &Address, start: Start) -> Result<()> {
    if start.background {
        return Ok(());
    }
    eprintln!("curfew-tray: Curfew is running already; its window opens");
    let client = Client::new(address.clone());
    // Two that start at once: the other holds the place and is about to listen.
    let answer = async {
        loop {
            match client.ask(&Ask::OpenWindow).await {
                Err(WireFault::NobodyListens) => sleep(ASK_AGAIN).await,
                answer => break answer,
            }
        }
    };
    let answer =
        timeout(ANSWERS_WITHIN, answer).await.context("Curfew is running already, but does not answer")?;
    answer.map(drop).context("Curfew is running already, but does not open its window")
}

/// What the real engine is made of, kept while the demo is on the stage.
struct Real {
    settings: Arc<Desk>,
    store: Arc<Database>,
    cloud: Arc<dyn Cloud>,
    profiles: Arc<Profiles>,
}

impl Real {
    /// Opens what is on this computer, and says what is wrong with the settings if something is.
    fn open(folders: &Folders) -> (Self, Option<Problem>) {
        let (settings, unreadable) = Desk::open(folders);
        let store = Arc::new(Database::new(folders, Arc::new(SystemClock)));
        let keychain: Arc<dyn Keychain> = Arc::new(OsKeychain);
        let cloud = Arc::new(aws::Ec2::new(keychain, Arc::new(SystemClock)));
        let profiles = Arc::new(Profiles::in_folder(folders.clone(), Arc::clone(&store)));
        (Self { settings: Arc::new(settings), store, cloud, profiles }, unreadable)
    }
}

impl Stages for Real {
    fn set(&self, demo: bool) -> Stage {
        if demo {
            return Stage::demo();
        }
        let (store, profiles) = (Arc::clone(&self.store), Arc::clone(&self.profiles));
        Stage::real(self.settings.config(), Arc::clone(&self.cloud), store, profiles)
    }

    fn reread(&self) -> Option<Result<Config, Problem>> {
        self.settings.changed()
    }

    fn set_aside(&self) -> Option<Problem> {
        self.store.set_aside()
    }
}

/// Keeps a crash from writing the memory, and the keys in it, to the disk.
///
/// A limit of one byte, and not of none, because Linux lets a program that gathers core dumps have them whatever the
/// limit is, except for this one. Source: `do_coredump` in Linux's `fs/coredump.c`, "RLIMIT_CORE is set to 1".
#[cfg(unix)]
fn keep_secrets_out_of_core_dumps() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let least = Rlimit { current: Some(1), maximum: Some(1) };
    if let Err(error) = setrlimit(Resource::Core, least) {
        tracing::warn!(%error, "core dumps could not be switched off");
    }
}

/// Elsewhere the system keeps crash reports for itself.
#[cfg(not(unix))]
fn keep_secrets_out_of_core_dumps() {}
