//! `cargo check` for the systems that this machine is not. It holds that Curfew's Rust code and
//! that of its dependencies is right there, which is all that can be said without one: no C code
//! is compiled, nothing is linked, nothing is started.

use anyhow::Result;

use super::steps::Outcome;
use crate::{command, paths, setup};

/// What a user of another system builds; the crates below come along.
const PROGRAMS: [&str; 2] = ["cli", "curfew-app"];

pub(super) fn windows(_: Option<&str>) -> Result<Outcome> {
    check("x86_64-pc-windows-gnu")
}

pub(super) fn macos(_: Option<&str>) -> Result<Outcome> {
    check("aarch64-apple-darwin")
}

fn check(target: &str) -> Result<Outcome> {
    if !cfg!(target_os = "linux") {
        return Ok(Outcome::Skipped("checked on Linux".to_owned()));
    }
    if let Err(problem) = setup::ensure_target(target, "a check for that system") {
        return Ok(Outcome::Skipped(format!("{problem:#}")));
    }
    let nothing = paths::root().join("crates/xtask/src/check/nothing-cc.sh");
    let mut cargo = command::cargo();
    cargo.args(["check", "--target", target]);
    for package in PROGRAMS {
        cargo.args(["--package", package]);
    }
    for compiler in ["CC", "CXX", "RC"] {
        cargo.env(format!("{compiler}_{}", target.replace('-', "_")), &nothing);
    }
    cargo.env(format!("AR_{}", target.replace('-', "_")), "ar");
    // Otherwise build scripts ask Xcode where its headers are.
    cargo.env("SDKROOT", paths::root());
    command::run(&mut cargo)?;
    Ok(Outcome::Passed)
}
