//! Why a command ends without having done what it should: a sentence, what to do, and the exit code's kind.

use domain::{Problem, view::check};

/// What kind of failure: each command has its own exit code for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The command or `config.toml` is wrong.
    Usage,
    /// Nothing could be read or done.
    Failed,
}

/// A failure that ends the command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    /// What went wrong: one line, or several where several things did.
    pub(crate) lines: Vec<String>,
    /// What to do; may be empty.
    pub(crate) hint: String,
}

impl Failure {
    /// The command or `config.toml` is wrong.
    pub(crate) fn usage(line: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { kind: Kind::Usage, lines: vec![line.into()], hint: hint.into() }
    }

    /// Nothing could be read or done.
    pub(crate) fn failed(line: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { kind: Kind::Failed, lines: vec![line.into()], hint: hint.into() }
    }

    /// As standard error shows it.
    pub(crate) fn text(&self) -> String {
        let lines = self.lines.iter().map(|line| format!("curfew: {line}\n"));
        lines.chain([indented(&self.hint)]).collect()
    }

    /// The exit code of `check`.
    pub(crate) fn check_code(&self) -> u8 {
        match self.kind {
            Kind::Usage => check::USAGE,
            Kind::Failed => check::NOTHING_READ,
        }
    }

    /// The exit code of every other command.
    pub(crate) fn code(&self) -> u8 {
        match self.kind {
            Kind::Usage => USAGE,
            Kind::Failed => FAILED,
        }
    }
}

/// Something was refused or failed.
pub(crate) const FAILED: u8 = 1;
/// Usage or configuration error.
pub(crate) const USAGE: u8 = 2;

/// A problem that ends nothing, as standard error shows it.
pub(crate) fn aside(problem: &Problem) -> String {
    format!("curfew: {}\n{}", problem.message, indented(&problem.hint))
}

/// What stands below a sentence: line by line, indented.
pub(crate) fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::failed(problem.message, problem.hint)
    }
}
