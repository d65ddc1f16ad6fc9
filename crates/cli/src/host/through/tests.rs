//! A tray's socket with an engine behind it, over a simulated cloud: what is used of it, and when it is not.

use std::{path::Path, time::Duration};

use demo::{Demo, Launch, Tempo, World};
use domain::{
    AccountConfig, AccountName, Actor, Config, CredentialSource, Lifecycle, Region, Target, Verb,
    command::Pace,
};
use engine::{Clock, Engine, Presence, Setup, SystemClock};
use store::Database;
use tokio::{task::JoinHandle, time::timeout};
use wire::{Listener, Reply};

use super::*;
use crate::{args::Regions, host::is_whole};

const REGION: &str = "us-east-1";
const BOUND: Duration = Duration::from_secs(20);

/// What a tray hosts, without its icon.
struct Tray {
    engine: Engine,
    target: Target,
    served: JoinHandle<()>,
}

impl Tray {
    async fn until(&self, holds: impl Fn(&Fleet) -> bool) {
        let mut fleet = self.engine.fleet();
        timeout(BOUND, fleet.wait_for(|fleet| holds(fleet))).await.unwrap().unwrap();
    }
}

impl Drop for Tray {
    fn drop(&mut self) {
        self.served.abort();
    }
}

fn tray(folder: &Path, demo: bool, accounts: &[&str]) -> Tray {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let mut world = World::empty(Tempo::at_pace(1));
    let day = Duration::from_secs(86_400);
    let id = world.launch(Launch::new(REGION, "g5.xlarge").ago(day), clock.now());
    let account = |name: &&str| AccountConfig {
        name: AccountName::new(*name),
        source: CredentialSource::Environment,
        role: None,
    };
    let engine = Engine::start(Setup {
        config: Config { accounts: accounts.iter().map(account).collect(), ..Config::default() },
        cloud: Arc::new(Demo::with_world(world, Arc::clone(&clock))),
        store: Arc::new(Database::in_memory(Arc::clone(&clock))),
        clock,
        demo,
    });
    let looked = engine.clone();
    let listener = Listener::bind(&Address::in_folder(folder)).unwrap();
    let served = tokio::spawn(listener.serve(std::future::pending(), move |ask| {
        let engine = looked.clone();
        async move { reply(&engine, ask).await }
    }));
    Tray { engine, target: Target { account: "me".into(), region: Region::new(REGION), id }, served }
}

async fn reply(engine: &Engine, ask: Ask) -> Reply {
    let answer = match ask {
        Ask::Fleet => {
            let fleet = Box::new((**engine.fleet().borrow()).clone());
            Answer::Fleet { fleet, now: engine.now() }
        }
        Ask::Send(command) => match engine.send(command).await {
            Ok(()) => Answer::Done,
            Err(problem) => Answer::Refused(problem),
        },
        Ask::Hello
        | Ask::Watch
        | Ask::Settings
        | Ask::Edit(_)
        | Ask::Autostart(_)
        | Ask::Demo(_)
        | Ask::Copy(_)
        | Ask::Profiles(_)
        | Ask::OpenWindow
        | Ask::Quit => Answer::Raise,
    };
    answer.into()
}

async fn is_used(folder: &Path, scope: Scope) -> bool {
    Through::find(Address::in_folder(folder), &scope).await.is_some()
}

#[tokio::test]
async fn the_trays_engine_looks_and_acts() {
    let folder = tempfile::tempdir().unwrap();
    let tray = tray(folder.path(), false, &["me"]);
    tray.until(|fleet| fleet.generation > 0).await;
    let through = Through::find(Address::in_folder(folder.path()), &Scope::Configured).await.unwrap();
    let looked = timeout(BOUND, through.until(is_whole)).await.unwrap().unwrap();
    assert_eq!(looked.fleet.instances.len(), 1);

    let target = tray.target.clone();
    let act =
        |verb| Command::Act { verb, target: target.clone(), actor: Actor::CommandLine, pace: Pace::AtOnce };
    let refused = through.send(act(Verb::Start)).await.unwrap_err();
    assert_eq!(refused.code, "already");
    through.send(act(Verb::Terminate)).await.unwrap();
    let over = async {
        loop {
            let seen = through.seen().await.unwrap();
            let state = seen.fleet.instances.get(&target).map(|seen| seen.instance.lifecycle);
            if state.is_none_or(Lifecycle::is_over) {
                return;
            }
            through.changed().await;
        }
    };
    timeout(BOUND, over).await.unwrap();
}

#[tokio::test]
async fn a_tray_that_would_answer_something_else_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    assert!(!is_used(folder.path(), Scope::Configured).await, "nobody listens");

    let real = tray(folder.path(), false, &["me"]);
    real.until(is_whole).await;
    assert!(is_used(folder.path(), Scope::Enough(Region::new(REGION))).await);
    assert!(!is_used(folder.path(), Scope::Enough(Region::new("eu-west-1"))).await);
    assert!(!is_used(folder.path(), Scope::Exactly(Regions::Enabled)).await);
    real.engine.presence(Presence::Locked).await;
    real.until(|fleet| fleet.paused.is_some()).await;
    assert!(!is_used(folder.path(), Scope::Configured).await, "it rests");

    let other = tempfile::tempdir().unwrap();
    let demo = tray(other.path(), true, &["me"]);
    demo.until(is_whole).await;
    assert!(!is_used(other.path(), Scope::Configured).await, "it shows the demo");
    let third = tempfile::tempdir().unwrap();
    let _empty = tray(third.path(), false, &[]);
    assert!(!is_used(third.path(), Scope::Configured).await, "it knows no account");
}
