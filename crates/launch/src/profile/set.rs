//! One value of a profile's text changed, as `--set key=value` asks for it. Comments and order stay.
//!
//! Knows TOML, not which keys there are: the changed text is parsed as a profile afterwards, which says so.

use document::Fault;
use toml_edit::{Array, DocumentMut, Item, Key, Table, TableLike, Value};

/// The text of a profile with one value changed or added. `key` is a path such as `limits.max_runtime`.
///
/// The value is what it says as TOML where a profile has such values (`80`, `true`, `["a", "b"]`), and text else. Where
/// the file has a text, or only texts can be, it stays text; where it has a list, words between commas are one.
///
/// # Errors
/// A text that is no TOML, a key that is none, or one below something that has no keys.
pub fn set(text: &str, key: &str, value: &str) -> Result<String, Fault> {
    let windows = text.contains("\r\n");
    let mut document: DocumentMut = text.replace("\r\n", "\n").parse().map_err(|error| torn(text, &error))?;
    let path = Key::parse(key).unwrap_or_default();
    let Some((last, tables)) = path.split_last() else {
        return Err(fault(key, "is not a key: one is written like limits.max_runtime"));
    };
    let table = tables
        .iter()
        .try_fold(document.as_table_mut() as &mut dyn TableLike, below)
        .map_err(|name| fault(key, &format!("{name} is not a table of keys: change it in the file")))?;
    put(table, last, |old| read(value, old, is_text(&path)))
        .map_err(|Keys| fault(key, "is a table of keys: name one of them, or change it in the file"))?;
    let changed = document.to_string();
    Ok(if windows { changed.replace('\n', "\r\n") } else { changed })
}

/// What was to be a value is a table.
struct Keys;

/// The comment behind a value and the blanks around it stay.
fn put(table: &mut dyn TableLike, key: &Key, new: impl Fn(Option<&Value>) -> Value) -> Result<(), Keys> {
    match table.get_mut(key.get()) {
        Some(Item::Value(old)) => {
            let mut value = new(Some(old));
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        Some(Item::Table(_) | Item::ArrayOfTables(_)) => return Err(Keys),
        Some(Item::None) | None => {
            table.insert(key.get(), Item::Value(new(None)));
        }
    }
    Ok(())
}

/// The table of that name below this one; one is made where there is none.
fn below<'t>(table: &'t mut dyn TableLike, name: &Key) -> Result<&'t mut dyn TableLike, String> {
    let item = table.entry(name.get()).or_insert_with(|| Item::Table(Table::new()));
    item.as_table_like_mut().ok_or_else(|| name.get().to_owned())
}

/// Where a profile has nothing but texts: money, tags and variables.
fn is_text(path: &[Key]) -> bool {
    let names: Vec<&str> = path.iter().map(Key::get).collect();
    match names.as_slice() {
        ["tags", _] | ["run", "env", _] => true,
        [.., last] => last.ends_with("_usd"),
        [] => false,
    }
}

fn read(text: &str, old: Option<&Value>, texts_only: bool) -> Value {
    let typed = text.trim().parse::<Value>().ok();
    let typed = typed.map(|mut value| {
        value.decor_mut().clear();
        value
    });
    match (typed, old) {
        (Some(value @ (Value::String(_) | Value::Array(_) | Value::InlineTable(_))), _) => value,
        (_, Some(Value::Array(_))) => list(text),
        (Some(value @ (Value::Integer(_) | Value::Boolean(_))), old)
            if !texts_only && !matches!(old, Some(Value::String(_))) =>
        {
            value
        }
        // No key takes a decimal number or a date, so that these are texts: an amount, a branch's name.
        (Some(Value::Integer(_) | Value::Boolean(_) | Value::Float(_) | Value::Datetime(_)) | None, _) => {
            text.into()
        }
    }
}

fn list(text: &str) -> Value {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    Value::Array(words.collect::<Array>())
}

fn torn(text: &str, error: &toml_edit::TomlError) -> Fault {
    let at = error.span().map_or(0, |span| span.start);
    let line = text
        .lines()
        .scan(0, |end, line| {
            *end += line.len() + 1;
            Some(*end)
        })
        .take_while(|&end| end <= at)
        .count()
        + 1;
    Fault { key: "TOML".into(), line, message: error.message().to_owned() }
}

fn fault(key: &str, message: &str) -> Fault {
    Fault { key: key.to_owned(), line: 1, message: message.to_owned() }
}

#[cfg(test)]
mod tests;
