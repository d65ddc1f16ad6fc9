//! `cargo xtask setup`: what building and testing need and this machine lacks. Says what each
//! thing is for and about how long it takes; asks before system packages; does nothing the second
//! time. On macOS and Windows it says what a person has to install.

mod apt;
mod elsewhere;
mod packages;
mod python;
mod rust;
mod wasm_opt;

use anyhow::Result;

pub(crate) use python::{BUNDLE, Environment, STAND_IN};
pub(crate) use rust::{ensure_target, has_nextest, target_installed};
pub(crate) use wasm_opt::program as wasm_opt;

use crate::clock::{Stopwatch, seconds};

/// What the machine is to be ready for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Building and starting Curfew.
    Run,
    /// That, and every test.
    Test,
}

impl Scope {
    pub(crate) fn of(tests: bool) -> Self {
        if tests { Self::Test } else { Self::Run }
    }
}

pub(crate) fn run(scope: Scope, yes: bool) -> Result<()> {
    let watch = Stopwatch::start();
    if cfg!(target_os = "linux") {
        system(scope, yes)?;
    } else {
        println!("{}", elsewhere::ADVICE);
    }
    ensure_target("wasm32-unknown-unknown", "the window's content")?;
    wasm_opt::ensure();
    match scope {
        Scope::Run => {}
        Scope::Test => {
            rust::advise_nextest();
            python::ensure_all()?;
        }
    }
    println!("Setup: ready ({})", seconds(watch.elapsed()));
    Ok(())
}

fn system(scope: Scope, yes: bool) -> Result<()> {
    if !apt::is_here() {
        return elsewhere::check_other_linux();
    }
    let missing = apt::missing(packages::needed(scope))?;
    if missing.is_empty() { Ok(()) } else { apt::install(&missing, yes) }
}
