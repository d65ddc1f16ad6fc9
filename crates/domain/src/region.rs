//! Regions, and how old what is known of each is. Knows nothing of how a region is asked.

use serde::{Deserialize, Serialize};

use crate::{AccountName, CloudFault, Region, Timestamp};

/// One region as one account sees it: the unit of polling.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RegionKey {
    /// The credentials that look.
    pub account: AccountName,
    /// Where they look.
    pub region: Region,
}

impl std::fmt::Display for RegionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (account {})", self.region, self.account)
    }
}

/// Whether an account may use a region, as DescribeRegions says in `optInStatus`.
///
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Region.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OptIn {
    /// `opt-in-not-required` or `opted-in`.
    Enabled,
    /// `not-opted-in`: every call there fails with a misleading AuthFailure.
    NotOptedIn,
}

/// A region and whether it may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionStatus {
    /// The region.
    pub region: Region,
    /// Whether the account may use it.
    pub opt_in: OptIn,
}

/// How old what is known of a region is. A failed poll keeps the last data and says its age.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Freshness {
    /// No answer yet, and no failure either.
    Waiting,
    /// The last poll was answered.
    Fresh {
        /// When the answer came.
        as_of: Timestamp,
    },
    /// The last poll failed; what is shown is older than it should be.
    Stale {
        /// When the last good answer came.
        as_of: Timestamp,
        /// Why the last poll failed.
        fault: CloudFault,
        /// When it is tried again.
        retry_at: Timestamp,
    },
    /// No poll was ever answered: nothing is known.
    Failed {
        /// Why the last poll failed.
        fault: CloudFault,
        /// When it is tried again.
        retry_at: Timestamp,
    },
}

impl Freshness {
    /// When the last good answer came, if one ever did.
    pub fn as_of(&self) -> Option<Timestamp> {
        match self {
            Self::Fresh { as_of } | Self::Stale { as_of, .. } => Some(*as_of),
            Self::Waiting | Self::Failed { .. } => None,
        }
    }

    /// Why the last poll failed, if it did.
    pub fn fault(&self) -> Option<&CloudFault> {
        match self {
            Self::Stale { fault, .. } | Self::Failed { fault, .. } => Some(fault),
            Self::Waiting | Self::Fresh { .. } => None,
        }
    }

    /// The same data after an answer at `now`.
    #[must_use]
    pub fn answered(&self, now: Timestamp) -> Self {
        Self::Fresh { as_of: now }
    }

    /// The same data after a failed poll.
    #[must_use]
    pub fn failed(&self, fault: CloudFault, retry_at: Timestamp) -> Self {
        match self.as_of() {
            Some(as_of) => Self::Stale { as_of, fault, retry_at },
            None => Self::Failed { fault, retry_at },
        }
    }
}

/// The regions that every account has without opting in, for accounts that may not list them.
///
/// Source: <https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html>.
pub fn enabled_by_default() -> Vec<Region> {
    [
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
        "ca-central-1",
        "sa-east-1",
        "eu-central-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "eu-north-1",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
    ]
    .map(Region::from)
    .to_vec()
}
