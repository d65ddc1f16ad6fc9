//! Launching from a profile: what to ask before a cent is spent, which place to try next, what exactly is requested,
//! and when to stop trying.
//!
//! Every function here is one of facts and `now`. Knows the words of `domain` and what the agent is told (`protocol`);
//! knows no SDK, no file and no clock. The engine's core drives a [`Course`]; its hands make the calls.

pub mod call;
pub mod card;
pub mod cost;
mod course;
pub mod order;
pub mod prepare;
pub mod prepared;
pub mod preview;
pub mod profile;
pub mod refusal;
mod survey;

pub use call::{Answer, Call};
pub use cost::{Cost, Quote};
pub use course::{Course, Move};
pub use order::{ClientToken, Order, Record};
pub use profile::Profile;
