//! What went wrong with AWS or the way to it, in the user's words.
//!
//! The one place where a failure becomes a sentence. Callers branch on [`FaultKind`], never on text.
//! Knows no SDK type: `aws` translates into these.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A failed call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct CloudFault {
    /// What kind of failure.
    pub kind: FaultKind,
    /// AWS's or the system's own words, for whoever wants them; may be empty. Never holds a secret.
    pub detail: String,
}

/// The kinds of failure that somebody acts on differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FaultKind {
    /// No credentials were found where the account says they are.
    NoCredentials,
    /// AWS does not know the access key, or the secret does not match it.
    WrongCredentials,
    /// The session has ended.
    ExpiredCredentials,
    /// A code of the second factor is needed.
    NeedsCode {
        /// The MFA device.
        serial: String,
    },
    /// The code of the second factor was refused.
    WrongCode,
    /// The operating system's keychain is locked.
    KeychainLocked,
    /// There is no keychain to ask.
    KeychainAbsent,
    /// The identity lacks a permission.
    Denied {
        /// The IAM action, for example `ec2:StopInstances`.
        action: String,
    },
    /// The region is not enabled for the account.
    NotOptedIn,
    /// There is no such region, or none that this network can look up.
    UnknownRegion,
    /// Nothing answered: no network, endpoint down, name not found.
    Unreachable,
    /// No answer in time.
    TimedOut {
        /// How long was waited.
        after: Duration,
    },
    /// An answer that is not AWS's: a captive portal's page, garbage.
    Garbled,
    /// AWS asks to slow down (`RequestLimitExceeded`).
    Throttled,
    /// This computer's clock and AWS's are too far apart for signatures to hold.
    ClockOff,
    /// There is no such instance, or not yet, or no longer.
    NotFound,
    /// What a launch names is not there: a bucket, an image, a subnet, the agent's build.
    Absent {
        /// What, for example `bucket my-bucket`.
        what: String,
    },
    /// Termination protection is on.
    Protected,
    /// The instance cannot do this in its state.
    WrongState,
    /// The instance can never do this: a one-time spot instance cannot be stopped.
    Unsupported,
    /// Anything else that AWS refused.
    Refused {
        /// AWS's error code.
        code: String,
    },
}

impl CloudFault {
    /// A failure without AWS's own words.
    pub fn new(kind: FaultKind) -> Self {
        Self { kind, detail: String::new() }
    }

    /// A failure and AWS's own words for it.
    pub fn with_detail(kind: FaultKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    /// A stable word for programs: `denied`, `throttled`, ...
    pub fn code(&self) -> &'static str {
        match &self.kind {
            FaultKind::NoCredentials => "no-credentials",
            FaultKind::WrongCredentials => "wrong-credentials",
            FaultKind::ExpiredCredentials => "expired-credentials",
            FaultKind::NeedsCode { .. } => "needs-code",
            FaultKind::WrongCode => "wrong-code",
            FaultKind::KeychainLocked => "keychain-locked",
            FaultKind::KeychainAbsent => "keychain-absent",
            FaultKind::Denied { .. } => "denied",
            FaultKind::NotOptedIn => "not-opted-in",
            FaultKind::UnknownRegion => "unknown-region",
            FaultKind::Unreachable => "unreachable",
            FaultKind::TimedOut { .. } => "timed-out",
            FaultKind::Garbled => "garbled",
            FaultKind::Throttled => "throttled",
            FaultKind::ClockOff => "clock-off",
            FaultKind::NotFound => "not-found",
            FaultKind::Absent { .. } => "absent",
            FaultKind::Protected => "protected",
            FaultKind::WrongState => "wrong-state",
            FaultKind::Unsupported => "unsupported",
            FaultKind::Refused { .. } => "refused",
        }
    }

    /// What was wrong, without a closing dot.
    pub fn sentence(&self) -> String {
        match &self.kind {
            FaultKind::NoCredentials => "no credentials were found".into(),
            FaultKind::WrongCredentials => "AWS does not accept these credentials".into(),
            FaultKind::ExpiredCredentials => "the credentials have expired".into(),
            FaultKind::NeedsCode { serial } => format!("a code of the second factor {serial} is needed"),
            FaultKind::WrongCode => "AWS did not accept the code of the second factor".into(),
            FaultKind::KeychainLocked => "the keychain is locked".into(),
            FaultKind::KeychainAbsent => "this computer has no keychain that answers".into(),
            FaultKind::Denied { action } => format!("the permission {action} is missing"),
            FaultKind::NotOptedIn => "the region is not enabled for this account".into(),
            FaultKind::UnknownRegion => "AWS knows no such region".into(),
            FaultKind::Unreachable => "AWS could not be reached".into(),
            FaultKind::TimedOut { after } => format!("AWS did not answer within {} s", after.as_secs()),
            FaultKind::Garbled => "the answer did not come from AWS".into(),
            FaultKind::Throttled => "AWS asked to slow down".into(),
            FaultKind::ClockOff => {
                "this computer's clock is wrong, so that AWS refuses its signatures".into()
            }
            FaultKind::NotFound => "AWS knows no such instance".into(),
            FaultKind::Absent { what } => format!("there is no {what}"),
            FaultKind::Protected => "termination protection is on".into(),
            FaultKind::WrongState => "the instance cannot do this in its present state".into(),
            FaultKind::Unsupported => "this instance cannot do this".into(),
            FaultKind::Refused { code } => format!("AWS refused with {code}"),
        }
    }

