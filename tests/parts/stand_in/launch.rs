//! What the stand-in is asked to have running.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::State;

/// Instances that are alike but for their place in the group. The default is one on-demand instance of the
/// first account that was just launched.
#[derive(Clone, Debug)]
pub struct Launch {
    account: String,
    region: String,
    zone: Option<String>,
    kind: String,
    count: u32,
    market: Market,
    name: Option<String>,
    tags: BTreeMap<String, String>,
    state: State,
    ago: Duration,
    protected: bool,
    public_ip: bool,
    group: Option<String>,
    volumes: Option<Vec<u32>>,
}

/// How an instance was bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Market {
    /// At the list price.
    OnDemand,
    /// One-time spot: an interruption terminates it.
    Spot,
    /// Persistent spot: an interruption stops it.
    SpotPersistent,
}

impl Launch {
    /// An instance type, such as `g5.xlarge`, in a region.
    #[must_use]
    pub fn new(region: &str, kind: &str) -> Self {
        Self {
            account: super::ACCOUNT.to_owned(),
            region: region.to_owned(),
            zone: None,
            kind: kind.to_owned(),
            count: 1,
            market: Market::OnDemand,
            name: None,
            tags: BTreeMap::new(),
            state: State::Running,
            ago: Duration::ZERO,
            protected: false,
            public_ip: true,
            group: None,
            volumes: None,
        }
    }

    /// In another account.
    #[must_use]
    pub fn account(self, account: &str) -> Self {
        Self { account: account.to_owned(), ..self }
    }

    /// In this zone instead of in all in turn.
    #[must_use]
    pub fn zone(self, zone: &str) -> Self {
        Self { zone: Some(zone.to_owned()), ..self }
    }

    /// So many.
    #[must_use]
    pub fn count(self, count: u32) -> Self {
        Self { count, ..self }
    }

    /// Bought like this.
    #[must_use]
    pub fn market(self, market: Market) -> Self {
        Self { market, ..self }
    }

    /// The `Name` tag; `{n}` in it is the place in the group, from 0.
    #[must_use]
    pub fn name(self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..self }
    }

    /// One more tag.
    #[must_use]
    pub fn tag(mut self, key: &str, value: &str) -> Self {
        self.tags.insert(key.to_owned(), value.to_owned());
        self
    }

    /// In this state. A passing state lasts until someone acts on the instance.
    #[must_use]
    pub fn state(self, state: State) -> Self {
        Self { state, ..self }
    }

    /// First launched so long ago.
    #[must_use]
    pub fn launched_ago(self, ago: Duration) -> Self {
        Self { ago, ..self }
    }

    /// With termination protection.
    #[must_use]
    pub fn protected(self) -> Self {
        Self { protected: true, ..self }
    }

    /// Without a public address.
    #[must_use]
    pub fn private(self) -> Self {
        Self { public_ip: false, ..self }
    }

    /// As members of an Auto Scaling group.
    #[must_use]
    pub fn group(self, group: &str) -> Self {
        Self { group: Some(group.to_owned()), ..self }
    }

    /// With gp3 volumes of these sizes in GiB, the first being the root.
    #[must_use]
    pub fn volumes(self, gib: &[u32]) -> Self {
        Self { volumes: Some(gib.to_vec()), ..self }
    }

    pub(super) fn to_json(&self) -> Value {
        let market = match self.market {
            Market::OnDemand => "on-demand",
            Market::Spot => "spot",
            Market::SpotPersistent => "spot-persistent",
        };
        let mut entry = json!({
            "account": self.account, "region": self.region, "type": self.kind, "count": self.count,
            "market": market, "tags": self.tags, "state": self.state,
            "launched_ago_s": self.ago.as_secs_f64(), "protected": self.protected, "public_ip": self.public_ip,
        });
        for (key, value) in [("zone", &self.zone), ("name", &self.name), ("group", &self.group)] {
            if let Some(value) = value {
                entry[key] = value.as_str().into();
            }
        }
        if let Some(volumes) = &self.volumes {
            entry["volumes"] = volumes.iter().map(|gib| json!({ "gib": gib })).collect();
        }
        entry
    }
}
