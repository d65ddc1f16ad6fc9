//! A profile as it will be taken, for a person: what is launched where, what it costs, what the agent is told.

use domain::{
    InstanceType, Money, Region, Timestamp, price,
    view::fmt::{self, one_line},
};
use launch::{
    Cost, Profile, Quote,
    profile::{AlarmAct, AlarmWish, DiskWish, Image, MarketWish, NetworkWish, OnInterruption, SpotWish},
};

use super::source::Source;
use crate::{
    table::{Align, Column, Table},
    terminal::Terminal,
};

/// All of it.
pub(super) fn text(source: &Source, profile: &Profile, now: Timestamp, terminal: &Terminal) -> String {
    let facts = facts(profile);
    let longest = facts.iter().map(|(key, _)| key.len()).max().unwrap_or_default();
    let fact = |(key, value): &(&str, String)| {
        format!("{} {}\n", terminal.ink.dim(&format!("{key:longest$} ")), one_line(value, 400))
    };
    let facts: String = facts.iter().map(fact).collect();
    let warnings: String = profile
        .warnings()
        .iter()
        .map(|warning| format!("{} {warning}\n", terminal.ink.yellow("Warning:")))
        .collect();
    let agent = profile.agent.render();
    let agent: String =
        agent.lines().map(|line| format!("    {line}").trim_end().to_owned() + "\n").collect();
    format!(
        "{} ({})\n\n{facts}{}\n{}\n{warnings}What the agent is told:\n\n{agent}",
        terminal.ink.bold(&source.name),
        source.shown,
        tags(profile),
        costs(profile, now, terminal),
    )
}

fn facts(profile: &Profile) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("Types", list(&profile.types)),
        ("Regions", format!("{}, every zone of each", list(&profile.regions))),
        ("Market", market(profile.market)),
        ("Image", image(&profile.image)),
        ("Key pair", profile.key.clone().unwrap_or_else(|| "none".into())),
        ("Disk", disk(profile.disk)),
        ("Processor", cpu(profile)),
        ("Network", network(&profile.network)),
        ("Alarm", profile.alarm.map_or_else(|| "none".into(), alarm)),
    ];
    if let Some(money) = profile.max_spend {
        facts.push(("Spend", format!("at most {money}: shortens max_runtime at the launch where it must")));
    }
    if let Some(fleet) = profile.fleet {
        let (max, desired) = (fleet.max, fleet.desired);
        let text = format!("at most {max}, at first {desired}; on demand {}%", fleet.on_demand_percent);
        facts.push(("Fleet", text));
    }
    facts
}

fn list<T: ToString>(items: &[T]) -> String {
    let words: Vec<String> = items.iter().map(ToString::to_string).collect();
    words.join(", then ")
}

fn market(market: MarketWish) -> String {
    match market {
        MarketWish::OnDemand => "on-demand".into(),
        MarketWish::Spot(wish) => format!("spot, {}", spot(wish)),
        MarketWish::SpotThenOnDemand(wish) => format!("spot, then on-demand; spot {}", spot(wish)),
    }
}

fn spot(wish: SpotWish) -> String {
    let most = wish.max_price.map_or_else(|| "the on-demand price".into(), |price| price.to_string());
    let then = match wish.on_interruption {
        OnInterruption::Terminate => "terminated when AWS takes it back",
        OnInterruption::Stop => "stopped when AWS takes it back, and started again",
        OnInterruption::Hibernate => "hibernated when AWS takes it back, and started again",
    };
    format!("at most {most}, {then}")
}

fn image(image: &Image) -> String {
    match image {
        Image::Newest(alias) => format!("{}, the newest", alias.as_str()),
        Image::Id(id) => id.clone(),
        Image::Parameter(path) => format!("what ssm:{path} names"),
    }
}

