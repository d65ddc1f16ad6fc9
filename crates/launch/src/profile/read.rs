//! Reads a profile key by key. What is faulty is reported and read on past, so that all faults come at once.
//!
//! The sections that the agent is told are read by `protocol`; what two values mean together is in `rules`.

use std::{collections::BTreeMap, fmt::Display, time::Duration};

use document::{Document, Fault, Section};
use domain::Money;
use protocol::{
    AgentConfig,
    config::{Given, SHARED},
};

use super::{
    AlarmWish, CpuWish, DiskWish, FleetWish, Image, ImageAlias, MarketWish, NetworkWish, OnInterruption,
    Profile, ProfileName, SpotWish, check, rules, size,
};

const OURS: [&str; 11] =
    ["regions", "types", "image", "key", "market", "disk", "cpu", "network", "alarm", "fleet", "tags"];

/// The longest that an alarm may look back.
///
/// Source: `EvaluationPeriods` in <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>.
const LONGEST_ALARM: Duration = Duration::from_secs(86_400);

/// What a tag's users leave to Curfew of the fifty that a resource may have.
///
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions>.
const MOST_TAGS: usize = 40;

impl Profile {
    /// Reads the text of a profile.
    ///
    /// # Errors
    /// Everything that is wrong with it, by lines, as far as that can be known without asking AWS.
    pub fn parse(name: ProfileName, text: &str) -> Result<Self, Vec<Fault>> {
        let document = Document::parse(text);
        let profile = document.root().and_then(|root| {
            let profile = read(name, &root)?;
            size::check(&root, &profile);
            Some(profile)
        });
        document.finish(profile)
    }
}

fn read(name: ProfileName, root: &Section<'_>) -> Option<Profile> {
    root.only(&[&OURS[..], &SHARED[..]].concat());
    let regions = names(root, "regions", "regions = [\"us-east-1\"]", check::region);
    let types = names(root, "types", "types = [\"g5.xlarge\"]", check::instance_type);
    let image = read_image(root);
    let environment = name.environment();
    let agent =
        AgentConfig::of_profile(root, &Given { environment: &environment, limits: &["max_spend_usd"] });
    let market = root.section("market").map_or(MarketWish::OnDemand, |section| read_market(&section));
    let read = Profile {
        regions: regions.unwrap_or_default(),
        types: types.unwrap_or_default(),
        key: root.text("key", check::key).flatten(),
        disk: root.section("disk").map(|section| read_disk(&section)).unwrap_or_default(),
        cpu: root.section("cpu").and_then(|section| read_cpu(&section)),
        network: root.section("network").map(|section| read_network(&section)).unwrap_or_default(),
        max_spend: read_max_spend(root),
        alarm: root.section("alarm").and_then(|section| read_alarm(&section)),
        fleet: root.section("fleet").and_then(|section| read_fleet(&section, market)),
        tags: read_tags(root),
        // Any image and any agent will do for the faults of the rest.
        image: image.clone().unwrap_or(Image::Newest(ImageAlias::Ubuntu2404)),
        agent: agent.clone().unwrap_or_else(|| AgentConfig::bare(environment)),
        name,
        market,
    };
    rules::check(root, &read);
    agent?;
    rules::room(root, &read);
    image.map(|_| read)
}

fn read_image(root: &Section<'_>) -> Option<Image> {
    if !root.has("image") {
        root.fault("image", "is missing: add image = \"dlami-pytorch\", or whatever it is to boot from");
    }
    root.text("image", check::image)
}

/// A list that must be there and name something, nothing twice.
fn names<T: Display + Ord>(
    root: &Section<'_>,
    key: &str,
    example: &str,
    read: impl Fn(&str) -> check::Checked<T>,
) -> Option<Vec<T>> {
    if !root.has(key) {
        root.fault(key, &format!("is missing: add {example}"));
    }
    if root.list(key).is_some_and(|list| list.is_empty()) {
        root.fault(key, &format!("names nothing: write {example}"));
    }
    let names = root.texts(key, read)?;
    for (at, name) in names.iter().enumerate() {
        if names[..at].contains(name) {
            root.fault(key, &format!("names {name} twice: leave the second one out"));
        }
    }
    Some(names)
}

fn read_market(section: &Section<'_>) -> MarketWish {
    section.only(&["kind", "max_price_usd", "on_interruption"]);
    let kind = section.text("kind", check::market);
    let spot = SpotWish {
        max_price: section.text("max_price_usd", check::max_price),
        on_interruption: section
            .text("on_interruption", check::on_interruption)
            .unwrap_or(OnInterruption::Terminate),
    };
    match kind {
        Some(check::Kind::Spot) => MarketWish::Spot(spot),
        Some(check::Kind::SpotThenOnDemand) => MarketWish::SpotThenOnDemand(spot),
        Some(check::Kind::OnDemand) => no_spot(section),
        None if section.has("kind") => MarketWish::OnDemand,
        None => no_spot(section),
    }
}

fn no_spot(section: &Section<'_>) -> MarketWish {
    for key in ["max_price_usd", "on_interruption"] {
        if section.has(key) {
            section.fault(key, "is for spot only: write market.kind = \"spot\", or leave this out");
        }
    }
    MarketWish::OnDemand
}

