//! The bar at the bottom: how fresh each region is, in a line, and region by region once opened.

use std::rc::Rc;

use domain::{
    AccountName, AccountState, Freshness,
    view::{
        fmt,
        window::{RegionRow, WindowState},
    },
};
use yew::prelude::*;

use super::{
    icon::{Icon, icon},
    now::use_now,
};
use crate::text::{self, Regions};

#[derive(Properties)]
pub(crate) struct RegionBarProps {
    pub(crate) fleet: Rc<WindowState>,
}

impl PartialEq for RegionBarProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.fleet, &other.fleet)
    }
}

#[component]
pub(crate) fn RegionBar(props: &RegionBarProps) -> Html {
    let open = use_state_eq(|| false);
    let regions = &props.fleet.regions;
    let counts = Regions::count(regions);
    let toggle = {
        let open = open.clone();
        move |_: MouseEvent| open.set(!*open)
    };
    html! {
        <footer class={classes!("regions", open.then_some("open"))}>
            if *open { <RegionPanel fleet={Rc::clone(&props.fleet)} /> }
            <button class="region-bar" aria-expanded={open.to_string()} aria-controls="regions" onclick={toggle}>
                { icon(Icon::Chevron) }
                { summary(counts) }
                <span class="gap" />
                if let Some(worst) = regions.iter().find(|region| region.freshness.fault().is_some()) {
                    <Worst region={worst.clone()} />
                } else {
                    <Age regions={regions.clone()} />
                }
            </button>
        </footer>
    }
}

fn summary(counts: Regions) -> Html {
    let part = |count: usize, class: &'static str, word: &str| {
        let part = html! { <span class={classes!("part", class)}><span class="dot" />{ format!("{count} {word}") }</span> };
        (count > 0).then_some(part)
    };
    html! {
        <>
            <strong>{ fmt::count(counts.all(), "region") }</strong>
            { part(counts.fresh, "ok", "up to date") }
            { part(counts.stale, "warning", "stale") }
            { part(counts.failed, "critical", "failed") }
            { part(counts.waiting, "stopped", "waiting") }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct WorstProps {
    region: RegionRow,
}

/// The first region with a fault, so that the reason is seen without opening anything.
#[component]
fn Worst(props: &WorstProps) -> Html {
    let now = use_now();
    let RegionRow { key, freshness, .. } = &props.region;
    html! { <span class="faint line-end">{ format!("{}: {}", key.region, text::freshness(freshness, now.fleet, now.pace)) }</span> }
}

#[derive(Properties, PartialEq)]
struct AgeProps {
    regions: Vec<RegionRow>,
}

/// How old the oldest answer is.
#[component]
fn Age(props: &AgeProps) -> Html {
    let now = use_now().fleet;
    let oldest = props.regions.iter().filter_map(|region| region.freshness.as_of()).min();
    html! { <span class="faint">{ oldest.map(|then| format!("updated {}", fmt::ago(now, then))) }</span> }
}

#[component]
fn RegionPanel(props: &RegionBarProps) -> Html {
    let mut regions: Vec<&RegionRow> = props.fleet.regions.iter().collect();
    regions.sort_by_key(|region| (urgency(&region.freshness), &region.key));
    html! {
        <div id="regions" class="region-panel">
            <ul class="accounts">{ for props.fleet.accounts.iter().map(|(name, state)| account(name, state)) }</ul>
            <ul>{ for regions.into_iter().map(|region| html! { <RegionLine region={region.clone()} /> }) }</ul>
        </div>
    }
}

fn urgency(freshness: &Freshness) -> u8 {
    match freshness {
        Freshness::Failed { .. } => 0,
        Freshness::Stale { .. } => 1,
        Freshness::Waiting => 2,
        Freshness::Fresh { .. } => 3,
    }
}

fn account(name: &AccountName, state: &AccountState) -> Html {
    let class = match state {
        AccountState::Connecting => "stopped",
        AccountState::Connected(_) => "ok",
        AccountState::NeedsCode { .. } => "warning",
        AccountState::Broken(_) => "critical",
    };
    html! {
        <li class={class}>
            <span class="dot" /><strong>{ format!("Account {name}") }</strong>
            <span class="faint">{ text::account(state) }</span>
        </li>
    }
}

/// One region: its age, its reason, its hint.
#[component]
fn RegionLine(props: &WorstProps) -> Html {
    let now = use_now();
    let RegionRow { key, freshness, instances } = &props.region;
    let class = match freshness {
        Freshness::Fresh { .. } => "ok",
        Freshness::Stale { .. } => "warning",
        Freshness::Failed { .. } => "critical",
        Freshness::Waiting => "stopped",
    };
    html! {
        <li {class} data-region={key.region.to_string()}>
            <span class="dot" />
            <strong>{ key.region.as_str() }</strong>
            <span class="faint">{ key.account.as_str() }</span>
            <span class="faint">{ fmt::count(*instances, "instance") }</span>
            <span class="reason">{ text::freshness(freshness, now.fleet, now.pace) }</span>
            if let Some(fault) = freshness.fault() { <span class="hint">{ fault.hint() }</span> }
        </li>
    }
}
