//! `cargo xtask run`: from a fresh checkout to the tray icon.

use std::env;

use anyhow::{Result, ensure};

use crate::build::{self, Profile};
use crate::{command, setup};

pub(crate) fn run(profile: Profile, yes: bool, args: &[String]) -> Result<()> {
    // Before minutes of building: without a screen there is nothing to show at the end of them.
    ensure!(
        has_screen(),
        "there is no screen: neither DISPLAY nor WAYLAND_DISPLAY is set. Start it from a terminal \
         inside a desktop session; over ssh use the command line instead: cargo run -p cli -- check"
    );
    setup::run(setup::Scope::Run, yes)?;
    build::run(profile)?;
    let tray = profile.dir().join(format!("curfew-tray{}", env::consts::EXE_SUFFIX));
    println!("Curfew: starting the tray icon; Quit in its menu, or Ctrl-C here, ends it");
    command::run(command::program(tray).args(args))
}

fn has_screen() -> bool {
    let set = |name| env::var_os(name).is_some_and(|it| !it.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
