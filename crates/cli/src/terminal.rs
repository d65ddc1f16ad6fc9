//! The terminal: whether there is one, how wide it is, whether it shows colour; answers to questions; the progress line.
//!
//! Standard output carries results, standard error everything else. A reader that goes away (`| head`) ends
//! nothing with an error.

pub(crate) mod ink;
mod progress;

use std::io::{self, BufRead, IsTerminal, Write};

use domain::Level;

pub(crate) use progress::Progress;

use self::ink::Ink;
use crate::failure::Failure;

/// What this process is connected to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    /// Standard output's colour.
    pub(crate) ink: Ink,
    /// Standard error's colour.
    pub(crate) aside: Ink,
    /// Columns of the terminal on standard output; nothing when it is a file or a pipe.
    pub(crate) columns: Option<usize>,
    /// Whether a person reads standard error.
    pub(crate) watched: bool,
    /// Whether a person can answer: both standard input and standard error are a terminal.
    pub(crate) answers: bool,
}

impl Terminal {
    /// Looks at the three standard streams and the variables that speak of colour.
    pub(crate) fn look() -> Self {
        let out = io::stdout().is_terminal();
        let watched = io::stderr().is_terminal();
        let columns = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        Self {
            ink: Ink::on(out),
            aside: Ink::on(watched),
            columns: if out { columns.filter(|&columns| columns > 0) } else { None },
            watched,
            answers: watched && io::stdin().is_terminal(),
        }
    }

    /// Asks on standard error and reads a line from standard input; empty at its end.
    pub(crate) fn ask(&self, question: &str) -> Result<String, Failure> {
        let unheard = |error: io::Error| Failure::failed(format!("cannot read an answer: {error}"), "");
        eprint!("{question} ");
        io::stderr().flush().map_err(unheard)?;
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).map_err(unheard)?;
        Ok(line.trim().to_owned())
    }

    /// A level in its colour.
    pub(crate) fn level(&self, level: Level, text: &str) -> String {
        match level {
            Level::Ok => text.to_owned(),
            Level::Warning => self.ink.yellow(text),
            Level::Critical => self.ink.red(text),
        }
    }
}

/// Prints a result. A reader that has gone wants no more; any other failure would lose a result and is told.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::failed(format!("cannot write the result: {error}"), "")),
    }
}

/// Tells a person something that is not the result.
pub(crate) fn note(text: &str) {
    // Nobody is left to be told of a standard error that cannot be written to.
    io::stderr().write_all(text.as_bytes()).ok();
}
