//! Accounts: where credentials come from and how far they got. Never holds a secret.

use serde::{Deserialize, Serialize};

use crate::{AccountName, CloudFault};

/// An account as `config.toml` names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountConfig {
    /// The user's own name for it.
    pub name: AccountName,
    /// Where its credentials come from.
    pub source: CredentialSource,
    /// A role to assume with them.
    pub role: Option<AssumeRole>,
}

/// Where credentials come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CredentialSource {
    /// The operating system's keychain, under the account's name.
    Keychain,
    /// A profile of `~/.aws/config` or `~/.aws/credentials`: static, SSO, assume-role or process.
    Profile(String),
    /// The SDK's usual chain: environment, default profile, container, instance.
    Environment,
}

impl std::fmt::Display for CredentialSource {
    /// As `config.toml` writes it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Keychain => f.write_str("keychain"),
            Self::Profile(name) => write!(f, "profile:{name}"),
            Self::Environment => f.write_str("environment"),
        }
    }
}

/// A role to assume, perhaps behind a second factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssumeRole {
    /// The role's ARN.
    pub arn: String,
    /// The MFA device's serial number or ARN, when the role's trust policy asks for one.
    pub mfa_serial: Option<String>,
}

/// Whom AWS says the credentials belong to (STS GetCallerIdentity).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The twelve-digit AWS account number.
    pub number: String,
    /// The user's or the session's ARN.
    pub arn: String,
}

/// How far an account got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountState {
    /// AWS has not answered yet.
    Connecting,
    /// AWS knows the credentials.
    Connected(Identity),
    /// A code of the second factor is needed; asked once, not at every poll.
    NeedsCode {
        /// The device whose code is wanted.
        serial: String,
    },
    /// The credentials cannot be had or are refused; tried again only when the user says so.
    Broken(CloudFault),
}
