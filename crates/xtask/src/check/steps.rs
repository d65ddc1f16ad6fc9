//! The checks in order, cheap before dear. Each is a function from the test filter to an outcome.

use std::fs;

use anyhow::{Error, Result, ensure};

use super::counts::Counts;
use super::{cross, suites};
use crate::agent::{self, Architecture};
use crate::build::Profile;
use crate::ui::{self, BUDGET_KIB, Size};
use crate::{command, icons};

/// How a check ended.
pub(super) enum Outcome {
    /// One check that is either right or wrong.
    Passed,
    /// A suite of tests, all of which passed.
    Counted(Counts),
    /// Wrong, with the counts when it was a suite.
    Failed { reason: String, counts: Counts },
    /// Not done, and why.
    Skipped(String),
}

impl Outcome {
    pub(super) fn from_error(error: Error) -> Self {
        Self::Failed { reason: format!("{error:#}"), counts: Counts::one_failed() }
    }
}

/// One row of the summary.
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// Steps whose failure makes this one pointless.
    pub(super) needs: &'static [&'static str],
    /// Whether it still runs when a person asks for some tests by name.
    pub(super) for_tests: bool,
    pub(super) run: fn(Option<&str>) -> Result<Outcome>,
}

pub(super) const NAMES: [&str; 15] = [
    "format",
    "ui",
    "lints",
    "lints-wasm",
    "docs",
    "icons",
    "licences",
    "build",
    "tests",
    "stand-in",
    "bundle",
    "desktop",
    "windows",
    "macos",
    "agent",
];

pub(super) const STEPS: [Step; NAMES.len()] = [
    check(0, "cargo fmt (seconds)", &[], format),
    part(1, "the window's content as shipped, and its size (3 minutes the first time)", &[], ui),
    check(2, "clippy over the workspace (10 minutes the first time)", &["ui"], lints),
    check(3, "clippy over the UI as wasm (2 minutes the first time)", &[], lints_wasm),
    check(4, "every link in the documentation (a minute)", &["ui"], docs),
    check(5, "each icon matches its source (a minute the first time)", &[], icons),
    check(6, "licences and bans of the dependencies (seconds)", &[], licences),
    part(7, "all programs and tests (10 minutes the first time)", &["ui"], suites::build),
    part(8, "unit and integration tests (minutes)", &["build"], suites::headless),
    part(9, "the AWS stand-in's own tests (a minute)", &[], suites::stand_in),
    part(10, "templates and policies (a minute)", &[], suites::bundle),
    part(11, "the built app in a private desktop session (minutes)", &["build"], suites::desktop),
    check(12, "cargo check of the programs for Windows (3 minutes the first time)", &["ui"], cross::windows),
    check(13, "cargo check of the programs for macOS (3 minutes the first time)", &["ui"], cross::macos),
    check(
        14,
        "the agent for both architectures: size, a start of each, whole machines (6 minutes the first time)",
        &["build"],
        agent,
    ),
];

type Run = fn(Option<&str>) -> Result<Outcome>;

const fn check(name: usize, about: &'static str, needs: &'static [&'static str], run: Run) -> Step {
    Step { name: NAMES[name], about, needs, for_tests: false, run }
}

const fn part(name: usize, about: &'static str, needs: &'static [&'static str], run: Run) -> Step {
    Step { for_tests: true, ..check(name, about, needs, run) }
}

/// Runs cargo; its success is the check's.
pub(super) fn cargo(args: &[&str]) -> Result<Outcome> {
    command::run(command::cargo().args(args))?;
    Ok(Outcome::Passed)
}

fn format(_: Option<&str>) -> Result<Outcome> {
    cargo(&["fmt", "--all", "--check"])
}

fn ui(_: Option<&str>) -> Result<Outcome> {
    ui::build(Profile::Release)?;
    let size = Size::read()?;
    if size.gzipped_kib() <= BUDGET_KIB {
        return Ok(Outcome::Passed);
    }
    let reason = format!("{size}: over the budget of {BUDGET_KIB} KiB gzipped");
    Ok(Outcome::Failed { reason, counts: Counts::one_failed() })
}

fn agent(_: Option<&str>) -> Result<Outcome> {
    if !cfg!(target_os = "linux") {
        return Ok(Outcome::Skipped("built on Linux".to_owned()));
    }
    for architecture in Architecture::ALL {
        let program = agent::build(architecture)?;
        let size = fs::metadata(&program)?.len();
        let name = architecture.name();
        ensure!(size <= agent::BUDGET, "the agent for {name} has {size} bytes, {} at most", agent::BUDGET);
        agent::try_out(architecture, &program)?;
    }
    suites::shipped(&agent::program(Architecture::X86_64))
}

fn lints(_: Option<&str>) -> Result<Outcome> {
    let xtask_tools = "xtask/bindgen,xtask/icons";
    cargo(&["clippy", "--workspace", "--all-targets", "--features", xtask_tools, "--", "-D", "warnings"])
}

fn lints_wasm(_: Option<&str>) -> Result<Outcome> {
    let target = "wasm32-unknown-unknown";
    cargo(&["clippy", "--package", "curfew-ui", "--target", target, "--all-targets", "--", "-D", "warnings"])
}

/// For those who work on Curfew, so with what is private. `--examples` makes cargo choose features
/// as it does for tests, and so use what clippy has already checked.
fn docs(_: Option<&str>) -> Result<Outcome> {
    let mut cargo = command::cargo();
    cargo.args([
        "doc",
        "--workspace",
        "--no-deps",
        "--document-private-items",
        "--lib",
        "--bins",
        "--examples",
    ]);
    command::run(cargo.env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private-intra-doc-links"))?;
    Ok(Outcome::Passed)
}

fn icons(_: Option<&str>) -> Result<Outcome> {
    icons::run(true)?;
    Ok(Outcome::Passed)
}

fn licences(_: Option<&str>) -> Result<Outcome> {
    if command::find("cargo-deny").is_none() {
        let absent = "cargo-deny is absent (`cargo install --locked cargo-deny` takes minutes)";
        return Ok(Outcome::Skipped(absent.to_owned()));
    }
    cargo(&["deny", "--workspace", "check", "licenses", "bans", "sources"])
}
