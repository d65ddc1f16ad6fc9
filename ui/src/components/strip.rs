//! The strip below a row: a question before an action, a countdown with its Undo, or how an action failed.

use domain::{
    Problem, Target, Timestamp, Verb,
    action::{Progress, UNDO_TIME},
    view::window::Row,
};
use web_sys::HtmlElement;
use yew::prelude::*;

use super::{
    icon::{Icon, icon},
    now::use_now,
    row::{Gesture, RowRef},
};
use crate::{browser, tick::seconds_until};

/// The colour of a row with its strip, as a class of the style sheet.
pub(crate) fn tone(row: &Row, asked: Option<Verb>) -> Option<&'static str> {
    match (asked, &row.progress) {
        (Some(Verb::Terminate), _) | (None, Some(Progress::Failed { .. })) => Some("grave"),
        (Some(Verb::Stop | Verb::Start), _) | (None, Some(Progress::CountingDown { .. })) => Some("quiet"),
        (None, Some(Progress::Acting { .. } | Progress::Arriving { .. }) | None) => None,
    }
}

#[derive(Properties, PartialEq)]
pub(crate) struct StripProps {
    pub(crate) row: RowRef,
    pub(crate) asked: Option<Verb>,
    pub(crate) on: Callback<(Target, Gesture)>,
}

#[component]
pub(crate) fn Strip(props: &StripProps) -> Html {
    let StripProps { row, asked, on } = props;
    let target = row.target.clone();
    let act = on.reform(move |gesture: Gesture| (target.clone(), gesture));
    match (asked, &row.progress) {
        (Some(verb), _) => html! { <Question row={row.clone()} verb={*verb} {act} /> },
        (None, Some(Progress::CountingDown { verb, acts_at, .. })) => {
            html! { <Countdown verb={*verb} acts_at={*acts_at} {act} /> }
        }
        (None, Some(Progress::Failed { problem, .. })) => failure(problem, &act),
        (None, Some(Progress::Acting { .. } | Progress::Arriving { .. }) | None) => Html::default(),
    }
}

#[derive(Properties, PartialEq)]
struct QuestionProps {
    row: RowRef,
    verb: Verb,
    act: Callback<Gesture>,
}

/// Asks before an action, or says why it cannot be had. The safe answer has the focus.
#[component]
fn Question(props: &QuestionProps) -> Html {
    let QuestionProps { row, verb, act } = props;
    let keep = use_node_ref();
    use_effect_with(keep.clone(), |keep| {
        // A question that scrolls back into sight does not take the focus from elsewhere.
        if let Some(button) = keep.cast::<HtmlElement>().filter(|_| browser::focus_is_within("[role=grid]")) {
            browser::focus(&button);
        }
    });
    let verb = *verb;
    let offer = row.offers.iter().find(|offer| offer.verb == verb);
    let refused = offer.and_then(|offer| offer.refused.clone());
    let known = refused.is_none().then(|| offer?.caution.clone()).flatten();
    let undo = (verb == Verb::Terminate && refused.is_none())
        .then(|| format!(" {} s to undo.", UNDO_TIME.as_secs()));
    let grave = (verb == Verb::Terminate).then_some("grave");
    html! {
        <div class={classes!("strip", "question", grave)} role="alertdialog" aria-label={verb.label()}>
            <p class="words">
                <strong>{ format!("{} {}?", verb.label(), row.target) }</strong>{ undo }
                if let Some(words) = refused.clone().or(known) { <span class="more" title={words.clone()}>{ words }</span> }
            </p>
            <button ref={keep} class="plain" data-answer="keep" onclick={act.reform(|_| Gesture::Keep)}>{ "Keep it" }</button>
            if refused.is_none() {
                <button class={classes!("solid", grave)} data-answer="do" onclick={act.reform(move |_| Gesture::Act(verb))}>
                    { verb.label() }
                </button>
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct CountdownProps {
    verb: Verb,
    acts_at: Timestamp,
    act: Callback<Gesture>,
}

/// Counts down to an action that can still be undone.
#[component]
fn Countdown(props: &CountdownProps) -> Html {
    let now = use_now();
    let left = seconds_until(props.acts_at, now.fleet, now.pace);
    let percent = (left * 100 / UNDO_TIME.as_secs().max(1)).min(100);
    let words = if left == 0 {
        format!("{}…", props.verb.doing())
    } else {
        format!("{} in {left} s", props.verb.doing())
    };
    html! {
        <div class="strip countdown">
            <p class="words" role="timer"><strong>{ words }</strong></p>
            <span class="track" aria-hidden="true"><svg class="bar" width={format!("{percent}%")} height="4" /></span>
            <button class="solid" data-answer="undo" disabled={left == 0} onclick={props.act.reform(|_| Gesture::Undo)}>
                { "Undo" }
            </button>
        </div>
    }
}

fn failure(problem: &Problem, act: &Callback<Gesture>) -> Html {
    html! {
        <div class="strip failure" role="alert">
            { icon(Icon::Alert) }
            <p class="words">
                <strong title={problem.message.clone()}>{ &problem.message }</strong>
                <span class="more" title={problem.hint.clone()}>{ &problem.hint }</span>
            </p>
            <button class="plain" data-answer="dismiss" onclick={act.reform(|_| Gesture::Dismiss)}>{ "Dismiss" }</button>
        </div>
    }
}
