//! The table: headings, groups, and of the rows only those in sight. Holds the keyboard's way through them.

use std::rc::Rc;

use domain::{Target, Timestamp, Verb, view::fmt};
use web_sys::HtmlElement;
use yew::prelude::*;

use super::{
    actions::is_busy,
    icon::{Icon, icon},
    row::{Gesture, RowRef, RowView},
    sight::{exact, use_view},
    strip,
};
use crate::table::{
    cursor,
    scroll::{Extents, ROW, Slice},
    sections::{Section, Sections},
    sort::{Column, Direction, Sort},
};

#[derive(Properties, PartialEq)]
pub(crate) struct GridProps {
    /// The scrolling element, so that the page can give it the focus.
    pub(crate) node: NodeRef,
    pub(crate) table: Rc<Sections>,
    pub(crate) extents: Rc<Extents>,
    pub(crate) sort: Sort,
    /// The row that the arrow keys are on.
    pub(crate) active: Option<Target>,
    /// The open question.
    pub(crate) asked: Option<(Target, Verb)>,
    pub(crate) as_of: Timestamp,
    pub(crate) with_account: bool,
    pub(crate) on: Callback<(Target, Gesture)>,
    pub(crate) onsort: Callback<Column>,
    pub(crate) onactive: Callback<Target>,
    pub(crate) onescape: Callback<()>,
}

#[component]
pub(crate) fn Grid(props: &GridProps) -> Html {
    let view = use_view(props.node.clone());
    use_revealed(props);
    let slices = props.extents.slices(view.sight);
    let mut before = 1;
    let sections = props.table.sections.iter().zip(slices).map(|(section, slice)| {
        let first = before + 1;
        before += section.rows.len() + usize::from(section.group.is_some());
        section_view(props, section, slice, first)
    });
    let sections: Html = sections.collect();
    html! {
        <div
            ref={props.node.clone()}
            class={classes!("grid", view.room)}
            role="grid"
            tabindex="0"
            aria-label="Instances"
            aria-rowcount={(before).to_string()}
            aria-activedescendant={props.active.as_ref().map(row_id)}
            onkeydown={keyboard(props)}
        >
            { head(props) }
            { sections }
        </div>
    }
}

/// Scrolls to the active row when it changes or a question opens below it.
#[hook]
fn use_revealed(props: &GridProps) {
    let (node, table, extents) = (props.node.clone(), Rc::clone(&props.table), Rc::clone(&props.extents));
    use_effect_with((props.active.clone(), props.asked.clone()), move |(active, _)| {
        let place = active.as_ref().and_then(|target| cursor::place(&table, target));
        let (Some(element), Some(place)) = (node.cast::<HtmlElement>(), place) else { return };
        if let Some(top) = extents.reveal(place, exact(&element)) {
            element.set_scroll_top(i32::try_from(top).unwrap_or(i32::MAX));
        }
    });
}

fn keyboard(props: &GridProps) -> Callback<KeyboardEvent> {
    let (table, active) = (Rc::clone(&props.table), props.active.clone());
    let (on, onactive, onescape) = (props.on.clone(), props.onactive.clone(), props.onescape.clone());
    let node = props.node.clone();
    Callback::from(move |event: KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let element = node.cast::<HtmlElement>();
        let on_grid = event.target() == element.clone().map(Into::into);
        match (event.key().as_str(), &active) {
            ("Escape", _) => onescape.emit(()),
            ("Enter", Some(target)) if on_grid => on.emit((target.clone(), Gesture::Open)),
            ("Delete", Some(target)) if on_grid && can_be_asked(&table, target) => {
                on.emit((target.clone(), Gesture::Ask(Verb::Terminate)));
            }
            (key, _) => {
                let Some(step) = cursor::Step::of_key(key) else { return };
                let height = element.map_or(0, |element| exact(&element).height);
                let page = usize::try_from(height / ROW).unwrap_or(1).saturating_sub(3);
                if let Some((_, target)) = cursor::step(&table, active.as_ref(), step, page) {
                    onactive.emit(target);
                }
            }
        }
        event.prevent_default();
    })
}

