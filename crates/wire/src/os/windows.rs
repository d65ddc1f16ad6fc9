//! Named pipes. Checked by the compiler only: nobody has run this on Windows yet.
//!
//! A pipe made without an ACL of its own lets the user, administrators and the system write; everybody else may only
//! read, and who cannot ask is told nothing
//! (<https://learn.microsoft.com/windows/win32/ipc/named-pipe-security-and-access-rights>). Other computers are
//! refused. Who the other end is cannot be asked without `unsafe`, which this workspace forbids: a program of another
//! user that takes the pipe's name first would be believed.

use std::{io, time::Duration};

use tokio::{
    net::windows::named_pipe::{ClientOptions, NamedPipeClient, NamedPipeServer, ServerOptions},
    time::sleep,
};

use crate::{Address, BindFault, WireFault};

pub(crate) type Accepted = NamedPipeServer;
pub(crate) type Connected = NamedPipeClient;

/// `ERROR_ACCESS_DENIED`: what the first instance of a pipe gets when it is not the first.
const ACCESS_DENIED: i32 = 5;
/// `ERROR_PIPE_BUSY`: every instance has its client, and the next is about to be made.
const PIPE_BUSY: i32 = 231;

/// A pipe's name and the instance that waits for the next client.
#[derive(Debug)]
pub(crate) struct Socket {
    address: Address,
    next: NamedPipeServer,
}

impl Socket {
    pub(crate) fn bind(address: &Address) -> Result<Self, BindFault> {
        let first = ServerOptions::new().first_pipe_instance(true).create(address.as_path());
        let next = first.map_err(|source| match source.raw_os_error() {
            Some(ACCESS_DENIED) => BindFault::AlreadyRunning,
            Some(_) | None => BindFault::Refused { place: address.as_path().to_owned(), source },
        })?;
        Ok(Self { address: address.clone(), next })
    }

    pub(crate) async fn accept(&mut self) -> io::Result<Accepted> {
        self.next.connect().await?;
        let next = ServerOptions::new().create(self.address.as_path())?;
        Ok(std::mem::replace(&mut self.next, next))
    }
}

/// Tries until an instance is free; the caller bounds it.
pub(crate) async fn connect(address: &Address) -> Result<Connected, WireFault> {
    loop {
        match ClientOptions::new().open(address.as_path()) {
            Ok(connected) => return Ok(connected),
            Err(error) if error.raw_os_error() == Some(PIPE_BUSY) => sleep(Duration::from_millis(20)).await,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(WireFault::NobodyListens),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Err(WireFault::NotOurs),
            Err(error) => return Err(WireFault::Broken(error)),
        }
    }
}

/// The pipe's ACL has seen to it: see above.
pub(crate) fn is_ours<End>(_end: &End) -> bool {
    true
}
