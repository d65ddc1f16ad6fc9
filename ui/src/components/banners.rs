//! Bands above the page for what a person has to know whatever page is shown: the demo, a tray that is gone,
//! polling that rests, accounts that need somebody, and what this computer could not do.

use domain::{
    AccountName, AccountState, CloudFault, Command, Problem, fleet::Pause, view::fmt, view::window::Header,
};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::icon::{Icon, icon};
use crate::{
    browser, ipc,
    port::{Port, use_port},
    state::{Heard, Link},
    tick::Moment,
};

#[derive(Properties, PartialEq)]
pub(crate) struct BannersProps {
    pub(crate) link: Link,
}

#[component]
pub(crate) fn Banners(props: &BannersProps) -> Html {
    let port = use_port();
    let heard = props.link.heard();
    html! {
        <div class="banners">
            if let Link::Gone { last, problem, .. } = &props.link {
                <TrayGone problem={problem.clone()} heard={last.as_ref().map(|last| last.at)} />
            }
            if let Some(Heard { fleet, .. }) = heard {
                { standing(&fleet.header, &port) }
                { for fleet.accounts.iter().filter_map(|(name, state)| account(name, state, &port)) }
            }
        </div>
    }
}

fn standing(header: &Header, port: &Port) -> Html {
    html! {
        <>
            if header.demo { { demo(port) } }
            if let Some(pause) = header.paused { { paused(pause) } }
            { for header.troubles.iter().map(trouble) }
        </>
    }
}

fn demo(port: &Port) -> Html {
    let port = port.clone();
    html! {
        <div class="banner demo">
            <strong class="stamp">{ "Demo" }</strong>
            <p>{ "A simulated fleet on a fast clock. Nothing here is real, and nothing here costs anything." }</p>
            <button class="plain" onclick={move |_: MouseEvent| port.ask(ipc::demo(false))}>{ "Leave the demo" }</button>
        </div>
    }
}

fn paused(pause: Pause) -> Html {
    let why = match pause {
        Pause::Asleep => "the computer is asleep",
        Pause::Locked => "the screen is locked",
    };
    html! {
        <div class="banner quiet">
            { icon(Icon::Moon) }
            <p><strong>{ "Polling rests" }</strong>{ format!(" while {why}; it goes on by itself.") }</p>
        </div>
    }
}

fn trouble(problem: &Problem) -> Html {
    html! {
        <div class="banner warning" role="alert">
            { icon(Icon::Alert) }
            <p><strong>{ &problem.message }</strong>{ " " }{ &problem.hint }</p>
        </div>
    }
}

fn account(name: &AccountName, state: &AccountState, port: &Port) -> Option<Html> {
    match state {
        AccountState::Connecting | AccountState::Connected(_) => None,
        AccountState::NeedsCode { serial } => {
            Some(html! { <CodeForm key={name.as_str()} name={name.clone()} serial={serial.clone()} /> })
        }
        AccountState::Broken(fault) => Some(broken(name, fault, port)),
    }
}

fn broken(name: &AccountName, fault: &CloudFault, port: &Port) -> Html {
    let retry = {
        let (port, account) = (port.clone(), name.clone());
        move |_: MouseEvent| port.send(Command::Reconnect { account: account.clone() })
    };
    html! {
        <div class="banner critical" role="alert" data-account={name.to_string()}>
            { icon(Icon::Key) }
            <p><strong>{ format!("Account {name}: {fault}.") }</strong>{ " " }{ fault.hint() }</p>
            <button class="plain" onclick={retry}>{ "Retry" }</button>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct CodeProps {
    name: AccountName,
    serial: String,
}

/// Asks for the code of an account's second factor.
#[component]
fn CodeForm(props: &CodeProps) -> Html {
    let port = use_port();
    let code = use_node_ref();
    let field = format!("code-{}", props.name);
    let onsubmit = {
        let (code, account) = (code.clone(), props.name.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            let Some(input) = code.cast::<HtmlInputElement>() else { return };
            port.send(Command::Code { account: account.clone(), code: input.value().trim().to_owned() });
            input.set_value("");
        }
    };
    html! {
        <form class="banner warning" {onsubmit} data-account={props.name.to_string()}>
            { icon(Icon::Key) }
            <p>
                <label for={field.clone()}><strong>{ format!("Account {} needs a code", props.name) }</strong></label>
                { format!(" from the second factor {}.", fmt::one_line(&props.serial, 100)) }
            </p>
            <input
                ref={code} id={field} class="code" inputmode="numeric" autocomplete="one-time-code"
                pattern="[0-9]{6}" maxlength="6" required=true placeholder="123456" title="Six digits"
            />
            <button class="solid">{ "Send" }</button>
        </form>
    }
}

#[derive(Properties, PartialEq)]
struct GoneProps {
    problem: Problem,
    /// When it said something last.
    heard: Option<Moment>,
}

/// Says that the tray is gone and how old the data have become.
#[component]
fn TrayGone(props: &GoneProps) -> Html {
    let port = use_port();
    let tick = use_force_update();
    use_effect_with((), move |()| {
        let interval = gloo_timers::callback::Interval::new(1_000, move || tick.force_update());
        move || drop(interval)
    });
    let age = props.heard.map(|heard| fmt::duration(browser::now().since(heard)));
    html! {
        <div class="banner critical gone" role="alert">
            { icon(Icon::Alert) }
            <p>
                <strong>{ &props.problem.message }</strong>{ " " }{ &props.problem.hint }
                if let Some(age) = age {
                    { format!(" What is shown is {age} old. Nothing can be done until the tray is back; a countdown has ended with it.") }
                }
            </p>
            <button class="solid" onclick={move |_: MouseEvent| port.ask(ipc::restart_tray())}>{ "Restart the tray" }</button>
        </div>
    }
}
