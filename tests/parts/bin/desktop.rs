//! Runs a program in a private desktop of its own and ends with the program's exit code:
//! `cargo run -p curfew-tests --bin desktop -- PROGRAM ARGUMENTS`.

use std::process::{ExitCode, Stdio};

use anyhow::{Context, Result};
use curfew_tests::session::{Session, SessionParts};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let program = arguments.next().context("name the program to run: desktop PROGRAM ARGUMENTS")?;
    let session = Session::start(SessionParts::default()).await?;
    eprintln!("desktop of process group {} in {}", session.group(), session.folder().display());
    let mut command = session.command(&program);
    command.args(arguments).stdin(Stdio::inherit());
    let status = tokio::process::Command::from(command)
        .status()
        .await
        .with_context(|| format!("cannot start {}", program.display()))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
