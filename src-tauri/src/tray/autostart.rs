//! Start at login, by the means of each system. Knows where the entry lies, not why it is wanted.

#[cfg(target_os = "macos")]
mod launch_agent;
#[cfg(windows)]
mod run_key;
#[cfg(all(unix, not(target_os = "macos")))]
mod xdg;

use std::{env, io};

use domain::Problem;

#[cfg(target_os = "macos")]
use launch_agent as entry;
#[cfg(windows)]
use run_key as entry;
#[cfg(all(unix, not(target_os = "macos")))]
use xdg as entry;

/// What a start at login adds to the command line.
const BACKGROUND: &str = "--background";

/// Whether Curfew starts at login.
pub(crate) fn is_on() -> bool {
    entry::is_on()
}

/// Lets this very program start at login, or no longer.
pub(crate) fn set(on: bool) -> Result<(), Problem> {
    let changed =
        if on { env::current_exe().and_then(|program| entry::add(&program)) } else { entry::remove() };
    changed.map_err(|error| problem(on, &error))
}

fn problem(on: bool, error: &io::Error) -> Problem {
    let what = if on { "will not start at login" } else { "still starts at login" };
    Problem::new("autostart", format!("Curfew {what}: {error}"), entry::HINT)
}