fn disk(disk: DiskWish) -> String {
    let size = disk.size_gib.map_or_else(|| "as large as the image".into(), |gib| format!("{gib} GiB"));
    let iops = disk.iops.map(|iops| format!(", {iops} IOPS")).unwrap_or_default();
    let speed = disk.throughput_mibps.map(|speed| format!(", {speed} MiB/s")).unwrap_or_default();
    format!("{size} gp3{iops}{speed}, encrypted, deleted with the instance")
}

fn cpu(profile: &Profile) -> String {
    match profile.cpu {
        None => "all cores and threads".into(),
        Some(cpu) => {
            format!("{}, {} each", fmt::count(count(cpu.cores), "core"), threads(cpu.threads_per_core))
        }
    }
}

fn threads(threads: u32) -> String {
    fmt::count(count(threads), "thread")
}

fn count(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn network(wish: &NetworkWish) -> String {
    let prepared = "what `curfew prepare` made, else the default network".to_owned();
    let subnet = wish.subnet.clone().unwrap_or(prepared);
    let groups = if wish.security_groups.is_empty() {
        String::new()
    } else {
        format!("; {}", list(&wish.security_groups))
    };
    let role = wish.instance_profile.as_ref().map(|name| format!("; role of {name}")).unwrap_or_default();
    let address = if wish.public_ip { "a public address" } else { "no public address" };
    format!("{subnet}{groups}{role}; {address}")
}

fn alarm(wish: AlarmWish) -> String {
    let act = match wish.act {
        AlarmAct::Stop => "stopped",
        AlarmAct::Terminate => "terminated",
    };
    let time = fmt::duration(wish.period.saturating_mul(wish.periods));
    let detailed = if wish.needs_detailed_monitoring() { "; detailed monitoring, which costs" } else { "" };
    format!("{act} when the processor is below {}% for {time}{detailed}", wish.cpu_below_percent)
}

fn tags(profile: &Profile) -> String {
    profile.tags.iter().map(|(key, value)| format!("Tag {key} = {value}\n")).collect()
}

/// What an hour and a launch cost in each place, by the prices in this program.
fn costs(profile: &Profile, now: Timestamp, terminal: &Terminal) -> String {
    let right = |heading| Column::new(heading, Align::Right, 0);
    let left = |heading| Column::new(heading, Align::Left, 0);
    let mut table = Table::new(vec![
        left("REGION"),
        left("TYPE"),
        right("ON-DEMAND"),
        right("SPOT"),
        right("EXPECTED"),
        right("AT WORST"),
    ]);
    for region in &profile.regions {
        for kind in &profile.types {
            table.row(cost(profile, region, kind, now), domain::Level::Ok);
        }
    }
    format!("{}By the prices in this program, disk and address in the sums.\n", table.text(terminal))
}

fn cost(profile: &Profile, region: &Region, kind: &InstanceType, now: Timestamp) -> Vec<String> {
    let (on_demand, spot) = (price::on_demand(region, kind), price::spot(region, kind));
    let cost = Cost::of(profile, &Quote { on_demand, spot, image_gib: None, now });
    let rate = |rate: price::Rate| rate.hourly().map_or_else(|| "unknown".into(), |it| it.to_string());
    let sum = |sum: Option<Money>| sum.map_or_else(|| "unknown".into(), |it| it.to_string());
    let long = cost.limit.runtime().map(|time| format!(" in {}", fmt::duration(time))).unwrap_or_default();
    vec![
        region.to_string(),
        kind.to_string(),
        rate(on_demand),
        rate(spot),
        format!("{}{long}", sum(cost.expected)),
        sum(cost.worst),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{profiles::source::example, samples};

    #[test]
    fn every_example_is_shown_with_its_defaults() {
        for name in super::super::source::examples() {
            let source = example(name).expect("an example");
            let profile = source.parse().expect("a profile");
            let shown = text(&source, &profile, samples::noon(), &samples::pipe());
            assert!(shown.contains("save_within = \"10m\""), "defaults are shown: {shown}");
            assert!(shown.starts_with(name) && shown.contains("AT WORST") && shown.contains("$"), "{shown}");
        }
    }
}
