//! `cargo xtask`: what the project does to itself, as plain Rust so that it works wherever the
//! project does. Here is only the command line; each command has a module. Must not know what
//! Curfew's crates contain: it builds and starts them by name.

mod agent;
mod bench;
mod build;
mod check;
mod clock;
mod command;
mod icons;
mod paths;
mod run;
mod setup;
mod ui;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Sets up, builds, starts, tests and measures Curfew.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what is missing for building and testing (asks before system packages)
    Setup {
        /// Install system packages without asking
        #[arg(long)]
        yes: bool,
        /// Only what building and running need, not what the tests need
        #[arg(long)]
        no_tests: bool,
    },
    /// Build the window's content (wasm) into ui/dist
    Ui {
        /// Small and slow to build, as shipped
        #[arg(long)]
        release: bool,
    },
    /// Build everything: the window's content, curfew, curfew-tray, curfew-window
    Build {
        /// Optimised, as shipped
        #[arg(long)]
        release: bool,
    },
    /// Set up, build and start the tray app (with no AWS account it offers the demo fleet)
    Run {
        /// Install system packages without asking
        #[arg(long)]
        yes: bool,
        /// Optimised, as shipped
        #[arg(long)]
        release: bool,
        /// Given to curfew-tray, for example `-- --demo`
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Set up, then check everything: one summary at the end
    Test(check::Options),
    /// Measure, and write the figures into BENCHMARKS.md
    Bench {
        /// Only this bench; without it, all
        name: Option<String>,
    },
    /// Draw every icon from its SVG source
    Icons {
        /// Change nothing: fail when an icon does not match its source
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    match perform(Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        // Without anyhow's backtrace, which RUST_BACKTRACE would add: it is for a person.
        Err(problem) => {
            eprintln!("cargo xtask: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> Result<()> {
    match task {
        Task::Setup { yes, no_tests } => setup::run(setup::Scope::of(!no_tests), yes),
        Task::Ui { release } => ui::build(build::Profile::of(release)),
        Task::Build { release } => build::run(build::Profile::of(release)),
        Task::Run { yes, release, args } => run::run(build::Profile::of(release), yes, &args),
        Task::Test(options) => check::run(&options),
        Task::Bench { name } => bench::run(name.as_deref()),
        Task::Icons { check } => icons::run(check),
    }
}
