//! The bar at the top: where one is, and a poll at once.

use domain::Command;
use yew::prelude::*;

use super::icon::{Icon, icon};
use crate::{app::Page, port::use_port};

#[derive(Properties, PartialEq)]
pub(crate) struct AppBarProps {
    pub(crate) page: Page,
    pub(crate) turn: Callback<Page>,
    /// Whether the tray can be asked for anything.
    pub(crate) live: bool,
}

#[component]
pub(crate) fn AppBar(props: &AppBarProps) -> Html {
    let port = use_port();
    let tab = |page: Page, label: &'static str| {
        let current = props.page == page;
        html! {
            <button
                class={classes!("tab", current.then_some("current"))}
                aria-current={current.then_some("page")}
                onclick={props.turn.reform(move |_: MouseEvent| page)}
            >{ label }</button>
        }
    };
    html! {
        <header class="app-bar">
            <img class="logo" src="moon.svg" alt="" />
            <span class="brand">{ "Curfew" }</span>
            <nav aria-label="Pages">
                { tab(Page::Fleet, "Fleet") }
                { tab(Page::Launch, "Launch") }
                { tab(Page::Settings, "Settings") }
            </nav>
            <button
                class="plain refresh"
                disabled={!props.live}
                title="Ask every region now"
                onclick={move |_: MouseEvent| port.send(Command::Refresh)}
            >{ icon(Icon::Refresh) }{ "Refresh" }</button>
        </header>
    }
}
