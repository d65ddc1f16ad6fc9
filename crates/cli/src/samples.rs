//! Fleets for the unit tests, put together by hand.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use domain::{
    AccountName, AccountState, Fleet, Freshness, Identity, Instance, InstanceType, Lifecycle, Market, Region,
    RegionKey, Seen, Target, Timestamp, Zone, alert,
    config::alert::AlertConfig,
    ids::VolumeId,
    instance::{Disk, Persistence, Platform, Spot},
    price,
    spend::Rates,
    time::after,
};

use crate::terminal::{Terminal, ink::Ink};

/// The moment of every test.
pub(crate) fn noon() -> Timestamp {
    "2026-07-01T12:00:00Z".parse().unwrap()
}

/// A g5.xlarge on demand in us-east-1 that has run for three hours.
pub(crate) fn instance(id: &str) -> Instance {
    let launched_at = noon().checked_sub(Duration::from_secs(3 * 3600)).unwrap();
    Instance {
        id: id.parse().unwrap(),
        zone: Zone::new("us-east-1a"),
        kind: InstanceType::new("g5.xlarge"),
        market: Market::OnDemand,
        lifecycle: Lifecycle::Running,
        launched_at,
        first_launched_at: None,
        state_reason: None,
        platform: Platform::Linux,
        tags: BTreeMap::from([("Name".into(), "train".into())]),
        disks: vec![Disk {
            id: VolumeId::new("vol-1"),
            kind: "gp3".into(),
            gib: 93,
            iops: None,
            throughput_mibps: None,
            created_at: launched_at,
        }],
        public_ip: None,
    }
}

/// The same, bought on the spot market.
pub(crate) fn spot(id: &str, persistence: Persistence) -> Instance {
    let spot = Spot { request: Some("sir-12345678".into()), persistence, interruption: None };
    Instance { market: Market::Spot(spot), ..instance(id) }
}

/// A fleet in which each account sees these in us-east-1.
pub(crate) fn fleet(instances: &[(&str, Instance)]) -> Fleet {
    let mut fleet = Fleet { generation: 1, ..Fleet::empty(noon()) };
    for (account, instance) in instances {
        let target = target(account, instance.id.as_str());
        let identity = Identity { number: String::new(), arn: String::new() };
        fleet.accounts.insert(target.account.clone(), AccountState::Connected(identity));
        let key = RegionKey { account: target.account.clone(), region: target.region.clone() };
        fleet.regions.insert(key, Freshness::Fresh { as_of: noon() });
        fleet.instances.insert(target.clone(), seen(&target, instance.clone()));
    }
    fleet
}

pub(crate) fn target(account: &str, id: &str) -> Target {
    Target { account: AccountName::new(account), region: Region::new("us-east-1"), id: id.parse().unwrap() }
}

fn seen(target: &Target, instance: Instance) -> Seen {
    let now = after(noon(), Duration::ZERO);
    let rates = Rates::of(&instance, price::compute(&target.region, &instance), now);
    let alerts = AlertConfig::default();
    let standing = alert::standing(target, &instance, &rates, alerts.thresholds(&instance).as_ref(), now);
    Seen { instance: Arc::new(instance), rates, alert: standing.alert, snoozed_until: None, shown: false }
}

/// A pipe.
pub(crate) fn pipe() -> Terminal {
    Terminal { ink: Ink::Plain, aside: Ink::Plain, columns: None, watched: false, answers: false }
}

/// A terminal of so many columns.
pub(crate) fn screen(columns: usize) -> Terminal {
    Terminal { ink: Ink::Colour, aside: Ink::Colour, columns: Some(columns), watched: true, answers: true }
}
