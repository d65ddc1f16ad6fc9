//! The rows of launches: how far each got, so that a crash neither loses an instance nor makes a second.

use launch::Record;
use rusqlite::{Connection, params};

use crate::journal::{column, spelled};

/// Keeps a record in place of what was kept of the same launch before.
pub(crate) fn keep(connection: &Connection, record: &Record) -> rusqlite::Result<()> {
    let json = serde_json::to_string(record);
    let json = json.map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    connection
        .execute(
            "INSERT INTO launches (id, at, account, profile, open, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO UPDATE SET open = excluded.open, record = excluded.record",
            params![
                record.id.as_str(),
                spelled(record.at),
                record.account.as_str(),
                record.profile,
                record.open().is_some(),
                json,
            ],
        )
        .map(drop)
}

/// Those that may have made an instance that nobody was told of, the newest first.
pub(crate) fn open(connection: &Connection) -> rusqlite::Result<Vec<Record>> {
    let mut select = connection.prepare("SELECT record FROM launches WHERE open ORDER BY at DESC")?;
    let record = |row: &rusqlite::Row<'_>| column(row, 0, |text| serde_json::from_str(text).ok());
    select.query_map([], record)?.collect()
}

/// The last ones, open or ended, the newest first.
pub(crate) fn last(connection: &Connection, most: usize) -> rusqlite::Result<Vec<Record>> {
    let mut select = connection.prepare("SELECT record FROM launches ORDER BY at DESC LIMIT ?1")?;
    let record = |row: &rusqlite::Row<'_>| column(row, 0, |text| serde_json::from_str(text).ok());
    select.query_map([i64::try_from(most).unwrap_or(i64::MAX)], record)?.collect()
}
