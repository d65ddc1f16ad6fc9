//! Taking lines out of a text by where a parser found things: every byte that is not taken out stays.

use std::ops::Range;

use toml_edit::Table;

/// The text without the lines that a range touches.
pub(super) fn lines(text: &str, range: Range<usize>) -> String {
    let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[range.end..].find('\n').map_or(text.len(), |at| range.end + at + 1);
    format!("{}{}", &text[..start], &text[end..])
}

/// Where a key and its value stand.
pub(super) fn key(table: &Table, key: &str) -> Option<Range<usize>> {
    let start = table.key(key)?.span()?.start;
    Some(start..table.get(key)?.span()?.end)
}

/// From a table's header to the end of its last value; the comments before it are not its own.
pub(super) fn table(table: &Table) -> Option<Range<usize>> {
    let header = table.span()?;
    let ends = table.iter().filter_map(|(name, _)| key(table, name)).map(|range| range.end);
    Some(header.start..ends.max().unwrap_or(header.end).max(header.end))
}
