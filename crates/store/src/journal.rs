//! The journal's rows. Appends and reads; what is in the journal is never changed, and the database sees to it.

use domain::{
    Actor, Problem, Target, Timestamp, Verb,
    journal::{Entry, Outcome},
};
use rusqlite::{
    Connection, Row, params,
    types::{Type, ValueRef},
};

/// Appends an entry.
pub(crate) fn append(connection: &Connection, entry: &Entry) -> rusqlite::Result<()> {
    let Target { account, region, id } = &entry.target;
    let mut insert = connection.prepare(
        "INSERT INTO journal (at, actor, verb, account, region, instance, why, outcome, problem)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    insert.execute(params![
        spelled(entry.at),
        entry.actor.as_str(),
        entry.verb.as_str(),
        account.as_str(),
        region.as_str(),
        id.as_str(),
        entry.why,
        entry.outcome.as_str(),
        problem(&entry.outcome).map(written).transpose()?,
    ])?;
    Ok(())
}

/// The last entries, the newest first.
pub(crate) fn read(connection: &Connection, most: usize) -> rusqlite::Result<Vec<Entry>> {
    let mut select = connection.prepare(
        "SELECT at, actor, verb, account, region, instance, why, outcome, problem
         FROM journal ORDER BY id DESC LIMIT ?1",
    )?;
    select.query_map([i64::try_from(most).unwrap_or(i64::MAX)], entry)?.collect()
}

/// A time as every table keeps it: it sorts as text and loses nothing.
pub(crate) fn spelled(at: Timestamp) -> String {
    format!("{at:.9}")
}

/// A column whose text is read on by `read`; one that makes no sense is SQLite's kind of error.
pub(crate) fn column<T>(row: &Row<'_>, at: usize, read: impl Fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    let text: String = row.get(at)?;
    read(&text).ok_or_else(|| {
        let message = format!("`{text}` makes no sense here");
        rusqlite::Error::FromSqlConversionFailure(at, Type::Text, message.into())
    })
}

/// The instance that three columns name, beginning with `at`.
pub(crate) fn target(row: &Row<'_>, at: usize) -> rusqlite::Result<Target> {
    Ok(Target {
        account: column(row, at, |text| Some(text.into()))?,
        region: column(row, at + 1, |text| Some(text.into()))?,
        id: column(row, at + 2, |text| text.parse().ok())?,
    })
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let problem = match row.get_ref(8)? {
        ValueRef::Null => None,
        ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Text(_) | ValueRef::Blob(_) => {
            Some(column(row, 8, |text| serde_json::from_str::<Problem>(text).ok())?)
        }
    };
    Ok(Entry {
        at: column(row, 0, |text| text.parse().ok())?,
        actor: column(row, 1, actor)?,
        verb: column(row, 2, verb)?,
        target: target(row, 3)?,
        why: row.get(6)?,
        outcome: column(row, 7, |word| outcome(word, problem.clone()))?,
    })
}

fn problem(outcome: &Outcome) -> Option<&Problem> {
    match outcome {
        Outcome::Refused(problem) | Outcome::Failed(problem) => Some(problem),
        Outcome::CountdownStarted
        | Outcome::Undone
        | Outcome::CancelledByQuit
        | Outcome::Sent
        | Outcome::Done => None,
    }
}

fn written(problem: &Problem) -> rusqlite::Result<String> {
    serde_json::to_string(problem).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

fn actor(word: &str) -> Option<Actor> {
    [Actor::Tray, Actor::Window, Actor::Notification, Actor::CommandLine]
        .into_iter()
        .find(|it| it.as_str() == word)
}

fn verb(word: &str) -> Option<Verb> {
    [Verb::Stop, Verb::Start, Verb::Terminate].into_iter().find(|it| it.as_str() == word)
}

fn outcome(word: &str, problem: Option<Problem>) -> Option<Outcome> {
    let plain =
        [Outcome::CountdownStarted, Outcome::Undone, Outcome::CancelledByQuit, Outcome::Sent, Outcome::Done];
    match problem {
        None => plain.into_iter().find(|it| it.as_str() == word),
        Some(problem) => {
            let failed = [Outcome::Refused(problem.clone()), Outcome::Failed(problem)];
            failed.into_iter().find(|it| it.as_str() == word)
        }
    }
}

#[cfg(test)]
mod tests;
