//! Does with the operating system's keychain what standard input says, line by line, and says how each went: so that a
//! test can use one process before and after something happened to the keychain.

use std::io::Write;

use anyhow::{Context, Result, bail};
use domain::{AccountName, CloudFault};
use engine::{Keychain, Secret};
use store::OsKeychain;

#[tokio::main]
async fn main() -> Result<()> {
    for line in std::io::stdin().lines() {
        let line = line?;
        let words: Vec<&str> = line.split(' ').collect();
        let told = deed(&words).await?.unwrap_or_else(|fault| format!("fault {}", fault.code()));
        writeln!(std::io::stdout(), "{told}")?;
    }
    Ok(())
}

async fn deed(words: &[&str]) -> Result<Result<String, CloudFault>> {
    Ok(match words {
        ["read", account] => OsKeychain.read(&AccountName::new(*account)).await.map(read),
        ["write", account, fields @ ..] => {
            let written = OsKeychain.write(&AccountName::new(*account), &secret(fields)?).await;
            written.map(|()| "written".into())
        }
        ["remove", account] => {
            let removed = OsKeychain.remove(&AccountName::new(*account)).await;
            removed.map(|there| format!("removed {there}"))
        }
        ["unlock"] => OsKeychain.unlock().await.map(|()| "unlocked".into()),
        _ => bail!("no such deed: {words:?}"),
    })
}

fn read(secret: Option<Secret>) -> String {
    let Some(secret) = secret else { return "nothing".into() };
    let token = secret.session_token.as_deref().unwrap_or("-");
    format!("secret {} {} {token}", secret.access_key_id, secret.secret_access_key)
}

fn secret(fields: &[&str]) -> Result<Secret> {
    let mut fields = fields.iter().map(|&field| field.to_owned());
    Ok(Secret {
        access_key_id: fields.next().context("an access key has an id")?,
        secret_access_key: fields.next().context("an access key has a secret")?,
        session_token: fields.next(),
    })
}
