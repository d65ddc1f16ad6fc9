//! Tells of a launch as it goes on: the pre-flight as a list that fills in where it stands on a terminal, every other
//! thing once, in order. Into a pipe the list goes once, when it is whole.

use domain::{
    launch::{Launch, Stage},
    view::launcher::headline,
};
use unicode_width::UnicodeWidthChar;

use super::words;
use crate::{
    failure::Failure,
    terminal::{Terminal, print},
};

/// What has been told of one launch.
#[derive(Debug)]
pub(super) struct Teller {
    terminal: Terminal,
    /// Nothing is told: `--json`.
    mute: bool,
    /// Before each line, where there are several launches.
    title: String,
    /// How many are launched, for the sum of the costs; none if the pre-flight is not worth telling.
    count: Option<usize>,
    /// Lines of the list that are on the screen.
    on_screen: usize,
    checks_told: bool,
    refused_told: usize,
    headline: String,
}

impl Teller {
    pub(super) fn new(terminal: &Terminal, mute: bool, title: String, count: Option<usize>) -> Self {
        let (terminal, headline) = (*terminal, String::new());
        Self { terminal, mute, title, count, on_screen: 0, checks_told: false, refused_told: 0, headline }
    }

    /// Tells what is new.
    pub(super) fn tell(&mut self, launch: &Launch) -> Result<(), Failure> {
        if self.mute {
            return Ok(());
        }
        if launch.stage == Stage::Checking {
            return self.fill_in(launch);
        }
        self.finish_list(launch)?;
        for refused in launch.refused.iter().skip(self.refused_told) {
            self.line(&words::refusal(refused, self.terminal.ink))?;
        }
        self.refused_told = launch.refused.len();
        self.tell_stage(launch)
    }

    fn tell_stage(&mut self, launch: &Launch) -> Result<(), Failure> {
        let headline = headline(launch);
        // How it ended is told by whoever began it.
        let is_end = matches!(launch.stage, Stage::Checked | Stage::Failed(_) | Stage::Cancelled);
        if headline == self.headline || is_end {
            return Ok(());
        }
        self.line(&headline)?;
        self.headline = headline;
        Ok(())
    }

    /// The list where it stands, as far as it is.
    fn fill_in(&mut self, launch: &Launch) -> Result<(), Failure> {
        let Some(columns) = self.terminal.columns else { return Ok(()) };
        if self.checks_told || self.count.is_none() {
            return Ok(());
        }
        // A line that wraps would be two, and the list could not be written over.
        let cut = |line: String| cut(&line, columns);
        let lines: Vec<String> =
            words::checks(&launch.checks, self.terminal.ink).into_iter().map(cut).collect();
        self.replace(&lines)
    }

    fn finish_list(&mut self, launch: &Launch) -> Result<(), Failure> {
        let Some(count) = self.count.filter(|_| !self.checks_told) else { return Ok(()) };
        self.checks_told = true;
        if launch.checks.is_empty() {
            return self.line("An earlier launch of this was cut off: what became of it is asked first.");
        }
        let mut lines = words::checks(&launch.checks, self.terminal.ink);
        if launch.estimate.is_some() {
            lines.push(words::cost(launch.estimate.as_ref(), count));
        }
        self.replace(&lines)
    }

    fn replace(&mut self, lines: &[String]) -> Result<(), Failure> {
        let up = match self.on_screen {
            0 => String::new(),
            lines => format!("\x1b[{lines}A\x1b[J"),
        };
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        self.on_screen = lines.len();
        print(&(up + &text))
    }

    fn line(&self, line: &str) -> Result<(), Failure> {
        print(&format!("{}{line}\n", self.title))
    }
}

/// Cut to so many columns; escape sequences take none.
fn cut(line: &str, columns: usize) -> String {
    let mut kept = String::new();
    let (mut seen, mut in_escape) = (0, false);
    for letter in line.chars() {
        in_escape |= letter == '\x1b';
        let width = if in_escape { 0 } else { letter.width().unwrap_or(0) };
        in_escape &= letter != 'm';
        if seen + width >= columns && width > 0 {
            return kept + "…";
        }
        seen += width;
        kept.push(letter);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_by_what_is_seen_of_it() {
        let line = format!("  \x1b[32mok  \x1b[0m  image  {}", "x".repeat(50));
        let shown = cut(&line, 20);
        assert_eq!(shown, "  \x1b[32mok  \x1b[0m  image  xxxx…");
        assert_eq!(shown.replace("\x1b[32m", "").replace("\x1b[0m", "").chars().count(), 20);
        assert_eq!(cut("        do this and that", 12), "        do …");
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(cut("  ok    short", 20), "  ok    short");
    }
}
