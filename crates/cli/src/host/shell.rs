//! The shell's own AWS credentials and variables: what makes this process see something else than the tray does.

use std::{env, path::PathBuf};

use domain::{AccountConfig, AccountName, Config, CredentialSource};

use crate::failure::Failure;

/// The name of the account that nobody set up: the credentials of the shell.
const IMPLICIT: &str = "default";

/// Variables that change whom AWS is asked as, or where it is: the tray was started without them, or with others.
///
/// Source: <https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html>.
const DIFFERENT: [&str; 14] = [
    "AWS_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_EC2",
    "AWS_ENDPOINT_URL_STS",
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL_SSM",
    "AWS_ENDPOINT_URL_IAM",
];

/// Variables that say of themselves that there are credentials.
const CREDENTIALS: [&str; 5] = [
    "AWS_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];

/// Whether the shell says something that the tray may not know.
pub(crate) fn differs() -> bool {
    DIFFERENT.iter().any(|name| is_set(name))
}

/// Whether the shell has AWS credentials, as far as that is known without asking for them.
pub(crate) fn has_credentials() -> bool {
    CREDENTIALS.iter().any(|name| is_set(name))
        || file("AWS_SHARED_CREDENTIALS_FILE", "credentials").is_some_and(|path| path.is_file())
        || file("AWS_CONFIG_FILE", "config").is_some_and(|path| path.is_file())
}

/// With no account set up, the credentials of the shell are one, where there are any.
pub(crate) fn with_implicit_account(mut config: Config, shell_has_credentials: bool) -> Option<Config> {
    if config.accounts.is_empty() {
        if !shell_has_credentials {
            return None;
        }
        config.accounts.push(AccountConfig {
            name: AccountName::new(IMPLICIT),
            source: CredentialSource::Environment,
            role: None,
        });
    }
    Some(config)
}

/// There is no account, and how to connect one.
pub(crate) fn no_account() -> Failure {
    Failure::failed(
        "no AWS account is set up, and this shell has no AWS credentials",
        "Connect an access key:   curfew credentials add NAME\n\
         Or use an AWS profile:   AWS_PROFILE=NAME curfew ...\n\
         Or look around first:    curfew --demo check",
    )
}

fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// Where a variable says, else in `~/.aws`.
fn file(variable: &str, name: &str) -> Option<PathBuf> {
    let said = env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    said.or_else(|| Some(env::home_dir()?.join(".aws").join(name)))
}
