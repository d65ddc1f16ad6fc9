//! The pre-flight as a list that fills in, and the places that were refused.

use domain::{
    launch::{CheckLine, Refused},
    view::launcher::{Mark, gist, mark, tried},
};
use yew::prelude::*;

use crate::components::icon::{Icon, icon};

#[derive(Properties, PartialEq)]
pub(super) struct ChecksProps {
    pub(super) checks: Vec<CheckLine>,
}

#[component]
pub(super) fn Checks(props: &ChecksProps) -> Html {
    html! { <ul class="checks">{ for props.checks.iter().map(line) }</ul> }
}

fn line(line: &CheckLine) -> Html {
    let mark = mark(&line.state);
    let (text, hint) = gist(&line.state);
    html! {
        <li class={mark.word()} data-check={line.check.label()}>
            <span class="mark" role="img" aria-label={mark.word()}>{ picture(mark) }</span>
            <span class="what">{ line.check.label() }</span>
            <span class="where faint">{ line.region.as_ref().map(|region| region.as_str().to_owned()) }</span>
            <span class="found">
                { text }
                if let Some(hint) = hint { <span class="hint">{ hint }</span> }
            </span>
        </li>
    }
}

fn picture(mark: Mark) -> Html {
    match mark {
        Mark::Asking => html! { <span class="spinner" /> },
        Mark::Good => icon(Icon::Check),
        Mark::Doubtful => icon(Icon::Alert),
        Mark::Bad => icon(Icon::Close),
    }
}

#[derive(Properties, PartialEq)]
pub(super) struct RefusedProps {
    pub(super) refused: Vec<Refused>,
    pub(super) places: usize,
}

/// Where it was refused, and why.
#[component]
pub(super) fn RefusedPlaces(props: &RefusedProps) -> Html {
    let Some(words) = tried(&props.refused, props.places) else { return Html::default() };
    let place = |refused: &Refused| html! { <li>{ refused.place.to_string() }{ ": " }<span class="faint">{ &refused.why }</span></li> };
    html! {
        <div class="refused">
            <p>{ words }</p>
            <ul>{ for props.refused.iter().map(place) }</ul>
        </div>
    }
}