    /// What to do about it: a sentence, or several.
    pub fn hint(&self) -> String {
        match &self.kind {
            FaultKind::NoCredentials => "Connect an access key with `curfew credentials add`, or name an AWS profile in Settings.".into(),
            FaultKind::WrongCredentials => "Check that the key is active in the IAM console, then enter it again with `curfew credentials add`.".into(),
            FaultKind::ExpiredCredentials => "Sign in again (for SSO: `aws sso login`), or enter a new session token.".into(),
            FaultKind::NeedsCode { .. } => "Enter the code that your device shows.".into(),
            FaultKind::WrongCode => "Wait for the next code and enter that; each works once.".into(),
            FaultKind::KeychainLocked => "Unlock the keychain, then press Retry.".into(),
            FaultKind::KeychainAbsent => "Start a Secret Service such as GNOME Keyring or KWallet, or use an AWS profile instead.".into(),
            FaultKind::Denied { action } => format!("Add this to the identity's policy: {}", policy_line(action)),
            FaultKind::NotOptedIn => "Enable it under Account > AWS Regions in the AWS console, or take it out of poll.regions.".into(),
            FaultKind::UnknownRegion => "Check the spelling in poll.regions.".into(),
            FaultKind::Unreachable => "Check the network, the proxy, and AWS_ENDPOINT_URL if it is set. Curfew goes on trying.".into(),
            FaultKind::TimedOut { .. } => "The network is slow or AWS has trouble there. Curfew goes on trying.".into(),
            FaultKind::Garbled => "A captive portal or proxy may stand in between: open a browser and sign in to the network.".into(),
            FaultKind::Throttled => "Curfew polls this region more slowly until AWS answers again.".into(),
            FaultKind::ClockOff => "Set this computer's clock (switch on network time).".into(),
            FaultKind::NotFound => "It may be gone already; the next poll will tell.".into(),
            FaultKind::Protected => "Lift the protection first, in a separate step, if you are sure.".into(),
            FaultKind::WrongState => "Wait until it has arrived in its next state, then try again.".into(),
            FaultKind::Unsupported => "A one-time spot instance cannot be stopped: terminate it instead.".into(),
            FaultKind::Absent { .. } | FaultKind::Refused { .. } => self.detail.clone(),
        }
    }

    /// Whether asking again without a change by the user is pointless: credentials stay wrong until somebody mends them.
    pub fn is_about_credentials(&self) -> bool {
        match &self.kind {
            FaultKind::NoCredentials
            | FaultKind::WrongCredentials
            | FaultKind::ExpiredCredentials
            | FaultKind::NeedsCode { .. }
            | FaultKind::WrongCode
            | FaultKind::KeychainLocked
            | FaultKind::KeychainAbsent => true,
            FaultKind::Denied { .. }
            | FaultKind::NotOptedIn
            | FaultKind::UnknownRegion
            | FaultKind::Unreachable
            | FaultKind::TimedOut { .. }
            | FaultKind::Garbled
            | FaultKind::Throttled
            | FaultKind::ClockOff
            | FaultKind::NotFound
            | FaultKind::Protected
            | FaultKind::WrongState
            | FaultKind::Absent { .. }
            | FaultKind::Unsupported
            | FaultKind::Refused { .. } => false,
        }
    }

    /// The failure as every wire carries it, with `what` failed in front: "stopping i-… in us-east-1 (account personal)".
    pub fn problem(&self, what: &str) -> Problem {
        Problem {
            code: self.code().to_owned(),
            message: format!("{what} failed: {}", self.sentence()),
            hint: self.hint(),
        }
    }
}

/// The policy statement that grants an action.
pub fn policy_line(action: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}"#)
}

/// A failure as it crosses a process border: to the window, the socket, the command line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// A stable word for programs.
    pub code: String,
    /// What failed and where.
    pub message: String,
    /// What to do; may be empty.
    pub hint: String,
}

impl Problem {
    /// A failure that is not AWS's.
    pub fn new(code: &str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), hint: hint.into() }
    }
}
