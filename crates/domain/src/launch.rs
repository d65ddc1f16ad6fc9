//! A launch as everybody sees it: what was checked, which places were tried, how far it got.
//!
//! Facts for views and for the wire. What to do next is decided by the crate `launch`.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    AccountName, Actor, GroupName, HourlyRate, InstanceType, Lifecycle, Money, Problem, Region, Target,
    Timestamp, Zone,
};

/// One launch's name: chosen by whoever asks for it, sixteen hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LaunchId(String);

/// Text that is no launch's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a launch's id: one has 16 hexadecimal digits")]
pub struct NotALaunchId(String);

/// What a person asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Names the launch.
    pub id: LaunchId,
    /// With whose credentials.
    pub account: AccountName,
    /// The profile's name.
    pub profile: String,
    /// The profile's text, with what was set on the command line put in.
    pub text: String,
    /// End when everything was checked.
    pub dry_run: bool,
    /// Who asks.
    pub actor: Actor,
}

/// A launch and how far it got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Launch {
    /// With whose credentials.
    pub account: AccountName,
    /// From which profile.
    pub profile: String,
    /// Who asked.
    pub actor: Actor,
    /// Since when.
    pub begun: Timestamp,
    /// Whether it ends when everything was checked.
    pub dry_run: bool,
    /// How many members are asked for, if it is a fleet.
    pub fleet: Option<u32>,
    /// The pre-flight, in the order in which it is shown.
    pub checks: Vec<CheckLine>,
    /// Places that were refused, in their order.
    pub refused: Vec<Refused>,
    /// How many places there are to try; 0 until that is known.
    pub places: usize,
    /// What it costs.
    pub estimate: Option<Estimate>,
    /// What came of it, also when it is on its way out again.
    pub made: Option<Made>,
    /// Whether nothing more is made beside the instance: its alarm is there, was refused, or is not wished for.
    pub whole: bool,
    /// How far it got.
    pub stage: Stage,
}

/// What came of a launch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Made {
    /// An instance.
    Instance(Target),
    /// A fleet.
    Group(GroupTarget),
}

/// An Auto Scaling group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupTarget {
    /// Whose it is.
    pub account: AccountName,
    /// Where.
    pub region: Region,
    /// Its name.
    pub name: GroupName,
}

/// How large a fleet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headcount {
    /// Members that run.
    pub running: u32,
    /// Members that there are to be.
    pub desired: u32,
}

/// One thing that is looked at before a cent is spent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckLine {
    /// What.
    pub check: Check,
    /// Where, if it differs from place to place.
    pub region: Option<Region>,
    /// How it stands.
    pub state: CheckState,
}

/// What is looked at before a cent is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// Whom the credentials belong to.
    Identity,
    /// The types: offered in which zones, and with the processor's shape that is asked for.
    Types,
    /// The image, and whether it fits the types.
    Image,
    /// Subnets and security groups.
    Network,
    /// The role that the agent acts with.
    InstanceProfile,
    /// The bucket and where it lies.
    Bucket,
    /// vCPUs of the account for the family and market.
    Quota,
    /// What it costs.
    Price,
    /// The agent, in the bucket.
    Agent,
    /// The script that installs it.
    UserData,
    /// Whether the identity may launch exactly this.
    Permission,
}

impl Check {
    /// For a list: `vCPU quota`.
    pub fn label(self) -> &'static str {
        match self {
            Self::Identity => "credentials",
            Self::Types => "instance types",
            Self::Image => "image",
            Self::Network => "network",
            Self::InstanceProfile => "instance profile",
            Self::Bucket => "bucket",
            Self::Quota => "vCPU quota",
            Self::Price => "cost",
            Self::Agent => "agent",
            Self::UserData => "user data",
            Self::Permission => "permission",
        }
    }
}

/// How a check stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CheckState {
    /// AWS was asked.
    Asking,
    /// It is as it should be: what was found.
    Good(String),
    /// The launch goes on, and the person should know.
    Doubtful(String),
    /// The launch cannot go on, here at least.
    Bad(Problem),
}

/// One place to ask for one instance: what EC2 refuses or grants as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The region.
    pub region: Region,
    /// The zone.
    pub zone: Zone,
    /// The type.
    pub kind: InstanceType,
    /// Whether spare capacity is asked for.
    pub spot: bool,
}

