//! A profile: what it launches, what that costs, how it went last, and what can be done with it.

use domain::{
    HourlyRate,
    config::ConfigFault,
    view::{
        fmt,
        launcher::{Card, Plan, Reading, cost_in_words},
    },
};
use yew::prelude::*;

use crate::components::{
    icon::{Icon, icon},
    now::use_now,
};

/// How many faults a card lists; the editor has them all.
const LISTED: usize = 3;

/// What a person picks on a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pick {
    /// Check it, then ask whether to launch it.
    Launch,
    /// Check it and leave it at that.
    Check,
    /// Open it in the editor.
    Edit,
    /// Write it again under another name.
    Duplicate,
}

#[derive(Properties, PartialEq)]
pub(crate) struct CardProps {
    pub(crate) card: Card,
    /// Why it cannot be launched now, if it cannot.
    pub(crate) refused: Option<&'static str>,
    pub(crate) onpick: Callback<(String, Pick)>,
}

#[component]
pub(crate) fn CardView(props: &CardProps) -> Html {
    let CardProps { card, refused, onpick } = props;
    let pick = |pick: Pick| {
        let name = card.name.clone();
        onpick.reform(move |_: MouseEvent| (name.clone(), pick))
    };
    let refused = if card.faults().is_empty() { *refused } else { Some("It has faults: mend them first.") };
    let off = refused.is_some();
    let heading = format!("profile-{}", card.name);
    html! {
        <article class={classes!("profile", (!card.faults().is_empty()).then_some("faulty"))} data-profile={card.name.clone()} aria-labelledby={heading.clone()}>
            <header>
                <h2 id={heading}>{ fmt::one_line(&card.name, 64) }</h2>
                { badge(card.faults(), "fault", "critical") }
                { badge(card.warnings(), "warning", "warning") }
            </header>
            { match &card.reading {
                Reading::Good(plan) => html! { <Facts plan={(**plan).clone()} /> },
                Reading::Faulty(faults) => faults_in_short(faults),
            } }
            <Last card={card.clone()} />
            <footer>
                <button class="solid" disabled={off} title={refused} data-pick="launch" onclick={pick(Pick::Launch)}>{ icon(Icon::Play) }{ "Launch…" }</button>
                <button class="plain" disabled={off} title={refused.unwrap_or("Looks at everything and launches nothing")} data-pick="check" onclick={pick(Pick::Check)}>{ "Check only" }</button>
                <span class="gap" />
                <button class="small" aria-label={format!("Edit {}", card.name)} title="Edit" data-pick="edit" onclick={pick(Pick::Edit)}>{ icon(Icon::Edit) }</button>
                <button class="small" aria-label={format!("Duplicate {}", card.name)} title="Duplicate" data-pick="duplicate" onclick={pick(Pick::Duplicate)}>{ icon(Icon::Copy) }</button>
            </footer>
        </article>
    }
}

fn badge(list: &[ConfigFault], noun: &str, level: &'static str) -> Html {
    if list.is_empty() {
        return Html::default();
    }
    let title: Vec<String> = list.iter().map(ToString::to_string).collect();
    html! { <span class={classes!("badge", level)} title={title.join("\n")}>{ fmt::count(list.len(), noun) }</span> }
}

fn faults_in_short(faults: &[ConfigFault]) -> Html {
    let line = |fault: &ConfigFault| {
        html! { <li><span class="id">{ format!("line {}, {}", fault.line, fault.key) }</span>{ " " }{ &fault.message }</li> }
    };
    html! {
        <ul class="faults">
            { for faults.iter().take(LISTED).map(line) }
            if faults.len() > LISTED { <li class="faint">{ format!("and {} more", faults.len() - LISTED) }</li> }
        </ul>
    }
}

#[derive(Properties, PartialEq)]
pub(super) struct FactsProps {
    pub(super) plan: Plan,
}

/// What a profile launches and what that costs.
#[component]
pub(super) fn Facts(props: &FactsProps) -> Html {
    let plan = &props.plan;
    html! {
        <>
            if let Some(about) = &plan.about { <p class="about">{ about }</p> }
            <dl>
                <dt>{ "Launches" }</dt><dd>{ plan.types_in_words() }</dd>
                <dt>{ "Market" }</dt><dd>{ plan.market_in_words() }</dd>
                <dt>{ "Where" }</dt><dd>{ plan.regions_in_words() }</dd>
                <dt>{ "Price" }</dt>
                <dd title="An hour of the first type in the first region, by the prices that come with Curfew">
                    { price("spot", plan.spot) }{ " · " }{ price("on-demand", plan.on_demand) }
                </dd>
                <dt>{ "Cost" }</dt>
                <dd>{ match &plan.estimate {
                    Some(estimate) => cost_in_words(estimate),
                    None => "limits.max_spend_usd does not suffice for any run".to_owned(),
                } }</dd>
            </dl>
        </>
    }
}

fn price(market: &str, hourly: Option<HourlyRate>) -> String {
    hourly.map_or_else(|| format!("{market} not known"), |hourly| format!("{market} {hourly}"))
}

#[derive(Properties, PartialEq)]
struct LastProps {
    card: Card,
}

/// How it went last; the only part that ages.
#[component]
fn Last(props: &LastProps) -> Html {
    let now = use_now();
    let words = props.card.last.as_ref().map(|last| last.in_words(now.fleet));
    html! { <p class="last faint">{ words.unwrap_or_else(|| "Not launched yet".to_owned()) }</p> }
}
