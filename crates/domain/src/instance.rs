//! One EC2 instance, as DescribeInstances, DescribeVolumes and DescribeSpotInstanceRequests tell of it.
//!
//! Facts only: what it costs is `spend`'s, whether it should be off is `alert`'s.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{GroupName, InstanceId, InstanceType, SpotRequestId, Timestamp, Zone, ids::VolumeId};

/// The tag that keeps an instance from being stopped or terminated by anyone, this program included.
pub const PROTECT_TAG: &str = "curfew:protect";
/// The tag that Auto Scaling puts on its members.
///
/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-tagging.html>.
pub const GROUP_TAG: &str = "aws:autoscaling:groupName";
/// The tag that names the profile an instance was launched from.
pub const PROFILE_TAG: &str = "curfew:profile";

/// What is known of an instance; which account and region see it is in its [`Target`](crate::Target).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// Its id.
    pub id: InstanceId,
    /// Its availability zone.
    pub zone: Zone,
    /// Its type.
    pub kind: InstanceType,
    /// On-demand or spot.
    pub market: Market,
    /// Where it is in its life.
    pub lifecycle: Lifecycle,
    /// The *last* launch: every start of a stopped instance sets it anew.
    ///
    /// Source: `LaunchTime` in <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html>.
    pub launched_at: Timestamp,
    /// The first launch: when the primary network interface was attached.
    pub first_launched_at: Option<Timestamp>,
    /// Why it is in its state, in AWS's words (`Server.SpotInstanceTermination`, ...).
    pub state_reason: Option<String>,
    /// Which operating system is billed.
    pub platform: Platform,
    /// Its tags, `Name` among them.
    pub tags: BTreeMap<String, String>,
    /// The volumes attached to it.
    pub disks: Vec<Disk>,
    /// Its public IPv4 address, which costs by the hour.
    pub public_ip: Option<String>,
}

impl Instance {
    /// The `Name` tag, unless it is absent or blank.
    pub fn name(&self) -> Option<&str> {
        self.tag("Name").filter(|name| !name.trim().is_empty())
    }

    /// One tag's value.
    pub fn tag(&self, key: &str) -> Option<&str> {
        self.tags.get(key).map(String::as_str)
    }

    /// The Auto Scaling group that it belongs to.
    pub fn group(&self) -> Option<GroupName> {
        self.tag(GROUP_TAG).map(GroupName::new)
    }

    /// The profile that it was launched from.
    pub fn profile(&self) -> Option<&str> {
        self.tag(PROFILE_TAG)
    }

    /// Whether the user put the protecting tag on it; the values `false`, `no`, `off` and `0` take it off again.
    pub fn is_tag_protected(&self) -> bool {
        self.tag(PROTECT_TAG).is_some_and(|value| {
            let value = value.trim().to_ascii_lowercase();
            !matches!(value.as_str(), "false" | "no" | "off" | "0")
        })
    }

    /// Whether a spot interruption was announced or has happened.
    pub fn is_being_interrupted(&self) -> bool {
        match &self.market {
            Market::OnDemand => false,
            Market::Spot(spot) => spot.interruption.is_some(),
        }
    }
}

/// How an instance was bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Market {
    /// At the list price.
    OnDemand,
    /// From spare capacity, which AWS may take back.
    Spot(Spot),
}

impl Market {
    /// `on-demand` or `spot`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::OnDemand => "on-demand",
            Self::Spot(_) => "spot",
        }
    }
}

/// The spot request behind an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    /// The request, unless AWS did not name it.
    pub request: Option<SpotRequestId>,
    /// Whether the request outlives its instance.
    pub persistence: Persistence,
    /// The request's status code once AWS has marked the instance (`marked-for-termination`,
    /// `instance-terminated-no-capacity`, ...): seen up to two minutes before the instance goes.
    pub interruption: Option<String>,
}

/// Whether a spot request opens again after its instance is terminated.
///
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/how-spot-instances-work.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Persistence {
    /// Ends with its instance, and its instance cannot be stopped.
    OneTime,
    /// Launches another instance when this one is terminated, unless it is cancelled first.
    Persistent,
    /// The request could not be read: handled as if it were persistent.
    Unknown,
}

/// The states of an instance's life.
///
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html>.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Lifecycle {
    /// Being launched or started; not billed yet.
    Pending,
    /// Running, and billed.
    Running,
    /// On its way to `stopped`.
    Stopping,
    /// Stopped: its volumes go on costing.
    Stopped,
    /// On its way to `terminated`.
    ShuttingDown,
    /// Gone; AWS shows it for about an hour more.
    Terminated,
}

impl Lifecycle {
    /// As AWS writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::ShuttingDown => "shutting-down",
            Self::Terminated => "terminated",
        }
    }

    /// Whether it is up or coming up: what an alert is about.
    pub fn is_up(self) -> bool {
        match self {
            Self::Pending | Self::Running => true,
            Self::Stopping | Self::Stopped | Self::ShuttingDown | Self::Terminated => false,
        }
    }

    /// Whether it is gone or going for good.
    pub fn is_over(self) -> bool {
        match self {
            Self::ShuttingDown | Self::Terminated => true,
            Self::Pending | Self::Running | Self::Stopping | Self::Stopped => false,
        }
    }
}

/// Which operating system is billed (`PlatformDetails`); prices in the program are for Linux.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Platform {
    /// `Linux/UNIX`.
    Linux,
    /// Windows, RHEL, SUSE and what else carries a licence fee.
    Other(String),
}

/// An attached EBS volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disk {
    /// Its id.
    pub id: VolumeId,
    /// `gp3`, `io2`, ...
    pub kind: String,
    /// Size in GiB.
    pub gib: u32,
    /// Provisioned operations a second, where the kind has such.
    pub iops: Option<u32>,
    /// Provisioned throughput in MiB/s, for gp3.
    pub throughput_mibps: Option<u32>,
    /// When it was created, from when on it costs.
    pub created_at: Timestamp,
}
