//! `curfew completions`: the script that teaches a shell this command line.

use clap::CommandFactory;
use clap_complete::{Shell as Complete, generate};

use crate::{
    args::{CommandLine, Shell},
    failure::Failure,
    terminal::print,
};

/// Prints the script.
pub(crate) fn run(shell: Shell) -> Result<u8, Failure> {
    let shell = match shell {
        Shell::Bash => Complete::Bash,
        Shell::Zsh => Complete::Zsh,
        Shell::Fish => Complete::Fish,
        Shell::Powershell => Complete::PowerShell,
    };
    let mut script = Vec::new();
    generate(shell, &mut CommandLine::command(), "curfew", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(0)
}
