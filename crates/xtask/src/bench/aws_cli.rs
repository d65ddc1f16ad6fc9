//! The AWS command line that `curfew check` is measured against, in a virtual environment of its own.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::{command, paths, setup};

/// From PyPI, where version 1 is what `pip install awscli` gives.
const PACKAGE: &str = "awscli==1.46.3";

/// The program, installed if it is not there yet.
pub(super) fn program() -> Result<PathBuf> {
    // Its own folder for each version, so that another one is not taken for it.
    let folder = paths::cache().join(PACKAGE.replace("==", "-"));
    let (python, program) = (folder.join("bin/python"), folder.join("bin/aws"));
    if !program.exists() {
        println!("Setup: the AWS command line, to measure against (about a minute)");
        command::run(
            command::program(setup::STAND_IN.python()).args(["-m", "venv", "--clear"]).arg(&folder),
        )?;
        let mut pip = command::program(python);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE]);
        command::run(&mut pip).with_context(|| format!("could not install {PACKAGE}"))?;
    }
    Ok(program)
}
