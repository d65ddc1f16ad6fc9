//! How often and where Curfew looks, and when it warns.

use domain::{
    Problem,
    config::ConfigFault,
    view::{fmt, settings::Settings},
};
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::draft::{Draft, Field, faults_of, other_faults};
use crate::{ipc, port::use_port, state::Saying};

#[derive(Properties, PartialEq)]
pub(super) struct WatchingProps {
    pub(super) settings: Settings,
    pub(super) onsaved: Callback<()>,
}

#[component]
pub(super) fn Watching(props: &WatchingProps) -> Html {
    let port = use_port();
    let draft = use_state_eq(|| Draft::of(&props.settings));
    let faults = use_state_eq(Vec::<ConfigFault>::new);
    use_effect_with(props.settings.clone(), {
        let draft = draft.setter();
        move |settings| draft.set(Draft::of(settings))
    });
    let edits = draft.edits(&props.settings);
    let locked = !props.settings.faults.is_empty();
    let unchanged = edits.is_empty();
    let onsubmit = {
        let (faults, onsaved) = (faults.setter(), props.onsaved.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            let (port, faults, onsaved, edits) =
                (port.clone(), faults.clone(), onsaved.clone(), edits.clone());
            spawn_local(async move {
                let answer: Result<Vec<ConfigFault>, Problem> = ipc::edit(edits).await;
                match answer {
                    Ok(found) if found.is_empty() => {
                        faults.set(found);
                        port.say(Saying::Done("Settings saved".into()));
                        onsaved.emit(());
                    }
                    Ok(found) => faults.set(found),
                    Err(problem) => port.say(Saying::Failed(problem)),
                }
            });
        }
    };
    let field = |field: Field, label: &'static str, words: &'static str| {
        html! { <TextField {field} {label} {words} draft={draft.clone()} faults={(*faults).clone()} {locked} /> }
    };
    html! {
        <form class="card" {onsubmit}>
            <h2>{ "Watching" }</h2>
            { field(Field::Interval, "Poll every", "From 15s to 1h; faster for two minutes after an action.") }
            <Where draft={draft.clone()} {locked} />
            if !draft.everywhere { { field(Field::Regions, "Regions", "Codes such as us-east-1 eu-west-1.") } }
            { field(Field::Warning, "Warn after", "Running time such as 2h or 1h 30m, or off.") }
            { field(Field::Critical, "Critical after", "Running time, or off.") }
            { field(Field::Repeat, "Remind every", "While critical; or off.") }
            if props.settings.rules > 0 {
                <p class="faint">{ format!("{} in config.toml change these for some instances.", fmt::count(props.settings.rules, "rule")) }</p>
            }
            { for other_faults(&faults).map(|fault| html! { <p class="fault" role="alert">{ format!("{}: {}", fault.key, fault.message) }</p> }) }
            <div class="form-end"><button class="solid" disabled={locked || unchanged}>{ "Save" }</button></div>
        </form>
    }
}

#[derive(Properties, PartialEq)]
struct FieldProps {
    field: Field,
    label: &'static str,
    words: &'static str,
    draft: UseStateHandle<Draft>,
    faults: Vec<ConfigFault>,
    locked: bool,
}

#[component]
fn TextField(props: &FieldProps) -> Html {
    let FieldProps { field, label, words, draft, faults, locked } = props;
    let field = *field;
    let oninput = {
        let draft = draft.clone();
        move |event: InputEvent| {
            let text = event.target_unchecked_into::<HtmlInputElement>().value();
            draft.set((*draft).clone().with(field, text));
        }
    };
    let id = field.key();
    let wrong: Vec<&ConfigFault> = faults_of(field, faults).collect();
    html! {
        <div class={classes!("field", (!wrong.is_empty()).then_some("wrong"))} data-key={id}>
            <label for={id}>{ *label }</label>
            <div>
                <input {id} value={draft.get(field).to_owned()} {oninput} readonly={*locked} spellcheck="false" autocomplete="off"
                    aria-invalid={(!wrong.is_empty()).to_string()} aria-describedby={format!("{id}-words")} />
                <p id={format!("{id}-words")} class="faint">{ *words }</p>
                { for wrong.iter().map(|fault| html! { <p class="fault" role="alert">{ &fault.message }</p> }) }
            </div>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct WhereProps {
    draft: UseStateHandle<Draft>,
    locked: bool,
}

/// Everywhere, or only in some regions.
#[component]
fn Where(props: &WhereProps) -> Html {
    let choice = |everywhere: bool, label: &'static str| {
        let draft = props.draft.clone();
        let onchange = move |_: Event| draft.set(Draft { everywhere, ..(*draft).clone() });
        html! {
            <label class="radio">
                <input type="radio" name="where" checked={props.draft.everywhere == everywhere} disabled={props.locked} {onchange} />
                { label }
            </label>
        }
    };
    html! {
        <div class="field">
            <span class="label">{ "Look into" }</span>
            <div role="radiogroup" aria-label="Look into">
                { choice(true, "every region that the account has enabled") }
                { choice(false, "these regions only") }
            </div>
        </div>
    }
}
