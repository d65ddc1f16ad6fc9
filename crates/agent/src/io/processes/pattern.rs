//! The commands that keep the machine up, as regular expressions over the whole command line.

use regex_lite::{Regex, RegexBuilder};

/// A compiled pattern may hold no more than this.
const COMPILED_BYTES: usize = 64 * 1024;

/// What to watch for.
#[derive(Clone, Debug, Default)]
pub struct Patterns(Vec<Regex>);

impl Patterns {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// A pattern that is no regular expression, in a sentence.
    pub fn read(patterns: &[String]) -> Result<Self, String> {
        let one = |text: &String| {
            let built = RegexBuilder::new(text).size_limit(COMPILED_BYTES).build();
            built.map_err(|error| format!("idle.processes: {text:?} is no regular expression: {error}"))
        };
        patterns.iter().map(one).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first that matches the command as a person would write it: blanks for the zeroes between its arguments.
    pub(super) fn matching(&self, command: &mut [u8]) -> Option<&str> {
        let end = command.iter().rposition(|byte| *byte != 0)? + 1;
        let command = &mut command[..end];
        for byte in command.iter_mut().filter(|byte| **byte == 0) {
            *byte = b' ';
        }
        let text = String::from_utf8_lossy(command);
        self.0.iter().find(|pattern| pattern.is_match(&text)).map(Regex::as_str)
    }
}
