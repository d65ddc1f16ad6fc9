//! Short messages in the corner: what went well goes by itself, what failed stays until it is put away.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use yew::prelude::*;

use super::icon::{Icon, icon};
use crate::{
    port::use_port,
    state::{Note, Saying},
};

const SHOWN_MS: u32 = 4_000;

#[derive(Properties, PartialEq)]
pub(crate) struct NotesProps {
    pub(crate) notes: Rc<[Note]>,
}

#[component]
pub(crate) fn Notes(props: &NotesProps) -> Html {
    let note = |note: &Note| html! { <NoteView key={note.id} note={note.clone()} /> };
    html! { <div class="notes" aria-live="assertive">{ for props.notes.iter().map(note) }</div> }
}

#[derive(Properties, PartialEq)]
struct NoteProps {
    note: Note,
}

#[component]
fn NoteView(props: &NoteProps) -> Html {
    let port = use_port();
    let Note { id, saying } = props.note.clone();
    let put_away = {
        let port = port.clone();
        Callback::from(move |_: MouseEvent| port.put_away(id))
    };
    let passes = match saying {
        Saying::Done(_) => true,
        Saying::Failed(_) => false,
    };
    use_effect_with((id, passes), move |&(id, passes)| {
        let timeout = passes.then(|| Timeout::new(SHOWN_MS, move || port.put_away(id)));
        move || drop(timeout)
    });
    match saying {
        Saying::Done(text) => html! { <div class="note done"><p>{ text }</p></div> },
        Saying::Failed(problem) => html! {
            <div class="note failed">
                { icon(Icon::Alert) }
                <p><strong>{ problem.message }</strong>{ " " }{ problem.hint }</p>
                <button class="small" aria-label="Dismiss" title="Dismiss" onclick={put_away}>{ icon(Icon::Close) }</button>
            </div>
        },
    }
}
