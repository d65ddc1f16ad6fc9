//! Powering the machine off: each way, tried once and bounded. Which one, and what follows when it fails, is decided elsewhere.

use std::{
    process::{Command, ExitStatus, Stdio},
    sync::mpsc,
    time::Duration,
};

use super::child::spawn;

/// `halt` is not among them: it does not power a machine off.
const SHUTDOWN: [&str; 3] = ["shutdown", "-h", "now"];
const FORCED: [&str; 2] = ["poweroff", "-f"];

/// `shutdown -h now`.
///
/// # Errors
/// It cannot be started, ends badly, or does not answer within the bound: a sentence.
pub fn shutdown(bound: Duration) -> Result<(), String> {
    run(&SHUTDOWN, bound)
}

/// `poweroff -f`, which asks nobody.
///
/// # Errors
/// As for [`shutdown`].
pub fn force(bound: Duration) -> Result<(), String> {
    run(&FORCED, bound)
}

fn run(words: &[&str], bound: Duration) -> Result<(), String> {
    let line = words.join(" ");
    let mut child = Command::new(words[0])
        .args(&words[1..])
        .stdin(Stdio::null())
        .spawn()
        .map_err(|error| format!("{line} cannot be started: {error}"))?;
    let (tell, told) = mpsc::channel();
    let waiting = spawn("power", move || {
        // Nobody listens any more when the bound has passed.
        tell.send(child.wait()).ok();
    });
    waiting.map_err(|error| format!("{line} cannot be waited for: {error}"))?;
    match told.recv_timeout(bound) {
        Ok(Ok(status)) => judge(&line, status),
        Ok(Err(error)) => Err(format!("{line} cannot be waited for: {error}")),
        Err(_) => Err(format!("{line} does not answer")),
    }
}

fn judge(line: &str, status: ExitStatus) -> Result<(), String> {
    if status.success() { Ok(()) } else { Err(format!("{line} ended with {status}")) }
}
