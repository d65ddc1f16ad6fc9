//! Rows for the tests of the table, each told by what it differs in.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    AccountName, Alert, AlertId, HourlyRate, Instance, InstanceType, Level, Lifecycle, Market, Region,
    Target, Timestamp, Zone,
    alert::Crossing,
    instance::Platform,
    price::{Rate, RateSource},
    spend::Rates,
    view::window::{Row, offers},
};

/// The tests' present.
pub(crate) const NOW: i64 = 1_790_000_000;

/// The time `seconds` before the tests' present.
pub(crate) fn ago(seconds: i64) -> Timestamp {
    Timestamp::from_second(NOW - seconds).unwrap()
}

/// A row in the making: an on-demand g5.xlarge in us-east-1a that has run for an hour at $1.
pub(crate) struct Sample {
    number: u32,
    instance: Instance,
    compute: Rate,
    level: Level,
    snoozed_until: Option<Timestamp>,
}

impl Sample {
    pub(crate) fn new(number: u32) -> Self {
        let instance = Instance {
            id: format!("i-{number:017x}").parse().unwrap(),
            zone: Zone::new("us-east-1a"),
            kind: InstanceType::new("g5.xlarge"),
            market: Market::OnDemand,
            lifecycle: Lifecycle::Running,
            launched_at: ago(3600),
            first_launched_at: None,
            state_reason: None,
            platform: Platform::Linux,
            tags: BTreeMap::new(),
            disks: Vec::new(),
            public_ip: None,
        };
        let compute = Rate::Known { hourly: HourlyRate::from_micros(1_000_000), source: RateSource::BuiltIn };
        Self { number, instance, compute, level: Level::Ok, snoozed_until: None }
    }

    pub(crate) fn named(self, name: &str) -> Self {
        self.tag("Name", name)
    }

    pub(crate) fn tag(mut self, key: &str, value: &str) -> Self {
        self.instance.tags.insert(key.into(), value.into());
        self
    }

    pub(crate) fn kind(mut self, kind: &str) -> Self {
        self.instance.kind = InstanceType::new(kind);
        self
    }

    pub(crate) fn state(mut self, lifecycle: Lifecycle) -> Self {
        self.instance.lifecycle = lifecycle;
        self
    }

    pub(crate) fn ran(mut self, seconds: i64) -> Self {
        self.instance.launched_at = ago(seconds);
        self
    }

    pub(crate) fn hourly(mut self, micros: Option<i64>) -> Self {
        let known =
            |micros| Rate::Known { hourly: HourlyRate::from_micros(micros), source: RateSource::BuiltIn };
        self.compute = micros.map_or(Rate::Unknown, known);
        self
    }

    pub(crate) fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    pub(crate) fn snoozed_until(mut self, until: Timestamp) -> Self {
        self.snoozed_until = Some(until);
        self
    }

    pub(crate) fn row(self) -> Row {
        let account = AccountName::new("personal");
        let target = Target { account, region: Region::new("us-east-1"), id: self.instance.id.clone() };
        let alert = (self.level > Level::Ok).then(|| Alert {
            id: AlertId::from_stored(format!("{}/{}", self.number, self.level.as_str())),
            target: target.clone(),
            level: self.level,
            crossing: Crossing::Running(std::time::Duration::from_secs(7200)),
            crossed_at: ago(60),
            reminder: 0,
        });
        Row {
            rates: Rates::of(&self.instance, self.compute, ago(0)),
            offers: offers(&self.instance),
            instance: Arc::new(self.instance),
            target,
            alert,
            snoozed_until: self.snoozed_until,
            progress: None,
        }
    }
}

/// Rows as the window's state holds them.
pub(crate) fn by_target(rows: impl IntoIterator<Item = Row>) -> BTreeMap<Target, Arc<Row>> {
    rows.into_iter().map(|row| (row.target.clone(), Arc::new(row))).collect()
}
