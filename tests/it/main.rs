//! Whole behaviours.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod account;
mod arrows;
mod aws;
mod cli;
mod desktop_app;
mod desktop_parts;
mod keychain;
mod stand_in_parts;
mod tidy;