impl fmt::Display for GroupTarget {
    /// `curfew-mamba in us-west-2`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.name, self.region)
    }
}

impl fmt::Display for Headcount {
    /// `2 of 4 members running`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} members running", self.running, self.desired)
    }
}

impl fmt::Display for Place {
    /// `g5.xlarge (spot) in us-east-1a`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let market = if self.spot { " (spot)" } else { "" };
        write!(f, "{}{market} in {}", self.kind, self.zone)
    }
}

/// A place that EC2 refused, and why, in a few words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Where.
    pub place: Place,
    /// When.
    pub at: Timestamp,
    /// Why: `no capacity`.
    pub why: String,
    /// Whether it was asked itself, or ruled out by what another one was refused for.
    pub asked: bool,
}

/// What a launch costs. Unknown is absent, never zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    /// An hour now, disk and address included.
    pub hourly: Option<HourlyRate>,
    /// If it runs as long as it may at today's price.
    pub expected: Option<Money>,
    /// If it runs as long as it may at the highest price that it may pay.
    pub worst: Option<Money>,
    /// As long as it may: seconds.
    pub longest_s: u64,
}

/// How far a launch got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Everything is looked at; nothing was created.
    Checking,
    /// All is well, and that was all that was asked.
    Checked,
    /// A place is asked for the instance.
    Requesting {
        /// Where.
        place: Place,
        /// Counted from 1.
        nth: usize,
    },
    /// An instance is there, and its way is followed.
    Launched {
        /// It.
        target: Target,
        /// Where.
        place: Place,
        /// Its state.
        lifecycle: Lifecycle,
        /// What its agent said last.
        agent: Option<AgentWord>,
        /// What went wrong beside: an alarm that could not be made, an agent that says nothing.
        remark: Option<Problem>,
        /// Whether it is still watched on its way to the work.
        followed: bool,
    },
    /// A fleet is there, and its members come.
    Grown {
        /// It.
        group: GroupTarget,
        /// How many there are.
        members: Headcount,
        /// What went wrong beside: members that do not come.
        remark: Option<Problem>,
        /// Whether it is still watched until all members are there.
        followed: bool,
    },
    /// It was called off; what had been created is on its way out.
    Cancelling,
    /// It was called off, and nothing of it is left.
    Cancelled,
    /// Nothing was launched.
    Failed(Problem),
}

impl Stage {
    /// What went wrong, and what to do about it.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Failed(problem) => Some(problem),
            Self::Launched { remark, .. } | Self::Grown { remark, .. } => remark.as_ref(),
            Self::Checking | Self::Checked | Self::Requesting { .. } | Self::Cancelling | Self::Cancelled => {
                None
            }
        }
    }

    /// How large the fleet is, where there is one.
    pub fn members(&self) -> Option<Headcount> {
        match self {
            Self::Grown { members, .. } => Some(*members),
            Self::Launched { .. }
            | Self::Checking
            | Self::Checked
            | Self::Requesting { .. }
            | Self::Cancelling
            | Self::Cancelled
            | Self::Failed(_) => None,
        }
    }

    /// Whether nothing more comes of itself.
    pub fn is_over(&self) -> bool {
        match self {
            Self::Checked | Self::Cancelled | Self::Failed(_) => true,
            Self::Launched { followed, .. } | Self::Grown { followed, .. } => !followed,
            Self::Checking | Self::Requesting { .. } | Self::Cancelling => false,
        }
    }
}

/// What the agent wrote into its state file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentWord {
    /// The run's id.
    pub run: String,
    /// Its phase: `data_sync`.
    pub phase: String,
    /// Whether the work itself has begun, or is over.
    pub settled: bool,
}

/// All launches of this session, by id.
pub type Launches = BTreeMap<LaunchId, Launch>;

impl LaunchId {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Of sixteen random digits.
    pub fn of(random: u64) -> Self {
        Self(format!("{random:016x}"))
    }
}

impl FromStr for LaunchId {
    type Err = NotALaunchId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if text.len() == 16 && text.bytes().all(digit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotALaunchId(text.to_owned()))
        }
    }
}

impl TryFrom<String> for LaunchId {
    type Error = NotALaunchId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<LaunchId> for String {
    fn from(id: LaunchId) -> Self {
        id.0
    }
}

impl fmt::Display for LaunchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
