//! The Python environments that checks run in, each in a folder of `.cache` and made again only when its list of
//! requirements changes.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::{command, paths};

const VERSIONS: [&str; 6] =
    ["python3", "/usr/bin/python3", "python3.11", "python3.12", "python3.13", "python3.14"];
const SUITABLE: &str = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";

/// One environment.
#[derive(Clone, Copy)]
pub(crate) struct Environment {
    /// Its folder in `.cache`, and that of its requirements in `tests`.
    name: &'static str,
    about: &'static str,
}

/// The AWS stand-in and its tests.
pub(crate) const STAND_IN: Environment =
    Environment { name: "stand-in", about: "the AWS stand-in of the tests" };

/// The checks of the templates and policies in `bundle`.
pub(crate) const BUNDLE: Environment =
    Environment { name: "bundle", about: "the checks of templates and policies" };

const ALL: [Environment; 2] = [STAND_IN, BUNDLE];

/// Whether a Python is needed and none of those here will do.
pub(super) fn is_lacking() -> bool {
    ALL.iter().any(|it| !it.is_current()) && suitable_python().is_none()
}

pub(super) fn ensure_all() -> Result<()> {
    ALL.iter().try_for_each(Environment::ensure)
}

impl Environment {
    /// Its Python.
    pub(crate) fn python(&self) -> PathBuf {
        let inside = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
        self.folder().join(inside)
    }

    /// The folder of what it runs.
    pub(crate) fn tests(&self) -> PathBuf {
        paths::root().join("tests").join(self.name)
    }

    fn ensure(&self) -> Result<()> {
        if self.is_current() {
            return Ok(());
        }
        let (name, about) = (self.name, self.about);
        let Some(outside) = suitable_python() else {
            bail!("{about} need Python 3.11 or later with its venv module; none was found");
        };
        println!("Setup: Python packages of {about} (about a minute)");
        let folder = self.folder();
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("could not remove the old .cache/{name}"))?;
        }
        command::run(command::program(outside).args(["-m", "venv"]).arg(&folder))?;
        let mut pip = command::program(self.python());
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
        command::run(pip.arg(self.requirements()))
            .with_context(|| format!("could not install the Python packages of {about}"))?;
        // Last, so that an interrupted installation starts over.
        fs::copy(self.requirements(), self.installed())
            .with_context(|| format!("could not note what was installed in .cache/{name}"))?;
        Ok(())
    }

    fn is_current(&self) -> bool {
        match (fs::read(self.requirements()), fs::read(self.installed())) {
            (Ok(wanted), Ok(there)) => wanted == there && self.python().exists(),
            (Ok(_) | Err(_), Err(_)) | (Err(_), Ok(_)) => false,
        }
    }

    fn folder(&self) -> PathBuf {
        paths::cache().join(self.name)
    }

    fn requirements(&self) -> PathBuf {
        self.tests().join("requirements.txt")
    }

    /// A copy of the requirements that it was made from.
    fn installed(&self) -> PathBuf {
        self.folder().join("requirements.txt")
    }
}

fn suitable_python() -> Option<&'static str> {
    VERSIONS.into_iter().find(|it| command::succeeds(command::program(it).args(["-c", SUITABLE])))
}
