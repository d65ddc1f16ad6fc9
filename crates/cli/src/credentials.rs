//! `curfew credentials`: connects accounts, shows them, tries them, removes them. A secret comes in and goes to the
//! keychain; none ever comes out.

mod add;
pub(crate) mod trial;
mod typed;

use std::sync::Arc;

use aws::Ec2;
use domain::{
    AccountConfig, AccountName, CloudFault, Command, Config, CredentialSource, Level, command::SettingsEdit,
};
use engine::{Cloud, Keychain, SystemClock};
use store::OsKeychain;

use crate::{
    args::Credentials,
    failure::{FAILED, Failure},
    home::Home,
    host::shell,
    table::{Align, Column, Table},
    terminal::{Terminal, note, print},
};

/// Runs one of the four.
pub(crate) async fn run(command: Credentials, demo: bool, terminal: &Terminal) -> Result<u8, Failure> {
    if demo {
        return Err(Failure::usage("the demo has no credentials", "Leave --demo out to work on your own."));
    }
    let home = Home::find()?;
    match command {
        Credentials::Add { name, stdin } => add::run(&home, &name, stdin, terminal).await,
        Credentials::List => list(&home, terminal).await,
        Credentials::Test { name } => trial::run(&home, name.as_ref(), terminal).await,
        Credentials::Remove { name, yes } => remove(&home, &name, yes, terminal).await,
    }
}

/// AWS as this computer's accounts see it.
fn cloud(keychain: Arc<dyn Keychain>) -> Arc<dyn Cloud> {
    Arc::new(Ec2::new(keychain, Arc::new(SystemClock)))
}

/// The accounts of `config.toml`, or the shell's own where it names none.
pub(crate) fn accounts(config: Config) -> Result<Vec<AccountConfig>, Failure> {
    let config = shell::with_implicit_account(config, shell::has_credentials());
    config.map(|config| config.accounts).ok_or_else(shell::no_account)
}

async fn list(home: &Home, terminal: &Terminal) -> Result<u8, Failure> {
    let accounts = accounts(home.config()?)?;
    let cloud = cloud(Arc::new(OsKeychain));
    let asked = accounts.into_iter().map(|account| {
        let cloud = Arc::clone(&cloud);
        tokio::spawn(async move {
            let identity = trial::within(cloud.identity(&account)).await;
            (account, identity)
        })
    });
    let asked: Vec<_> = asked.collect();
    let left = |heading| Column::new(heading, Align::Left, 0);
    let mut table = Table::new(vec![left("NAME"), left("SOURCE"), left("IDENTITY")]);
    for answer in asked {
        let lost = |error| Failure::failed(format!("asking AWS failed: {error}"), "");
        let (account, identity) = answer.await.map_err(lost)?;
        let (text, level) = match identity {
            Ok(identity) => (identity.arn, Level::Ok),
            Err(fault) => (unreached(&fault), Level::Warning),
        };
        table.row(vec![account.name.to_string(), source(&account), text], level);
    }
    print(&table.text(terminal))?;
    Ok(0)
}

fn unreached(fault: &CloudFault) -> String {
    format!("unknown: {}", fault.sentence())
}

/// Where its credentials come from, with the role behind them.
fn source(account: &AccountConfig) -> String {
    let role = account.role.as_ref().map(|role| format!(", role {}", role.arn)).unwrap_or_default();
    format!("{}{role}", account.source)
}

async fn remove(home: &Home, name: &AccountName, yes: bool, terminal: &Terminal) -> Result<u8, Failure> {
    let known = home.config()?.accounts.into_iter().find(|account| account.name == *name);
    let keychain = OsKeychain;
    if let Some(account) = &known
        && account.source != CredentialSource::Keychain
    {
        print(&format!(
            "{name} ({}) is taken out of config.toml; its credentials stay where they are.\n",
            source(account)
        ))?;
    } else {
        print(&format!("{name} is taken out of config.toml, and its key out of the keychain.\n"))?;
    }
    if !yes && !confirmed(terminal)? {
        note("Nothing was done.\n");
        return Ok(FAILED);
    }
    if known.is_some() {
        home.edit(vec![SettingsEdit::RemoveAccount(name.to_string())]).await?;
    }
    let had_key = match known.as_ref().map(|account| &account.source) {
        Some(CredentialSource::Profile(_) | CredentialSource::Environment) => false,
        Some(CredentialSource::Keychain) | None => {
            let failed =
                |fault: CloudFault| Failure::from(fault.problem(&format!("removing the key of {name}")));
            keychain.remove(name).await.map_err(failed)?
        }
    };
    if known.is_none() && !had_key {
        return Err(Failure::failed(
            format!("there is no account {name}"),
            "`curfew credentials list` shows the accounts.",
        ));
    }
    print(&format!("{} {name} is removed.\n", terminal.ink.green("Done:")))?;
    Ok(0)
}

fn confirmed(terminal: &Terminal) -> Result<bool, Failure> {
    if !terminal.answers {
        return Err(Failure::usage(
            "to remove an account without being asked, add --yes: there is no terminal to ask on",
            "",
        ));
    }
    let answer = terminal.ask("Remove it? [y/N]")?;
    Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
}

/// A running tray tries an account anew once its key changed.
async fn reconnect(home: &Home, name: &AccountName) {
    home.tell(Command::Reconnect { account: name.clone() }).await;
}
