//! Whether the Secret Service is there and open, asked over D-Bus without raising its prompt; and raising it.
//!
//! Reads no secret: that is left to the keyring library, which would raise the prompt by itself.
//! The interface: <https://specifications.freedesktop.org/secret-service/latest/>.

use std::collections::HashMap;

use domain::CloudFault;
use futures::StreamExt;
use zbus::{
    Connection,
    zvariant::{ObjectPath, OwnedObjectPath, OwnedValue},
};

use super::{absent_because, locked};

/// What a look came to.
pub(super) enum Found {
    /// There is an entry, and it is open.
    Readable,
    /// There is none.
    Nothing,
}

#[zbus::proxy(
    interface = "org.freedesktop.Secret.Service",
    default_service = "org.freedesktop.secrets",
    default_path = "/org/freedesktop/secrets",
    gen_blocking = false
)]
trait Secrets {
    /// The items with these attributes: the open ones, and the locked ones.
    fn search_items(
        &self,
        attributes: &HashMap<&str, &str>,
    ) -> zbus::Result<(Vec<OwnedObjectPath>, Vec<OwnedObjectPath>)>;

    /// What could be unlocked at once, and the prompt for the rest.
    fn unlock(&self, objects: &[&ObjectPath<'_>]) -> zbus::Result<(Vec<OwnedObjectPath>, OwnedObjectPath)>;

    fn read_alias(&self, name: &str) -> zbus::Result<OwnedObjectPath>;
}

#[zbus::proxy(
    interface = "org.freedesktop.Secret.Collection",
    default_service = "org.freedesktop.secrets",
    gen_blocking = false
)]
trait Collection {
    #[zbus(property(emits_changed_signal = "false"))]
    fn locked(&self) -> zbus::Result<bool>;
}

#[zbus::proxy(
    interface = "org.freedesktop.Secret.Prompt",
    default_service = "org.freedesktop.secrets",
    gen_blocking = false
)]
trait Prompt {
    fn prompt(&self, window: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    fn completed(&self, dismissed: bool, result: OwnedValue) -> zbus::Result<()>;
}

/// Looks for an account's entry. A locked keychain that shows none may still have it.
pub(super) async fn look(name: &str, account: &str) -> Result<Found, CloudFault> {
    let bus = connect().await?;
    let secrets = SecretsProxy::new(&bus).await.map_err(unreachable)?;
    // The keyring library's own attributes.
    let attributes = HashMap::from([("service", name), ("username", account)]);
    let (open, closed) = secrets.search_items(&attributes).await.map_err(unreachable)?;
    if !closed.is_empty() {
        return Err(locked("the entry is there and is locked"));
    }
    if !open.is_empty() {
        return Ok(Found::Readable);
    }
    match default_collection(&secrets).await? {
        Some(path) if is_locked(&bus, &path).await? => Err(locked("the default keyring is locked")),
        Some(_) | None => Ok(Found::Nothing),
    }
}

/// Opens the default keyring, asking the person if need be. Given up half-way, the prompt stays where it is, and an
/// answer to it still counts: it is not taken back, because gnome-keyring 42 crashes when it is told to dismiss one.
pub(super) async fn unlock() -> Result<(), CloudFault> {
    let bus = connect().await?;
    let secrets = SecretsProxy::new(&bus).await.map_err(unreachable)?;
    let Some(path) = default_collection(&secrets).await? else {
        return Err(absent_because("the Secret Service has no default keyring: make one first"));
    };
    if !is_locked(&bus, &path).await? {
        return Ok(());
    }
    let (_, prompt) = secrets.unlock(&[&path]).await.map_err(unreachable)?;
    if prompt.as_str() != "/" {
        ask(&bus, prompt).await?;
    }
    if is_locked(&bus, &path).await? { Err(locked("it was not unlocked")) } else { Ok(()) }
}

async fn ask(bus: &Connection, path: OwnedObjectPath) -> Result<(), CloudFault> {
    let prompt =
        PromptProxy::builder(bus).path(path).map_err(unreachable)?.build().await.map_err(unreachable)?;
    let mut answers = prompt.receive_completed().await.map_err(unreachable)?;
    prompt.prompt("").await.map_err(unreachable)?;
    match answers.next().await {
        Some(_) => Ok(()),
        None => Err(absent_because("the Secret Service went away")),
    }
}

async fn connect() -> Result<Connection, CloudFault> {
    Connection::session().await.map_err(unreachable)
}

async fn default_collection(secrets: &SecretsProxy<'_>) -> Result<Option<OwnedObjectPath>, CloudFault> {
    let path = secrets.read_alias("default").await.map_err(unreachable)?;
    Ok((path.as_str() != "/").then_some(path))
}

async fn is_locked(bus: &Connection, path: &OwnedObjectPath) -> Result<bool, CloudFault> {
    let collection = CollectionProxy::builder(bus).path(path).map_err(unreachable)?;
    collection.build().await.map_err(unreachable)?.locked().await.map_err(unreachable)
}

fn unreachable(error: zbus::Error) -> CloudFault {
    absent_because(&error.to_string())
}
