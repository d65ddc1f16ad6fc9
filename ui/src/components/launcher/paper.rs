//! A text with numbered lines, of which some are marked. Knows nothing of what it is about.

use std::collections::BTreeMap;

use web_sys::{Element, HtmlTextAreaElement};
use yew::prelude::*;

use crate::{browser, launcher::line_bounds};

/// As high as a line is drawn, in pixels: the style sheet says the same.
const LINE: i32 = 18;

/// What is said about a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Remark {
    Warning,
    Fault,
}

/// The worst remark of each line, and its words.
pub(super) type Remarks = BTreeMap<usize, (Remark, String)>;

#[derive(Properties, PartialEq)]
pub(super) struct PaperProps {
    pub(super) text: String,
    pub(super) remarks: Remarks,
    /// A line to go to, with a number that counts up so that it can be gone to again.
    pub(super) jump: Option<(usize, u32)>,
    pub(super) ontext: Callback<String>,
}

#[component]
pub(super) fn Paper(props: &PaperProps) -> Html {
    let (gutter, sheet) = (use_node_ref(), use_node_ref());
    let oninput =
        props.ontext.reform(|event: InputEvent| event.target_unchecked_into::<HtmlTextAreaElement>().value());
    let onscroll = {
        let gutter = gutter.clone();
        move |event: Event| {
            let top = event.target_unchecked_into::<Element>().scroll_top();
            if let Some(gutter) = gutter.cast::<Element>() {
                gutter.set_scroll_top(top);
            }
        }
    };
    use_effect_with(props.jump, {
        let (sheet, text) = (sheet.clone(), props.text.clone());
        move |jump| {
            if let (Some((line, _)), Some(sheet)) = (jump, sheet.cast::<HtmlTextAreaElement>()) {
                go_to(&sheet, &text, *line);
            }
        }
    });
    let lines = props.text.split('\n').count();
    html! {
        <div class="paper">
            <div ref={gutter} class="gutter" aria-hidden="true">{ for (1..=lines).map(|line| number(line, &props.remarks)) }</div>
            <textarea ref={sheet} class="sheet" aria-label="Profile" aria-describedby="remarks" spellcheck="false" autocomplete="off" wrap="off"
                aria-invalid={props.remarks.values().any(|(remark, _)| *remark == Remark::Fault).to_string()}
                value={props.text.clone()} {oninput} {onscroll} />
        </div>
    }
}

fn number(line: usize, remarks: &Remarks) -> Html {
    let (class, title) = match remarks.get(&line) {
        Some((Remark::Fault, words)) => ("fault-line", Some(words.clone())),
        Some((Remark::Warning, words)) => ("warning-line", Some(words.clone())),
        None => ("", None),
    };
    html! { <div key={line} class={class} {title} data-line={line.to_string()}>{ line }</div> }
}

/// Selects a line, with some lines above it in sight.
fn go_to(sheet: &HtmlTextAreaElement, text: &str, line: usize) {
    browser::focus(sheet);
    let (start, end) = line_bounds(text, line);
    // A field that is not shown any more has nothing to select.
    drop(sheet.set_selection_range(start, end));
    let above = i32::try_from(line.saturating_sub(1)).unwrap_or(0).saturating_mul(LINE);
    sheet.set_scroll_top((above - sheet.client_height() / 3).max(0));
}
