//! The filter box and the switches above the table.

use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::icon::{Icon, icon};
use crate::{
    browser::{self, Listener},
    table::options::{Change, Options},
};

#[derive(Properties, PartialEq)]
pub(crate) struct ToolbarProps {
    pub(crate) options: Options,
    /// How many stopped and how many terminated instances there are to show.
    pub(crate) stopped: usize,
    pub(crate) gone: usize,
    pub(crate) shown: usize,
    pub(crate) onchange: Callback<Change>,
    /// The person leaves the filter box downwards, into the table.
    pub(crate) onleave: Callback<()>,
}

#[component]
pub(crate) fn Toolbar(props: &ToolbarProps) -> Html {
    let ToolbarProps { options, stopped, gone, onchange, .. } = props;
    html! {
        <div class="toolbar" role="search">
            <FilterBox text={options.text.clone()} onchange={onchange.clone()} onleave={props.onleave.clone()} />
            if !options.text.trim().is_empty() {
                <span class="faint" role="status">{ format!("{} found", props.shown) }</span>
            }
            <span class="gap" />
            { switch(format!("Stopped {stopped}"), options.stopped, onchange.reform(Change::Stopped)) }
            { switch(format!("Terminated {gone}"), options.gone, onchange.reform(Change::Gone)) }
            { switch("Group".into(), options.grouped, onchange.reform(Change::Grouped)) }
        </div>
    }
}

fn switch(label: String, on: bool, change: Callback<bool>) -> Html {
    html! {
        <button
            class={classes!("switch", on.then_some("on"))}
            aria-pressed={on.to_string()}
            onclick={change.reform(move |_: MouseEvent| !on)}
        >{ label }</button>
    }
}

#[derive(Properties, PartialEq)]
struct FilterProps {
    text: String,
    onchange: Callback<Change>,
    onleave: Callback<()>,
}

/// The filter box; the key `/` leads to it from anywhere.
#[component]
fn FilterBox(props: &FilterProps) -> Html {
    let node = use_node_ref();
    use_slash(node.clone());
    let oninput = props
        .onchange
        .reform(|event: InputEvent| Change::Typed(event.target_unchecked_into::<HtmlInputElement>().value()));
    let onkeydown = {
        let (onchange, onleave) = (props.onchange.clone(), props.onleave.clone());
        move |event: KeyboardEvent| match event.key().as_str() {
            "Escape" => onchange.emit(Change::Typed(String::new())),
            "Enter" | "ArrowDown" => {
                event.prevent_default();
                onleave.emit(());
            }
            _ => {}
        }
    };
    html! {
        <label class="filter">
            { icon(Icon::Search) }
            <span class="said">{ "Filter" }</span>
            <input
                ref={node} type="search" value={props.text.clone()} {oninput} {onkeydown}
                spellcheck="false" autocomplete="off"
                placeholder="Name, id, type, region, or tag=value"
                title="All words must be found; Project=crpbot looks at the tag Project"
            />
            <kbd>{ "/" }</kbd>
        </label>
    }
}

#[hook]
fn use_slash(node: NodeRef) {
    use_effect_with((), move |()| {
        let jump = move |event: Event| {
            let slash = event.dyn_ref::<KeyboardEvent>().is_some_and(|key| key.key() == "/");
            if let Some(input) =
                node.cast::<HtmlInputElement>().filter(|_| slash && !browser::is_typing(event.target()))
            {
                event.prevent_default();
                browser::focus(&input);
                input.select();
            }
        };
        let listener = web_sys::window().map(|window| Listener::new(window.into(), "keydown", jump));
        move || drop(listener)
    });
}
