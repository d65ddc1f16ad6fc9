//! The four figures: what an hour costs, what was spent, how much is up, how much needs somebody.

use domain::{
    Level,
    view::{fmt, window::Header},
};
use yew::prelude::*;

use super::now::use_now;
use crate::tick;

#[derive(Properties, PartialEq)]
pub(crate) struct TotalsProps {
    pub(crate) header: Header,
}

#[component]
pub(crate) fn Totals(props: &TotalsProps) -> Html {
    let totals = &props.header.totals;
    let attention = match (totals.attention, totals.worst) {
        (0, _) | (_, Level::Ok) => "calm",
        (_, Level::Warning) => "warning",
        (_, Level::Critical) => "critical",
    };
    let unpriced = (totals.unpriced > 0).then(|| format!("and {} of unknown price", totals.unpriced));
    html! {
        <dl class="totals" aria-label="Totals">
            { figure("per hour", html! { totals.hourly.hourly().to_string() }, unpriced, "hourly") }
            { figure("spent so far", html! { <Spent header={props.header.clone()} /> }, None, "spent") }
            { figure("running", html! { totals.up }, None, "up") }
            { figure(if totals.attention == 1 { "needs attention" } else { "need attention" }, html! { totals.attention }, None, attention) }
        </dl>
    }
}

fn figure(label: &'static str, value: Html, more: Option<String>, class: &'static str) -> Html {
    html! {
        <div class={classes!("total", class)}>
            <dt>{ label }</dt>
            <dd>{ value }if let Some(more) = more { <small>{ more }</small> }</dd>
        </div>
    }
}

/// What was spent, going on every second by the hourly rate.
#[component]
fn Spent(props: &TotalsProps) -> Html {
    let now = use_now().fleet;
    let spent = tick::spend(&props.header.totals, props.header.as_of, now);
    html! { <span title="Since each instance's last start, estimated from list prices">{ fmt::spend(Some(spent)) }</span> }
}
