//! Where the built programs are.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// Folder that holds the built programs, else the one this test was built into.
const FOLDER: &str = "CURFEW_BIN_DIR";

/// The command line, `curfew`.
///
/// # Errors
/// It is not built.
pub fn curfew() -> Result<PathBuf> {
    built("curfew")
}

/// The tray, `curfew-tray`.
///
/// # Errors
/// It is not built.
pub fn curfew_tray() -> Result<PathBuf> {
    built("curfew-tray")
}

/// The window, `curfew-window`.
///
/// # Errors
/// It is not built.
pub fn curfew_window() -> Result<PathBuf> {
    built("curfew-window")
}

/// The top of the workspace.
#[must_use]
pub fn workspace() -> PathBuf {
    // The package lies one below it.
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Cargo's target folder.
pub(crate) fn target_folder() -> Result<PathBuf> {
    let profile = profile_folder()?;
    Ok(profile.parent().context("a build has its profile's folder in the target folder")?.to_owned())
}

fn built(name: &str) -> Result<PathBuf> {
    let folder = match env::var_os(FOLDER) {
        Some(folder) => PathBuf::from(folder),
        None => profile_folder()?,
    };
    let path = folder.join(name);
    ensure!(
        path.is_file(),
        "{} is not built: run `cargo xtask build` first, or set {FOLDER} to the folder that holds it",
        path.display()
    );
    Ok(path)
}

/// `TARGET/PROFILE`: this test runs from `TARGET/PROFILE/deps`.
fn profile_folder() -> Result<PathBuf> {
    let test = env::current_exe().context("cannot tell where this test was built")?;
    let profile = test.parent().and_then(Path::parent);
    Ok(profile.context("a built test lies in the target folder")?.to_owned())
}
