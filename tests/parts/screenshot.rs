//! Pictures of a whole session, kept for people to look at.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::session::Session;
use crate::{binaries, wait};

/// Folder of the pictures, else `target/screenshots`.
const FOLDER: &str = "CURFEW_SHOTS";
/// How long taking one may take.
const TAKING: Duration = Duration::from_secs(10);

/// Takes a picture of the screen and returns its path, `NAME.png` in the folder of pictures.
///
/// # Errors
/// The program `scrot` is missing, or the folder cannot be written.
pub async fn take(session: &Session, name: &str) -> Result<PathBuf> {
    let folder = folder()?;
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let path = folder.join(format!("{name}.png"));
    let mut scrot = tokio::process::Command::from(session.command("scrot"));
    scrot.arg("--overwrite").arg(&path).kill_on_drop(true);
    let taken = tokio::time::timeout(TAKING, scrot.output()).await.context("scrot did not come back")?;
    let output = taken.context("cannot run scrot: install the package scrot")?;
    ensure!(output.status.success(), "scrot failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(path)
}

/// Takes pictures until two in a row are the same, so that nothing is caught half-drawn, at most for
/// `bound`.
///
/// # Errors
/// As [`take`], or the screen never comes to rest.
pub async fn take_at_rest(session: &Session, name: &str, bound: Duration) -> Result<PathBuf> {
    let path = take(session, name).await?;
    let mut before = fs::read(&path)?;
    let same = async || {
        let now = fs::read(take(session, name).await?)?;
        let rests = now == before;
        before = now;
        Ok(rests)
    };
    wait::until("the screen to come to rest", bound, same, |rests| *rests).await?;
    Ok(path)
}

fn folder() -> Result<PathBuf> {
    match std::env::var_os(FOLDER) {
        Some(folder) => Ok(folder.into()),
        None => Ok(binaries::target_folder()?.join("screenshots")),
    }
}
