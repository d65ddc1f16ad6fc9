//! Instances and fleets for the tests of this crate.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use crate::{
    AccountState, Fleet, Freshness, HourlyRate, Identity, Instance, Lifecycle, Market, Region, RegionKey,
    Seen, Target, Timestamp, alert,
    config::alert::AlertConfig,
    instance::{Disk, Persistence, Platform, Spot},
    price::{self, Rate, RateSource},
    spend::Rates,
    time::after,
};

pub(crate) const HOUR: Duration = Duration::from_secs(3600);
pub(crate) const DAY: Duration = Duration::from_secs(86_400);

pub(crate) fn now() -> Timestamp {
    "2026-04-10T12:00:00Z".parse().expect("a time")
}

pub(crate) fn ago(time: Duration) -> Timestamp {
    now().checked_sub(time).expect("in range")
}

/// A running on-demand instance with an id that ends in `number`.
pub(crate) fn instance(number: u32, kind: &str, running: Duration) -> Instance {
    Instance {
        id: format!("i-{number:017x}").parse().expect("an id"),
        zone: "us-east-1a".into(),
        kind: kind.into(),
        market: Market::OnDemand,
        lifecycle: Lifecycle::Running,
        launched_at: ago(running),
        first_launched_at: None,
        state_reason: None,
        platform: Platform::Linux,
        tags: BTreeMap::new(),
        disks: Vec::new(),
        public_ip: None,
    }
}

pub(crate) fn named(name: &str, instance: Instance) -> Instance {
    tagged("Name", name, instance)
}

pub(crate) fn tagged(key: &str, value: &str, mut instance: Instance) -> Instance {
    instance.tags.insert(key.into(), value.into());
    instance
}

pub(crate) fn spot(persistence: Persistence, instance: Instance) -> Instance {
    let request = Some("sir-abcd1234".into());
    Instance { market: Market::Spot(Spot { request, persistence, interruption: None }), ..instance }
}

pub(crate) fn gp3(gib: u32, age: Duration) -> Disk {
    Disk {
        id: crate::ids::VolumeId::from("vol-0123456789abcdef0"),
        kind: "gp3".into(),
        gib,
        iops: Some(3_000),
        throughput_mibps: Some(125),
        created_at: ago(age),
    }
}

pub(crate) fn hourly(micros: i64) -> Rate {
    Rate::Known { hourly: HourlyRate::from_micros(micros), source: RateSource::BuiltIn }
}

pub(crate) fn target(instance: &Instance) -> Target {
    Target { account: "me".into(), region: "us-east-1".into(), id: instance.id.clone() }
}

/// A fleet of one region that was read just now, judged by the default rules.
pub(crate) fn fleet(instances: impl IntoIterator<Item = Instance>) -> Fleet {
    let region = Region::from("us-east-1");
    let identity =
        Identity { number: "123456789012".into(), arn: "arn:aws:iam::123456789012:user/me".into() };
    let key = RegionKey { account: "me".into(), region: region.clone() };
    Fleet {
        generation: 1,
        accounts: BTreeMap::from([("me".into(), AccountState::Connected(identity))]),
        regions: BTreeMap::from([(key, Freshness::Fresh { as_of: now() })]),
        instances: instances.into_iter().map(|instance| seen(&region, instance)).collect(),
        ..Fleet::empty(now())
    }
}

fn seen(region: &Region, instance: Instance) -> (Target, Seen) {
    let target = target(&instance);
    let rates = Rates::of(&instance, price::compute(region, &instance), now());
    let thresholds = AlertConfig::default().thresholds(&instance);
    let alert = alert::standing(&target, &instance, &rates, thresholds.as_ref(), now()).alert;
    (target, Seen { instance: Arc::new(instance), rates, alert, snoozed_until: None, shown: false })
}

/// Snoozes every instance of a fleet for an hour.
pub(crate) fn snoozed(mut fleet: Fleet) -> Fleet {
    fleet.instances.values_mut().for_each(|seen| seen.snoozed_until = Some(after(now(), HOUR)));
    fleet
}
