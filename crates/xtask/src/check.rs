//! `cargo xtask test`: sets up, then runs every check, going on past failures, and closes with one
//! table. Every cargo step chooses packages with `--workspace` and wants dev-dependencies, so that
//! all of them share one set of features: otherwise the AWS SDK, minutes each time, would be
//! compiled again for a feature more or less.

mod counts;
mod cross;
mod report;
mod steps;
mod suites;

use anyhow::{Result, bail};
use clap::Args;

use crate::clock::Stopwatch;
use crate::setup;
use report::{Line, Report};
use steps::{Outcome, STEPS, Step};

/// What to check.
#[derive(Args)]
pub(crate) struct Options {
    /// Install system packages without asking
    #[arg(long)]
    yes: bool,
    /// Only these steps, by name, separated by commas
    #[arg(long, value_delimiter = ',', value_parser = steps::NAMES)]
    only: Vec<String>,
    /// Only tests whose name contains this (leaves the other checks out)
    filter: Option<String>,
}

impl Options {
    fn wants(&self, step: &Step) -> bool {
        if self.only.is_empty() {
            self.filter.is_none() || step.for_tests
        } else {
            self.only.iter().any(|name| name == step.name)
        }
    }
}

pub(crate) fn run(options: &Options) -> Result<()> {
    setup::run(setup::Scope::Test, options.yes)?;
    let mut report = Report::default();
    for step in STEPS.iter().filter(|step| options.wants(step)) {
        println!("\n== {}: {}", step.name, step.about);
        let watch = Stopwatch::start();
        let outcome = match report.failed_among(step.needs) {
            Some(needed) => Outcome::Skipped(format!("{needed} failed")),
            None => (step.run)(options.filter.as_deref()).unwrap_or_else(Outcome::from_error),
        };
        if let Outcome::Failed { reason, .. } = &outcome {
            println!("{}: {reason}", step.name);
        }
        report.add(Line { name: step.name, outcome, time: watch.elapsed() });
    }
    println!("\n{report}");
    if report.has_failure() {
        bail!("not everything passed");
    }
    Ok(())
}
