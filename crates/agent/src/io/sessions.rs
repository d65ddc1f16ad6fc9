//! Sessions that are written down in files: utmp, logind, and the sockets of screen and tmux.

mod logind;
mod sockets;
mod utmp;

pub use logind::logind;
pub use sockets::{Sockets, sockets};
pub use utmp::utmp;

/// No list of sessions grows beyond this.
const MOST: usize = 256;

/// Terminals at which a person is: ssh's and SSM's pseudo-terminals and EC2's serial console. The local screen of a
/// virtual machine has nobody before it; images that log in there by themselves would never be idle.
fn is_a_persons(line: &str) -> bool {
    ["pts/", "ttyS", "ttyAMA", "hvc"].iter().any(|kind| line.starts_with(kind))
}

#[cfg(test)]
mod tests;
