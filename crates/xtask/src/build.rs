//! `cargo xtask build`: the window's content first, because Tauri embeds it at compile time, then
//! the three programs.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::agent::{self, Architecture};
use crate::{command, paths, ui};

/// The programs that Curfew is made of.
pub(crate) const PROGRAMS: [&str; 3] = ["curfew", "curfew-tray", "curfew-window"];

/// Which of Cargo's profiles.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build.
    Dev,
    /// As shipped.
    Release,
}

impl Profile {
    pub(crate) fn of(release: bool) -> Self {
        if release { Self::Release } else { Self::Dev }
    }

    /// Where Cargo puts the programs.
    pub(crate) fn dir(self) -> PathBuf {
        paths::target().join(match self {
            Self::Dev => "debug",
            Self::Release => "release",
        })
    }

    /// The value of Cargo's `--profile`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }
}

pub(crate) fn run(profile: Profile) -> Result<()> {
    ui::build(profile)?;
    println!(
        "Programs: the AWS SDK makes the first build long (about 10 minutes on 2 cores), later ones take seconds"
    );
    let mut cargo = command::cargo();
    cargo.args(["build", "--profile", profile.name(), "--package", "cli", "--package", "curfew-app"]);
    for program in PROGRAMS {
        cargo.args(["--bin", program]);
    }
    command::run(&mut cargo)?;
    bring_agents(profile)?;
    for program in PROGRAMS {
        println!("  {}", paths::shown(&profile.dir().join(program)));
    }
    Ok(())
}

/// Beside the programs, as packages have them: what a launch puts on instances.
fn bring_agents(profile: Profile) -> Result<()> {
    if !cfg!(target_os = "linux") {
        println!("Agents: built on Linux only; launching needs them in a folder that CURFEW_AGENTS names");
        return Ok(());
    }
    println!("Agents: for both architectures (4 minutes the first time)");
    let folder = profile.dir().join("agents");
    fs::create_dir_all(&folder)?;
    for architecture in Architecture::ALL {
        let built = agent::build(architecture)?;
        let place = folder.join(format!("curfew-agent-{}", architecture.name()));
        fs::copy(&built, &place).with_context(|| format!("could not write {}", paths::shown(&place)))?;
    }
    Ok(())
}
