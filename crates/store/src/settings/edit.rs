//! A changed text for a text: keys are set where they are, and all else stays as somebody wrote it.
//!
//! Knows TOML and where each setting stands; reads and writes no file. The text must be one that the domain accepts;
//! whether the result still is one is asked afterwards.

mod account;
mod cut;

use domain::{command::SettingsEdit, config::ConfigFault};
use toml_edit::{Array, DocumentMut, Item, RawString, Table, TableLike, Value};

/// The text after the edits, one after the other.
pub(super) fn apply(text: &str, edits: &[SettingsEdit]) -> Result<String, ConfigFault> {
    let windows = text.contains("\r\n");
    let start = text.replace("\r\n", "\n");
    let edited = edits.iter().try_fold(start, |text, edit| apply_one(&text, edit))?;
    Ok(if windows { edited.replace('\n', "\r\n") } else { edited })
}

fn apply_one(text: &str, edit: &SettingsEdit) -> Result<String, ConfigFault> {
    match edit {
        SettingsEdit::Interval(time) => in_section(text, "poll", |poll| set(poll, "interval", time.as_str())),
        SettingsEdit::Regions(choice) => {
            in_section(text, "poll", |poll| set_regions(poll, choice.as_deref()))
        }
        SettingsEdit::Warning(time) => {
            in_section(text, "alert", |alert| set_threshold(alert, "warning", time))
        }
        SettingsEdit::Critical(time) => {
            in_section(text, "alert", |alert| set_threshold(alert, "critical", time))
        }
        SettingsEdit::Repeat(time) => in_section(text, "alert", |alert| set(alert, "repeat", time.as_str())),
        SettingsEdit::PutAccount { name, source, assume_role, mfa_serial } => {
            let role = [("assume_role", assume_role.as_deref()), ("mfa_serial", mfa_serial.as_deref())];
            account::put(text, name, source, role)
        }
        SettingsEdit::RemoveAccount(name) => account::remove(text, name),
    }
}

fn in_section(
    text: &str,
    name: &str,
    change: impl FnOnce(&mut dyn TableLike),
) -> Result<String, ConfigFault> {
    let mut document = parse(text)?;
    if !document.contains_key(name) {
        let table = Item::Table(last_table(&mut document));
        document.insert(name, table);
    }
    let section = document.get_mut(name).and_then(Item::as_table_like_mut);
    change(section.ok_or_else(|| misshapen(name))?);
    Ok(document.to_string())
}

fn parse(text: &str) -> Result<DocumentMut, ConfigFault> {
    text.parse().map_err(|error: toml_edit::TomlError| ConfigFault {
        key: "TOML".into(),
        line: 1,
        message: error.message().to_owned(),
    })
}

fn misshapen(key: &str) -> ConfigFault {
    ConfigFault {
        key: key.into(),
        line: 1,
        message: "is written in a way that only an editor can change".into(),
    }
}

/// A table for the end of the file, behind whatever comments stand there.
fn last_table(document: &mut DocumentMut) -> Table {
    let mut comments = document.trailing().as_str().unwrap_or_default().to_owned();
    document.set_trailing("");
    if !comments.is_empty() && !comments.ends_with('\n') {
        comments.push('\n');
    }
    if !document.is_empty() || !comments.is_empty() {
        comments.push('\n');
    }
    let mut table = Table::new();
    table.decor_mut().set_prefix(comments);
    table.set_position(Some(isize::MAX));
    table
}

/// Sets a value; the comment behind it and the blanks around it stay.
fn set(table: &mut dyn TableLike, key: &str, value: impl Into<Value>) {
    let mut value = value.into();
    match table.get_mut(key) {
        Some(Item::Value(old)) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        Some(_) | None => {
            table.insert(key, Item::Value(value));
        }
    }
}

/// A threshold on spend, which the settings page does not know, outlives a change of the time.
fn set_threshold(alert: &mut dyn TableLike, key: &str, time: &str) {
    let Some(both) = alert.get_mut(key).and_then(Item::as_table_like_mut) else {
        return set(alert, key, time);
    };
    if time == "off" {
        both.remove("running");
    } else {
        set(both, "running", time);
    }
}

/// Changes a list in place where there is one, so that its layout and the comments in it stay.
fn set_regions(poll: &mut dyn TableLike, choice: Option<&[String]>) {
    let Some(wanted) = choice else { return set(poll, "regions", "enabled") };
    match poll.get_mut("regions").and_then(Item::as_array_mut) {
        Some(list) => change_list(list, wanted),
        None => set(poll, "regions", Array::from_iter(wanted)),
    }
}

fn change_list(list: &mut Array, wanted: &[String]) {
    // A comment behind an item's comma is, to the parser, before the next item: what goes hands it on.
    let mut comments = String::new();
    let mut at = 0;
    while let Some(item) = list.get_mut(at) {
        let before = item.decor().prefix().and_then(RawString::as_str).unwrap_or_default();
        let before = joined(&comments, before);
        if item.as_str().is_some_and(|it| wanted.iter().any(|region| region == it)) {
            item.decor_mut().set_prefix(before);
            comments.clear();
            at += 1;
        } else {
            comments = if before.contains('#') { before } else { String::new() };
            list.remove(at);
        }
    }
    let end = joined(&comments, list.trailing().as_str().unwrap_or_default());
    list.set_trailing(end);
    let is_there = |list: &Array, region: &str| list.iter().any(|it| it.as_str() == Some(region));
    for region in wanted {
        if !is_there(list, region) {
            list.push(region.as_str());
        }
    }
}

/// Comments and what comes after them, each on lines of its own.
fn joined(comments: &str, next: &str) -> String {
    if comments.is_empty() || next.starts_with('\n') {
        format!("{}{next}", comments.trim_end())
    } else {
        format!("{}\n{next}", comments.trim_end())
    }
}

#[cfg(test)]
mod tests;
