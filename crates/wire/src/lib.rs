//! The local socket between the tray, which hosts the engine, and the window and command line, which ask it.
//!
//! Both ends are of one version and one user. Credentials never cross it. One connection carries one [`Ask`], and one
//! [`Answer`] or, for [`Ask::Watch`], a stream of them; each is one line of JSON.

pub mod message;

pub use message::{Answer, Ask};
