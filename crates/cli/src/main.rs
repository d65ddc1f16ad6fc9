//! `curfew`: parses, runs one command, prints its failure if it has one, and ends with its exit code.

mod account;
mod act;
mod args;
mod check;
mod completions;
mod credentials;
mod failure;
mod home;
mod host;
mod key;
mod launch;
mod list;
mod policy;
mod prepare;
mod profiles;
#[cfg(test)]
mod samples;
mod table;
mod terminal;
mod user_data;

use std::process::ExitCode;

use clap::Parser;
use domain::Verb;

use self::{
    args::{Command, CommandLine},
    failure::Failure,
    terminal::{Terminal, note},
};

fn main() -> ExitCode {
    let parsed = match CommandLine::try_parse() {
        Ok(parsed) => parsed,
        Err(fault) => return refuse(&fault),
    };
    log_if_asked();
    let is_check = matches!(parsed.command, Command::Check(_));
    let outcome = runtime().and_then(|runtime| runtime.block_on(run(parsed)));
    ExitCode::from(outcome.unwrap_or_else(|failure| {
        note(&failure.text());
        if is_check { failure.check_code() } else { failure.code() }
    }))
}

async fn run(parsed: CommandLine) -> Result<u8, Failure> {
    let terminal = Terminal::look();
    let demo = parsed.demo;
    match parsed.command {
        Command::Check(args) => check::run(&args, demo, &terminal).await,
        Command::List(args) => list::run(&args, demo, &terminal).await,
        Command::Stop(args) => act::run(Verb::Stop, &args, demo, &terminal).await,
        Command::Start(args) => act::run(Verb::Start, &args, demo, &terminal).await,
        Command::Terminate(args) => act::run(Verb::Terminate, &args, demo, &terminal).await,
        Command::Launch(args) => launch::run(&args, demo, &terminal).await,
        Command::Profiles(command) => profiles::run(command, demo, &terminal),
        Command::UserData(args) => user_data::run(&args, demo),
        Command::Prepare(args) => prepare::prepare(&args, demo).await,
        Command::Unprepare(args) => prepare::unprepare(&args, demo, &terminal).await,
        Command::Key(args) => key::run(&args, demo).await,
        Command::Policy(args) => policy::run(&args, demo).await,
        Command::Credentials(command) => credentials::run(command, demo, &terminal).await,
        Command::Completions { shell } => completions::run(shell),
    }
}

/// clap's help is no failure; its faults have the exit code of the command that was meant.
fn refuse(fault: &clap::Error) -> ExitCode {
    // Nobody is left to be told of a stream that cannot be written to.
    fault.print().ok();
    let failure = Failure::usage("", "");
    ExitCode::from(match (fault.use_stderr(), args::means_check(std::env::args_os())) {
        (false, _) => 0,
        (true, true) => failure.check_code(),
        (true, false) => failure.code(),
    })
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let built = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    built.map_err(|error| Failure::failed(format!("cannot start: {error}"), ""))
}

/// `CURFEW_LOG=debug` shows what happens inside, on standard error.
fn log_if_asked() {
    if let Ok(filter) = tracing_subscriber::EnvFilter::try_from_env("CURFEW_LOG") {
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    }
}
