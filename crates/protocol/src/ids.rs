//! Names that become part of a path in the bucket, checked where they come in.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// What a name may be: it is a folder in S3 and a word in logs.
const LONGEST: usize = 64;

/// A text that is no such name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no {what}: {rule}")]
pub struct NameFault {
    text: String,
    what: &'static str,
    rule: &'static str,
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $rule:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// As text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NameFault;

            fn from_str(text: &str) -> Result<Self, NameFault> {
                let check: fn(&str) -> bool = $check;
                let fault = || NameFault { text: text.to_owned(), what: $what, rule: $rule };
                if check(text) { Ok(Self(text.to_owned())) } else { Err(fault()) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameFault;

            fn try_from(text: String) -> Result<Self, NameFault> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// Where runs are kept apart: one run at a time in each.
    Environment, "environment", "use letters, digits, - and _, at most 64", is_plain
);
name!(
    /// The work that checkpoints belong to, over many instances.
    JobId, "job id", "use letters, digits, - and _, at most 64", is_plain
);
name!(
    /// One run, by the second of its start in UTC: `2025-01-15-143022`.
    RunId, "run id", "it is written YYYY-MM-DD-HHMMSS", is_run_id
);
name!(
    /// An EC2 instance: `i-` and hexadecimal digits.
    InstanceId, "instance id", "it begins with i- and goes on with hexadecimal digits", is_instance_id
);

/// What a name may have that is to be counted on, up to `-1000`.
pub const LONGEST_COUNTED: usize = LONGEST - 5;

impl Environment {
    /// `dev-2`: one of several that are alike. Of a name that is no longer than [`LONGEST_COUNTED`].
    #[must_use]
    pub fn in_place(&self, place: u32) -> Self {
        Self(format!("{self}-{place}"))
    }
}

impl JobId {
    /// `mamba-2`, as [`Environment::in_place`].
    #[must_use]
    pub fn in_place(&self, place: u32) -> Self {
        Self(format!("{self}-{place}"))
    }
}

impl RunId {
    /// The run that starts now.
    pub fn of(start: Timestamp) -> Self {
        Self(start.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d-%H%M%S").to_string())
    }
}

fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(plain)
}

fn is_run_id(text: &str) -> bool {
    jiff::civil::DateTime::strptime("%Y-%m-%d-%H%M%S", text).is_ok()
        && text.len() == "2025-01-15-143022".len()
}

fn is_instance_id(text: &str) -> bool {
    let digits = text.strip_prefix("i-").unwrap_or_default();
    (8..=LONGEST).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        assert!("dev_2-a".parse::<Environment>().is_ok());
        for wrong in ["", "a/b", "a b", "..", "é", &"x".repeat(65)] {
            assert!(wrong.parse::<Environment>().is_err(), "{wrong}");
        }
        assert!("i-0f09e5bb081e72ae1".parse::<InstanceId>().is_ok());
        assert!("i-xyz".parse::<InstanceId>().is_err());
    }

    #[test]
    fn a_run_is_named_by_its_start() {
        let start = "2025-01-15T14:30:22.9Z".parse().expect("a time");
        let id = RunId::of(start);
        assert_eq!(id.as_str(), "2025-01-15-143022");
        assert_eq!(id.as_str().parse(), Ok(id));
        assert!("2025-13-15-143022".parse::<RunId>().is_err());
        assert!("2025-1-15-143022".parse::<RunId>().is_err());
    }
}
