//! The session's Secret Service: its readiness, locking and unlocking. What is stored in it is read
//! with `secret-tool` or by the program under test, not here.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use zbus::Connection;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};

use super::{Session, parts};

/// Unlocks the session's login keyring.
const PASSWORD: &str = "curfew";

#[zbus::proxy(
    interface = "org.freedesktop.Secret.Service",
    default_service = "org.freedesktop.secrets",
    default_path = "/org/freedesktop/secrets"
)]
trait Secrets {
    fn read_alias(&self, name: &str) -> zbus::Result<OwnedObjectPath>;
    fn lock(&self, objects: &[ObjectPath<'_>]) -> zbus::Result<(Vec<OwnedObjectPath>, OwnedObjectPath)>;
    fn open_session(&self, algorithm: &str, input: &Value<'_>)
    -> zbus::Result<(OwnedValue, OwnedObjectPath)>;
}

#[zbus::proxy(interface = "org.freedesktop.Secret.Collection", default_service = "org.freedesktop.secrets")]
trait Collection {
    #[zbus(property(emits_changed_signal = "false"))]
    fn locked(&self) -> zbus::Result<bool>;
}

/// How gnome-keyring is unlocked without its prompt; the login module uses it.
#[zbus::proxy(
    interface = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface",
    default_service = "org.freedesktop.secrets",
    default_path = "/org/freedesktop/secrets"
)]
trait Unlocking {
    fn unlock_with_master_password(
        &self,
        collection: &ObjectPath<'_>,
        master: &(&ObjectPath<'_>, &[u8], &[u8], &str),
    ) -> zbus::Result<()>;
}

impl Session {
    /// Locks the default keyring, as a screen lock or an idle timer may.
    ///
    /// # Errors
    /// There is no Secret Service, or it did not lock.
    pub async fn lock_keyring(&self) -> Result<()> {
        let keyring = default(self.bus()).await?;
        let (locked, _prompt) = SecretsProxy::new(self.bus())
            .await?
            .lock(&[keyring.as_ref()])
            .await
            .context("cannot lock the keyring")?;
        ensure!(locked.contains(&keyring), "the keyring did not lock");
        ensure!(self.keyring_is_locked().await?, "the keyring says that it is still open");
        Ok(())
    }

    /// Unlocks the default keyring, as a person who answers its prompt does.
    ///
    /// # Errors
    /// There is no Secret Service, or it did not unlock.
    pub async fn unlock_keyring(&self) -> Result<()> {
        let keyring = default(self.bus()).await?;
        let (_, talk) = SecretsProxy::new(self.bus())
            .await?
            .open_session("plain", &Value::from(""))
            .await
            .context("cannot open a Secret Service session")?;
        UnlockingProxy::new(self.bus())
            .await?
            .unlock_with_master_password(
                &keyring.as_ref(),
                &(&talk.as_ref(), &[], PASSWORD.as_bytes(), "text/plain"),
            )
            .await
            .context("cannot unlock the keyring")?;
        ensure!(!self.keyring_is_locked().await?, "the keyring says that it is still locked");
        Ok(())
    }

    /// Whether the default keyring is locked.
    ///
    /// # Errors
    /// There is no Secret Service.
    pub async fn keyring_is_locked(&self) -> Result<bool> {
        let keyring = default(self.bus()).await?;
        let keyring = CollectionProxy::builder(self.bus()).path(keyring)?.build().await?;
        keyring.locked().await.context("cannot ask the keyring whether it is locked")
    }
}

/// The password in a file, for the standard input of the daemon.
pub(super) fn password_file(root: &Path) -> Result<File> {
    let path = root.join("keyring-password");
    fs::write(&path, PASSWORD).context("cannot write the password of the keyring")?;
    File::open(&path).context("cannot read the password of the keyring")
}

/// Succeeds once the Secret Service has a default keyring.
pub(super) async fn has_default(bus: &Connection) -> Result<()> {
    parts::owns(bus, "org.freedesktop.secrets").await?;
    default(bus).await.map(drop)
}

async fn default(bus: &Connection) -> Result<OwnedObjectPath> {
    let keyring = SecretsProxy::new(bus)
        .await?
        .read_alias("default")
        .await
        .context("cannot find the default keyring")?;
    ensure!(keyring.as_str() != "/", "there is no default keyring");
    Ok(keyring)
}
