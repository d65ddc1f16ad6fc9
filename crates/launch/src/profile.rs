//! A launch profile as types. [`Profile::parse`] reads the file once, with every fault at once.
//!
//! Knows what a profile may say and AWS's rules that need no question to AWS; what must be asked is `preflight`'s.

mod check;
mod examples;
mod fill;
mod image;
mod read;
mod rules;
mod set;
mod size;
mod warnings;

use std::{collections::BTreeMap, fmt, str::FromStr, time::Duration};

use domain::{HourlyRate, InstanceType, Money, Region};
use protocol::{AgentConfig, Environment};
use serde::{Deserialize, Serialize};

pub use examples::EXAMPLES;
pub use fill::{Fill, FillFault};
pub use image::{Image, ImageAlias};
pub use set::set;
pub use warnings::{Secret, Sign, Warning};

/// Everything that one launch needs to know of the user's wishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The file's name without `.toml`.
    pub name: ProfileName,
    /// Tried in this order; every zone of each. Never empty.
    pub regions: Vec<Region>,
    /// Tried in this order in each place. Never empty.
    pub types: Vec<InstanceType>,
    /// What it boots from.
    pub image: Image,
    /// A key pair's name, for ssh. Nothing is opened to the internet for it.
    pub key: Option<String>,
    /// `[market]`.
    pub market: MarketWish,
    /// `[disk]`: encrypted, and deleted with the instance.
    pub disk: DiskWish,
    /// `[cpu]`.
    pub cpu: Option<CpuWish>,
    /// `[network]`.
    pub network: NetworkWish,
    /// `limits.max_spend_usd`: shortens the running time that the agent is given.
    pub max_spend: Option<Money>,
    /// `[alarm]`: outside the instance, for when nothing inside it works.
    pub alarm: Option<AlarmWish>,
    /// `[fleet]`: an Auto Scaling group instead of one instance.
    pub fleet: Option<FleetWish>,
    /// `[tags]`.
    pub tags: BTreeMap<String, String>,
    /// What the agent is told: limits, idle, preflight, run, checkpoint, logs.
    pub agent: AgentConfig,
}

/// A profile's name: a file's name without `.toml`, a tag's value and a folder's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProfileName(String);

/// Text that is no profile's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a profile's name: use letters, digits, - and _, at most 64")]
pub struct NotAProfileName(String);

/// How it is bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarketWish {
    /// At the list price.
    OnDemand,
    /// From spare capacity or not at all.
    Spot(SpotWish),
    /// From spare capacity; when none of the places has any, at the list price.
    SpotThenOnDemand(SpotWish),
}

/// How spare capacity is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpotWish {
    /// Not more than this an hour; none is the on-demand price.
    pub max_price: Option<HourlyRate>,
    /// What AWS does when it wants the capacity back.
    pub on_interruption: OnInterruption,
}

/// What AWS does with an interrupted instance. Stopping and hibernating need a persistent request.
///
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SpotMarketOptions.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnInterruption {
    /// The request is one-time and ends with the instance.
    Terminate,
    /// The request is persistent: AWS starts the instance again when it has capacity.
    Stop,
    /// As `Stop`, with its memory kept on its disk.
    Hibernate,
}

/// The root volume, which is gp3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskWish {
    /// In GiB; none is what the image has.
    pub size_gib: Option<u32>,
    /// gp3's operations a second.
    pub iops: Option<u32>,
    /// gp3's throughput in MiB/s.
    pub throughput_mibps: Option<u32>,
}

/// The processor's shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CpuWish {
    /// Cores.
    pub cores: u32,
    /// 1 switches hyperthreading off.
    pub threads_per_core: u32,
}

/// Where in the network; what is absent is what `curfew prepare` made, else the default network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkWish {
    /// A subnet's id: then its zone is the only one.
    pub subnet: Option<String>,
    /// Security groups' ids.
    pub security_groups: Vec<String>,
    /// An instance profile's name.
    pub instance_profile: Option<String>,
    /// Whether it gets a public address. Without one it needs another way to S3.
    pub public_ip: bool,
}

/// A CloudWatch alarm on the processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmWish {
    /// In percent, on average over each period.
    pub cpu_below_percent: u8,
    /// Of each look: a multiple of a minute. Under five minutes, detailed monitoring is switched on, which costs.
    pub period: Duration,
    /// So many in a row.
    pub periods: u32,
    /// What is done.
    pub act: AlarmAct,
}

/// What an alarm does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AlarmAct {
    /// Stop: refused for one-time spot, which cannot be stopped.
    Stop,
    /// Terminate.
    Terminate,
}

/// The sizes of an Auto Scaling group. Its minimum is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FleetWish {
    /// At most.
    pub max: u32,
    /// At first.
    pub desired: u32,
    /// Of every hundred instances so many on-demand, the others spot.
    pub on_demand_percent: u8,
}

impl MarketWish {
    /// The spot part, if any.
    pub fn spot(&self) -> Option<&SpotWish> {
        match self {
            Self::OnDemand => None,
            Self::Spot(spot) | Self::SpotThenOnDemand(spot) => Some(spot),
        }
    }
}

impl Default for NetworkWish {
    fn default() -> Self {
        Self { subnet: None, security_groups: Vec::new(), instance_profile: None, public_ip: true }
    }
}

impl AlarmWish {
    /// EC2 gives figures every five minutes for nothing, and every minute for money.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-cloudwatch-new.html>.
    pub fn needs_detailed_monitoring(&self) -> bool {
        self.period < Duration::from_secs(300)
    }
}

impl OnInterruption {
    /// Whether the spot request must outlive its instance.
    pub fn needs_persistent_request(self) -> bool {
        match self {
            Self::Terminate => false,
            Self::Stop | Self::Hibernate => true,
        }
    }
}

impl ProfileName {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The environment of a profile that names none.
    pub fn environment(&self) -> Environment {
        self.0.parse().expect("a profile's name keeps the rule of an environment's")
    }
}

impl FromStr for ProfileName {
    type Err = NotAProfileName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        if (1..=64).contains(&text.len()) && text.bytes().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAProfileName(text.to_owned()))
        }
    }
}

impl TryFrom<String> for ProfileName {
    type Error = NotAProfileName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ProfileName> for String {
    fn from(name: ProfileName) -> Self {
        name.0
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
