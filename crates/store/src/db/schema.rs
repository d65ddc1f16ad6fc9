//! The tables, and the steps from each version of them to the next. A released step is never changed.

use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::Failure;
use crate::DatabaseFault;

/// Step `n` leads from version `n` to `n + 1`; SQLite keeps the version in the file (`user_version`).
const STEPS: [&str; CURRENT as usize] = [include_str!("v1.sql"), include_str!("v2.sql")];

const CURRENT: u32 = 2;

/// Brings the tables up to date.
pub(super) fn migrate(connection: &Connection, path: &Path) -> Result<(), Failure> {
    if version(connection)? == CURRENT {
        return Ok(());
    }
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    // Another process may have been quicker.
    let version = version(&transaction)?;
    let newer = || DatabaseFault::Newer { path: path.to_owned() };
    for step in STEPS.get(usize::try_from(version).unwrap_or(usize::MAX)..).ok_or_else(newer)? {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", CURRENT)?;
    Ok(transaction.commit()?)
}

fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}
