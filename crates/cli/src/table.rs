//! An aligned table that fits its terminal. Knows columns and widths; not what stands in them.

use domain::Level;
use unicode_width::UnicodeWidthStr;

use crate::terminal::Terminal;

/// Between two columns.
const GAP: &str = "  ";

/// Where a column's text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A column.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    heading: &'static str,
    align: Align,
    /// 0 stays whatever the width; the highest number is the first to go.
    goes: u8,
    /// The width it may be cut down to.
    least: Option<usize>,
}

impl Column {
    pub(crate) fn new(heading: &'static str, align: Align, goes: u8) -> Self {
        Self { heading, align, goes, least: None }
    }

    pub(crate) fn shrinks_to(self, least: usize) -> Self {
        Self { least: Some(least), ..self }
    }
}

/// Rows of cells under their columns.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<(Vec<String>, Level)>,
}

impl Table {
    pub(crate) fn new(columns: Vec<Column>) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row, coloured by its level.
    pub(crate) fn row(&mut self, cells: Vec<String>, level: Level) {
        self.rows.push((cells, level));
    }

    /// The table as it fits.
    pub(crate) fn text(&self, terminal: &Terminal) -> String {
        let widths = self.widths(terminal.columns);
        let headings: Vec<&str> = self.columns.iter().map(|column| column.heading).collect();
        let heading = terminal.ink.dim(&self.line(&headings, &widths));
        let row = |(cells, level): &(Vec<String>, Level)| {
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            terminal.level(*level, &self.line(&cells, &widths))
        };
        let lines = std::iter::once(heading).chain(self.rows.iter().map(row));
        lines.map(|line| line + "\n").collect()
    }

    /// The width of each column, `None` for one that is left out.
    fn widths(&self, available: Option<usize>) -> Vec<Option<usize>> {
        let widest = |(at, column): (usize, &Column)| {
            let cells = self.rows.iter().map(|(cells, _)| cells[at].width());
            Some(cells.chain([column.heading.width()]).max().unwrap_or_default())
        };
        let mut kept: Vec<Option<usize>> = self.columns.iter().enumerate().map(widest).collect();
        let Some(available) = available else { return kept };
        loop {
            let widths = self.shrunk(kept.clone(), available);
            match self.next_to_go(&kept) {
                Some(at) if total(&widths) > available => kept[at] = None,
                Some(_) | None => return widths,
            }
        }
    }

    fn next_to_go(&self, kept: &[Option<usize>]) -> Option<usize> {
        let may_go = |(at, column): &(usize, &Column)| kept[*at].is_some() && column.goes > 0;
        let left = self.columns.iter().enumerate().filter(may_go);
        left.max_by_key(|(_, column)| column.goes).map(|(at, _)| at)
    }

    fn shrunk(&self, mut widths: Vec<Option<usize>>, available: usize) -> Vec<Option<usize>> {
        for (at, column) in self.columns.iter().enumerate() {
            let over = total(&widths).saturating_sub(available);
            if let (Some(width), Some(least)) = (widths[at], column.least) {
                widths[at] = Some(width.saturating_sub(over).max(least.min(width)));
            }
        }
        widths
    }

    fn line(&self, cells: &[&str], widths: &[Option<usize>]) -> String {
        let cell = |((column, cell), width): ((&Column, &&str), &Option<usize>)| {
            Some(fitted(cell, (*width)?, column.align))
        };
        let shown: Vec<String> = self.columns.iter().zip(cells).zip(widths).filter_map(cell).collect();
        shown.join(GAP).trim_end().to_owned()
    }
}

fn total(widths: &[Option<usize>]) -> usize {
    let shown: Vec<usize> = widths.iter().flatten().copied().collect();
    shown.iter().sum::<usize>() + GAP.len() * shown.len().saturating_sub(1)
}

/// Cut between characters and filled with blanks, by the columns that a terminal gives each character.
fn fitted(text: &str, width: usize, align: Align) -> String {
    let text = if text.width() > width { cut(text, width) } else { text.to_owned() };
    let blanks = " ".repeat(width.saturating_sub(text.width()));
    match align {
        Align::Left => text + &blanks,
        Align::Right => blanks + &text,
    }
}

fn cut(text: &str, width: usize) -> String {
    let mut kept = String::new();
    for letter in text.chars() {
        if format!("{kept}{letter}…").width() > width {
            break;
        }
        kept.push(letter);
    }
    kept + "…"
}

#[cfg(test)]
mod tests;
