//! The operating system's keychain: Secret Service, macOS Keychain, Windows Credential Manager.
//!
//! One entry per account. A background read never raises a prompt and never waits for one; what a person asked for may
//! prompt, for as long as a person takes. No secret gets into an error or a log. Remembering that the keychain was
//! locked is the caller's: each call here asks anew, and finds a keychain that was started or unlocked meanwhile.

mod blob;
#[cfg(all(unix, not(target_os = "macos")))]
#[path = "keychain/freedesktop.rs"]
mod door;
#[cfg(not(all(unix, not(target_os = "macos"))))]
mod door;

use std::{sync::Arc, thread, time::Duration};

use async_trait::async_trait;
use domain::{AccountName, CloudFault, FaultKind};
use engine::secret::{Keychain, Secret};
use keyring_core::{CredentialStore, Entry, Error};
use tokio::{sync::oneshot, time::timeout};
use zeroize::{Zeroize, Zeroizing};

use door::Found;

/// Under which name the entries are kept.
const NAME: &str = "curfew";

/// How long a background read may take.
const QUIET: Duration = Duration::from_secs(2);

/// How long a person may take to answer a prompt.
const PATIENT: Duration = Duration::from_secs(60);

/// The keychain of whoever runs this.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsKeychain;

impl OsKeychain {
    /// Asks the person to unlock the keychain, if it is locked. Only for when the person has just asked for it.
    ///
    /// # Errors
    /// [`FaultKind::KeychainLocked`] when the prompt was dismissed or not answered within a minute;
    /// [`FaultKind::KeychainAbsent`] when there is no keychain.
    pub async fn unlock(&self) -> Result<(), CloudFault> {
        within(PATIENT, door::unlock()).await
    }
}

#[async_trait]
impl Keychain for OsKeychain {
    async fn read(&self, account: &AccountName) -> Result<Option<Secret>, CloudFault> {
        let read = async {
            match door::look(NAME, account.as_str()).await? {
                Found::Nothing => Ok(None),
                Found::Readable => on_a_thread(account, |entry| entry.get_secret()).await,
            }
        };
        let Some(bytes) = within(QUIET, read).await?.map(Zeroizing::new) else { return Ok(None) };
        blob::read(&bytes).map(Some).ok_or_else(|| {
            let detail = format!("what the keychain holds for {account} was not written by Curfew");
            CloudFault::with_detail(FaultKind::NoCredentials, detail)
        })
    }

    async fn write(&self, account: &AccountName, secret: &Secret) -> Result<(), CloudFault> {
        let bytes = blob::write(secret).ok_or_else(|| {
            CloudFault::with_detail(FaultKind::WrongCredentials, "an access key is one line of text")
        })?;
        let write = async {
            door::unlock().await?;
            on_a_thread(account, move |entry| entry.set_secret(&bytes)).await
        };
        within(PATIENT, write).await?.ok_or_else(absent)
    }

    async fn remove(&self, account: &AccountName) -> Result<bool, CloudFault> {
        let remove = async {
            door::unlock().await?;
            on_a_thread(account, |entry| entry.delete_credential()).await
        };
        Ok(within(PATIENT, remove).await?.is_some())
    }
}

async fn within<T>(
    bound: Duration,
    asking: impl Future<Output = Result<T, CloudFault>>,
) -> Result<T, CloudFault> {
    timeout(bound, asking).await.unwrap_or_else(|_| Err(locked("it did not answer in time")))
}

/// Uses an account's entry; `None` when there is none.
///
/// On a thread that nobody waits for in the end: behind an unexpected prompt it would otherwise hold up the end of
/// the program. Each use makes its own connection, because one that is kept does not outlive the keychain's restart.
async fn on_a_thread<T: Send + 'static>(
    account: &AccountName,
    using: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
) -> Result<Option<T>, CloudFault> {
    let (done, waiting) = oneshot::channel();
    let account = account.as_str().to_owned();
    let work = move || {
        let used =
            store().and_then(|store| store.build(NAME, &account, None)).and_then(|entry| using(&entry));
        // An error means that nobody waits any more; what was read is wiped by whoever drops it.
        drop(done.send(used));
    };
    thread::Builder::new()
        .name("keychain".into())
        .spawn(work)
        .map_err(|error| absent_because(&error.to_string()))?;
    match waiting.await {
        Ok(Ok(used)) => Ok(Some(used)),
        Ok(Err(Error::NoEntry)) => Ok(None),
        Ok(Err(error)) => Err(told(error)),
        Err(_) => Err(absent_because("its library failed")),
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
fn store() -> Result<Arc<CredentialStore>, Error> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn store() -> Result<Arc<CredentialStore>, Error> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn store() -> Result<Arc<CredentialStore>, Error> {
    Ok(windows_native_keyring_store::Store::new()?)
}

/// The keychain's failure in the domain's words. Some of them carry what was read: that is wiped, not told.
fn told(error: Error) -> CloudFault {
    match error {
        Error::NoStorageAccess(reason) => locked(&reason.to_string()),
        Error::PlatformFailure(reason) => absent_because(&reason.to_string()),
        Error::BadEncoding(mut secret) | Error::BadDataFormat(mut secret, _) => {
            secret.zeroize();
            unusable("its entry makes no sense")
        }
        Error::TooLong(_, most) => unusable(&format!("it takes {most} bytes at most")),
        Error::Ambiguous(_) => unusable("it has several entries for this account: remove all but one"),
        Error::NoEntry => unusable("it has no entry for this account"),
        Error::BadStoreFormat(reason) | Error::Invalid(_, reason) | Error::NotSupportedByStore(reason) => {
            unusable(&reason)
        }
        Error::NoDefaultStore | _ => absent(),
    }
}

fn locked(detail: &str) -> CloudFault {
    CloudFault::with_detail(FaultKind::KeychainLocked, detail)
}

fn absent() -> CloudFault {
    CloudFault::new(FaultKind::KeychainAbsent)
}

fn absent_because(detail: &str) -> CloudFault {
    CloudFault::with_detail(FaultKind::KeychainAbsent, detail)
}

fn unusable(detail: &str) -> CloudFault {
    CloudFault::with_detail(
        FaultKind::NoCredentials,
        format!("the keychain cannot be used for this: {detail}"),
    )
}

#[cfg(test)]
mod tests;
