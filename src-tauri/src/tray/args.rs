//! The command line of the tray: few words, and nothing that the window or `curfew` could not say as well.

use std::ffi::OsString;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Curfew in the tray: what runs on EC2, what it costs, and what should be off by now.

Usage: curfew-tray [OPTION]

Options:
  --demo         show a simulated fleet; nothing is asked of AWS
  --background   as at login: open no window
  --quit         end the Curfew that runs
  --help         print this
  --version      print the version

Started again while it runs, it opens the window. The log is curfew-tray.log in the data folder;
CURFEW_LOG says what goes into it, for example CURFEW_LOG=info,engine=debug.
For a terminal or cron there is `curfew`.
";

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// To run.
    Run(Start),
    /// To end the one that runs.
    Quit,
    /// What it can.
    Help,
    /// Which it is.
    Version,
}

/// How to run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Start {
    /// With the simulated fleet.
    pub(crate) demo: bool,
    /// Without a window.
    pub(crate) background: bool,
}

/// Reads the arguments, without the program's name.
pub(crate) fn read(arguments: impl Iterator<Item = OsString>) -> Result<Wanted, String> {
    let mut start = Start::default();
    for argument in arguments {
        match argument.to_str() {
            Some("--demo") => start.demo = true,
            Some("--background") => start.background = true,
            Some("--quit") => return Ok(Wanted::Quit),
            Some("--help" | "-h") => return Ok(Wanted::Help),
            Some("--version" | "-V") => return Ok(Wanted::Version),
            Some(_) | None => return Err(format!("there is no option {}: see --help", argument.display())),
        }
    }
    Ok(Wanted::Run(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arguments: &[&str], wanted: Result<Wanted, &str>) {
        let read = read(arguments.iter().map(OsString::from));
        assert_eq!(read, wanted.map_err(str::to_owned), "{arguments:?}");
    }

    #[test]
    fn options_are_read() {
        check(&[], Ok(Wanted::Run(Start { demo: false, background: false })));
        check(&["--demo"], Ok(Wanted::Run(Start { demo: true, background: false })));
        check(&["--background", "--demo"], Ok(Wanted::Run(Start { demo: true, background: true })));
        check(&["--demo", "--quit"], Ok(Wanted::Quit));
        check(&["-h"], Ok(Wanted::Help));
        check(&["--version"], Ok(Wanted::Version));
    }

    #[test]
    fn unknown_options_are_refused() {
        check(&["--quiet"], Err("there is no option --quiet: see --help"));
        check(&["--demo", "x"], Err("there is no option x: see --help"));
    }
}
