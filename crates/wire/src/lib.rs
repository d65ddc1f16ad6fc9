//! The local socket between the tray, which hosts the engine, and the window and command line, which ask it.
//!
//! Both ends are of one version and one user. Credentials never cross it. One connection carries one [`Ask`], and one
//! [`Answer`] or, for [`Ask::Watch`], a stream of them; each is one line of JSON.

pub mod client;
pub mod fault;
mod line;
pub mod message;
mod os;
pub mod path;
pub mod server;

pub use client::{Client, Watch};
pub use fault::{BindFault, WireFault};
pub use message::{Answer, Ask, ProfileAnswer, ProfileAsk};
pub use path::Address;
pub use server::{Feed, Listener, Reply, feed};
