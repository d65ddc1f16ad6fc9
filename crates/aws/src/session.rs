//! An account's credentials: read once, kept in memory until they end, and the faults that stay until somebody
//! mends them.
//!
//! Whoever comes while they are being read waits and shares the outcome: the keychain is asked once, not once for
//! each region. Keys are wiped by the SDK's own type when they are dropped. Knows nothing of EC2.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aws_config::provider_config::ProviderConfig;
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, error::CredentialsError, future},
};
use aws_types::SdkConfig;
use domain::{AccountConfig, CloudFault, FaultKind, Timestamp, time};
use engine::{Clock, Keychain};
use tokio::sync::Mutex;

use crate::{
    role::{self, Role},
    source,
};

/// A session is renewed this long before its end, or a fifth of its life where that is shorter.
const BEFORE_THE_END: Duration = Duration::from_secs(5 * 60);
/// How long reading credentials may take: less than one call may, so that the call says why it failed.
const READ_TIMEOUT: Duration = Duration::from_secs(15);

/// One account's credentials.
pub(crate) struct Session {
    account: AccountConfig,
    keychain: Arc<dyn Keychain>,
    clock: Arc<dyn Clock>,
    providers: ProviderConfig,
    /// For AssumeRole; without credentials.
    sdk: SdkConfig,
    /// Readings that came to an end.
    readings: AtomicU64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What calls are signed with.
    current: Option<Kept>,
    /// The keychain's keys, which are asked for once.
    first: Option<Credentials>,
    /// Sessions that took a code, by the role's place in the plan.
    coded: BTreeMap<usize, Kept>,
    failure: Option<Failure>,
}

#[derive(Clone)]
struct Kept {
    keys: Credentials,
    /// From when on they are not used any more.
    until: Option<Timestamp>,
}

struct Failure {
    fault: CloudFault,
    /// Which reading it ended.
    reading: u64,
}

impl Session {
    pub(crate) fn new(
        account: AccountConfig,
        keychain: Arc<dyn Keychain>,
        clock: Arc<dyn Clock>,
        providers: ProviderConfig,
        sdk: SdkConfig,
    ) -> Self {
        let (readings, state) = (AtomicU64::default(), Mutex::default());
        Self { account, keychain, clock, providers, sdk, readings, state }
    }

    /// What to sign with now.
    pub(crate) async fn credentials(&self) -> Result<Credentials, CloudFault> {
        let came_at = self.readings.load(Ordering::Acquire);
        let mut state = self.state.lock().await;
        if let Some(keys) = state.current.as_ref().and_then(|kept| kept.at(self.clock.now())) {
            return Ok(keys);
        }
        if let Some(fault) = state.failure.as_ref().and_then(|failure| failure.for_one_who_came_at(came_at)) {
            return Err(fault);
        }
        let outcome = self.read(&mut state, None).await;
        let reading = self.readings.fetch_add(1, Ordering::AcqRel) + 1;
        state.failure = outcome.as_ref().err().map(|fault| Failure { fault: fault.clone(), reading });
        outcome
    }

    /// Opens the session that waits for a code.
    pub(crate) async fn give_code(&self, code: &str) -> Result<(), CloudFault> {
        let mut state = self.state.lock().await;
        state.failure = None;
        self.read(&mut state, Some(code)).await.map(drop)
    }

    async fn read(&self, state: &mut State, code: Option<&str>) -> Result<Credentials, CloudFault> {
        let read = tokio::time::timeout(READ_TIMEOUT, self.climb(state, code)).await;
        let keys = read.unwrap_or_else(|_| Err(too_slow()))?;
        state.current = Some(Kept::new(keys.clone(), self.clock.now()));
        Ok(keys)
    }

    /// From the first keys up through all roles, starting at the highest session that still holds.
    async fn climb(&self, state: &mut State, mut code: Option<&str>) -> Result<Credentials, CloudFault> {
        let source::Plan { first, mut roles } = source::plan(&self.account.source);
        roles.extend(self.account.role.as_ref().map(Role::from));
        let now = self.clock.now();
        state.coded.retain(|_, kept| kept.at(now).is_some());
        let (mut keys, passed) = match state.coded.last_key_value() {
            Some((place, kept)) => (kept.keys.clone(), place + 1),
            None => (self.first(state, &first).await?, 0),
        };
        for (place, role) in roles.iter().enumerate().skip(passed) {
            let code = role.mfa_serial.as_ref().map(|serial| code.take().ok_or(serial)).transpose();
            let code =
                code.map_err(|serial| CloudFault::new(FaultKind::NeedsCode { serial: serial.clone() }))?;
            keys = role::assume(&self.sdk, keys, role, code, now).await?;
            if code.is_some() {
                state.coded.insert(place, Kept::new(keys.clone(), now));
            }
        }
        Ok(keys)
    }

    async fn first(&self, state: &mut State, first: &source::First) -> Result<Credentials, CloudFault> {
        if let Some(keys) = &state.first {
            return Ok(keys.clone());
        }
        let now = self.clock.now();
        let keys = first.keys(&self.account.name, &*self.keychain, &self.providers, now).await?;
        if matches!(first, source::First::Keychain) {
            state.first = Some(keys.clone());
        }
        Ok(keys)
    }
}

impl Kept {
    fn new(keys: Credentials, now: Timestamp) -> Self {
        let until = keys.expiry().and_then(|end| Timestamp::try_from(end).ok()).map(|end| {
            let early = BEFORE_THE_END.min(time::elapsed(end, now) / 5);
            end.checked_sub(early).unwrap_or(end)
        });
        Self { keys, until }
    }

    fn at(&self, now: Timestamp) -> Option<Credentials> {
        self.until.is_none_or(|until| now < until).then(|| self.keys.clone())
    }
}

impl Failure {
    /// A fault of the credentials stays until it is forgotten; any other is shared by those who waited for it.
    fn for_one_who_came_at(&self, reading: u64) -> Option<CloudFault> {
        (self.fault.is_about_credentials() || reading < self.reading).then(|| self.fault.clone())
    }
}

fn too_slow() -> CloudFault {
    CloudFault::with_detail(FaultKind::TimedOut { after: READ_TIMEOUT }, "while reading the credentials")
}

impl ProvideCredentials for Session {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            self.credentials().await.map_err(CredentialsError::provider_error)
        })
    }
}

impl std::fmt::Debug for Session {
    /// Shows nothing of the keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("account", &self.account.name).finish_non_exhaustive()
    }
}
