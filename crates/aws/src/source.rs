//! Where an account's first keys come from: the keychain, a profile, the environment. Keeps nothing.

use aws_config::{
    ecs::EcsCredentialsProvider,
    environment::EnvironmentVariableCredentialsProvider,
    imds::{self, credentials::ImdsCredentialsProvider},
    meta::credentials::CredentialsProviderChain,
    profile::ProfileFileCredentialsProvider,
    provider_config::ProviderConfig,
    web_identity_token::WebIdentityTokenCredentialsProvider,
};
use aws_credential_types::{Credentials, provider::ProvideCredentials};
use domain::{AccountName, CloudFault, CredentialSource, FaultKind, Timestamp};
use engine::Keychain;

use crate::{
    fault,
    profile::{self, Base, Chain},
    role::Role,
};

/// How long the metadata service of a machine on EC2 may take; it answers within milliseconds or never.
const METADATA_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(1);

/// Keys to begin with, and the roles to assume with them.
pub(crate) struct Plan {
    pub(crate) first: First,
    pub(crate) roles: Vec<Role>,
}

/// The keys to begin with.
pub(crate) enum First {
    /// The keychain's, under the account's name.
    Keychain,
    /// A profile's, as the SDK reads it.
    Profile(String),
    /// Keys that were read already.
    Keys(Credentials),
    /// The variables of the environment and nothing else.
    Variables,
    /// The SDK's usual chain.
    Chain,
}

/// What is to be done for a source, as the user's AWS files are now.
pub(crate) fn plan(source: &CredentialSource) -> Plan {
    let alone = |first| Plan { first, roles: Vec::new() };
    let behind_code = |name| profile::read().and_then(|files| profile::chain(&files, name));
    match source {
        CredentialSource::Keychain => alone(First::Keychain),
        CredentialSource::Profile(name) => {
            behind_code(Some(name)).map_or_else(|| alone(First::Profile(name.clone())), Plan::from)
        }
        // Keys in the environment come before any profile.
        CredentialSource::Environment
            if std::env::var_os("AWS_ACCESS_KEY_ID").is_some_and(|key| !key.is_empty()) =>
        {
            alone(First::Variables)
        }
        CredentialSource::Environment => behind_code(None).map_or_else(|| alone(First::Chain), Plan::from),
    }
}

impl From<Chain> for Plan {
    fn from(chain: Chain) -> Self {
        let first = match chain.base {
            Base::Keys(keys) => First::Keys(keys),
            Base::Profile(name) => First::Profile(name),
            Base::Environment => First::Variables,
        };
        Self { first, roles: chain.roles }
    }
}

impl First {
    /// Reads the keys.
    pub(crate) async fn keys(
        &self,
        account: &AccountName,
        keychain: &dyn Keychain,
        sdk: &ProviderConfig,
        now: Timestamp,
    ) -> Result<Credentials, CloudFault> {
        match self {
            Self::Keychain => from_keychain(account, keychain).await,
            Self::Keys(keys) => Ok(keys.clone()),
            Self::Profile(name) => {
                let provider =
                    ProfileFileCredentialsProvider::builder().configure(sdk).profile_name(name).build();
                let read = provider.provide_credentials().await;
                read.map_err(|error| signed_out(Some(name), fault::of_credentials(&error, now)))
            }
            Self::Variables => {
                let read = EnvironmentVariableCredentialsProvider::new().provide_credentials().await;
                read.map_err(|error| fault::of_credentials(&error, now))
            }
            Self::Chain => {
                let read = usual_chain(sdk).provide_credentials().await;
                read.map_err(|error| signed_out(None, fault::of_credentials(&error, now)))
            }
        }
    }
}

async fn from_keychain(account: &AccountName, keychain: &dyn Keychain) -> Result<Credentials, CloudFault> {
    let secret = keychain.read(account).await?.ok_or_else(|| {
        CloudFault::with_detail(FaultKind::NoCredentials, format!("the keychain holds no key for {account}"))
    })?;
    let token = secret.session_token.clone();
    Ok(Credentials::from_keys(secret.access_key_id.clone(), secret.secret_access_key.clone(), token))
}

/// Whatever a profile with a sign-in lacks, signing in again brings it.
fn signed_out(profile: Option<&str>, fault: CloudFault) -> CloudFault {
    let lacks = fault.kind == FaultKind::NoCredentials;
    if lacks && profile::read().is_some_and(|files| profile::signs_in(&files, profile)) {
        return CloudFault { kind: FaultKind::ExpiredCredentials, ..fault };
    }
    fault
}

/// The SDK's default chain, with a metadata service only where there can be one: a laptop must not wait for it.
fn usual_chain(sdk: &ProviderConfig) -> CredentialsProviderChain {
    let chain =
        CredentialsProviderChain::first_try("Environment", EnvironmentVariableCredentialsProvider::new())
            .or_else("Profile", ProfileFileCredentialsProvider::builder().configure(sdk).build())
            .or_else(
                "WebIdentityToken",
                WebIdentityTokenCredentialsProvider::builder().configure(sdk).build(),
            )
            .or_else("EcsContainer", EcsCredentialsProvider::builder().configure(sdk).build());
    if !is_on_ec2() {
        return chain;
    }
    let metadata = imds::Client::builder()
        .configure(sdk)
        .max_attempts(1)
        .connect_timeout(METADATA_TIMEOUT)
        .operation_attempt_timeout(METADATA_TIMEOUT)
        .build();
    chain.or_else("Ec2InstanceMetadata", ImdsCredentialsProvider::builder().imds_client(metadata).build())
}

/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/identify_ec2_instances.html>.
#[cfg(target_os = "linux")]
fn is_on_ec2() -> bool {
    let says = |path, is: &str| std::fs::read_to_string(path).is_ok_and(|text| text.trim().starts_with(is));
    says("/sys/devices/virtual/dmi/id/sys_vendor", "Amazon EC2") || says("/sys/hypervisor/uuid", "ec2")
}

/// Elsewhere nothing tells for certain: it is asked once, for as long as [`METADATA_TIMEOUT`].
#[cfg(not(target_os = "linux"))]
fn is_on_ec2() -> bool {
    true
}
