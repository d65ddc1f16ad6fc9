//! The real parts that tests of whole behaviours stand on: a private desktop, its tray, notifications
//! and keyring, a driver for windows, the AWS stand-in. No assertion lives here, and no knowledge of
//! what Curfew does with them.

#![cfg(unix)]

pub mod ask_aws;
pub mod binaries;
pub mod driver;
mod http;
pub mod input;
mod lifeline;
pub mod notifications;
pub mod proc;
pub mod process;
pub mod screenshot;
pub mod session;
pub mod stand_in;
pub mod tray;
pub mod wait;
pub mod windows;
