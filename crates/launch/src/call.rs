//! What a launch asks of AWS, one call each, and what comes back. Both closed; the port carries them out.
//!
//! A call makes one attempt and has no opinion: what an answer means is decided by `survey` and `course`.

use std::collections::BTreeMap;

use domain::{
    GroupName, HourlyRate, Identity, InstanceId, InstanceType, Lifecycle, Region, Target, Timestamp, Zone,
    launch::{AgentWord, GroupTarget, Headcount},
};
use protocol::userdata::{Architecture, Download};
use serde::{Deserialize, Serialize};

use crate::{
    order::{ClientToken, Home, Order},
    profile::{AlarmWish, Image, NetworkWish},
};

/// One call, or a few that make one answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Call {
    /// Who the credentials are: STS GetCallerIdentity.
    Identity,
    /// Which of these the caller's policies deny: IAM SimulatePrincipalPolicy.
    Policies {
        /// Whose.
        identity: Identity,
        /// What is to be done.
        simulations: Vec<Simulation>,
    },
    /// What the types are and where they are offered: DescribeInstanceTypes, DescribeInstanceTypeOfferings.
    Types {
        /// Where.
        region: Region,
        /// Which.
        types: Vec<InstanceType>,
    },
    /// The image for an architecture: SSM GetParameter, DescribeImages.
    Image {
        /// Where.
        region: Region,
        /// Which.
        image: Image,
        /// For what.
        architecture: Architecture,
    },
    /// Subnets and groups, those of `curfew prepare` first, then the default network's.
    Network {
        /// Where.
        region: Region,
        /// What the profile says.
        wish: NetworkWish,
    },
    /// Whether the instance profile exists: IAM GetInstanceProfile.
    InstanceProfile {
        /// Its name.
        name: String,
    },
    /// Where the bucket lies: HeadBucket.
    Bucket {
        /// Its name.
        name: String,
    },
    /// vCPUs that may run and do: Service Quotas GetServiceQuota.
    Quota {
        /// Where.
        region: Region,
        /// Of which family.
        family: QuotaFamily,
        /// Of spare capacity, or on-demand.
        spot: bool,
    },
    /// What spare capacity costs in each zone now: DescribeSpotPriceHistory.
    SpotPrices {
        /// Where.
        region: Region,
        /// Of which types.
        types: Vec<InstanceType>,
    },
    /// Put the agent into the bucket, if it is not there, and sign URLs for it: PutObject with If-None-Match.
    Deliver {
        /// The bucket.
        bucket: String,
        /// Where it lies.
        region: Region,
        /// For what.
        architectures: Vec<Architecture>,
    },
    /// Whether exactly this could be launched: RunInstances with DryRun.
    Permission(Box<Order>),
    /// The instance that an order with this token made, if any: DescribeInstances, filter `client-token`.
    Find {
        /// Where.
        region: Region,
        /// The token.
        token: ClientToken,
    },
    /// The fleet that an order with this token made, if any: DescribeAutoScalingGroups, and of its instances how many run.
    FindGroup {
        /// Where.
        region: Region,
        /// Its name.
        name: GroupName,
        /// The token; a group of the name with another one is somebody else's.
        token: ClientToken,
    },
    /// RunInstances; for a fleet CreateLaunchTemplate, CreateAutoScalingGroup, SuspendProcesses and
    /// PutScheduledUpdateGroupAction, each of which does no more when it has been done.
    Request(Box<Order>),
    /// PutMetricAlarm.
    Alarm {
        /// On which instance.
        target: Target,
        /// When and what.
        wish: AlarmWish,
    },
    /// What the agent says of itself: GetObject of the environment's state file.
    Listen {
        /// Where it is left.
        home: Home,
        /// Whose word counts.
        instance: InstanceId,
    },
    /// Take back what was made: the alarm, then the persistent spot request, then the instance.
    Remove {
        /// The instance.
        target: Target,
        /// Whether an alarm may be there.
        alarm: bool,
    },
    /// Take back what an order for a fleet made: the group with its instances, then the launch template. What is not there
    /// is no fault.
    RemoveGroup {
        /// The group.
        group: GroupTarget,
        /// Whose it must be.
        token: ClientToken,
    },
}

/// What comes back of a call; each variant answers the call of its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// Who.
    Identity(Identity),
    /// The actions that are denied, as far as that can be told.
    Policies(Vec<String>),
    /// What is offered; types that do not exist are absent.
    Types(Vec<TypeFacts>),
    /// The image.
    Image(ImageFacts),
    /// The network.
    Network(NetworkFacts),
    /// It exists.
    InstanceProfile,
    /// Where the bucket lies.
    Bucket(Region),
    /// The quota.
    Quota(QuotaFacts),
    /// The prices.
    SpotPrices(Vec<SpotPrice>),
    /// Where the agent is fetched from.
    Deliver(BTreeMap<Architecture, Download>),
    /// It could be launched.
    Permission,
    /// The instance, if there is one.
    Find(Option<Found>),
    /// The fleet, if there is one.
    FindGroup(Option<GroupFacts>),
    /// It is there.
    Request(Found),
    /// The fleet is there.
    Grown(GroupFacts),
    /// The alarm is there.
    Alarm,
    /// What the agent said, if it did.
    Listen(Option<AgentWord>),
    /// All is gone or going.
    Remove,
}

/// Actions on a resource that need not exist yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Simulation {
    /// `ec2:TerminateInstances`.
    pub actions: Vec<String>,
    /// Its ARN.
    pub resource: String,
    /// What conditions are told: `aws:RequestedRegion`.
    pub keys: BTreeMap<String, String>,
}

