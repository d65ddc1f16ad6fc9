//! Whose calls these are: the environment's key, else the instance's role, renewed before it ends.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::clock;
use super::http::Deadline;
use super::imds::{self, Imds};

/// New ones are there at least so long before the old ones end (EC2 user guide, "Retrieve security credentials").
const EARLY: SignedDuration = SignedDuration::from_mins(5);
/// The role is not asked for more often than this, however wrong the wall clock may be.
const PAUSE: Duration = Duration::from_secs(20);

/// A key to sign with.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Its name.
    pub access_key: String,
    /// What makes it a key.
    pub secret: String,
    /// Goes with a temporary one.
    pub token: Option<String>,
    /// When a temporary one ends.
    pub expires: Option<Timestamp>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("access_key", &self.access_key).finish_non_exhaustive()
    }
}

impl Credentials {
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, for a temporary one, `AWS_SESSION_TOKEN`.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        Some(Self {
            access_key: set("AWS_ACCESS_KEY_ID")?,
            secret: set("AWS_SECRET_ACCESS_KEY")?,
            token: set("AWS_SESSION_TOKEN"),
            expires: None,
        })
    }
}

/// Where credentials come from.
#[derive(Debug)]
pub enum Keys {
    /// Given once.
    Given(Credentials),
    /// The instance's role.
    Role(Imds, Mutex<Held>),
}

/// What is known of the role's credentials.
#[derive(Debug, Default)]
pub struct Held {
    credentials: Option<Credentials>,
    /// Since boot.
    asked: Option<Duration>,
    refused: bool,
}

/// Why there are none.
#[derive(Debug, thiserror::Error)]
pub enum KeysFault {
    /// Not on EC2, or no role there.
    #[error(
        "there are no credentials: AWS_ACCESS_KEY_ID is not set, and {0}; give the instance a role, or set the variables"
    )]
    None(String),
    /// Asking failed.
    #[error("the instance's role cannot be asked for credentials: {0}")]
    Role(#[source] imds::Fault),
}

impl Keys {
    /// The environment's, else the role's.
    pub fn find(variable: impl Fn(&str) -> Option<String>, imds: Imds) -> Self {
        match Credentials::from_environment(variable) {
            Some(credentials) => Self::Given(credentials),
            None => Self::Role(imds, Mutex::default()),
        }
    }

    /// The ones to sign with now. One caller asks while the others wait for what it gets.
    ///
    /// # Errors
    /// There are none.
    pub fn get(&self, deadline: &Deadline) -> Result<Credentials, KeysFault> {
        match self {
            Self::Given(credentials) => Ok(credentials.clone()),
            Self::Role(imds, held) => held.lock().unwrap_or_else(PoisonError::into_inner).get(imds, deadline),
        }
    }

    /// Says that `used` were refused as expired: the next call asks anew, whatever the clock says.
    pub fn refuse(&self, used: &Credentials) {
        if let Self::Role(_, held) = self {
            let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
            if held.credentials.as_ref() == Some(used) {
                held.refused = true;
            }
        }
    }
}

impl Held {
    fn get(&mut self, imds: &Imds, deadline: &Deadline) -> Result<Credentials, KeysFault> {
        let now = clock::now();
        if let Some(credentials) = &self.credentials
            && !self.is_due(credentials, now.wall, now.up)
        {
            return Ok(credentials.clone());
        }
        let asked = imds.role_credentials(deadline);
        self.asked = Some(now.up);
        match (asked, &self.credentials) {
            (Ok(Some(new)), _) => {
                self.refused = false;
                self.credentials = Some(new.clone());
                Ok(new)
            }
            // The old ones may be good for minutes yet.
            (Ok(None) | Err(_), Some(old)) if !self.refused => Ok(old.clone()),
            (Ok(None), _) => Err(KeysFault::None("the instance has no role".into())),
            (Err(fault), _) if fault.kind == imds::Kind::NotOnEc2 => Err(KeysFault::None(fault.to_string())),
            (Err(fault), _) => Err(KeysFault::Role(fault)),
        }
    }

    fn is_due(&self, held: &Credentials, wall: Timestamp, up: Duration) -> bool {
        let ending = held.expires.is_some_and(|end| end.duration_since(wall) <= EARLY);
        let asked_lately = self.asked.is_some_and(|asked| up.saturating_sub(asked) < PAUSE);
        self.refused || (ending && !asked_lately)
    }
}

#[cfg(test)]
mod tests;
