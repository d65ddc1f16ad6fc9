//! Names of things, each its own type, so that a region is never passed for an account.
//!
//! These types know how a name is written, not whether the thing exists.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Declares a name: a string with its own type, ordered and shown as it is written.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text as it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }
    };
}

name!(
    /// The name that the user gave a set of credentials in `config.toml`; not the AWS account number.
    AccountName
);
name!(
    /// A region's code, for example `us-east-1`.
    Region
);
name!(
    /// An availability zone's name, for example `us-east-1a`.
    Zone
);
name!(
    /// An instance type, for example `g5.xlarge`.
    InstanceType
);
name!(
    /// An Auto Scaling group's name, as the tag `aws:autoscaling:groupName` says it.
    GroupName
);
name!(
    /// A spot request's id, `sir-` and eight characters.
    SpotRequestId
);
name!(
    /// An EBS volume's id, `vol-` and hexadecimal digits.
    VolumeId
);

/// An instance's id: `i-` and 8 or 17 lower-case hexadecimal digits.
///
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html>.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct InstanceId(String);

/// Text that was meant as an instance id and is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not an instance id: one is written `i-` and 8 or 17 hexadecimal digits, for example i-0f09e5bb081e72ae1"
)]
pub struct NotAnInstanceId(String);

impl InstanceId {
    /// The id as AWS writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for InstanceId {
    type Err = NotAnInstanceId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix("i-").unwrap_or_default();
        let hex = digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if hex && matches!(digits.len(), 8 | 17) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAnInstanceId(text.to_owned()))
        }
    }
}

impl TryFrom<String> for InstanceId {
    type Error = NotAnInstanceId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<InstanceId> for String {
    fn from(id: InstanceId) -> Self {
        id.0
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// One instance without a doubt: ids alone are not enough once there is more than one account.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
pub struct Target {
    /// The credentials that see it.
    pub account: AccountName,
    /// Where it is.
    pub region: Region,
    /// Its id.
    pub id: InstanceId,
}

impl fmt::Display for Target {
    /// Names all three, as every action does: `i-… in us-east-1 (account personal)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {} (account {})", self.id, self.region, self.account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instance_ids_are_checked() {
        let check = |text: &str, good: bool| {
            assert_eq!(text.parse::<InstanceId>().is_ok(), good, "{text}");
        };
        check("i-0f09e5bb081e72ae1", true);
        check("i-1a2b3c4d", true);
        check("i-1A2B3C4D", false);
        check("i-0f09e5bb081e72ae", false);
        check("0f09e5bb081e72ae1", false);
        check("i-", false);
        check("", false);
        check("i-0f09e5bb081e72ae1; rm -rf /", false);
    }
}
