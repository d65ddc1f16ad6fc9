//! The memory's rows: which alerts were shown, which instances are snoozed.

use domain::{AlertId, Memory, MemoryChange, Target};
use rusqlite::{Connection, params};

use crate::journal::{column, spelled, target};

/// Makes a change; the same one twice is the same as once.
pub(crate) fn apply(connection: &Connection, change: &MemoryChange) -> rusqlite::Result<()> {
    match change {
        MemoryChange::Shown { alert, at } => connection.execute(
            "INSERT INTO shown (alert, at) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET at = excluded.at",
            params![alert.as_str(), spelled(*at)],
        ),
        MemoryChange::Snoozed { target: Target { account, region, id }, until } => connection.execute(
            "INSERT INTO snoozed (account, region, instance, until) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET until = excluded.until",
            params![account.as_str(), region.as_str(), id.as_str(), spelled(*until)],
        ),
        MemoryChange::Woken { target: Target { account, region, id } } => connection.execute(
            "DELETE FROM snoozed WHERE account = ?1 AND region = ?2 AND instance = ?3",
            params![account.as_str(), region.as_str(), id.as_str()],
        ),
        MemoryChange::ForgetShownBefore(before) => {
            connection.execute("DELETE FROM shown WHERE at < ?1", [spelled(*before)])
        }
    }
    .map(drop)
}

/// The whole memory.
pub(crate) fn read(connection: &Connection) -> rusqlite::Result<Memory> {
    let mut shown = connection.prepare("SELECT alert, at FROM shown")?;
    let shown = shown.query_map([], |row| {
        let alert = row.get(0).map(AlertId::from_stored)?;
        Ok((alert, column(row, 1, |text| text.parse().ok())?))
    })?;
    let mut snoozed = connection.prepare("SELECT account, region, instance, until FROM snoozed")?;
    let snoozed =
        snoozed.query_map([], |row| Ok((target(row, 0)?, column(row, 3, |text| text.parse().ok())?)))?;
    Ok(Memory { shown: shown.collect::<Result<_, _>>()?, snoozed: snoozed.collect::<Result<_, _>>()? })
}
