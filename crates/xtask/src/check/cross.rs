//! `cargo check` for the systems that this machine is not: types and names are right there, which
//! is all that can be said without one.

use anyhow::Result;

use super::steps::{Outcome, cargo};
use crate::{command, setup};

pub(super) fn windows(_: Option<&str>) -> Result<Outcome> {
    check("x86_64-pc-windows-gnu")
}

pub(super) fn macos(_: Option<&str>) -> Result<Outcome> {
    check("aarch64-apple-darwin")
}

fn check(target: &str) -> Result<Outcome> {
    if !setup::target_installed(target) {
        return Ok(Outcome::Skipped(format!("Rust's {target} target is not installed")));
    }
    let _ = command::cargo;
    cargo(&["check", "--target", target, "--package", "domain"])
}
