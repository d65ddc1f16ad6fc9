//! The agent: decides when an instance has done its work, and ends it.
//!
//! `decide` is pure, `io` is thin; `core` joins the deciders into one life, `run` lives it.

pub mod cli;
pub mod core;
pub mod decide;
pub mod explain;
pub mod io;
pub mod ordered;
pub mod preflight;
pub mod run;
pub mod sync;
