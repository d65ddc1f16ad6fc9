//! What stands in the table's place when there is no row to show, and why there is none.

use domain::view::{fmt, window::WindowState};
use yew::prelude::*;

use super::icon::{Icon, icon};
use crate::{
    table::{
        options::{Change, Options},
        sections::Sections,
    },
    text::Regions,
};

/// Why the table is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Empty {
    /// Not every region has answered.
    Waiting { tried: usize, regions: usize },
    /// No account can look anywhere: what each lacks stands above.
    NoAccount,
    /// Every region was asked and every one failed.
    AllFailed { regions: usize },
    /// Nothing passes the filter.
    NoMatch { text: String },
    /// Nothing is up; so many others are hidden.
    Nothing { regions: usize, hidden: usize },
}

impl Empty {
    /// Why a table without a row has none.
    pub(crate) fn of(fleet: &WindowState, table: &Sections, options: &Options) -> Self {
        let counts = Regions::count(&fleet.regions);
        let regions = counts.all();
        if !options.text.trim().is_empty() && !fleet.rows.is_empty() {
            return Self::NoMatch { text: options.text.trim().to_owned() };
        }
        if !fleet.header.complete {
            return Self::Waiting { tried: counts.tried(), regions };
        }
        match (regions, counts.failed) {
            (0, _) => Self::NoAccount,
            (all, failed) if all == failed => Self::AllFailed { regions },
            (_, _) => Self::Nothing { regions, hidden: table.stopped + table.gone },
        }
    }

    fn title(&self) -> String {
        match self {
            Self::Waiting { .. } => "Looking at your regions".into(),
            Self::NoAccount => "No account is connected".into(),
            Self::AllFailed { .. } => "No region could be read".into(),
            Self::NoMatch { .. } => "No instance matches".into(),
            Self::Nothing { .. } => "Nothing is running".into(),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Waiting { regions: 0, .. } => "Asking AWS which regions your account has enabled.".into(),
            Self::Waiting { tried, regions } => {
                format!("{tried} of {} looked at.", fmt::count(*regions, "region"))
            }
            Self::NoAccount => "What each account needs stands above; Settings lists them all.".into(),
            Self::AllFailed { regions } => {
                format!(
                    "All {} failed. The bar below says why; Curfew goes on trying.",
                    fmt::count(*regions, "region")
                )
            }
            Self::NoMatch { text } => {
                format!("“{}” is found in no name, id, type, zone or tag.", fmt::one_line(text, 60))
            }
            Self::Nothing { regions, hidden: 0 } => {
                format!("{} looked at, no instance found. Sleep well.", fmt::count(*regions, "region"))
            }
            Self::Nothing { regions, hidden } => format!(
                "{} looked at. {} hidden.",
                fmt::count(*regions, "region"),
                fmt::count(*hidden, "stopped or terminated instance"),
            ),
        }
    }
}

#[derive(Properties, PartialEq)]
pub(crate) struct EmptyProps {
    pub(crate) empty: Empty,
    pub(crate) onchange: Callback<Change>,
}

#[component]
pub(crate) fn EmptyView(props: &EmptyProps) -> Html {
    let EmptyProps { empty, onchange } = props;
    let button = |label: &'static str, change: Change| {
        html! { <button class="plain" onclick={onchange.reform(move |_: MouseEvent| change.clone())}>{ label }</button> }
    };
    let (picture, way_out) = match empty {
        Empty::Waiting { tried, regions } => {
            return html! { <Waiting tried={*tried} regions={*regions} words={empty.words()} /> };
        }
        Empty::NoAccount => (Icon::Key, None),
        Empty::AllFailed { .. } => (Icon::Alert, None),
        Empty::NoMatch { .. } => {
            (Icon::Search, Some(button("Clear the filter", Change::Typed(String::new()))))
        }
        Empty::Nothing { hidden: 0, .. } => (Icon::Moon, None),
        Empty::Nothing { .. } => (Icon::Moon, Some(button("Show the stopped", Change::Stopped(true)))),
    };
    html! {
        <div class="empty" role="status">
            <span class="picture">{ icon(picture) }</span>
            <h2>{ empty.title() }</h2>
            <p>{ empty.words() }</p>
            { way_out }
        </div>
    }
}

#[derive(Properties, PartialEq)]
pub(crate) struct WaitingProps {
    pub(crate) tried: usize,
    pub(crate) regions: usize,
    pub(crate) words: String,
}

/// Grey rows where rows will be, and how far the first look has come.
#[component]
pub(crate) fn Waiting(props: &WaitingProps) -> Html {
    html! {
        <div class="waiting">
            <div class="progress" role="status">
                <progress max={props.regions.max(1).to_string()} value={(props.regions > 0).then(|| props.tried.to_string())} />
                <span>{ &props.words }</span>
            </div>
            <div class="skeleton" aria-hidden="true">{ for (0..9).map(|_| html! { <div class="bone" /> }) }</div>
        </div>
    }
}

#[cfg(test)]
mod tests;
