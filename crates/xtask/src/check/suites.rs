//! The test suites: Rust's, by nextest or by `cargo test`, and the stand-in's, by pytest.

use std::io::{BufRead, BufReader, IsTerminal, stdout};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::{Context, Result};

use super::counts::{Counts, Runner};
use super::steps::{Outcome, cargo};
use crate::build::Profile;
use crate::setup::Environment;
use crate::{command, setup};

/// Tests that need the private desktop session lie in modules whose names begin so.
const DESKTOP: &str = "desktop";
/// Tests of the agent as it is shipped lie in modules whose names begin so.
const SHIPPED: &str = "shipped_agent";

/// Programs and tests in one go and with one set of features; the suites below find all built.
pub(super) fn build(_: Option<&str>) -> Result<Outcome> {
    cargo(&["build", "--workspace", "--all-targets"])
}

pub(super) fn headless(filter: Option<&str>) -> Result<Outcome> {
    rust(&["--skip", DESKTOP, "--skip", SHIPPED], filter, None)
}

pub(super) fn desktop(filter: Option<&str>) -> Result<Outcome> {
    if !cfg!(target_os = "linux") {
        return Ok(Outcome::Skipped("the private desktop session is Linux's".to_owned()));
    }
    // The runner takes any of several names, so the person's filter can replace ours only when
    // it is the narrower one.
    match filter {
        Some(filter) if !filter.contains(DESKTOP) => {
            Ok(Outcome::Skipped("left out by the filter".to_owned()))
        }
        Some(filter) => rust(&[], Some(filter), None),
        None => rust(&[], Some(DESKTOP), None),
    }
}

/// Whole machines with this agent on them.
pub(super) fn shipped(agent: &Path) -> Result<Outcome> {
    rust(&[], Some(SHIPPED), Some(agent))
}

fn rust(libtest: &[&str], filter: Option<&str>, agent: Option<&Path>) -> Result<Outcome> {
    let mut cargo = command::cargo();
    let runner = if setup::has_nextest() {
        cargo.args(["nextest", "run", "--workspace", "--no-fail-fast", "--no-tests=pass"]);
        Runner::Nextest
    } else {
        cargo.args(["test", "--workspace", "--all-targets", "--no-fail-fast"]);
        Runner::Libtest
    };
    cargo.arg("--").args(libtest).args(filter);
    cargo.env("CURFEW_BIN_DIR", Profile::Dev.dir());
    cargo.env("CURFEW_STAND_IN_PYTHON", setup::STAND_IN.python());
    cargo.envs(agent.map(|agent| ("CURFEW_AGENT", agent)));
    let (status, counts) = watched(cargo, runner)?;
    Ok(outcome(status.success(), status, counts))
}

pub(super) fn stand_in(filter: Option<&str>) -> Result<Outcome> {
    pytest(setup::STAND_IN, filter)
}

pub(super) fn bundle(filter: Option<&str>) -> Result<Outcome> {
    pytest(setup::BUNDLE, filter)
}

fn pytest(environment: Environment, filter: Option<&str>) -> Result<Outcome> {
    let mut python = command::program(environment.python());
    python.current_dir(environment.tests()).args(["-m", "pytest", "-q", "-p", "no:cacheprovider"]);
    if let Some(filter) = filter {
        python.args(["-k", filter]);
    }
    let (status, counts) = watched(python, Runner::Pytest)?;
    // pytest ends with 5 when the filter leaves nothing.
    let nothing_chosen = filter.is_some() && status.code() == Some(5);
    Ok(outcome(status.success() || nothing_chosen, status, counts))
}

fn outcome(right: bool, status: ExitStatus, counts: Counts) -> Outcome {
    if right {
        return Outcome::Counted(counts);
    }
    let reason = match counts.failed {
        0 => format!("the runner ended with {status}"),
        failed => format!("{failed} failed"),
    };
    Outcome::Failed { reason, counts: counts.at_least_one_failed() }
}

/// Shows what the runner prints and counts in it.
fn watched(mut command: Command, runner: Runner) -> Result<(ExitStatus, Counts)> {
    if stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always").env("PY_COLORS", "1");
    }
    let (child, lines) = spawn(command)?;
    follow(child, &lines, runner)
}

fn spawn(mut command: Command) -> Result<(Child, Receiver<String>)> {
    let (reader, writer) = std::io::pipe()?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let child = command.spawn().with_context(|| format!("could not start `{}`", command::line(&command)))?;
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(reader).split(b'\n').map_while(Result::ok) {
            let said = String::from_utf8_lossy(&line).into_owned();
            if sender.send(said).is_err() {
                break;
            }
        }
    });
    Ok((child, lines))
}

/// Ends with the runner itself: a daemon that a test left behind may hold the pipe open for ever.
fn follow(mut child: Child, lines: &Receiver<String>, runner: Runner) -> Result<(ExitStatus, Counts)> {
    let mut counts = Counts::default();
    loop {
        match lines.recv_timeout(Duration::from_millis(200)) {
            Ok(line) => {
                println!("{line}");
                counts.take(runner, &line);
            }
            Err(RecvTimeoutError::Disconnected) => return Ok((child.wait()?, counts)),
            Err(RecvTimeoutError::Timeout) => {
                if let Some(status) = child.try_wait()? {
                    return Ok((status, counts));
                }
            }
        }
    }
}
