//! A profile's text with its faults in place. What it says is asked of the shell a moment after the last key.

use domain::{
    Problem,
    config::ConfigFault,
    view::launcher::{Card, Reading},
};
use gloo_timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{
    card::Facts,
    paper::{Paper, Remark, Remarks},
};
use crate::{
    components::icon::{Icon, icon},
    ipc,
    launcher::Draft,
    port::use_port,
    state::Saying,
};

/// How long after the last key the text is read.
const REST_MS: u32 = 150;

#[derive(Properties, PartialEq)]
pub(crate) struct EditorProps {
    pub(crate) draft: Draft,
    pub(crate) ondraft: Callback<Draft>,
    /// It is written, or laid away.
    pub(crate) ondone: Callback<()>,
}

#[component]
pub(crate) fn Editor(props: &EditorProps) -> Html {
    let EditorProps { draft, ondraft, ondone } = props;
    let read = use_read(draft);
    let jump = use_state_eq(|| None::<(usize, u32)>);
    let save = use_save(draft, ondone);
    let can_save = read.as_ref().is_some_and(|card| card.faults().is_empty()) && !draft.is_untouched();
    let onjump = {
        let jump = jump.clone();
        Callback::from(move |line: usize| {
            let times = jump.as_ref().map_or(0, |(_, times)| *times);
            jump.set(Some((line, times + 1)));
        })
    };
    let onkeydown = {
        let save = save.clone();
        move |event: KeyboardEvent| {
            if (event.ctrl_key() || event.meta_key()) && event.key() == "s" {
                event.prevent_default();
                if can_save {
                    save.emit(());
                }
            }
        }
    };
    let ontext = {
        let draft = draft.clone();
        ondraft.reform(move |text| Draft { text, ..draft.clone() })
    };
    let leave = if draft.is_untouched() { "Close" } else { "Discard" };
    html! {
        <section class="editor" aria-label={format!("Editing {}", draft.name)} {onkeydown}>
            <header>
                <Name draft={draft.clone()} ondraft={ondraft.clone()} />
                <span class="gap" />
                <button class="plain" data-do="leave" onclick={ondone.reform(|_: MouseEvent| ())}>{ leave }</button>
                <button class="solid" data-do="save" disabled={!can_save} title="Ctrl+S" onclick={save.reform(|_: MouseEvent| ())}>{ "Save" }</button>
            </header>
            <div class="desk">
                <Paper text={draft.text.clone()} remarks={remarks(read.as_ref())} jump={*jump} {ontext} />
                <aside id="remarks">{ match &read {
                    None => html! { <p class="faint" role="status">{ "Reading…" }</p> },
                    Some(card) => html! { <Findings card={card.clone()} {onjump} /> },
                } }</aside>
            </div>
        </section>
    }
}

/// What the text says, once it was read as it stands now.
#[hook]
fn use_read(draft: &Draft) -> Option<Card> {
    let port = use_port();
    let read = use_state_eq(|| None::<Card>);
    use_effect_with((draft.name.clone(), draft.text.clone()), {
        let read = read.setter();
        move |(name, text)| {
            let (name, text) = (name.clone(), text.clone());
            let timeout = Timeout::new(REST_MS, move || {
                spawn_local(async move {
                    match ipc::read_profile(name, text).await {
                        Ok(card) => read.set(Some(card)),
                        Err(problem) => port.say(Saying::Failed(problem)),
                    }
                });
            });
            move || drop(timeout)
        }
    });
    (*read).clone().filter(|card| card.name == draft.name && card.text == draft.text)
}

#[hook]
fn use_save(draft: &Draft, ondone: &Callback<()>) -> Callback<()> {
    let port = use_port();
    use_callback((draft.clone(), ondone.clone()), move |(), (draft, ondone)| {
        let (port, draft, ondone) = (port.clone(), draft.clone(), ondone.clone());
        spawn_local(async move {
            let (name, text) = (draft.name.clone(), draft.for_file());
            match ipc::save_profile(name, text, draft.before).await {
                Ok(faults) if faults.is_empty() => {
                    port.say(Saying::Done(format!("{} saved", draft.name)));
                    ondone.emit(());
                }
                Ok(faults) => port.say(Saying::Failed(refused(&faults))),
                Err(problem) => port.say(Saying::Failed(problem)),
            }
        });
    })
}

fn refused(faults: &[ConfigFault]) -> Problem {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    Problem::new("profile", lines.join("; "), "Nothing was written.")
}

/// Faults weigh more than warnings; several of a line are told together.
fn remarks(read: Option<&Card>) -> Remarks {
    let mut remarks = Remarks::new();
    let Some(card) = read else { return remarks };
    let faults = card.faults().iter().map(|fault| (Remark::Fault, fault));
    let warnings = card.warnings().iter().map(|warning| (Remark::Warning, warning));
    for (remark, said) in faults.chain(warnings) {
        let line = remarks.entry(said.line).or_insert_with(|| (remark, String::new()));
        line.0 = line.0.max(remark);
        let apart = if line.1.is_empty() { "" } else { "\n" };
        line.1 = format!("{}{apart}{}: {}", line.1, said.key, said.message);
    }
    remarks
}

#[derive(Properties, PartialEq)]
struct NameProps {
    draft: Draft,
    ondraft: Callback<Draft>,
}

/// A profile that is there keeps its name; a new one is given one.
#[component]
fn Name(props: &NameProps) -> Html {
    let NameProps { draft, ondraft } = props;
    if draft.before.is_some() {
        return html! { <h2>{ &draft.name }</h2> };
    }
    let oninput = {
        let draft = draft.clone();
        ondraft.reform(move |event: InputEvent| {
            let name = event.target_unchecked_into::<HtmlInputElement>().value();
            Draft { name, ..draft.clone() }
        })
    };
    html! {
        <>
            <label for="profile-name">{ "New profile" }</label>
            <input id="profile-name" value={draft.name.clone()} {oninput} maxlength="64" spellcheck="false" autocomplete="off" />
        </>
    }
}

#[derive(Properties, PartialEq)]
struct FindingsProps {
    card: Card,
    onjump: Callback<usize>,
}

/// What is wrong, each a way to its line; else what the profile launches.
#[component]
fn Findings(props: &FindingsProps) -> Html {
    let FindingsProps { card, onjump } = props;
    let finding = |class: &'static str, fault: &ConfigFault| {
        let line = fault.line;
        html! {
            <li class={class}>
                <button onclick={onjump.reform(move |_: MouseEvent| line)} data-jump={line.to_string()}>
                    <span class="id">{ format!("line {line} · {}", fault.key) }</span>
                    <span>{ &fault.message }</span>
                </button>
            </li>
        }
    };
    match &card.reading {
        Reading::Faulty(faults) => html! {
            <>
                <h3 class="critical" role="status">{ domain::view::fmt::count(faults.len(), "fault") }</h3>
                <ul class="findings">{ for faults.iter().map(|fault| finding("critical", fault)) }</ul>
            </>
        },
        Reading::Good(plan) => html! {
            <>
                <h3 class="ok" role="status">{ icon(Icon::Check) }{ "It can be launched" }</h3>
                <ul class="findings">{ for plan.warnings.iter().map(|warning| finding("warning", warning)) }</ul>
                <Facts plan={(**plan).clone()} />
            </>
        },
    }
}
