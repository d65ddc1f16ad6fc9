//! The launcher: what is under way, the profiles as cards, examples to begin from, and the editor.

use std::rc::Rc;

use domain::{
    AccountName, AccountState, Actor, Command, LaunchId, Problem,
    launch::{Launches, Wish},
    view::{
        launcher::{Card, Shelf, free_name},
        window::Sight,
    },
};
use gloo_timers::callback::Interval;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::{
    app::Page,
    browser,
    components::{
        icon::{Icon, icon},
        launcher::{CardView, Editor, Examples, Panel, Pick, Reply},
    },
    ipc,
    launcher::{Desk, Draft, Hand, newest_first},
    port::{Port, use_port},
    state::{Heard, Saying},
};

/// How often the folder is looked at: files are written by hand and by the command line too.
const LOOK_MS: u32 = 4_000;

#[derive(Properties, PartialEq)]
pub(crate) struct LaunchProps {
    pub(crate) heard: Heard,
    /// What somebody at the tray wants to see.
    pub(crate) sight: Option<Sight>,
    pub(crate) desk: UseReducerHandle<Desk>,
    pub(crate) turn: Callback<Page>,
}

/// How far reading the profiles got.
#[derive(Clone, PartialEq)]
enum Loaded {
    Waiting,
    Read(Rc<Shelf>),
    Failed(Problem),
}

#[component]
pub(crate) fn LaunchPage(props: &LaunchProps) -> Html {
    let port = use_port();
    let LaunchProps { heard, sight, desk, turn } = props;
    let fleet = &heard.fleet;
    let (loaded, load) = use_shelf(fleet.header.demo, fleet.launches.len());
    let chosen = use_state_eq(|| None::<AccountName>);
    let beginning = use_state_eq(|| false);
    let account = chosen_account(heard, chosen.as_ref());
    let begin = use_begin(&port, &loaded, account.as_ref(), desk);
    use_effect_with((sight.clone(), matches!(loaded, Loaded::Read(_))), {
        let (port, begin) = (port.clone(), begin.clone());
        move |(sight, is_read)| match sight {
            Some(Sight::Profile(name)) if *is_read => {
                port.seen();
                begin.emit((name.clone(), true));
            }
            Some(Sight::Launcher) => port.seen(),
            Some(Sight::Profile(_)) | None => {}
        }
    });
    if let Some(draft) = &desk.draft {
        let ondraft = {
            let desk = desk.dispatcher();
            Callback::from(move |draft| desk.dispatch(Hand::Write(draft)))
        };
        let ondone = {
            let (desk, load) = (desk.dispatcher(), load.clone());
            Callback::from(move |()| {
                desk.dispatch(Hand::LayAway);
                load.emit(());
            })
        };
        return html! { <main class="launch"><Editor draft={draft.clone()} {ondraft} {ondone} /></main> };
    }
    let onpick = picked(&port, desk, &loaded, &begin, &load);
    let onexample = {
        let (desk, loaded) = (desk.dispatcher(), loaded.clone());
        Callback::from(move |name: String| {
            if let Loaded::Read(shelf) = &loaded
                && let Some(example) = named(&shelf.examples, &name)
            {
                let taken: Vec<&str> = shelf.profiles.iter().map(|card| card.name.as_str()).collect();
                desk.dispatch(Hand::Write(Draft::new(free_name(&name, &taken), &example.text)));
            }
        })
    };
    let toggle = {
        let beginning = beginning.clone();
        move |_: MouseEvent| beginning.set(!*beginning)
    };
    html! {
        <main class="launch">
            <header class="launch-bar">
                <h1>{ "Launch" }</h1>
                if let Loaded::Read(shelf) = &loaded { <span class="faint path">{ "Profiles in " }<span class="id">{ &shelf.folder }</span></span> }
                <span class="gap" />
                { accounts(heard, account.as_ref(), &chosen) }
                <button class={classes!("plain", beginning.then_some("on"))} data-do="new" aria-expanded={beginning.to_string()} onclick={toggle}>
                    { icon(Icon::Plus) }{ "New from example" }
                </button>
            </header>
            { under_way(&fleet.launches, desk, &replied(&port, desk, turn)) }
            { match &loaded {
                Loaded::Waiting => html! { <p class="faint" role="status">{ "Reading the profiles…" }</p> },
                Loaded::Failed(problem) => html! { <p class="fault" role="alert"><strong>{ &problem.message }</strong>{ " " }{ &problem.hint }</p> },
                Loaded::Read(shelf) => shelf_view(shelf, account.is_some(), *beginning, &onpick, &onexample),
            } }
        </main>
    }
}