/// Whether a termination can be asked about: also when it will be refused, so that the reason is read.
fn can_be_asked(table: &Sections, target: &Target) -> bool {
    let row = table.rows().find(|row| row.target == *target);
    row.is_some_and(|row| !is_busy(row) && row.offers.iter().any(|offer| offer.verb == Verb::Terminate))
}

fn head(props: &GridProps) -> Html {
    let column = |column: Column| {
        let sorted = (props.sort.column == column).then_some(props.sort.direction);
        let (aria, mark) = match sorted {
            Some(Direction::Ascending) => (Some("ascending"), Some("up")),
            Some(Direction::Descending) => (Some("descending"), Some("down")),
            None => (None, None),
        };
        html! {
            <div class={classes!("cell", column.class())} role="columnheader" aria-sort={aria}>
                <button class={classes!("sort", mark)} data-column={column.label()} onclick={props.onsort.reform(move |_| column)}>
                    { column.label() }
                    if mark.is_some() { { icon(Icon::Chevron) } }
                </button>
            </div>
        }
    };
    html! {
        <div class="cells head" role="row" aria-rowindex="1">
            { for Column::ALL.into_iter().map(column) }
            <div class="cell c-actions" role="columnheader"><span class="said">{ "Actions" }</span></div>
        </div>
    }
}

fn section_view(props: &GridProps, section: &Section, slice: Slice, first: usize) -> Html {
    let label = section.group.map_or("all", domain::view::window::Group::label);
    let heading = usize::from(section.group.is_some());
    let rows = slice.lines.clone().filter_map(|at| Some((at, section.rows.get(at)?)));
    // A list of its own: only where all children have keys does a row that moves stay the element that it was.
    let lines: Html = rows.map(|(at, row)| line(props, RowRef(row.clone()), first + heading + at)).collect();
    html! {
        <div key={label} class={classes!("section", label.to_lowercase())} role="rowgroup" aria-label={label}>
            if section.group.is_some() {
                <div class="heading" role="row" aria-rowindex={first.to_string()}>
                    <span role="gridcell">
                        <strong>{ label }</strong>
                        <span class="count">{ section.rows.len() }</span>
                        <span class="sum">{ sum(section) }</span>
                    </span>
                </div>
            }
            { space(slice.above) }
            { lines }
            { space(slice.below) }
        </div>
    }
}

fn sum(section: &Section) -> String {
    match section.unpriced {
        0 => section.hourly.to_string(),
        unpriced => format!("{} and {} of unknown price", section.hourly, fmt::count(unpriced, "instance")),
    }
}

fn line(props: &GridProps, row: RowRef, index: usize) -> Html {
    let active = props.active.as_ref() == Some(&row.target);
    let asked = props.asked.as_ref().filter(|(target, _)| *target == row.target).map(|(_, verb)| *verb);
    let tone = strip::tone(&row, asked);
    let id = row_id(&row.target);
    let onclick = {
        let target = row.target.clone();
        props.onactive.reform(move |_: MouseEvent| target.clone())
    };
    html! {
        <div
            key={id.clone()}
            {id}
            class={classes!("line", active.then_some("active"), tone)}
            role="row"
            aria-rowindex={index.to_string()}
            aria-selected={active.to_string()}
            data-instance={row.target.id.to_string()}
            {onclick}
        >
            <RowView
                snoozed={row.snoozed_until.is_some_and(|until| until > props.as_of)}
                with_account={props.with_account}
                on={props.on.clone()}
                {active}
                {asked}
                {row}
            />
        </div>
    }
}

fn row_id(target: &Target) -> String {
    format!("row-{}-{}-{}", target.account, target.region, target.id)
}

/// An empty box as high as the lines that are not in the document. A drawing, because its height is an attribute: it
/// changes together with the lines, while an effect may run after the browser has already cut the scrolling short,
/// and a `style` attribute is refused by the content security policy.
fn space(height: u32) -> Html {
    html! { <svg class="space" width="1" height={height.to_string()} aria-hidden="true" /> }
}
