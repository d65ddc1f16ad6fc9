//! A set of AWS access keys, and the keychain that they lie in.
//!
//! A secret is wiped from memory when it is dropped and shows nothing of itself. Knows neither the operating
//! system's keychain (`store` does) nor what AWS does with a key (`aws` does).

use async_trait::async_trait;
use domain::{AccountName, CloudFault};
use zeroize::Zeroize;

/// An access key and what belongs to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// `AKIA…` for a user's key, `ASIA…` for a session's.
    pub access_key_id: String,
    /// The key's secret half.
    pub secret_access_key: String,
    /// The token of a session's key.
    pub session_token: Option<String>,
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.access_key_id.zeroize();
        self.secret_access_key.zeroize();
        self.session_token.zeroize();
    }
}

impl std::fmt::Debug for Secret {
    /// Shows nothing: not even which key it is.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The operating system's keychain, asked under an account's name.
///
/// Every call fails with [`KeychainLocked`](domain::FaultKind::KeychainLocked) when the keychain does not open in
/// time and with [`KeychainAbsent`](domain::FaultKind::KeychainAbsent) when none answers.
#[async_trait]
pub trait Keychain: Send + Sync + 'static {
    /// What is kept for the account; `None` when nothing is.
    async fn read(&self, account: &AccountName) -> Result<Option<Secret>, CloudFault>;

    /// Keeps a secret for the account in place of what was there.
    async fn write(&self, account: &AccountName, secret: &Secret) -> Result<(), CloudFault>;

    /// Removes what is kept for the account, and says whether there was anything.
    async fn remove(&self, account: &AccountName) -> Result<bool, CloudFault>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_nothing_of_itself() {
        let secret = Secret {
            access_key_id: "AKIAEXAMPLE".into(),
            secret_access_key: "not-to-be-seen".into(),
            session_token: Some("token".into()),
        };
        assert_eq!(format!("{secret:?}"), "Secret(..)");
        assert_eq!(format!("{:#?}", Some(&secret)), "Some(\n    Secret(..),\n)");
    }
}
