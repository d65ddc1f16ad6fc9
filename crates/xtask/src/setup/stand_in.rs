//! The Python that the AWS stand-in of the tests runs in: a virtual environment in
//! `.cache/stand-in`, made again only when its list of requirements changes.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::{command, paths};

const VERSIONS: [&str; 6] =
    ["python3", "/usr/bin/python3", "python3.11", "python3.12", "python3.13", "python3.14"];
const SUITABLE: &str = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";

/// The environment's Python.
pub(crate) fn python() -> PathBuf {
    let inside = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
    folder().join(inside)
}

/// Whether a Python is needed and none of those here will do.
pub(super) fn lacks_python() -> bool {
    !is_current() && suitable_python().is_none()
}

pub(super) fn ensure() -> Result<()> {
    if is_current() {
        return Ok(());
    }
    let Some(outside) = suitable_python() else {
        bail!(
            "the AWS stand-in of the tests needs Python 3.11 or later with its venv module; none was found"
        );
    };
    println!("Setup: Python packages of the AWS stand-in (about a minute)");
    if folder().exists() {
        fs::remove_dir_all(folder()).context("could not remove the old .cache/stand-in")?;
    }
    command::run(command::program(outside).args(["-m", "venv"]).arg(folder()))?;
    let mut pip = command::program(python());
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
    command::run(pip.arg(requirements())).context("could not install the AWS stand-in's Python packages")?;
    // Last, so that an interrupted installation starts over.
    fs::copy(requirements(), installed()).context("could not note what was installed in .cache/stand-in")?;
    Ok(())
}

fn suitable_python() -> Option<&'static str> {
    VERSIONS.into_iter().find(|it| command::succeeds(command::program(it).args(["-c", SUITABLE])))
}

fn is_current() -> bool {
    match (fs::read(requirements()), fs::read(installed())) {
        (Ok(wanted), Ok(there)) => wanted == there && python().exists(),
        (Ok(_) | Err(_), Err(_)) | (Err(_), Ok(_)) => false,
    }
}

fn folder() -> PathBuf {
    paths::cache().join("stand-in")
}

fn requirements() -> PathBuf {
    paths::root().join("tests/stand-in/requirements.txt")
}

/// A copy of the requirements that the environment was made from.
fn installed() -> PathBuf {
    folder().join("requirements.txt")
}
