//! Which account is meant: the only one there is, or the one that was named. Never a guess.

use domain::{AccountConfig, AccountName, Config};

use crate::{credentials::accounts, failure::Failure};

/// The account that is meant.
pub(crate) fn choose(config: &Config, named: Option<&AccountName>) -> Result<AccountConfig, Failure> {
    of(accounts(config.clone())?, named)
}

/// The account of these that is meant.
pub(crate) fn of(
    accounts: Vec<AccountConfig>,
    named: Option<&AccountName>,
) -> Result<AccountConfig, Failure> {
    let names: Vec<String> = accounts.iter().map(|account| account.name.to_string()).collect();
    match (named, <[AccountConfig; 1]>::try_from(accounts)) {
        (None, Ok([only])) => Ok(only),
        (None, Err(_)) => {
            let line = format!("there are several accounts: {}", names.join(", "));
            Err(Failure::usage(line, "Say which with --account NAME."))
        }
        (Some(name), Ok([only])) if only.name == *name => Ok(only),
        (Some(name), Ok(_)) => Err(unknown(name, &names)),
        (Some(name), Err(accounts)) => {
            let meant = accounts.into_iter().find(|account| account.name == *name);
            meant.ok_or_else(|| unknown(name, &names))
        }
    }
}

fn unknown(name: &AccountName, names: &[String]) -> Failure {
    Failure::usage(format!("there is no account {name}"), format!("There is: {}.", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use domain::CredentialSource;

    use super::*;

    fn accounts(names: &[&str]) -> Vec<AccountConfig> {
        let account = |name: &&str| AccountConfig {
            name: AccountName::new(*name),
            source: CredentialSource::Environment,
            role: None,
        };
        names.iter().map(account).collect()
    }

    #[test]
    fn it_is_never_guessed() {
        let check = |names: &[&str], named: Option<&str>, meant: Result<&str, &str>| {
            let named = named.map(AccountName::new);
            let chosen = of(accounts(names), named.as_ref());
            match (chosen, meant) {
                (Ok(account), Ok(name)) => assert_eq!(account.name.as_str(), name),
                (Err(failure), Err(says)) => {
                    assert!(failure.text().contains(says), "{}", failure.text());
                    assert_eq!(failure.code(), 2);
                }
                (chosen, meant) => panic!("{chosen:?}, {meant:?}"),
            }
        };
        check(&["a"], None, Ok("a"));
        check(&["a"], Some("a"), Ok("a"));
        check(&["a", "b"], Some("b"), Ok("b"));
        check(&["a", "b"], None, Err("--account NAME"));
        check(&["a", "b"], Some("c"), Err("There is: a, b."));
        check(&["a"], Some("c"), Err("there is no account c"));
    }
}
