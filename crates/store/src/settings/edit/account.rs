//! Accounts: `[[account]]` tables, or a list of inline tables if that is how somebody wrote them.

use domain::config::ConfigFault;
use toml_edit::{Array, ArrayOfTables, Document, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::{cut, last_table, misshapen, parse, set};

/// The keys that an account may do without, and what they are to say.
type Role<'a> = [(&'static str, Option<&'a str>); 2];

/// The text with the account as given, in its old place if it has one.
pub(super) fn put(text: &str, name: &str, source: &str, role: Role<'_>) -> Result<String, ConfigFault> {
    let text = without_unwanted(text, name, role)?;
    let mut document = parse(&text)?;
    let account = match position(document.get("account"), name) {
        Some(at) => at_mut(&mut document, at),
        None => new_account(&mut document),
    };
    let account = account.ok_or_else(|| misshapen("account"))?;
    set(account, "name", name);
    set(account, "source", source);
    for (key, value) in role {
        if let Some(value) = value {
            set(account, key, value);
        }
    }
    Ok(document.to_string())
}

/// The text without the account; as it was when there is no such account.
pub(super) fn remove(text: &str, name: &str) -> Result<String, ConfigFault> {
    let mut document = parse(text)?;
    let Some(at) = position(document.get("account"), name) else { return Ok(text.to_owned()) };
    if let Some(list) = document.get_mut("account").and_then(Item::as_array_mut) {
        list.remove(at);
        return Ok(document.to_string());
    }
    let range = with_table(text, at, cut::table)?;
    Ok(range.map_or_else(|| text.to_owned(), |range| cut::lines(text, range)))
}

/// The text without those of the account's keys that are to say nothing.
fn without_unwanted(text: &str, name: &str, role: Role<'_>) -> Result<String, ConfigFault> {
    let unwanted = role.iter().filter(|(_, value)| value.is_none());
    unwanted.map(|(key, _)| *key).try_fold(text.to_owned(), |text, key| without_key(&text, name, key))
}

fn without_key(text: &str, name: &str, key: &str) -> Result<String, ConfigFault> {
    let mut document = parse(text)?;
    let Some(at) = position(document.get("account"), name) else { return Ok(text.to_owned()) };
    if document.get("account").is_some_and(Item::is_array) {
        at_mut(&mut document, at).map(|account| account.remove(key));
        return Ok(document.to_string());
    }
    let range = with_table(text, at, |account| cut::key(account, key))?;
    Ok(range.map_or_else(|| text.to_owned(), |range| cut::lines(text, range)))
}

/// What a parser that keeps places says about the account at a position.
fn with_table<T>(
    text: &str,
    at: usize,
    ask: impl FnOnce(&Table) -> Option<T>,
) -> Result<Option<T>, ConfigFault> {
    let placed = Document::parse(text).map_err(|_| misshapen("account"))?;
    let tables = placed.as_table().get("account").and_then(Item::as_array_of_tables);
    Ok(tables.and_then(|tables| tables.get(at)).and_then(ask))
}

fn position(accounts: Option<&Item>, name: &str) -> Option<usize> {
    let named = |account: &dyn TableLike| account.get("name").and_then(Item::as_str) == Some(name);
    match accounts? {
        Item::ArrayOfTables(tables) => tables.iter().position(|table| named(table)),
        Item::Value(Value::Array(list)) => {
            list.iter().position(|value| value.as_inline_table().is_some_and(|table| named(table)))
        }
        Item::None | Item::Value(_) | Item::Table(_) => None,
    }
}

fn at_mut(document: &mut DocumentMut, at: usize) -> Option<&mut dyn TableLike> {
    match document.get_mut("account")? {
        Item::ArrayOfTables(tables) => tables.get_mut(at).map(|table| table as &mut dyn TableLike),
        Item::Value(Value::Array(list)) => {
            list.get_mut(at)?.as_inline_table_mut().map(|table| table as &mut dyn TableLike)
        }
        Item::None | Item::Value(_) | Item::Table(_) => None,
    }
}

fn new_account(document: &mut DocumentMut) -> Option<&mut dyn TableLike> {
    let table = match document.get("account") {
        Some(Item::Value(_)) => None,
        Some(_) | None => Some(last_table(document)),
    };
    let accounts = document.entry("account").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let count = match (accounts, table) {
        (Item::ArrayOfTables(tables), Some(table)) => {
            tables.push(table);
            tables.len()
        }
        (Item::Value(Value::Array(list)), None) => append(list),
        _ => return None,
    };
    at_mut(document, count - 1)
}

fn append(list: &mut Array) -> usize {
    list.push(InlineTable::new());
    list.len()
}
