//! Mouse and keyboard of a session, as X itself would report them. It does not know what lies under the
//! pointer.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

use crate::session::Session;

/// How long a small X program may take.
const BOUND: Duration = Duration::from_secs(10);

/// A point on the screen: pixels from the left and from the top.
pub type Point = (u16, u16);

/// A mouse button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Button {
    /// The first.
    Left,
    /// The wheel, pressed.
    Middle,
    /// The one that opens menus.
    Right,
}

/// Moves the pointer to a point and clicks there.
///
/// # Errors
/// The program `xdotool` is missing or failed, as for all here.
pub async fn click(session: &Session, (x, y): Point, button: Button) -> Result<()> {
    let button = match button {
        Button::Left => "1",
        Button::Middle => "2",
        Button::Right => "3",
    };
    xdotool(session, &["mousemove", &x.to_string(), &y.to_string(), "click", button]).await.map(drop)
}

/// Moves the pointer to a point.
pub async fn point(session: &Session, (x, y): Point) -> Result<()> {
    xdotool(session, &["mousemove", &x.to_string(), &y.to_string()]).await.map(drop)
}

/// Presses keys one after the other, called as X calls them: `Down`, `Return`, `ctrl+f`.
pub async fn press(session: &Session, keys: &[&str]) -> Result<()> {
    xdotool(session, &[&["key"], keys].concat()).await.map(drop)
}

/// Types a text into whatever has the focus.
pub async fn write(session: &Session, text: &str) -> Result<()> {
    xdotool(session, &["type", "--", text]).await.map(drop)
}

pub(crate) async fn xdotool(session: &Session, arguments: &[&str]) -> Result<String> {
    run(session, "xdotool", arguments).await
}

/// Runs a small X program and returns what it prints.
pub(crate) async fn run(session: &Session, program: &str, arguments: &[&str]) -> Result<String> {
    let mut command = Command::from(session.command(program));
    let output = tokio::time::timeout(BOUND, command.args(arguments).kill_on_drop(true).output()).await;
    let output = output.with_context(|| format!("{program} {arguments:?} did not end within {BOUND:?}"))?;
    let output = output.with_context(|| format!("cannot run {program}: install the package of this name"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{program} {arguments:?} failed: {}", said.trim());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
