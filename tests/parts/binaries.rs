//! Where the built programs are.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// Folder that holds the built programs, absolute or from the top of the workspace; else the one that
/// this test was built into.
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
        Some(folder) => workspace().join(folder),
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

/// `TARGET/PROFILE`: a test runs from `TARGET/PROFILE/deps`, a program from `TARGET/PROFILE`.
fn profile_folder() -> Result<PathBuf> {
    let program = env::current_exe().context("cannot tell where this test was built")?;
    let mut folders = program.ancestors().skip(1).filter(|folder| !folder.ends_with("deps"));
    Ok(folders.next().context("a built test lies in the target folder")?.to_owned())
}
