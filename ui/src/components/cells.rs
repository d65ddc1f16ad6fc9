//! The cells that tick: rendered every second, while the row around them is not.

use domain::{Money, spend, time::elapsed, view::fmt};
use yew::prelude::*;

use super::{now::use_now, row::RowRef};

#[derive(Properties, PartialEq)]
pub(crate) struct CellProps {
    pub(crate) row: RowRef,
}

/// How long it has run since its last start.
#[component]
pub(crate) fn Running(props: &CellProps) -> Html {
    let now = use_now().fleet;
    let instance = &props.row.instance;
    if instance.lifecycle.is_up() {
        html! { fmt::duration(elapsed(now, instance.launched_at)) }
    } else {
        html! { <span class="faint">{ "–" }</span> }
    }
}

/// What it has cost in its present period.
#[component]
pub(crate) fn Spend(props: &CellProps) -> Html {
    let now = use_now().fleet;
    let spent: Option<Money> = spend::so_far(&props.row.instance, &props.row.rates, now);
    match spent {
        Some(amount) => html! { amount.to_string() },
        None => html! { <span class="faint">{ "unknown" }</span> },
    }
}
