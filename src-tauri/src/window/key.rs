//! An access key on its way from the page into the keychain. It goes nowhere else: the tray is told only that there
//! is one, and reads it from the keychain itself.

use domain::{AccountName, Command, Problem, command::SettingsEdit, config};
use engine::{Keychain, Secret};
use store::OsKeychain;
use wire::Ask;

use super::tray::Tray;

/// A key and the account that it is for.
pub(crate) struct Key {
    account: AccountName,
    secret: Secret,
}

impl Key {
    /// Takes what was typed, without the blanks that copying brings along.
    pub(crate) fn new(
        name: String,
        access_key_id: String,
        secret_access_key: String,
        session_token: Option<String>,
    ) -> Result<Self, Problem> {
        // Made first: whatever is refused below, it is wiped.
        let secret = Secret { access_key_id, secret_access_key, session_token };
        let account =
            config::account_name(name.trim()).map_err(|why| refused(why, "Choose another name."))?;
        Ok(Self { account, secret: trimmed(&secret)? })
    }

    /// Keeps the key, then lets the tray know of the account.
    pub(crate) async fn connect(self, tray: &Tray) -> Result<(), Problem> {
        let kept = OsKeychain.write(&self.account, &self.secret).await;
        kept.map_err(|fault| fault.problem(&format!("Keeping the key of account {}", self.account)))?;
        let name = self.account.to_string();
        let source = "keychain".into();
        let put = SettingsEdit::PutAccount { name, source, assume_role: None, mfa_serial: None };
        if let Some(fault) = tray.edit(vec![put]).await?.first() {
            return Err(refused(format!("The account was not added to config.toml: {fault}"), ""));
        }
        // The account may have been there before, with a key that did not work.
        tray.done(Ask::Send(Command::Reconnect { account: self.account })).await
    }
}

/// The same without blanks around; an empty token is none.
fn trimmed(typed: &Secret) -> Result<Secret, Problem> {
    let token = typed.session_token.as_deref().map(str::trim).filter(|token| !token.is_empty());
    let secret = Secret {
        access_key_id: typed.access_key_id.trim().to_owned(),
        secret_access_key: typed.secret_access_key.trim().to_owned(),
        session_token: token.map(str::to_owned),
    };
    if secret.access_key_id.is_empty() || secret.secret_access_key.is_empty() {
        let message = "An access key has two halves: the key's id and its secret";
        return Err(refused(
            message,
            "Copy both from the IAM console, or from the CSV file that it gave you.",
        ));
    }
    Ok(secret)
}

fn refused(message: impl Into<String>, hint: &str) -> Problem {
    Problem::new("key", message, hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str, id: &str, secret: &str, token: Option<&str>) -> Result<Key, Problem> {
        Key::new(name.into(), id.into(), secret.into(), token.map(str::to_owned))
    }

    #[test]
    fn blanks_that_copying_brought_along_are_taken_off() {
        let key = key(" personal ", " AKIAEXAMPLE\n", "\tsecret ", Some("  ")).expect("a good key");
        let Secret { access_key_id, secret_access_key, session_token } = &key.secret;
        assert_eq!((access_key_id.as_str(), secret_access_key.as_str()), ("AKIAEXAMPLE", "secret"));
        assert_eq!((session_token, key.account.as_str()), (&None, "personal"));
    }

    #[test]
    fn half_a_key_is_refused_and_nothing_of_it_is_told() {
        for (id, secret) in [("", "not-to-be-seen"), ("AKIAEXAMPLE", " ")] {
            let problem = key("personal", id, secret, None).err().expect("it is half a key");
            assert!(!format!("{problem:?}").contains("not-to-be-seen"), "{problem:?}");
        }
        assert_eq!(
            key("two words", "AKIAEXAMPLE", "s", None).err().map(|problem| problem.code),
            Some("key".into())
        );
    }
}