/// One type in one region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeFacts {
    /// Its name.
    pub kind: InstanceType,
    /// What it computes with.
    pub architecture: Architecture,
    /// With every core and thread on.
    pub vcpus: u32,
    /// Numbers of cores that may be chosen; empty if none may.
    pub valid_cores: Vec<u32>,
    /// Threads per core that may be chosen.
    pub valid_threads: Vec<u32>,
    /// Whether it can be had from spare capacity.
    pub spot: bool,
    /// Where it is offered.
    pub zones: Vec<Zone>,
}

/// An image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageFacts {
    /// Its id.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// What it runs on.
    pub architecture: Architecture,
    /// Its root device's name: `/dev/sda1`.
    pub root_device: String,
    /// The smallest root volume, in GiB.
    pub root_gib: u32,
}

/// A network to launch into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkFacts {
    /// Where it comes from.
    pub origin: NetworkOrigin,
    /// At least one.
    pub subnets: Vec<Subnet>,
    /// Security groups' ids; empty for the network's default group.
    pub groups: Vec<String>,
    /// The role that `curfew prepare` made.
    pub instance_profile: Option<String>,
    /// The bucket that `curfew prepare` made.
    pub bucket: Option<String>,
}

/// Where a network comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NetworkOrigin {
    /// The profile names it.
    Profile,
    /// `curfew prepare` made it.
    Prepared,
    /// Every account has one at first.
    Default,
}

/// A subnet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    /// Its id.
    pub id: String,
    /// Where it is.
    pub zone: Zone,
    /// Addresses left.
    pub free: u32,
}

/// Families that share a quota of vCPUs.
///
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-limits.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum QuotaFamily {
    /// A, C, D, H, I, M, R, T and Z.
    Standard,
    /// G and VT.
    GraphicsG,
    /// P.
    AcceleratedP,
    /// Trn.
    Trainium,
    /// Inf.
    Inferentia,
    /// F, X, High memory, HPC, DL and whatever else has one of its own.
    Other,
}

/// vCPUs of a family and market in a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaFacts {
    /// So many may run.
    pub limit: u32,
}

/// What spare capacity costs an hour in one zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpotPrice {
    /// Of what.
    pub kind: InstanceType,
    /// Where.
    pub zone: Zone,
    /// So much.
    pub hourly: HourlyRate,
}

/// An instance that an order made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// It.
    pub id: InstanceId,
    /// Where.
    pub zone: Zone,
    /// Its state.
    pub lifecycle: Lifecycle,
    /// When it was launched.
    pub launched_at: Timestamp,
}

/// A fleet that an order made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupFacts {
    /// How many of its members there are.
    pub members: Headcount,
    /// Why the last one that was to come did not.
    pub trouble: Option<String>,
}

impl Call {
    /// Where instances may come or go by it.
    pub fn changes(&self) -> Option<&Region> {
        match self {
            Self::Request(order) => Some(&order.place.region),
            Self::Remove { target, .. } => Some(&target.region),
            Self::RemoveGroup { group, .. } => Some(&group.region),
            Self::Identity
            | Self::Policies { .. }
            | Self::Types { .. }
            | Self::Image { .. }
            | Self::Network { .. }
            | Self::InstanceProfile { .. }
            | Self::Bucket { .. }
            | Self::Quota { .. }
            | Self::SpotPrices { .. }
            | Self::Deliver { .. }
            | Self::Permission(_)
            | Self::Find { .. }
            | Self::FindGroup { .. }
            | Self::Alarm { .. }
            | Self::Listen { .. } => None,
        }
    }
}

impl QuotaFamily {
    /// A type's family by its first letters.
    pub fn of(kind: &InstanceType) -> Self {
        let family = kind.as_str().split('.').next().unwrap_or_default();
        let letters: String = family.chars().take_while(char::is_ascii_lowercase).collect();
        match letters.as_str() {
            "g" | "gr" | "vt" => Self::GraphicsG,
            "p" => Self::AcceleratedP,
            "trn" => Self::Trainium,
            "inf" => Self::Inferentia,
            "f" | "x" | "u" | "hpc" | "dl" | "mac" => Self::Other,
            other if other.starts_with(['a', 'c', 'd', 'h', 'i', 'm', 'r', 't', 'z']) => Self::Standard,
            _ => Self::Other,
        }
    }

    /// The quota's code with Service Quotas, where one is known.
    ///
    /// Source: Service Quotas, service `ec2`, "Running On-Demand ... instances" and "All ... Spot Instance Requests".
    pub fn code(self, spot: bool) -> Option<&'static str> {
        match (self, spot) {
            (Self::Standard, false) => Some("L-1216C47A"),
            (Self::Standard, true) => Some("L-34B43A08"),
            (Self::GraphicsG, false) => Some("L-DB2E81BA"),
            (Self::GraphicsG, true) => Some("L-3819A6DF"),
            (Self::AcceleratedP, false) => Some("L-417A185B"),
            (Self::AcceleratedP, true) => Some("L-7212CCBC"),
            (Self::Trainium, false) => Some("L-2C3B7624"),
            (Self::Trainium, true) => Some("L-6B0D517C"),
            (Self::Inferentia, false) => Some("L-1945791B"),
            (Self::Inferentia, true) => Some("L-B5D1601B"),
            (Self::Other, _) => None,
        }
    }

    /// As AWS's console names it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Standard => "Standard",
            Self::GraphicsG => "G and VT",
            Self::AcceleratedP => "P",
            Self::Trainium => "Trn",
            Self::Inferentia => "Inf",
            Self::Other => "other",
        }
    }
}
