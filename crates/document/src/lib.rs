//! Reading a TOML document key by key, collecting every fault with its key path and line instead of stopping at the first.
//!
//! Knows TOML; knows none of the keys. `config.toml`, profiles and `agent.toml` are read with it.

pub mod duration;

use std::{cell::RefCell, ops::RangeInclusive};

use serde::{Deserialize, Serialize};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// One thing wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("line {line}: {key}: {message}")]
pub struct Fault {
    /// The key's path, for example `alert.rule[2].warning`.
    pub key: String,
    /// Its line, from 1.
    pub line: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

/// A parsed document and the faults found in it so far.
#[derive(Debug)]
pub struct Document<'a> {
    input: &'a str,
    table: Spanned<DeTable<'a>>,
    syntax_is_good: bool,
    faults: RefCell<Vec<Fault>>,
}

impl<'a> Document<'a> {
    /// Reads the text. What is wrong with its syntax is a fault like others.
    pub fn parse(input: &'a str) -> Self {
        let (table, errors) = DeTable::parse_recoverable(input);
        let faults = errors
            .iter()
            .map(|error| Fault {
                key: "TOML".into(),
                line: line_of(input, error.span().map_or(0, |span| span.start)),
                message: error.message().to_owned(),
            })
            .collect();
        Self { input, table, syntax_is_good: errors.is_empty(), faults: RefCell::new(faults) }
    }

    /// The document's top, unless its syntax is broken: keys read from a torn file would only mislead.
    pub fn root(&self) -> Option<Section<'_>> {
        let top = || Section { document: self, path: String::new(), table: self.table.get_ref(), at: 0 };
        self.syntax_is_good.then(top)
    }

    /// The value, if nothing at all was wrong.
    ///
    /// # Errors
    /// Every fault that was found, in the order of their lines.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Vec<Fault>> {
        let mut faults = self.faults.into_inner();
        faults.sort_by_key(|fault| fault.line);
        match value {
            Some(value) if faults.is_empty() => Ok(value),
            Some(_) | None => Err(faults),
        }
    }

    fn fault(&self, key: String, at: usize, message: String) {
        let line = line_of(self.input, at);
        self.faults.borrow_mut().push(Fault { key, line, message });
    }
}

fn line_of(input: &str, at: usize) -> usize {
    input.bytes().take(at).filter(|&b| b == b'\n').count() + 1
}

/// One table of a document and where it is.
#[derive(Debug)]
pub struct Section<'a> {
    document: &'a Document<'a>,
    path: String,
    table: &'a DeTable<'a>,
    at: usize,
}

