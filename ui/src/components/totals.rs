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
    /// Whether any region ever answered: before that nothing is known, and nothing is not $0.00.
    pub(crate) known: bool,
}

#[component]
pub(crate) fn Totals(props: &TotalsProps) -> Html {
    let TotalsProps { header, known } = props;
    let totals = &header.totals;
    let attention = match (totals.attention, totals.worst) {
        (0, _) | (_, Level::Ok) => "calm",
        (_, Level::Warning) => "warning",
        (_, Level::Critical) => "critical",
    };
    let label = if totals.attention == 1 { "needs attention" } else { "need attention" };
    let unpriced = (totals.unpriced > 0).then(|| format!("and {} of unknown price", totals.unpriced));
    let value = |value: Html| {
        if *known {
            value
        } else {
            html! { <span class="faint">{ "–" }</span> }
        }
    };
    html! {
        <dl class="totals" aria-label="Totals">
            { figure("per hour", value(html! { totals.hourly.hourly().to_string() }), unpriced, "hourly") }
            { figure("spent so far", value(html! { <Spent header={header.clone()} /> }), None, "spent") }
            { figure("running", value(html! { totals.up }), None, "up") }
            { figure(label, value(html! { totals.attention }), None, attention) }
        </dl>
    }
}

#[derive(Properties, PartialEq)]
struct SpentProps {
    header: Header,
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
fn Spent(props: &SpentProps) -> Html {
    let now = use_now().fleet;
    let spent = tick::spend(&props.header.totals, props.header.as_of, now);
    html! { <span title="Since each instance's last start, estimated from list prices">{ fmt::spend(Some(spent)) }</span> }
}
