//! What a person does at the launcher, and what the page knows of the profiles.

use std::rc::Rc;

use domain::{
    AccountName, Actor, Command, LaunchId, Problem,
    launch::Wish,
    view::launcher::{Card, Shelf},
};
use gloo_timers::callback::Interval;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{
    app::Page,
    browser,
    components::launcher::{Pick, Reply},
    ipc,
    launcher::{Desk, Draft, Hand},
    port::Port,
    state::Saying,
};

/// How often the folder is looked at: files are written by hand and by the command line too.
const LOOK_MS: u32 = 4_000;

/// How far reading the profiles got.
#[derive(Clone, PartialEq)]
pub(super) enum Loaded {
    Waiting,
    Read(Rc<Shelf>),
    Failed(Problem),
}

/// The profiles, read again when the fleet becomes another one or a launch came or went, and every few seconds.
#[hook]
pub(super) fn use_shelf(demo: bool, launches: usize) -> (Loaded, Callback<()>) {
    let loaded = use_state_eq(|| Loaded::Waiting);
    let load = use_callback((), {
        let loaded = loaded.setter();
        move |(), ()| {
            let loaded = loaded.clone();
            spawn_local(async move {
                let read = ipc::profiles().await.map(|shelf| Loaded::Read(Rc::new(shelf)));
                loaded.set(read.unwrap_or_else(Loaded::Failed));
            });
        }
    });
    use_effect_with((demo, launches), {
        let load = load.clone();
        move |_| load.emit(())
    });
    use_effect_with((), {
        let load = load.clone();
        move |()| {
            let interval = Interval::new(LOOK_MS, move || load.emit(()));
            move || drop(interval)
        }
    });
    ((*loaded).clone(), load)
}

/// Begins a check of the named profile; with `true` a launch is to follow it.
#[hook]
pub(super) fn use_begin(
    port: &Port,
    loaded: &Loaded,
    account: Option<&AccountName>,
    desk: &UseReducerHandle<Desk>,
) -> Callback<(String, bool)> {
    let desk = desk.dispatcher();
    let dependencies = (port.clone(), loaded.clone(), account.cloned());
    use_callback(dependencies, move |(name, wanted): (String, bool), (port, loaded, account)| {
        let Loaded::Read(shelf) = loaded else { return };
        let refused =
            |message: String, hint: &str| port.say(Saying::Failed(Problem::new("launch", message, hint)));
        let Some(card) = named(&shelf.profiles, &name) else {
            return refused(format!("there is no profile {name}"), "It may have been renamed or deleted.");
        };
        if !card.faults().is_empty() {
            return refused(
                format!("the profile {name} has faults"),
                "Its card lists them; Edit mends them.",
            );
        }
        let Some(account) = account else {
            return refused("no account is connected".into(), "Connect one in Settings.");
        };
        let wish = Wish {
            id: LaunchId::of(browser::random()),
            account: account.clone(),
            profile: name,
            text: card.text.clone(),
            dry_run: true,
            actor: Actor::Window,
        };
        if wanted {
            desk.dispatch(Hand::Want(wish.id.clone()));
        }
        port.send(Command::Launch(Box::new(wish)));
    })
}

pub(super) fn picked(
    port: &Port,
    desk: &UseReducerHandle<Desk>,
    loaded: &Loaded,
    begin: &Callback<(String, bool)>,
    load: &Callback<()>,
) -> Callback<(String, Pick)> {
    let (port, desk, loaded) = (port.clone(), desk.dispatcher(), loaded.clone());
    let (begin, load) = (begin.clone(), load.clone());
    Callback::from(move |(name, pick): (String, Pick)| match pick {
        Pick::Launch => begin.emit((name, true)),
        Pick::Check => begin.emit((name, false)),
        Pick::Edit => {
            if let Loaded::Read(shelf) = &loaded
                && let Some(card) = named(&shelf.profiles, &name)
            {
                desk.dispatch(Hand::Write(Draft::of(&name, &card.text)));
            }
        }
        Pick::Duplicate => {
            let (port, load) = (port.clone(), load.clone());
            spawn_local(async move {
                match ipc::duplicate_profile(name).await {
                    Ok(new) => {
                        port.say(Saying::Done(format!("{new} written")));
                        load.emit(());
                    }
                    Err(problem) => port.say(Saying::Failed(problem)),
                }
            });
        }
    })
}

pub(super) fn replied(
    port: &Port,
    desk: &UseReducerHandle<Desk>,
    turn: &Callback<Page>,
) -> Callback<(LaunchId, Reply)> {
    let (port, desk, turn) = (port.clone(), desk.clone(), turn.clone());
    Callback::from(move |(id, reply): (LaunchId, Reply)| match reply {
        Reply::Yes => {
            desk.dispatch(Hand::Settle(id.clone()));
            port.send(Command::ConfirmLaunch { id });
        }
        Reply::Cancel => port.send(Command::CancelLaunch { id }),
        Reply::Dismiss => {
            desk.dispatch(Hand::Settle(id.clone()));
            port.send(Command::DismissLaunch { id });
        }
        Reply::Fleet => turn.emit(Page::Fleet),
    })
}

pub(super) fn named<'a>(cards: &'a [Card], name: &str) -> Option<&'a Card> {
    cards.iter().find(|card| card.name == name)
}
