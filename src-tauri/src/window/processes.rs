//! Other programs that the window starts: the tray, and the browser.

use std::{
    env,
    ffi::OsString,
    path::PathBuf,
    process::{Command, Stdio},
};

use domain::Problem;

/// Starts the tray, which outlives this window.
pub(crate) fn start_tray() -> Result<(), Problem> {
    let mut command = Command::new(tray());
    // It is started for a window that is open: it need not open one.
    command.arg("--background").stdin(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn().map_err(|error| {
        let message = format!("Curfew's tray does not start: {error}");
        Problem::new("tray-start", message, "Check that curfew-tray is installed beside curfew-window.")
    })?;
    // Somebody has to take note of its end, should it come before ours.
    std::thread::spawn(move || child.wait());
    Ok(())
}

/// Opens an address in the browser.
pub(crate) fn browse(address: &str) -> Result<(), Problem> {
    open::that_detached(address).map_err(|error| {
        let message = format!("The browser could not be opened: {error}");
        Problem::new("browser", message, format!("Open it yourself: {address}"))
    })
}

/// `curfew-tray` beside this program, else wherever `PATH` has it.
fn tray() -> OsString {
    let name = format!("curfew-tray{}", env::consts::EXE_SUFFIX);
    let beside = env::current_exe().ok().map(|own| own.with_file_name(&name)).filter(|path| path.is_file());
    beside.map_or_else(|| name.into(), PathBuf::into_os_string)
}
