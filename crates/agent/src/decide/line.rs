//! A line of the agent's log: `[UTC 2025-01-11T14:30:12Z] STATE: UPLOAD_OK files=3 note="two words"`.
//!
//! One event is one line whatever its values hold, so that a log can be read by `grep` and by a program. Where the line goes
//! is not known here.

use std::fmt::{self, Display, Write};

use jiff::{Timestamp, Unit};

#[cfg(test)]
mod tests;

/// Longer values are cut, in characters: a line is for reading.
const LONGEST: usize = 600;

/// What has come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// An interruption notice was seen.
    Detected,
    /// The checkpoint command starts.
    CheckpointStart,
    /// It ended well.
    CheckpointOk,
    /// It ended badly; the fields say how.
    CheckpointFail,
    /// It was not done by its deadline.
    CheckpointTimeout,
    /// A checkpoint is whole in the bucket.
    UploadOk,
    /// It is not; the fields say why.
    UploadFail,
    /// Results are in the bucket.
    ResultsOk,
    /// Not all of them are.
    ResultsFail,
    /// Data are on this machine.
    DataOk,
    /// Not all of them are.
    DataFail,
    /// A checkpoint was put in place; `source` is `S3_SOURCE` or `LOCAL_SOURCE`.
    RestoreOk,
    /// There is none to put in place.
    RestoreNone,
    /// There may be one, but it could not be put in place.
    RestoreFail,
    /// A checkpoint in the bucket was passed over.
    Skipped,
    /// One file is not part of what was saved or fetched.
    LeftOut,
    /// The machine is being ended.
    Shutdown,
}

impl State {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Detected => "DETECTED",
            Self::CheckpointStart => "CHECKPOINT_START",
            Self::CheckpointOk => "CHECKPOINT_OK",
            Self::CheckpointFail => "CHECKPOINT_FAIL",
            Self::CheckpointTimeout => "CHECKPOINT_TIMEOUT",
            Self::UploadOk => "UPLOAD_OK",
            Self::UploadFail => "UPLOAD_FAIL",
            Self::ResultsOk => "RESULTS_OK",
            Self::ResultsFail => "RESULTS_FAIL",
            Self::DataOk => "DATA_OK",
            Self::DataFail => "DATA_FAIL",
            Self::RestoreOk => "RESTORE_OK",
            Self::RestoreNone => "RESTORE_NONE",
            Self::RestoreFail => "RESTORE_FAIL",
            Self::Skipped => "SKIPPED",
            Self::LeftOut => "LEFT_OUT",
            Self::Shutdown => "SHUTDOWN",
        }
    }
}

/// One event, without its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    state: State,
    fields: Vec<(&'static str, String)>,
}

impl Line {
    /// An event without fields.
    pub fn new(state: State) -> Self {
        Self { state, fields: Vec::new() }
    }

    /// With one more field.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Display) -> Self {
        self.fields.push((key, value.to_string()));
        self
    }

    /// What it tells of.
    pub fn state(&self) -> State {
        self.state
    }

    /// The line, without its end, for something that came about at `wall`.
    pub fn at(&self, wall: Timestamp) -> String {
        let second = wall.round(Unit::Second).unwrap_or(wall);
        format!("[UTC {second}] {self}")
    }
}

impl Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "STATE: {}", self.state.as_str())?;
        self.fields.iter().try_for_each(|(key, value)| write!(f, " {key}={}", Value(value)))
    }
}

/// A value as it is written: bare where that is clear, else in quotes.
struct Value<'a>(&'a str);

impl Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cut = self.0.chars().nth(LONGEST).is_some();
        if !cut && is_bare(self.0) {
            return f.write_str(self.0);
        }
        f.write_char('"')?;
        self.0.chars().take(LONGEST).try_for_each(|char| write_escaped(f, char))?;
        f.write_str(if cut { "...\"" } else { "\"" })
    }
}

fn is_bare(text: &str) -> bool {
    let needs_quotes =
        |char: char| char.is_whitespace() || is_unprintable(char) || matches!(char, '"' | '=' | '\\');
    !text.is_empty() && !text.contains(needs_quotes)
}

fn write_escaped(f: &mut fmt::Formatter<'_>, char: char) -> fmt::Result {
    match char {
        '"' => f.write_str("\\\""),
        '\\' => f.write_str("\\\\"),
        '\n' => f.write_str("\\n"),
        '\r' => f.write_str("\\r"),
        '\t' => f.write_str("\\t"),
        other if is_unprintable(other) => write!(f, "{}", other.escape_unicode()),
        other => f.write_char(other),
    }
}

/// Also what turns text around or ends a line for some readers: U+2028, U+202E and their like.
fn is_unprintable(char: char) -> bool {
    char.is_control() || matches!(char, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
