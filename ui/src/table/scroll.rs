//! Which lines are in sight. Ten thousand rows are scrolled by keeping only those in the document,
//! between two empty boxes as high as the lines left out.

use std::ops::Range;

use domain::{action::Progress, view::window::Row};

use super::sections::Sections;

/// Height of a row, in CSS pixels; the style sheet says the same.
pub(crate) const ROW: u32 = 40;
/// Height of the strip below a row that asks or tells something.
pub(crate) const STRIP: u32 = 44;
/// Height of a group's heading, which stays in sight.
pub(crate) const HEADING: u32 = 32;
/// Height of the columns' headings, which stay in sight.
pub(crate) const COLUMNS: u32 = 34;
/// Rows kept above and below those in sight, so that a quick scroll shows no gap.
const SPARE: u32 = 8 * ROW;

/// The part of the table that is in sight, from the table's top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sight {
    pub(crate) top: u32,
    pub(crate) height: u32,
}

/// The lines of a section that belong in the document, and the empty boxes around them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slice {
    pub(crate) lines: Range<usize>,
    pub(crate) above: u32,
    pub(crate) below: u32,
}

/// Where every line lies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extents {
    sections: Vec<Extent>,
}

/// Where a section begins and each of its lines ends.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Extent {
    /// Where the first line begins, from the table's top.
    first: u32,
    /// Where each line ends, from `first`.
    ends: Vec<u32>,
}

/// Whether a row has a strip below it. `asked`: a question about it is open.
pub(crate) fn has_strip(row: &Row, asked: bool) -> bool {
    asked
        || match &row.progress {
            Some(Progress::CountingDown { .. } | Progress::Failed { .. }) => true,
            Some(Progress::Acting { .. } | Progress::Arriving { .. }) | None => false,
        }
}

impl Extents {
    /// Measures the table; `strip` says which rows have a strip.
    pub(crate) fn of(table: &Sections, strip: impl Fn(&Row) -> bool) -> Self {
        let mut top = COLUMNS;
        let sections = table.sections.iter().map(|section| {
            let first = top + if section.group.is_some() { HEADING } else { 0 };
            let mut end = 0;
            let height = |row| if strip(row) { ROW + STRIP } else { ROW };
            let ends: Vec<u32> = section
                .rows
                .iter()
                .map(|row| {
                    end += height(row);
                    end
                })
                .collect();
            top = first + end;
            Extent { first, ends }
        });
        Self { sections: sections.collect() }
    }

    /// The lines of each section that are in sight or nearly so.
    pub(crate) fn slices(&self, sight: Sight) -> Vec<Slice> {
        self.sections.iter().map(|extent| extent.slice(sight)).collect()
    }

    /// Where to scroll so that line `at` (counted through all sections) is in sight; `None` when it is.
    pub(crate) fn reveal(&self, at: usize, sight: Sight) -> Option<u32> {
        let (begin, end) = self.line(at)?;
        let sticky = COLUMNS + HEADING;
        if begin < sight.top + sticky {
            Some(begin.saturating_sub(sticky))
        } else if end > sight.top + sight.height {
            Some(end.saturating_sub(sight.height))
        } else {
            None
        }
    }

    fn line(&self, mut at: usize) -> Option<(u32, u32)> {
        for extent in &self.sections {
            if let Some(end) = extent.ends.get(at) {
                let begin = at.checked_sub(1).map_or(0, |before| extent.ends[before]);
                return Some((extent.first + begin, extent.first + end));
            }
            at -= extent.ends.len();
        }
        None
    }
}

impl Extent {
    fn slice(&self, sight: Sight) -> Slice {
        let from = sight.top.saturating_sub(SPARE).saturating_sub(self.first);
        let to = (sight.top + sight.height + SPARE).saturating_sub(self.first);
        let first = self.ends.partition_point(|&end| end <= from);
        let begins_before = |line: usize| line.checked_sub(1).map_or(0, |before| self.ends[before]) < to;
        let last = (first..self.ends.len()).find(|&line| !begins_before(line)).unwrap_or(self.ends.len());
        let above = first.checked_sub(1).map_or(0, |before| self.ends[before]);
        let shown = last.checked_sub(1).map_or(0, |before| self.ends[before]);
        let all = self.ends.last().copied().unwrap_or(0);
        Slice { lines: first..last, above, below: all - shown.max(above) }
    }
}

#[cfg(test)]
mod tests;
