//! A row's buttons: what can be done to the instance, and greyed with its reason what cannot.

use domain::{
    Target, Verb,
    action::Progress,
    view::window::{Offer, Row},
};
use yew::prelude::*;

use super::{
    icon::{Icon, icon},
    row::{Gesture, RowRef},
};

#[derive(Properties, PartialEq)]
pub(crate) struct ActionsProps {
    pub(crate) row: RowRef,
    pub(crate) active: bool,
    pub(crate) snoozed: bool,
    pub(crate) on: Callback<(Target, Gesture)>,
}

#[component]
pub(crate) fn Actions(props: &ActionsProps) -> Html {
    let ActionsProps { row, active, snoozed, on } = props;
    let click = |gesture: Gesture| {
        let target = row.target.clone();
        on.reform(move |_: MouseEvent| (target.clone(), gesture))
    };
    let tab = if *active { "0" } else { "-1" };
    let small = |gesture: Gesture, picture: Icon, label: &'static str| {
        html! {
            <button class="small" tabindex={tab} title={label} aria-label={label} onclick={click(gesture)}>
                { icon(picture) }
            </button>
        }
    };
    let verb = |offer: &Offer| {
        html! { <VerbButton offer={offer.clone()} busy={is_busy(row)} {tab} onclick={click(asked_or_done(offer))} /> }
    };
    html! {
        <>
            { for row.offers.iter().map(verb) }
            if *snoozed {
                { small(Gesture::Wake, Icon::Bell, "Wake: end the snooze") }
            } else if row.instance.lifecycle.is_up() {
                { small(Gesture::Snooze, Icon::Moon, "Snooze for 2 hours") }
            }
            { small(Gesture::Copy, Icon::Copy, "Copy the id") }
            { small(Gesture::Console, Icon::External, "Open in the AWS console") }
        </>
    }
}

/// A termination is always asked about first, anything else when there is something to know before it.
fn asked_or_done(offer: &Offer) -> Gesture {
    match (offer.verb, &offer.caution) {
        (Verb::Terminate, _) | (Verb::Stop | Verb::Start, Some(_)) => Gesture::Ask(offer.verb),
        (Verb::Stop | Verb::Start, None) => Gesture::Act(offer.verb),
    }
}

/// Whether something is being done to it, so that nothing more can be asked for the moment.
pub(crate) fn is_busy(row: &Row) -> bool {
    match &row.progress {
        Some(
            Progress::CountingDown { .. }
            | Progress::Acting { .. }
            | Progress::Arriving { overdue: false, .. },
        ) => true,
        Some(Progress::Arriving { overdue: true, .. } | Progress::Failed { .. }) | None => false,
    }
}

#[derive(Properties, PartialEq)]
struct VerbProps {
    offer: Offer,
    busy: bool,
    tab: &'static str,
    onclick: Callback<MouseEvent>,
}

/// Greyed buttons keep their place and can be pointed at, so that their reason can be read.
#[component]
fn VerbButton(props: &VerbProps) -> Html {
    let Offer { verb, refused, caution } = &props.offer;
    let title = match (refused, props.busy) {
        (Some(reason), _) => Some(reason.clone()),
        (None, true) => Some("Something is being done to it already.".to_owned()),
        (None, false) => caution.clone(),
    };
    let greyed = refused.is_some() || props.busy;
    let onclick = if greyed { Callback::noop() } else { props.onclick.clone() };
    html! {
        <button
            class={classes!("verb", (*verb == Verb::Terminate).then_some("grave"))}
            data-verb={verb.as_str()}
            tabindex={props.tab}
            {title}
            aria-disabled={greyed.to_string()}
            {onclick}
        >{ verb.label() }</button>
    }
}