/// The profiles, read again when the fleet becomes another one or a launch came or went, and every few seconds.
#[hook]
fn use_shelf(demo: bool, launches: usize) -> (Loaded, Callback<()>) {
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
fn use_begin(
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

fn picked(
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

fn replied(port: &Port, desk: &UseReducerHandle<Desk>, turn: &Callback<Page>) -> Callback<(LaunchId, Reply)> {
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

fn under_way(launches: &Launches, desk: &Desk, onreply: &Callback<(LaunchId, Reply)>) -> Html {
    let panel = |(id, launch): (&LaunchId, &domain::launch::Launch)| {
        let wanted = desk.wanted.contains(id);
        html! { <Panel key={id.to_string()} id={id.clone()} launch={launch.clone()} {wanted} onreply={onreply.clone()} /> }
    };
    html! { <div class="launches">{ for newest_first(launches).into_iter().map(panel) }</div> }
}

fn shelf_view(
    shelf: &Shelf,
    connected: bool,
    beginning: bool,
    onpick: &Callback<(String, Pick)>,
    onexample: &Callback<String>,
) -> Html {
    let refused = (!connected).then_some("Connect an account in Settings first.");
    let card = |card: &Card| html! { <CardView key={card.name.clone()} card={card.clone()} {refused} onpick={onpick.clone()} /> };
    let none = shelf.profiles.is_empty();
    html! {
        <>
            if none {
                <div class="empty">
                    <span class="picture">{ icon(Icon::Play) }</span>
                    <h2>{ "No profile yet" }</h2>
                    <p>{ "A profile is a small file that says what to launch, where, for how long and for how much. Begin with one of these and make it yours." }</p>
                </div>
            }
            if none || beginning { <Examples examples={shelf.examples.clone()} onpick={onexample.clone()} /> }
            <div class="profiles">{ for shelf.profiles.iter().map(card) }</div>
        </>
    }
}

/// Several accounts can be chosen from; one is not worth a word.
fn accounts(
    heard: &Heard,
    account: Option<&AccountName>,
    chosen: &UseStateHandle<Option<AccountName>>,
) -> Html {
    if heard.fleet.accounts.len() < 2 {
        return Html::default();
    }
    let onchange = {
        let chosen = chosen.setter();
        move |event: Event| {
            let name = event.target_unchecked_into::<HtmlSelectElement>().value();
            chosen.set(Some(AccountName::new(&name)));
        }
    };
    let option = |name: &AccountName| html! { <option value={name.to_string()} selected={Some(name) == account}>{ name.as_str() }</option> };
    html! {
        <label class="account">{ "Account" }
            <span class="select"><select {onchange}>{ for heard.fleet.accounts.keys().map(option) }</select>{ icon(Icon::Chevron) }</span>
        </label>
    }
}

/// The account that was chosen, else the first that is connected, else the first.
fn chosen_account(heard: &Heard, chosen: Option<&AccountName>) -> Option<AccountName> {
    let accounts = &heard.fleet.accounts;
    let connected = |state: &AccountState| matches!(state, AccountState::Connected(_));
    let first = accounts.iter().find(|(_, state)| connected(state)).or_else(|| accounts.iter().next());
    chosen
        .filter(|name| accounts.contains_key(*name))
        .cloned()
        .or_else(|| first.map(|(name, _)| name.clone()))
}

fn named<'a>(cards: &'a [Card], name: &str) -> Option<&'a Card> {
    cards.iter().find(|card| card.name == name)
}
