//! Where things lie: the checkout, the target folder, the caches that setup fills.

use std::env;
use std::path::{Path, PathBuf};

/// The checkout. Cargo says which one at run time; a target folder shared by two checkouts would
/// make the path known at build time the wrong one.
pub(crate) fn root() -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    ancestor(&package, 2)
}

/// Cargo's target folder: the one that this very program was built in.
pub(crate) fn target() -> PathBuf {
    if let Some(dir) = env::var_os("CARGO_TARGET_DIR") {
        return root().join(dir);
    }
    match env::current_exe() {
        Ok(exe) => ancestor(&exe, 2),
        Err(_) => root().join("target"),
    }
}

/// What setup keeps between runs: the stand-in's Python, wasm-opt. Ignored by git.
pub(crate) fn cache() -> PathBuf {
    root().join(".cache")
}

/// What Tauri embeds as the window's content.
pub(crate) fn ui_dist() -> PathBuf {
    root().join("ui/dist")
}

/// `path` as it is best said to a person: relative to the checkout where it lies inside.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

fn ancestor(path: &Path, levels: usize) -> PathBuf {
    path.ancestors().nth(levels).unwrap_or(path).to_owned()
}
