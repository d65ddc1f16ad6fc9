//! One instance of the table. Compared by pointer: an update renders the rows that it changed and no others.

use std::{ops::Deref, sync::Arc};

use domain::{
    Market, Target, Verb,
    view::{fmt, window::Row},
};
use yew::prelude::*;

use super::{
    actions::Actions,
    cells::{Running, Spend},
    icon::{Icon, icon},
    strip::Strip,
};
use crate::{browser, table::scroll::has_strip, text};

/// A shared row, equal to itself alone.
#[derive(Clone, Debug)]
pub(crate) struct RowRef(pub(crate) Arc<Row>);

impl PartialEq for RowRef {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Deref for RowRef {
    type Target = Row;

    fn deref(&self) -> &Row {
        &self.0
    }
}

/// What a person does with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gesture {
    /// Wants to be asked before this.
    Ask(Verb),
    /// Answers that question with no.
    Keep,
    /// Does it.
    Act(Verb),
    Undo,
    Dismiss,
    Snooze,
    Wake,
    Copy,
    Console,
    Open,
}

#[derive(Properties, PartialEq)]
pub(crate) struct RowProps {
    pub(crate) row: RowRef,
    /// Whether the arrow keys are on it: only then can Tab reach its buttons.
    pub(crate) active: bool,
    /// The question that is open about it.
    pub(crate) asked: Option<Verb>,
    pub(crate) snoozed: bool,
    /// Whether there are several accounts, so that a row has to say which is its own.
    pub(crate) with_account: bool,
    pub(crate) on: Callback<(Target, Gesture)>,
}

#[component]
pub(crate) fn RowView(props: &RowProps) -> Html {
    let RowProps { row, active, asked, snoozed, with_account, on } = props;
    let node = use_node_ref();
    use_render_count(node.clone());
    let instance = &row.instance;
    let strip = has_strip(row, asked.is_some());
    html! {
        <div ref={node} class="row">
            <div class="cells">
                { state_cell(row, *snoozed) }
                { name_cell(row, on) }
                <div class="cell c-kind" role="gridcell">{ instance.kind.as_str() }{ spot_mark(row) }</div>
                <div class="cell c-market" role="gridcell">{ instance.market.as_str() }</div>
                <div class="cell c-zone" role="gridcell">
                    <span>{ instance.zone.as_str() }</span>
                    if *with_account { <span class="under">{ row.target.account.as_str() }</span> }
                </div>
                <div class="cell c-running figure" role="gridcell"><Running row={row.clone()} /></div>
                <div class="cell c-rate figure" role="gridcell">{ rate(row) }</div>
                <div class="cell c-spend figure" role="gridcell"><Spend row={row.clone()} /></div>
                <div class="cell c-actions" role="gridcell">
                    <Actions row={row.clone()} active={*active} snoozed={*snoozed} on={on.clone()} />
                </div>
            </div>
            if strip { <Strip row={row.clone()} asked={*asked} on={on.clone()} /> }
        </div>
    }
}

fn state_cell(row: &RowRef, snoozed: bool) -> Html {
    html! {
        <div class="cell c-state" role="gridcell" title={text::state_title(row)}>
            <span class={classes!("dot", text::dot(row), snoozed.then_some("snoozed"))} />
            <span>{ text::state(row) }</span>
            if snoozed { <span class="mark" title="Snoozed">{ icon(Icon::Moon) }</span> }
        </div>
    }
}

fn name_cell(row: &RowRef, on: &Callback<(Target, Gesture)>) -> Html {
    let target = row.target.clone();
    let open = on.reform(move |_: MouseEvent| (target.clone(), Gesture::Open));
    let id = row.instance.id.as_str();
    html! {
        <div class="cell c-name" role="rowheader">
            <button class="name" tabindex="-1" onclick={open} title="Details">
                if let Some(name) = row.instance.name() {
                    <bdi dir="auto">{ fmt::one_line(name, 120) }</bdi>
                } else {
                    <span class="faint">{ "no name" }</span>
                }
            </button>
            <span class="under id">{ id }</span>
        </div>
    }
}

fn spot_mark(row: &RowRef) -> Html {
    match row.instance.market {
        Market::OnDemand => Html::default(),
        Market::Spot(_) => html! { <span class="spot-mark">{ "spot" }</span> },
    }
}

fn rate(row: &RowRef) -> Html {
    match row.rates.total() {
        Some(hourly) => html! { hourly.to_string() },
        None => html! { <span class="faint" title={text::source(row.rates.compute)}>{ "unknown" }</span> },
    }
}

/// Counts the row's renderings in `data-renders` when the page's address asks for it (`?count`).
#[hook]
fn use_render_count(node: NodeRef) {
    let count = use_mut_ref(|| 0_u32);
    let counting = use_memo((), |()| browser::counts_renders());
    *count.borrow_mut() += 1;
    let renders = *count.borrow();
    use_effect_with((renders, *counting), move |&(renders, counting)| {
        if let Some(element) = node.cast::<web_sys::Element>().filter(|_| counting) {
            drop(element.set_attribute("data-renders", &renders.to_string()));
        }
    });
}
