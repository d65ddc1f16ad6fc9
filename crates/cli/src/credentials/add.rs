//! Connecting a key: AWS is asked about it, then it goes into the keychain, then the account into `config.toml`. What
//! fails on the way leaves nothing behind.

use std::sync::Arc;

use domain::{AccountConfig, AccountName, CloudFault, CredentialSource, Identity, command::SettingsEdit};
use engine::{Keychain, secret::Secret};
use store::OsKeychain;

use super::{cloud, reconnect, source, trial, typed};
use crate::{
    failure::{Failure, aside},
    home::Home,
    terminal::{Terminal, note, print},
};

pub(super) async fn run(
    home: &Home,
    name: &AccountName,
    stdin: bool,
    terminal: &Terminal,
) -> Result<u8, Failure> {
    let known = home.config()?.accounts.into_iter().find(|account| account.name == *name);
    if let Some(account) = &known
        && account.source != CredentialSource::Keychain
    {
        return Err(Failure::failed(
            format!("{name} takes its credentials from {}", source(account)),
            format!("Choose another name, or remove it first with `curfew credentials remove {name}`."),
        ));
    }
    let secret = if stdin { typed::from_stdin()? } else { typed::from_terminal(name, terminal)? };
    let identity = asked(name, &secret).await?;
    keep(home, name, &secret, known.as_ref()).await?;
    reconnect(home, name).await;
    let done = terminal.ink.green("Done:");
    print(&match identity {
        Some(Identity { number, arn }) => {
            format!("{done} {name} is connected as {arn} (account {number}).\n")
        }
        None => format!("{done} {name} is kept; AWS could not be asked about it yet.\n"),
    })?;
    Ok(0)
}

/// Whom AWS says the key belongs to; nobody when AWS cannot be reached. A key that AWS refuses is not kept.
async fn asked(name: &AccountName, secret: &Secret) -> Result<Option<Identity>, Failure> {
    let account = AccountConfig { name: name.clone(), source: CredentialSource::Keychain, role: None };
    let cloud = cloud(Arc::new(typed::JustTyped(secret.clone())));
    match trial::within(cloud.identity(&account)).await {
        Ok(identity) => Ok(Some(identity)),
        Err(fault) if fault.is_about_credentials() => {
            let hint =
                "Nothing was kept. Check that the key is active in the IAM console and was copied whole.";
            Err(Failure::failed(format!("connecting {name} failed: {}", fault.sentence()), hint))
        }
        Err(fault) => {
            note(&aside(&fault.problem("asking AWS about the key")));
            Ok(None)
        }
    }
}

async fn keep(
    home: &Home,
    name: &AccountName,
    secret: &Secret,
    known: Option<&AccountConfig>,
) -> Result<(), Failure> {
    let keychain = OsKeychain;
    let failed = |fault: CloudFault| Failure::from(fault.problem(&format!("keeping the key of {name}")));
    keychain.write(name, secret).await.map_err(failed)?;
    if known.is_some() {
        return Ok(());
    }
    let put = SettingsEdit::PutAccount {
        name: name.to_string(),
        source: CredentialSource::Keychain.to_string(),
        assume_role: None,
        mfa_serial: None,
    };
    let written = home.edit(vec![put]).await;
    if written.is_err() {
        // The key of an account that nobody knows would lie there unseen.
        keychain.remove(name).await.map_err(failed)?;
    }
    written
}