impl<'a> Section<'a> {
    /// Refuses keys that are not among these, naming the nearest that is.
    pub fn only(&self, known: &[&str]) {
        for (key, _) in self.table {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                let message = unknown_key(name, known);
                self.document.fault(self.path_of(name), key.span().start, message);
            }
        }
    }

    /// Whether the key is there at all, right or wrong.
    pub fn has(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    /// Every key of the table, in the file's spelling.
    pub fn keys(&self) -> Vec<&'a str> {
        self.table.keys().map(|key| -> &str { key.get_ref() }).collect()
    }

    /// A fault of this section at one of its keys.
    pub fn fault(&self, key: &str, message: &str) {
        let at = self.table.get(key).map_or(self.at, |value| value.span().start);
        self.document.fault(self.path_of(key), at, message.to_owned());
    }

    /// A value by its key.
    pub fn item(&self, key: &str) -> Option<Item<'a>> {
        let value = self.table.get(key)?;
        Some(Item { document: self.document, path: self.path_of(key), value })
    }

    /// A text, read on by `read`.
    pub fn text<T>(&self, key: &str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        self.item(key)?.read(read)
    }

    /// A text that must be there.
    pub fn required<T>(&self, key: &str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        if !self.has(key) {
            self.fault(key, "is missing");
        }
        self.text(key, read)
    }

    /// A `true` or `false`.
    pub fn boolean(&self, key: &str) -> Option<bool> {
        let item = self.item(key)?;
        let value = item.value.get_ref().as_bool();
        if value.is_none() {
            item.expected("true or false");
        }
        value
    }

    /// A whole number within bounds.
    pub fn integer(&self, key: &str, bounds: RangeInclusive<u32>) -> Option<u32> {
        let item = self.item(key)?;
        let Some(number) = item.value.get_ref().as_integer() else {
            item.expected("a whole number without quotes");
            return None;
        };
        // Underscores are already gone; a base of 16, 8 or 2 is not.
        let read = i64::from_str_radix(number.as_str(), number.radix()).ok();
        let value = read.and_then(|value| u32::try_from(value).ok()).filter(|value| bounds.contains(value));
        if value.is_none() {
            item.fault(format!("must be from {} to {}", bounds.start(), bounds.end()));
        }
        value
    }

    /// A list of texts, each read on by `read`. One that is faulty is left out and reported.
    pub fn texts<T>(&self, key: &str, read: impl Fn(&str) -> Result<T, String>) -> Option<Vec<T>> {
        let item = self.item(key)?;
        let Some(list) = self.list(key) else {
            item.expected("a list of texts");
            return None;
        };
        Some(list.iter().filter_map(|item| item.read(&read)).collect())
    }

    /// The items of a list, numbered from 1; `None` when the value is not a list at all, which is the caller's to judge.
    pub fn list(&self, key: &str) -> Option<Vec<Item<'a>>> {
        let item = self.item(key)?;
        let list = item.value.get_ref().as_array()?;
        let path = |at: usize| format!("{}[{}]", item.path, at + 1);
        Some(
            list.iter()
                .enumerate()
                .map(|(at, value)| Item { document: self.document, path: path(at), value })
                .collect(),
        )
    }

    /// A table by its key.
    pub fn section(&self, key: &str) -> Option<Section<'a>> {
        let item = self.item(key)?;
        let section = item.as_section();
        if section.is_none() {
            item.expected("a table");
        }
        section
    }

    /// The tables of `[[key]]`, numbered from 1.
    pub fn sections(&self, key: &str) -> Vec<Section<'a>> {
        let Some(item) = self.item(key) else { return Vec::new() };
        let Some(list) = item.value.get_ref().as_array() else {
            item.expected("tables, each begun with double brackets");
            return Vec::new();
        };
        list.iter()
            .enumerate()
            .filter_map(|(at, value)| {
                let item =
                    Item { document: self.document, path: format!("{}[{}]", item.path, at + 1), value };
                let section = item.as_section();
                if section.is_none() {
                    item.expected("a table");
                }
                section
            })
            .collect()
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

/// One value and where it is.
#[derive(Debug)]
pub struct Item<'a> {
    document: &'a Document<'a>,
    path: String,
    value: &'a Spanned<DeValue<'a>>,
}

impl<'a> Item<'a> {
    /// The value as text, read on by `read`.
    pub fn read<T>(&self, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let Some(text) = self.value.get_ref().as_str() else {
            self.expected("text in quotes");
            return None;
        };
        read(text).map_err(|message| self.fault(message)).ok()
    }

    /// The value if it is text, without a fault if it is none: for rules between values that are read elsewhere.
    pub fn as_text(&self) -> Option<&'a str> {
        self.value.get_ref().as_str()
    }

    /// The value as a table, without a fault if it is none.
    pub fn as_section(&self) -> Option<Section<'a>> {
        let table = self.value.get_ref().as_table()?;
        Some(Section { document: self.document, path: self.path.clone(), table, at: self.value.span().start })
    }

    fn expected(&self, what: &str) {
        self.fault(format!("must be {what}, not {}", kind_of(self.value.get_ref())));
    }

    fn fault(&self, message: String) {
        self.document.fault(self.path.clone(), self.value.span().start, message);
    }
}

fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a number without quotes",
        DeValue::Float(_) => "a decimal number without quotes",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn unknown_key(name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(candidate) => format!("there is no such key; did you mean `{candidate}`?"),
        None => format!("there is no such key; there are {}", known.join(", ")),
    }
}

/// The word among these that somebody may have meant, if any is near enough.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|&(distance, candidate)| distance <= candidate.len().max(3) / 2)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests;
