//! The launcher: what is under way, the profiles as cards, examples to begin from, and the editor.

mod acts;

use domain::{
    AccountName, AccountState, LaunchId,
    launch::Launches,
    view::{
        launcher::{Card, Shelf, free_name},
        window::Sight,
    },
};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::{
    app::Page,
    components::{
        icon::{Icon, icon},
        launcher::{CardView, Editor, Examples, Panel, Pick, Reply},
    },
    launcher::{Desk, Draft, Hand, newest_first},
    port::use_port,
    state::Heard,
};
use acts::{Loaded, named, picked, replied, use_begin, use_shelf};

#[derive(Properties, PartialEq)]
pub(crate) struct LaunchProps {
    pub(crate) heard: Heard,
    /// What somebody at the tray wants to see.
    pub(crate) sight: Option<Sight>,
    pub(crate) desk: UseReducerHandle<Desk>,
    pub(crate) turn: Callback<Page>,
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
