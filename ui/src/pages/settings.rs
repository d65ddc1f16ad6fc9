//! The settings: what `config.toml` says, what is wrong with it, accounts, start at login, demo.

mod accounts;
mod draft;
mod watching;

use domain::{Problem, view::settings::Settings};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{
    ipc,
    port::{Port, use_port},
};
use accounts::Accounts;
use watching::Watching;

#[derive(Properties, PartialEq)]
pub(crate) struct SettingsProps {
    /// Whether the demo fleet is shown.
    pub(crate) demo: bool,
}

/// How far reading the settings got.
#[derive(Clone, PartialEq)]
enum Loaded {
    Waiting,
    Read(Settings),
    Failed(Problem),
}

#[component]
pub(crate) fn SettingsPage(props: &SettingsProps) -> Html {
    let port = use_port();
    let loaded = use_state_eq(|| Loaded::Waiting);
    let load = use_callback((), {
        let loaded = loaded.setter();
        move |(), ()| {
            let loaded = loaded.clone();
            spawn_local(async move {
                loaded.set(ipc::settings().await.map_or_else(Loaded::Failed, Loaded::Read))
            });
        }
    });
    use_effect_with((), {
        let load = load.clone();
        move |()| load.emit(())
    });
    html! {
        <main class="settings">
            <div class="column">
                <h1>{ "Settings" }</h1>
                { match &*loaded {
                    Loaded::Waiting => html! { <p class="faint" role="status">{ "Reading the settings…" }</p> },
                    Loaded::Failed(problem) => unread(problem, &load),
                    Loaded::Read(settings) => html! {
                        <>
                            { file(settings) }
                            <Watching settings={settings.clone()} onsaved={load.clone()} />
                            <Accounts settings={settings.clone()} onchanged={load.clone()} />
                            { program(settings, props.demo, &port, &load) }
                        </>
                    },
                } }
            </div>
        </main>
    }
}

fn unread(problem: &Problem, load: &Callback<()>) -> Html {
    html! {
        <section class="card critical" role="alert">
            <p><strong>{ &problem.message }</strong>{ " " }{ &problem.hint }</p>
            <button class="plain" onclick={load.reform(|_: MouseEvent| ())}>{ "Try again" }</button>
        </section>
    }
}

/// Where the file is, and everything that is wrong with it.
fn file(settings: &Settings) -> Html {
    let fault = |fault: &domain::config::ConfigFault| {
        html! { <li><span class="id">{ format!("line {}, {}", fault.line, fault.key) }</span>{ " " }{ &fault.message }</li> }
    };
    html! {
        <>
            <p class="faint path">{ "Kept in " }<span class="id">{ &settings.path }</span></p>
            if !settings.faults.is_empty() {
                <section class="card critical" role="alert">
                    <p>
                        <strong>{ "This file has faults, so Curfew goes by its last good reading." }</strong>
                        { " It is never overwritten while it cannot be read: mend these lines in an editor, and the fields below open again." }
                    </p>
                    <ul class="faults">{ for settings.faults.iter().map(fault) }</ul>
                </section>
            }
        </>
    }
}

fn program(settings: &Settings, demo: bool, port: &Port, load: &Callback<()>) -> Html {
    let at_login = {
        let (port, load, on) = (port.clone(), load.clone(), !settings.autostart);
        move |_: MouseEvent| {
            let load = load.clone();
            port.ask(async move {
                let done = ipc::autostart(on).await;
                load.emit(());
                done
            });
        }
    };
    let turn_demo = {
        let port = port.clone();
        move |_: MouseEvent| port.ask(ipc::demo(!demo))
    };
    let quit = {
        let port = port.clone();
        move |_: MouseEvent| port.ask(ipc::quit())
    };
    html! {
        <section class="card">
            <h2>{ "Program" }</h2>
            { choice("Start at login", "Curfew waits in the tray from the moment you sign in.", settings.autostart, at_login) }
            { choice("Demo fleet", "Shows a simulated fleet instead of yours.", demo, turn_demo) }
            <div class="choice">
                <div><strong>{ "Quit Curfew" }</strong><p class="faint">{ "Nothing is watched until it is started again; a countdown that runs is cancelled." }</p></div>
                <button class="plain" onclick={quit}>{ "Quit" }</button>
            </div>
        </section>
    }
}

fn choice(label: &'static str, words: &'static str, on: bool, toggle: impl Fn(MouseEvent) + 'static) -> Html {
    html! {
        <div class="choice">
            <div><strong>{ label }</strong><p class="faint">{ words }</p></div>
            <button class={classes!("toggle", on.then_some("on"))} role="switch" aria-checked={on.to_string()} aria-label={label} onclick={toggle}>
                <span class="knob" />
            </button>
        </div>
    }
}
