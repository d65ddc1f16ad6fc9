//! The port: finds the account that is meant and passes the call on.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use async_trait::async_trait;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use domain::{
    AccountConfig, AccountName, CloudFault, Identity, Instance, InstanceId, Region, action::Step,
    region::RegionStatus,
};
use engine::{Clock, Cloud, Keychain, ports::Builds};
use launch::{Answer, Call};
use tokio::sync::OnceCell;

use crate::{account::Account, act, describe, http, launch as launching};

/// EC2 and STS, for as many accounts as are asked for.
pub struct Ec2 {
    keychain: Arc<dyn Keychain>,
    clock: Arc<dyn Clock>,
    http: OnceLock<Result<SharedHttpClient, CloudFault>>,
    accounts: Mutex<BTreeMap<AccountName, Arc<Entry>>>,
}

/// An account from the moment it is first asked.
pub(crate) struct Entry {
    config: AccountConfig,
    opened: OnceCell<Account>,
}

impl Ec2 {
    /// Reads nothing and connects to nothing yet. `clock` is the wall's: AWS looks at signatures by it.
    ///
    /// The environment is the SDK's: `AWS_PROFILE`, `AWS_REGION`, `AWS_ENDPOINT_URL` (also `_EC2`, `_STS`, `_S3` and
    /// so on),
    /// `AWS_CONFIG_FILE`, `AWS_SHARED_CREDENTIALS_FILE`, `AWS_USE_FIPS_ENDPOINT` and so on, beside `HTTPS_PROXY`,
    /// `NO_PROXY` and `AWS_CA_BUNDLE`.
    pub fn new(keychain: Arc<dyn Keychain>, clock: Arc<dyn Clock>) -> Self {
        Self { keychain, clock, http: OnceLock::new(), accounts: Mutex::default() }
    }

    pub(crate) async fn account<'a>(&self, entry: &'a Entry) -> Result<&'a Account, CloudFault> {
        let http = self.http.get_or_init(http::client).clone()?;
        let (keychain, clock) = (Arc::clone(&self.keychain), Arc::clone(&self.clock));
        Ok(entry.opened.get_or_init(|| Account::open(entry.config.clone(), http, keychain, clock)).await)
    }

    /// The account's entry, a new one when it is configured differently from before.
    pub(crate) fn entry(&self, config: &AccountConfig) -> Arc<Entry> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = accounts.entry(config.name.clone()).or_insert_with(|| Entry::new(config));
        if entry.config != *config {
            *entry = Entry::new(config);
        }
        Arc::clone(entry)
    }
}

impl Entry {
    fn new(config: &AccountConfig) -> Arc<Self> {
        Arc::new(Self { config: config.clone(), opened: OnceCell::new() })
    }
}

#[async_trait]
impl Cloud for Ec2 {
    async fn identity(&self, account: &AccountConfig) -> Result<Identity, CloudFault> {
        self.account(&self.entry(account)).await?.identity().await
    }

    async fn regions(&self, account: &AccountConfig) -> Result<Vec<RegionStatus>, CloudFault> {
        describe::regions(self.account(&self.entry(account)).await?).await
    }

    async fn instances(&self, account: &AccountConfig, region: &Region) -> Result<Vec<Instance>, CloudFault> {
        describe::instances(self.account(&self.entry(account)).await?, region).await
    }

    async fn carry_out(
        &self,
        account: &AccountConfig,
        region: &Region,
        id: &InstanceId,
        step: &Step,
    ) -> Result<(), CloudFault> {
        act::carry_out(self.account(&self.entry(account)).await?, region, id, step).await
    }

    async fn launch(
        &self,
        account: &AccountConfig,
        call: &Call,
        builds: &dyn Builds,
    ) -> Result<Answer, CloudFault> {
        launching::launch(self.account(&self.entry(account)).await?, call, builds).await
    }

    async fn give_code(&self, account: &AccountConfig, code: &str) -> Result<(), CloudFault> {
        self.account(&self.entry(account)).await?.give_code(code).await
    }

    async fn forget(&self, account: &AccountConfig) {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner).remove(&account.name);
    }
}
