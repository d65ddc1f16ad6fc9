//! systemd's watchdog (sd_notify(3), sd_watchdog_enabled(3)): told again and again that the agent's loop still turns. When
//! it does not hear that for the unit's `WatchdogSec=`, it kills the agent and starts it anew. Without systemd it is nobody.

use std::{
    io,
    os::{
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixDatagram},
    },
    time::Duration,
};

/// The one who listens.
#[derive(Debug)]
pub struct Watchdog {
    socket: UnixDatagram,
    address: SocketAddr,
    patience: Duration,
}

impl Watchdog {
    /// The watchdog of this very process, as systemd's variables name it; none where nobody watches.
    pub fn find(variable: fn(&str) -> Option<String>) -> Option<Self> {
        let own = std::process::id().to_string();
        if variable("WATCHDOG_PID").is_some_and(|watched| watched != own) {
            return None;
        }
        let patience = Duration::from_micros(variable("WATCHDOG_USEC")?.parse().ok()?);
        let name = variable("NOTIFY_SOCKET")?;
        let (socket, address) = open(&name).ok()?;
        Some(Self { socket, address, patience })
    }

    /// How long to wait for the next word at most: half of what it bears, as systemd advises.
    pub fn every(&self) -> Duration {
        self.patience / 2
    }

    /// All is well. Never waits: a word that systemd has no room for is one too many.
    pub fn pat(&self) {
        self.socket.send_to_addr(b"WATCHDOG=1", &self.address).ok();
    }
}

/// A path, or a name in the abstract space, written with `@`.
fn open(name: &str) -> io::Result<(UnixDatagram, SocketAddr)> {
    let address = match name.strip_prefix('@') {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(name)?,
    };
    let socket = UnixDatagram::unbound()?;
    socket.set_nonblocking(true)?;
    Ok((socket, address))
}
