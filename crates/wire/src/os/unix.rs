//! Unix sockets: 0600 in a folder of 0700, and both ends look at who the other is.

use std::{
    fs::{self, DirBuilder, File, Permissions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use tokio::net::{UnixListener, UnixStream};

use crate::{Address, BindFault, WireFault};

/// The tray's end of a connection.
pub(crate) type Accepted = UnixStream;
/// The asking end.
pub(crate) type Connected = UnixStream;

/// A bound socket. The lock, not the socket's file, says who listens: the system lets go of it when the process
/// ends, however it ends.
#[derive(Debug)]
pub(crate) struct Socket {
    listener: UnixListener,
    place: PathBuf,
    _lock: File,
}

impl Socket {
    pub(crate) fn bind(address: &Address) -> Result<Self, BindFault> {
        let place = address.as_path();
        let refused = |source| BindFault::Refused { place: place.to_owned(), source };
        let folder = place.parent().unwrap_or(Path::new("/"));
        own_folder(folder, own_uid(), place)?;
        let lock = File::create(place.with_extension("lock")).map_err(refused)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(BindFault::AlreadyRunning),
            Err(TryLockError::Error(source)) => return Err(refused(source)),
        }
        // Whose lock is free is dead: its socket, if it left one, is nobody's.
        remove(place).map_err(refused)?;
        let listener = UnixListener::bind(place).map_err(refused)?;
        fs::set_permissions(place, Permissions::from_mode(0o600)).map_err(refused)?;
        Ok(Self { listener, place: place.to_owned(), _lock: lock })
    }

    pub(crate) async fn accept(&mut self) -> io::Result<Accepted> {
        self.listener.accept().await.map(|(connection, _)| connection)
    }
}

impl Drop for Socket {
    /// Takes the file away while the lock is still held, so that it cannot be a successor's.
    fn drop(&mut self) {
        if let Err(error) = remove(&self.place) {
            tracing::debug!(%error, "the socket's file stays");
        }
    }
}

pub(crate) async fn connect(address: &Address) -> Result<Connected, WireFault> {
    use io::ErrorKind::{ConnectionRefused, NotFound, PermissionDenied};
    UnixStream::connect(address.as_path()).await.map_err(|error| {
        if matches!(error.kind(), NotFound | ConnectionRefused) {
            WireFault::NobodyListens
        } else if error.kind() == PermissionDenied {
            WireFault::NotOurs
        } else {
            WireFault::Broken(error)
        }
    })
}

/// Whether the other end is a process of the same user (`SO_PEERCRED`, `getpeereid`).
pub(crate) fn is_ours(connection: &UnixStream) -> bool {
    connection.peer_cred().is_ok_and(|peer| may_talk(peer.uid(), own_uid()))
}

/// Nobody but the user, not even root: an engine started with sudo has other credentials and another journal.
fn may_talk(peer: u32, own: u32) -> bool {
    peer == own
}

/// The user whom this process acts for.
pub(crate) fn own_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Makes the folder for this user alone, and refuses one that is somebody else's.
fn own_folder(folder: &Path, uid: u32, place: &Path) -> Result<(), BindFault> {
    let refused = |source| BindFault::Refused { place: place.to_owned(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(refused)?;
    let found = fs::symlink_metadata(folder).map_err(refused)?;
    if !found.is_dir() || found.uid() != uid {
        return Err(BindFault::NotOurs { folder: folder.to_owned() });
    }
    if found.mode() & 0o077 != 0 {
        fs::set_permissions(folder, Permissions::from_mode(0o700)).map_err(refused)?;
    }
    Ok(())
}

fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
