//! An interruption: what the notice says, and what of the two minutes is for what.

use std::time::Duration;

/// From the detection until the machine is to be off, whatever is still going on.
///
/// EC2 gives two minutes from the notice, at best: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-interruptions.html>.
pub const OFF_WITHIN: Duration = Duration::from_secs(120);

/// What is kept of it for powering off.
pub const POWER_OFF_TAKES: Duration = Duration::from_secs(5);

/// A notice, and when it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What EC2 is about to do.
    pub action: Action,
    /// Since boot.
    pub detected: Duration,
}

/// What EC2 does with the instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Terminates it.
    Terminate,
    /// Stops it, and starts it again when there is capacity.
    Stop,
    /// Hibernates it, at once.
    Hibernate,
    /// Nothing yet: it is at an elevated risk.
    Rebalance,
    /// A word that was not known when this was written: taken for the worst.
    Other(String),
}

impl Action {
    /// As IMDS spells it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Terminate => "terminate",
            Self::Stop => "stop",
            Self::Hibernate => "hibernate",
            Self::Rebalance => "rebalance",
            Self::Other(word) => word,
        }
    }

    /// Whether the agent powers off itself. A machine that EC2 stops comes back by itself, and with it the run; to shut
    /// it down from inside could terminate it instead.
    pub fn ends_the_machine(&self) -> bool {
        match self {
            Self::Terminate | Self::Other(_) => true,
            Self::Stop | Self::Hibernate | Self::Rebalance => false,
        }
    }
}

impl Notice {
    /// When the checkpoint command must be done, given its deadline.
    pub fn command_by(&self, deadline: Duration) -> Duration {
        self.detected + deadline.min(OFF_WITHIN - POWER_OFF_TAKES)
    }

    /// When powering off begins at the latest.
    pub fn off_by(&self) -> Duration {
        self.detected + OFF_WITHIN - POWER_OFF_TAKES
    }
}
