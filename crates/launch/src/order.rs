//! One RunInstances, whole: everything that EC2 is asked for at one place, and the token that makes it happen once.
//!
//! Kept on disk before it is sent, and sent again as it is: EC2 answers the same token with the same instance only if
//! every parameter is the same.
//!
//! Source: <https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html>.

use std::collections::BTreeMap;

use domain::{
    AccountName, Actor, GroupName, InstanceType, LaunchId, Region, Target, Timestamp,
    launch::{GroupTarget, Place},
};
use protocol::config::OnEnd;
use serde::{Deserialize, Serialize};

use crate::profile::{CpuWish, DiskWish, SpotWish};

/// Makes a launch happen once, however often it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientToken(String);

impl ClientToken {
    /// The token of a launch's nth attempt: 64 ASCII characters at most, as RunInstances takes.
    pub fn of(launch: &LaunchId, nth: usize) -> Self {
        Self(format!("curfew-{launch}-{nth}"))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Everything that EC2 is asked for at one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Once.
    pub token: ClientToken,
    /// Where.
    pub place: Place,
    /// The subnet; it decides the zone.
    pub subnet: String,
    /// Security groups; empty for the network's default one.
    pub groups: Vec<String>,
    /// Whether it gets a public address.
    pub public_ip: bool,
    /// The image's id.
    pub image: String,
    /// The image's root device.
    pub root_device: String,
    /// Its size and speed: gp3, encrypted, deleted with the instance.
    pub disk: DiskWish,
    /// A key pair's name.
    pub key: Option<String>,
    /// Spare capacity, and how; none is on-demand.
    pub spot: Option<SpotWish>,
    /// The processor's shape.
    pub cpu: Option<CpuWish>,
    /// The role that the agent acts with.
    pub instance_profile: Option<String>,
    /// The script that installs the agent.
    pub user_data: String,
    /// What a shutdown from inside does.
    pub on_end: OnEnd,
    /// One metadata figure a minute instead of one every five; costs.
    pub detailed_monitoring: bool,
    /// 2 when a container must reach the metadata service, else 1.
    pub hop_limit: u8,
    /// On instance, volumes, interfaces and spot request.
    pub tags: BTreeMap<String, String>,
    /// Where its agent leaves word.
    pub home: Home,
    /// A fleet of such instances in place of one.
    #[serde(default)]
    pub fleet: Option<FleetOrder>,
}

/// An Auto Scaling group, and what of it differs from an order for one instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FleetOrder {
    /// Its name, which keeps a second one from being made: `curfew-{profile}`.
    pub name: GroupName,
    /// The types in order of preference, all of one architecture.
    pub kinds: Vec<InstanceType>,
    /// A subnet in every zone that will do.
    pub subnets: Vec<String>,
    /// Never more members than this.
    pub max: u32,
    /// So many at first.
    pub desired: u32,
    /// Of a hundred members so many on demand, the others spot.
    pub on_demand_percent: u8,
    /// When AWS itself scales it to nothing, whatever its members do: a member that fails at its start is replaced for ever.
    pub until: Timestamp,
}

/// Where a run's state lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// The bucket.
    pub bucket: String,
    /// Where it lies.
    pub region: Region,
    /// The state file's key.
    pub key: String,
}

/// A launch as it is kept on disk, so that a crash at any point neither loses an instance nor makes a second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Which launch.
    pub id: LaunchId,
    /// With whose credentials.
    pub account: AccountName,
    /// From which profile.
    pub profile: String,
    /// Who asked.
    pub actor: Actor,
    /// When it began.
    pub at: Timestamp,
    /// What was about to be asked, or is there.
    pub state: RecordState,
}

/// How far a kept launch got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecordState {
    /// This order may have been sent.
    Sent(Box<Order>),
    /// It made this instance, and nobody was told for certain.
    Made(Box<Order>, Target),
    /// Whoever asked was told how it ended.
    Ended(End),
}

/// How a launch ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// With this instance.
    Launched(Target),
    /// With this fleet.
    Grown(GroupTarget),
    /// With nothing left, and why.
    Nothing(String),
}

impl Record {
    /// The order whose fate is to be asked before the profile is launched again.
    pub fn open(&self) -> Option<&Order> {
        match &self.state {
            RecordState::Sent(order) | RecordState::Made(order, _) => Some(order),
            RecordState::Ended(_) => None,
        }
    }
}
