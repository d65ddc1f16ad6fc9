//! curfew-agent: see `agent`.

use std::{
    env,
    ffi::OsString,
    os::unix::process::CommandExt,
    path::Path,
    process::{Command, ExitCode},
};

use agent::io::cgroup;

fn main() -> ExitCode {
    let words: Vec<OsString> = env::args_os().skip(1).collect();
    match words.split_first() {
        Some((word, rest)) if word == cgroup::ENTER => enter(rest),
        Some(_) | None => ExitCode::SUCCESS,
    }
}

/// Enters a control group and becomes another program. Only the agent itself calls this.
fn enter(words: &[OsString]) -> ExitCode {
    let [folder, program, arguments @ ..] = words else { return ExitCode::from(64) };
    if let Err(error) = cgroup::enter(Path::new(folder)) {
        eprintln!("curfew-agent: the control group cannot be entered: {error}");
    }
    let error = Command::new(program).args(arguments).exec();
    eprintln!("curfew-agent: {} cannot be started: {error}", Path::new(program).display());
    ExitCode::from(127)
}
