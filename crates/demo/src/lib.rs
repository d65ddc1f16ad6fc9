//! A simulated cloud behind the engine's port: the demo fleet, and what the engine's own tests look at.
//!
//! [`World`] is a value: facts and `now` in, instances out, the same for the same seed. [`Demo`] is the thin shell that
//! lends it to the engine, with a clock and a little latency. Nothing here knows AWS's wire, a file or a socket.

mod launch;
mod shell;
mod stage;
mod tempo;
mod world;

pub use launch::Launch;
pub use shell::Demo;
pub use stage::config;
pub use tempo::{PACE, Tempo};
pub use world::{Spell, World};
