//! The one loop: inputs and the time in, effects out.
//!
//! `core` decides and touches nothing; `run` carries out and decides nothing; `ports` says what the world must offer.
//! Nothing here knows AWS, a file, a toolkit or a socket.

pub mod clock;
pub mod core;
pub mod ports;
mod run;
pub mod secret;

pub use clock::{Clock, FastClock, SystemClock};
pub use core::{Core, Effect, Input, Presence};
pub use ports::{Build, Builds, Cloud, Ground, Store};
pub use run::{Engine, Setup};
pub use secret::{Keychain, Secret};
