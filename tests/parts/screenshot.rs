//! Pictures of a whole session, kept for people to look at.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::process::Command;

use crate::session::Session;
use crate::{binaries, input, wait};

/// Folder of the pictures, else `target/screenshots`.
const FOLDER: &str = "CURFEW_SHOTS";
/// What a desktop looks like behind its windows: ImageMagick's way of saying a gradient.
const BACKDROP: &str = "gradient:#4a6078-#24313f";

/// Takes a picture of the screen and returns its path, `NAME.png` in the folder of pictures.
///
/// # Errors
/// The program `scrot` is missing, or the folder cannot be written.
pub async fn take(session: &Session, name: &str) -> Result<PathBuf> {
    let folder = folder()?;
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let path = folder.join(format!("{name}.png"));
    let shown = path.to_str().context("the folder of pictures has a name that is not UTF-8")?;
    input::run(session, "scrot", &["--overwrite", shown]).await?;
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

/// Gives the desktop a background, which otherwise is black. Pictures for people are better for it.
///
/// # Errors
/// The program `display` is missing: it comes with the package imagemagick.
pub async fn paint_backdrop(session: &Session) -> Result<()> {
    let (width, height) = session.screen();
    let size = format!("{width}x{height}");
    let mut display = Command::from(session.command("display"));
    display.args(["-size", &size, "-window", "root", BACKDROP]).kill_on_drop(true);
    // Its exit code says nothing: with `-window root` it is 1 also after it has painted.
    display.output().await.context("cannot run display: install the package imagemagick")?;
    Ok(())
}

fn folder() -> Result<PathBuf> {
    match std::env::var_os(FOLDER) {
        Some(folder) => Ok(binaries::workspace().join(folder)),
        None => Ok(binaries::target_folder()?.join("screenshots")),
    }
}