/// Source of the bounds: `EbsBlockDevice` in
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html>, of the ratios:
/// <https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html>.
fn read_disk(section: &Section<'_>) -> DiskWish {
    section.only(&["size_gib", "type", "iops", "throughput_mibps"]);
    section.text("type", check::disk_type);
    let disk = DiskWish {
        size_gib: section.integer("size_gib", 1..=65_536),
        iops: section.integer("iops", 3_000..=80_000),
        throughput_mibps: section.integer("throughput_mibps", 125..=2_000),
    };
    if let (Some(size), Some(iops)) = (disk.size_gib, disk.iops)
        && iops > 3_000.max(size.saturating_mul(500))
    {
        let most = 3_000.max(size.saturating_mul(500));
        let message =
            format!("is more than gp3 gives a volume of {size} GiB: at most {most}, 500 for each GiB");
        section.fault("iops", &message);
    }
    let iops = disk.iops.unwrap_or(3_000);
    if let Some(throughput) = disk.throughput_mibps.filter(|&throughput| throughput > iops / 4) {
        let needs = throughput * 4;
        let message = format!("needs disk.iops = {needs} or more: gp3 gives 1 MiB/s for every 4 IOPS");
        section.fault("throughput_mibps", &message);
    }
    disk
}

/// AWS takes both or none (`CpuOptionsRequest`), and which numbers a type offers is its own to say.
fn read_cpu(section: &Section<'_>) -> Option<CpuWish> {
    section.only(&["cores", "threads_per_core"]);
    for (key, other) in [("cores", "threads_per_core"), ("threads_per_core", "cores")] {
        if !section.has(key) && section.has(other) {
            section.fault(key, &format!("is missing: AWS takes it together with {other}"));
        }
    }
    let cores = section.integer("cores", 1..=1024);
    let threads_per_core = section.integer("threads_per_core", 1..=2);
    Some(CpuWish { cores: cores?, threads_per_core: threads_per_core? })
}

fn read_network(section: &Section<'_>) -> NetworkWish {
    section.only(&["subnet", "security_groups", "instance_profile", "public_ip"]);
    NetworkWish {
        subnet: section.text("subnet", check::subnet).flatten(),
        security_groups: section.texts("security_groups", check::security_group).unwrap_or_default(),
        instance_profile: section.text("instance_profile", check::instance_profile).flatten(),
        public_ip: section.boolean("public_ip").unwrap_or(true),
    }
}

/// `[limits]` is the agent's but for the money in it.
fn read_max_spend(root: &Section<'_>) -> Option<Money> {
    let limits = root.item("limits")?.as_section()?;
    limits.text("max_spend_usd", check::positive)
}

fn read_alarm(section: &Section<'_>) -> Option<AlarmWish> {
    section.only(&["cpu_below_percent", "period", "periods", "do"]);
    if !section.has("cpu_below_percent") {
        section
            .fault("cpu_below_percent", "is missing: add cpu_below_percent = 3, or whatever counts as idle");
    }
    if !section.has("do") {
        section.fault("do", "is missing: add do = \"stop\" or \"terminate\"");
    }
    let below = section.integer("cpu_below_percent", 1..=100).and_then(|value| u8::try_from(value).ok());
    let act = section.text("do", check::alarm_act);
    let period = section.text("period", check::period).unwrap_or(Duration::from_secs(300));
    let periods = section.integer("periods", 1..=1440).unwrap_or(3);
    if period.saturating_mul(periods) > LONGEST_ALARM {
        section
            .fault("periods", "looks back for more than a day: CloudWatch takes period x periods up to 24h");
    }
    Some(AlarmWish { cpu_below_percent: below?, period, periods, act: act? })
}

fn read_fleet(section: &Section<'_>, market: MarketWish) -> Option<FleetWish> {
    section.only(&["min", "max", "desired", "on_demand_percent"]);
    if !section.has("max") {
        section.fault("max", "is missing: add max, the most instances that there may be");
    }
    if section.integer("min", 0..=1000).is_some_and(|min| min > 0) {
        // Source: ShouldDecrementDesiredCapacity of TerminateInstanceInAutoScalingGroup, which fails at the minimum.
        let message =
            "must be 0: a member that has ended makes its group smaller, which AWS refuses at its minimum";
        section.fault("min", message);
    }
    let (max, desired) = (section.integer("max", 1..=1000), section.integer("desired", 0..=1000));
    let percent = section.integer("on_demand_percent", 0..=100).and_then(|value| u8::try_from(value).ok());
    let all = match market {
        MarketWish::OnDemand => 100,
        MarketWish::Spot(_) | MarketWish::SpotThenOnDemand(_) => 0,
    };
    if let Some(percent) = percent.filter(|&percent| percent < all) {
        let message = format!(
            "leaves {} of a hundred to spot, and the market is on-demand: write market.kind = \"spot\", or 100 here",
            100 - percent,
        );
        section.fault("on_demand_percent", &message);
    }
    let (max, desired) = (max?, desired.unwrap_or(1));
    if desired > max {
        section.fault("desired", &format!("is {desired}, more than fleet.max, which is {max}"));
    }
    Some(FleetWish { max, desired, on_demand_percent: percent.unwrap_or(all) })
}

fn read_tags(root: &Section<'_>) -> BTreeMap<String, String> {
    let Some(section) = root.section("tags") else { return BTreeMap::new() };
    let keys = section.keys();
    if keys.len() > MOST_TAGS {
        let message = format!("has {} tags; there may be {MOST_TAGS} besides Curfew's own", keys.len());
        root.fault("tags", &message);
    }
    let mut tags = BTreeMap::new();
    for key in keys {
        if let Err(message) = check::tag_key(key) {
            section.fault(key, &message);
        }
        if let Some(value) = section.text(key, check::tag_value) {
            tags.insert(key.to_owned(), value);
        }
    }
    tags
}

#[cfg(test)]
mod tests;
