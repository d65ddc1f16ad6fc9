//! One account at AWS: its credentials, its SDK configuration and one client for each region, made when first
//! needed. Knows who asks where, not what.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use aws_config::{
    BehaviorVersion, SdkConfig, environment::EnvironmentVariableRegionProvider, identity::IdentityCache,
    meta::region::RegionProviderChain, profile::ProfileFileRegionProvider, provider_config::ProviderConfig,
    retry::RetryConfig, stalled_stream_protection::StalledStreamProtectionConfig,
};
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sdk_ec2::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use domain::{AccountConfig, CloudFault, CredentialSource, FaultKind, Identity, Region};
use engine::{Clock, Keychain};

use crate::{fault, http, session::Session};

/// Where the calls go that are about the whole account, unless the user's files or variables name a region.
pub(crate) const HOME_REGION: &str = "us-east-1";

/// One account, as it was configured when it was first asked.
pub(crate) struct Account {
    pub(crate) config: AccountConfig,
    pub(crate) clock: Arc<dyn Clock>,
    session: Arc<Session>,
    sdk: SdkConfig,
    clients: Mutex<BTreeMap<Region, Client>>,
    /// The regions that DescribeRegions told of.
    regions: OnceLock<BTreeSet<Region>>,
    /// Permissions that were found missing and logged.
    missing: Mutex<BTreeSet<&'static str>>,
}

impl Account {
    pub(crate) async fn open(
        config: AccountConfig,
        http: SharedHttpClient,
        keychain: Arc<dyn Keychain>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let sdk = load(&config.source, http.clone()).await;
        let providers = ProviderConfig::empty()
            .with_http_client(http)
            .with_sleep_impl(TokioSleep::new())
            .with_region(sdk.region().cloned())
            .with_retry_config(RetryConfig::disabled())
            .with_timeout_config(http::timeouts());
        let session =
            Arc::new(Session::new(config.clone(), keychain, Arc::clone(&clock), providers, sdk.clone()));
        let signer: Arc<dyn ProvideCredentials> = Arc::<Session>::clone(&session);
        let sdk = sdk.into_builder().credentials_provider(SharedCredentialsProvider::new(signer)).build();
        let (clients, regions, missing) = (Mutex::default(), OnceLock::new(), Mutex::default());
        Self { config, clock, session, sdk, clients, regions, missing }
    }

    pub(crate) async fn give_code(&self, code: &str) -> Result<(), CloudFault> {
        self.session.give_code(code).await
    }

    /// EC2 in a region.
    pub(crate) fn ec2(&self, region: &Region) -> Client {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        clients.entry(region.clone()).or_insert_with(|| self.new_client(region)).clone()
    }

    /// EC2 for calls that are about the whole account.
    pub(crate) fn home(&self) -> Client {
        self.ec2(&self.home_region())
    }

    /// Where calls go that are about the whole account.
    pub(crate) fn home_region(&self) -> Region {
        Region::new(self.sdk.region().map_or(HOME_REGION, |region| region.as_ref()))
    }

    /// What a client of any service is made of, for a region.
    pub(crate) fn sdk_in(&self, region: &Region) -> SdkConfig {
        let region = aws_config::Region::new(region.as_str().to_owned());
        self.sdk.clone().into_builder().region(region).build()
    }

    /// Whom the credentials belong to.
    pub(crate) async fn identity(&self) -> Result<Identity, CloudFault> {
        let answer = aws_sdk_sts::Client::new(&self.sdk).get_caller_identity().send().await;
        let caller = answer.map_err(|error| self.fault("sts:GetCallerIdentity", &error))?;
        match (caller.account, caller.arn) {
            (Some(number), Some(arn)) => Ok(Identity { number, arn }),
            (Some(_) | None, _) => Err(CloudFault::new(FaultKind::Garbled)),
        }
    }

    /// Remembers which regions there are.
    pub(crate) fn learn_regions(&self, regions: impl Iterator<Item = Region>) {
        // Which regions exist does not change while the program runs.
        let _ = self.regions.set(regions.collect());
    }

    /// What a failed call means.
    pub(crate) fn fault<E>(&self, action: &str, error: &SdkError<E>) -> CloudFault
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        fault::of(action, error, self.clock.now())
    }

    /// What a call that failed in a region means, which the answer alone does not always tell.
    pub(crate) async fn fault_in<E>(&self, region: &Region, action: &str, error: SdkError<E>) -> CloudFault
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let fault = self.fault(action, &error);
        if fault.kind == FaultKind::WrongCredentials {
            return self.second_opinion(region, fault).await;
        }
        if fault.kind == FaultKind::Unreachable && self.is_foreign(region) && fault::is_unknown_name(&error) {
            return CloudFault { kind: FaultKind::UnknownRegion, ..fault };
        }
        fault
    }

    /// Says once that a permission is missing which is not needed.
    pub(crate) fn do_without(&self, action: &'static str, fault: &CloudFault) {
        let mut missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        if missing.insert(action) {
            let (account, detail) = (&self.config.name, &fault.detail);
            tracing::warn!(%account, action, detail, "going without a permission that is missing");
        }
    }

    fn new_client(&self, region: &Region) -> Client {
        Client::new(&self.sdk_in(region))
    }

    /// A region that the account has not enabled answers just as to an unknown key. STS elsewhere tells which it is.
    async fn second_opinion(&self, region: &Region, fault: CloudFault) -> CloudFault {
        let kind = match self.identity().await {
            Ok(_) if self.is_foreign(region) => FaultKind::UnknownRegion,
            Ok(_) => FaultKind::NotOptedIn,
            Err(fault) => return fault,
        };
        CloudFault { kind, ..fault }
    }

    /// Whether AWS, when asked, did not name this region.
    fn is_foreign(&self, region: &Region) -> bool {
        self.regions.get().is_some_and(|known| !known.contains(region))
    }
}

/// The SDK's configuration from variables and files: endpoints, region, FIPS, dual stack; without credentials.
async fn load(source: &CredentialSource, http: SharedHttpClient) -> SdkConfig {
    let mut region = ProfileFileRegionProvider::builder();
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12());
    if let CredentialSource::Profile(name) = source {
        region = region.profile_name(name);
        loader = loader.profile_name(name);
    }
    let region = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new())
        .or_else(region.build())
        .or_else(HOME_REGION);
    loader
        .region(region)
        .http_client(http)
        .no_credentials()
        // `Session` keeps credentials, for all clients of the account.
        .identity_cache(IdentityCache::no_cache())
        // The engine asks again.
        .retry_config(RetryConfig::disabled())
        .timeout_config(http::timeouts())
        // Its grace period is longer than the whole attempt may take.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        // With a clock that is off, running times and amounts are wrong too: it is said, not papered over.
        .disable_clock_skew_correction(true)
        .load()
        .await
}
