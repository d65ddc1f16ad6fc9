//! BENCHMARKS.md: each bench owns the lines between its two markers, and people own the rest.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::{Bench, Row};

/// Replaces the section of `bench`, or adds it at the end.
pub(super) fn record(book: &Path, bench: &Bench, rows: &[Row]) -> Result<()> {
    let old = match fs::read_to_string(book) {
        Ok(text) => text,
        Err(problem) if problem.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(problem) => {
            return Err(problem).with_context(|| format!("could not read {}", book.display()));
        }
    };
    let new = updated(&old, bench.name, bench.about, &table(bench.name, rows));
    if new != old {
        fs::write(book, new).with_context(|| format!("could not write {}", book.display()))?;
    }
    Ok(())
}

fn table(name: &str, rows: &[Row]) -> String {
    let mut table = String::from("| figure | reached | budget | |\n| --- | --- | --- | --- |\n");
    for row in rows {
        let Row { figure, reached, budget, verdict } = row;
        table += &format!("| {figure} | {reached} | {budget} | {} |\n", verdict.word());
    }
    table + &format!("\nAgain: `cargo xtask bench {name}`\n")
}

fn updated(book: &str, name: &str, about: &str, table: &str) -> String {
    let (open, close) = (format!("<!-- bench {name} -->\n"), format!("<!-- /bench {name} -->\n"));
    let section = format!("{open}{table}{close}");
    let found = book.split_once(&open).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(&close)?;
        Some(format!("{before}{section}{after}"))
    });
    found.unwrap_or_else(|| {
        let gap = if book.is_empty() { "" } else { "\n" };
        format!("{book}{gap}## {about}\n\n{section}")
    })
}

#[cfg(test)]
mod tests {
    use super::updated;

    #[test]
    fn a_section_is_added_once_and_then_replaced_in_place() {
        let book = updated("# Figures\n", "size", "Size", "| 1 |\n");
        assert_eq!(book, "# Figures\n\n## Size\n\n<!-- bench size -->\n| 1 |\n<!-- /bench size -->\n");
        let book = book + "Words of a person.\n";
        let again = updated(&book, "size", "Size", "| 2 |\n");
        assert_eq!(again, book.replace("| 1 |", "| 2 |"));
    }
}
