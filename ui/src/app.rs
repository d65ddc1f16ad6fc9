//! The window as a whole: hears the shell, holds the state, shows a page.

use std::rc::Rc;

use domain::Problem;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{
    browser,
    components::{app_bar::AppBar, banners::Banners, empty::Waiting, notes::Notes, now::Ticking},
    ipc,
    launcher::Desk,
    pages::{first_run::FirstRun, fleet::FleetPage, launch::LaunchPage, settings::SettingsPage},
    port::Port,
    state::{Change, Heard, Link, State},
};

/// The pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    Fleet,
    Launch,
    Settings,
}

#[component]
pub(crate) fn App() -> Html {
    let state = use_reducer(State::default);
    let page = use_state_eq(|| Page::Fleet);
    let desk = use_reducer(Desk::default);
    let port = use_memo((), |()| Port::new(state.dispatcher()));
    use_effect_with((), {
        let state = state.dispatcher();
        move |()| spawn_local(listen(state))
    });
    let turn = use_callback((), {
        let page = page.setter();
        move |to: Page, ()| page.set(to)
    });
    use_effect_with(state.sight.clone(), {
        let page = page.setter();
        move |sight| {
            if sight.is_some() {
                page.set(Page::Launch);
            }
        }
    });
    html! {
        <ContextProvider<Port> context={(*port).clone()}>
            <Ticking clock={state.link.clock()}>
                <div class={classes!("app", matches!(state.link, Link::Gone { .. }).then_some("stale"))}>
                    <AppBar page={*page} turn={turn.clone()} live={matches!(state.link, Link::Live(_))} />
                    <Banners link={state.link.clone()} />
                    { content(&state, *page, &turn, &desk) }
                    <Notes notes={Rc::from(state.notes.as_slice())} />
                    <div class="said" role="status" aria-live="polite">{ &*state.announcement }</div>
                </div>
            </Ticking>
        </ContextProvider<Port>>
    }
}

fn content(state: &State, page: Page, turn: &Callback<Page>, desk: &UseReducerHandle<Desk>) -> Html {
    let heard = state.link.heard();
    match (page, heard) {
        (Page::Settings, _) => html! { <SettingsPage demo={heard.is_some_and(|it| it.fleet.header.demo)} /> },
        (Page::Fleet, Some(heard)) if is_first_run(heard) => html! { <FirstRun turn={turn.clone()} /> },
        (Page::Fleet, Some(heard)) => html! { <FleetPage heard={heard.clone()} /> },
        (Page::Launch, Some(heard)) => html! {
            <LaunchPage heard={heard.clone()} sight={state.sight.clone()} desk={desk.clone()} turn={turn.clone()} />
        },
        (Page::Fleet | Page::Launch, None) => before_the_first_word(&state.link),
    }
}

fn before_the_first_word(link: &Link) -> Html {
    let waiting = match link {
        Link::Waiting | Link::Live(_) => html! { <Waiting tried={0} regions={0} words="Asking the tray." /> },
        Link::Gone { .. } => Html::default(),
    };
    html! { <main class="fleet">{ waiting }</main> }
}

/// Nobody told Curfew yet where to look.
fn is_first_run(heard: &Heard) -> bool {
    heard.fleet.accounts.is_empty() && !heard.fleet.header.demo
}

/// Hears the shell for as long as the window is open.
async fn listen(state: UseReducerDispatcher<State>) {
    let heard = {
        let state = state.clone();
        move |event: Result<_, Problem>| {
            let event = event.unwrap_or_else(domain::view::window::Event::TrayGone);
            state.dispatch(Change::Heard(Box::new(event), browser::now()));
        }
    };
    if let Err(problem) = ipc::watch(heard).await {
        let gone = domain::view::window::Event::TrayGone(problem);
        state.dispatch(Change::Heard(Box::new(gone), browser::now()));
    }
}
