//! Everything known of one instance, in a panel beside the table.

use std::rc::Rc;

use domain::{
    HourlyRate, Instance, Market, Target, Timestamp,
    instance::{Disk, Persistence, Platform},
    view::fmt,
};
use yew::prelude::*;

use super::{
    icon::{Icon, icon},
    row::{Gesture, RowRef},
};
use crate::{browser, text};

#[derive(Properties, PartialEq)]
pub(crate) struct DetailsProps {
    pub(crate) row: RowRef,
    pub(crate) on: Callback<(Target, Gesture)>,
    pub(crate) onclose: Callback<()>,
}

#[component]
pub(crate) fn Details(props: &DetailsProps) -> Html {
    let row = &props.row;
    let instance = &row.instance;
    let onkeydown = {
        let onclose = props.onclose.clone();
        move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                onclose.emit(());
            }
        }
    };
    let button = |gesture: Gesture, picture: Icon, label: &'static str| {
        let target = row.target.clone();
        let onclick = props.on.reform(move |_: MouseEvent| (target.clone(), gesture));
        html! { <button class="plain" {onclick}>{ icon(picture) }{ label }</button> }
    };
    html! {
        <aside class="details" aria-label="Details" {onkeydown}>
            <header>
                <h2><bdi dir="auto">{ instance.name().map_or_else(|| "no name".into(), |name| fmt::one_line(name, 400)) }</bdi></h2>
                <button class="small" aria-label="Close the details" title="Close (Escape)" onclick={props.onclose.reform(|_| ())}>
                    { icon(Icon::Close) }
                </button>
            </header>
            <div class="details-body">
                <div class="details-actions">
                    { button(Gesture::Copy, Icon::Copy, "Copy id") }
                    { button(Gesture::Console, Icon::External, "AWS console") }
                </div>
                { list("Instance", facts(row)) }
                { list("Cost", costs(row)) }
                { list("Disks", instance.disks.iter().map(disk).collect()) }
                { list("Tags", instance.tags.iter().map(|(key, value)| tag(key, value)).collect()) }
            </div>
        </aside>
    }
}

type Fact = (Html, Html);

fn fact(label: &'static str, value: impl Into<String>) -> Fact {
    let value: String = value.into();
    (html! { label }, html! { <bdi dir="auto">{ value }</bdi> })
}

fn list(title: &'static str, facts: Vec<Fact>) -> Html {
    if facts.is_empty() {
        return Html::default();
    }
    let entry = |(label, value): Fact| html! { <><dt>{ label }</dt><dd>{ value }</dd></> };
    html! { <section><h3>{ title }</h3><dl>{ for facts.into_iter().map(entry) }</dl></section> }
}

fn facts(row: &RowRef) -> Vec<Fact> {
    let instance = &row.instance;
    let mut facts = vec![
        fact("Id", instance.id.as_str()),
        fact("Account", row.target.account.as_str()),
        fact("Zone", instance.zone.as_str()),
        fact("Type", instance.kind.as_str()),
        fact("System", platform(instance)),
        fact("State", instance.lifecycle.as_str()),
        fact("Market", market(instance)),
        fact("Last start", browser::local_time(instance.launched_at)),
    ];
    let time = |time: Timestamp| browser::local_time(time);
    let optional = [
        ("First launch", instance.first_launched_at.map(time)),
        ("Spot request", spot_request(instance)),
        ("Interruption", interruption(instance)),
        ("Group", instance.group().map(|group| fmt::one_line(group.as_str(), 255))),
        ("Profile", instance.profile().map(|profile| fmt::one_line(profile, 255))),
        ("Address", instance.public_ip.clone()),
        ("State reason", instance.state_reason.as_ref().map(|reason| fmt::one_line(reason, 400))),
        ("Attention", row.alert.as_ref().map(|alert| fmt::crossing(alert.crossing))),
        ("Snoozed until", row.snoozed_until.map(time)),
    ];
    facts.extend(optional.into_iter().filter_map(|(label, value)| Some(fact(label, value?))));
    facts
}

fn platform(instance: &Instance) -> String {
    match &instance.platform {
        Platform::Linux => "Linux".into(),
        Platform::Other(name) => fmt::one_line(name, 80),
    }
}

fn market(instance: &Instance) -> &'static str {
    match &instance.market {
        Market::OnDemand => "on-demand",
        Market::Spot(spot) => match spot.persistence {
            Persistence::OneTime => "spot, one-time",
            Persistence::Persistent => "spot, persistent",
            Persistence::Unknown => "spot, its request could not be read",
        },
    }
}

fn spot_request(instance: &Instance) -> Option<String> {
    match &instance.market {
        Market::OnDemand => None,
        Market::Spot(spot) => spot.request.as_ref().map(ToString::to_string),
    }
}

fn interruption(instance: &Instance) -> Option<String> {
    match &instance.market {
        Market::OnDemand => None,
        Market::Spot(spot) => spot.interruption.as_ref().map(|code| fmt::one_line(code, 120)),
    }
}

fn costs(row: &RowRef) -> Vec<Fact> {
    let rates = &row.rates;
    let total = rates.total().map_or_else(|| "not known".into(), |total| total.to_string());
    let source = text::source(rates.compute);
    let with_source =
        |rate: String, source: &str| html! { <>{ rate }<span class="source">{ source.to_owned() }</span></> };
    let parts = [
        ("Disks", rates.storage, "list price of us-east-1 (estimate)"),
        ("Address", rates.address, "list price"),
    ];
    let parts = parts.into_iter().filter(|(_, rate, _)| *rate != HourlyRate::ZERO);
    let first = (html! { "Computing" }, with_source(text::rate(rates.compute), source));
    let last = (html! { "Together" }, html! { <strong>{ total }</strong> });
    [first]
        .into_iter()
        .chain(parts.map(|(label, rate, source)| (html! { label }, with_source(rate.to_string(), source))))
        .chain([last])
        .collect()
}

fn disk(disk: &Disk) -> Fact {
    let more = [
        disk.iops.map(|iops| format!("{iops} IOPS")),
        disk.throughput_mibps.map(|rate| format!("{rate} MiB/s")),
    ];
    let parts = [Some(format!("{} GiB {}", disk.gib, disk.kind))].into_iter().chain(more).flatten();
    let words: Rc<str> = parts.collect::<Vec<_>>().join(", ").into();
    let since = format!("since {}", browser::local_time(disk.created_at));
    (
        html! { <span class="id">{ disk.id.as_str() }</span> },
        html! { <>{ words }<span class="source">{ since }</span></> },
    )
}

fn tag(key: &str, value: &str) -> Fact {
    let (key, value) = (fmt::one_line(key, 130), fmt::one_line(value, 260));
    (html! { <bdi dir="auto">{ key }</bdi> }, html! { <bdi dir="auto">{ value }</bdi> })
}
