//! What a simulated instance is launched as. The default is a small on-demand instance that has just started.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    AccountName, InstanceType, Region,
    instance::{GROUP_TAG, PROTECT_TAG, Persistence},
};

/// One instance to be.
#[derive(Clone, Debug)]
pub struct Launch {
    pub(crate) account: Option<AccountName>,
    pub(crate) region: Region,
    pub(crate) kind: InstanceType,
    pub(crate) spot: Option<Persistence>,
    pub(crate) stopped: bool,
    pub(crate) api_protected: bool,
    pub(crate) ago: Duration,
    pub(crate) gib: u32,
    pub(crate) public_ip: bool,
    pub(crate) tags: BTreeMap<String, String>,
}

impl Launch {
    /// On-demand, running, seen by every account, with a 50 GiB gp3 volume and a public address.
    pub fn new(region: &str, kind: &str) -> Self {
        Self {
            account: None,
            region: Region::new(region),
            kind: InstanceType::new(kind),
            spot: None,
            stopped: false,
            api_protected: false,
            ago: Duration::ZERO,
            gib: 50,
            public_ip: true,
            tags: BTreeMap::new(),
        }
    }

    /// Seen by this account only.
    #[must_use]
    pub fn account(self, name: &str) -> Self {
        Self { account: Some(AccountName::new(name)), ..self }
    }

    /// Launched this long ago, and so past `pending` if that is long enough.
    #[must_use]
    pub fn ago(self, ago: Duration) -> Self {
        Self { ago, ..self }
    }

    /// Bought on the spot market.
    #[must_use]
    pub fn spot(self, persistence: Persistence) -> Self {
        Self { spot: Some(persistence), ..self }
    }

    /// Stopped since long before.
    #[must_use]
    pub fn stopped(self) -> Self {
        Self { stopped: true, ..self }
    }

    /// With API termination protection.
    #[must_use]
    pub fn api_protected(self) -> Self {
        Self { api_protected: true, ..self }
    }

    /// With a volume of this many GiB instead of 50.
    #[must_use]
    pub fn disk(self, gib: u32) -> Self {
        Self { gib, ..self }
    }

    /// Without a public address.
    #[must_use]
    pub fn private(self) -> Self {
        Self { public_ip: false, ..self }
    }

    /// With a tag.
    #[must_use]
    pub fn tag(mut self, key: &str, value: &str) -> Self {
        self.tags.insert(key.to_owned(), value.to_owned());
        self
    }

    /// With a name.
    #[must_use]
    pub fn name(self, name: &str) -> Self {
        self.tag("Name", name)
    }

    /// With the tag that keeps everybody's hands off.
    #[must_use]
    pub fn tag_protected(self) -> Self {
        self.tag(PROTECT_TAG, "true")
    }

    /// A member of an Auto Scaling group, which replaces it when it goes.
    #[must_use]
    pub fn group(self, name: &str) -> Self {
        self.tag(GROUP_TAG, name)
    }
}
