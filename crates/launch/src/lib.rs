//! Launching from a profile: what to ask before a cent is spent, which place to try next, what exactly is requested,
//! and when to stop trying.
//!
//! Every function here is one of facts and `now`. Knows the words of `domain` and what the agent is told (`protocol`);
//! knows no SDK, no file and no clock. The engine's core drives a [`Course`]; its hands make the calls.

pub mod cost;
pub mod profile;

pub use cost::{Cost, Quote};
pub use profile::Profile;
