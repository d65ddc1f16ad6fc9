//! What rustup adds to the pinned toolchain, and the test runner.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::command;

/// Whether the standard library for `target` lies in the toolchain in use.
pub(crate) fn target_installed(target: &str) -> bool {
    let mut rustc = command::program("rustc");
    rustc.args(["--print", "target-libdir", "--target", target]);
    command::output(&mut rustc).is_ok_and(|dir| Path::new(dir.trim()).is_dir())
}

pub(crate) fn ensure_target(target: &str, purpose: &str) -> Result<()> {
    if target_installed(target) {
        return Ok(());
    }
    if command::find("rustup").is_none() {
        bail!("Rust's {target} target is missing ({purpose}) and rustup is not here to add it");
    }
    println!("Setup: adding Rust's {target} target ({purpose}; under a minute)");
    command::run(command::program("rustup").args(["target", "add", target]))
        .with_context(|| format!("could not add Rust's {target} target, needed for {purpose}"))
}

/// nextest is nicer, not needed: building it takes minutes, so that is left to the person.
pub(super) fn advise_nextest() {
    if !has_nextest() {
        println!(
            "Setup: cargo-nextest is absent: the tests run with `cargo test` instead \
             (`cargo install --locked cargo-nextest` makes them quicker and clearer; it takes minutes)"
        );
    }
}

pub(crate) fn has_nextest() -> bool {
    command::find("cargo-nextest").is_some()
}
