//! The system's own local sockets: how they are made, joined, and kept to one user. Knows no message.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use unix::{Accepted, Connected, Socket, connect, is_ours, own_uid};
#[cfg(windows)]
pub(crate) use windows::{Accepted, Connected, Socket, connect, is_ours};
