//! A value of the registry's `Run` key, written with the system's own `reg`. Compiled and not tried.

use std::{io, path::Path, process::Command};

use super::BACKGROUND;

pub(super) const HINT: &str = "Look at Settings > Apps > Startup.";

const KEY: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run";

pub(super) fn is_on() -> bool {
    reg(&["query", KEY, "/v", "Curfew"]).is_ok()
}

pub(super) fn add(program: &Path) -> io::Result<()> {
    let command = format!("\"{}\" {BACKGROUND}", program.display());
    reg(&["add", KEY, "/v", "Curfew", "/t", "REG_SZ", "/d", &command, "/f"])
}

pub(super) fn remove() -> io::Result<()> {
    if is_on() { reg(&["delete", KEY, "/v", "Curfew", "/f"]) } else { Ok(()) }
}

fn reg(arguments: &[&str]) -> io::Result<()> {
    let output = Command::new("reg").args(arguments).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(io::Error::other(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}
