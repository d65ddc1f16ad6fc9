//! What the database keeps, what it refuses, and what two processes on one file see.

use std::{fs, time::Duration};

use domain::{Actor, AlertId, Target, Timestamp, Verb, journal::Outcome, time::after};
use engine::SystemClock;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

/// A clock that stands still.
struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        "2026-11-22T12:00:00Z".parse().expect("a time")
    }

    fn pace(&self) -> u32 {
        1
    }
}

fn database() -> (TempDir, Database) {
    let folder = tempfile::tempdir().expect("a folder");
    let database = at(&folder);
    (folder, database)
}

fn at(folder: &TempDir) -> Database {
    Database::at(folder.path().join("with space/curfew.db"), Arc::new(Noon))
}

fn target(number: u32) -> Target {
    Target {
        account: "personal".into(),
        region: "us-east-1".into(),
        id: format!("i-{number:08x}").parse().expect("an instance's id"),
    }
}

fn entry(number: u32) -> Entry {
    Entry {
        at: after(Noon.now(), Duration::from_millis(number.into())),
        actor: Actor::Window,
        verb: Verb::Terminate,
        target: target(number),
        why: "a \"name\"'; DROP TABLE journal; -- \u{202e}".into(),
        outcome: Outcome::Failed(Problem::new("denied", "it failed\nbadly", "")),
    }
}

fn shown(number: u32) -> MemoryChange {
    MemoryChange::Shown {
        alert: AlertId::from_stored(format!("alert {number}")),
        at: after(Noon.now(), Duration::from_secs(number.into())),
    }
}

fn file(database: &Database) -> &Path {
    database.place.path()
}

/// Runs SQL on the file as another program does.
fn by_hand(database: &Database, sql: &str) -> rusqlite::Result<()> {
    Connection::open(file(database))?.execute_batch(sql)
}

#[test]
fn what_is_journalled_is_read_newest_first() {
    let (folder, database) = database();
    for number in 0..5 {
        database.journal(&entry(number)).expect("it can be written");
    }
    let last = |database: &Database, most| database.read_journal(most).expect("it can be read");
    assert_eq!(last(&database, 2), [entry(4), entry(3)]);
    assert_eq!(last(&at(&folder), 100).len(), 5);
    assert_eq!(last(&database, 0), []);
}

#[test]
fn the_journal_is_append_only() {
    let (_folder, database) = database();
    database.journal(&entry(1)).expect("it can be written");
    for sql in ["UPDATE journal SET why = ''", "DELETE FROM journal"] {
        let error = by_hand(&database, sql).expect_err("a trigger forbids it");
        assert!(error.to_string().contains("append-only"), "{error}");
    }
    assert_eq!(database.read_journal(9).expect("it can be read"), [entry(1)]);
}

#[test]
fn two_processes_may_use_one_file() {
    let (folder, first) = database();
    let second = at(&folder);
    std::thread::scope(|scope| {
        for database in [&first, &second] {
            scope.spawn(move || {
                for number in 0..20 {
                    database.journal(&entry(number)).expect("it waits its turn");
                    database.remember(&shown(number)).expect("it waits its turn");
                }
            });
        }
    });
    assert_eq!(first.read_journal(100).expect("it can be read").len(), 40);
    assert_eq!(first.recall().expect("it can be read"), second.recall().expect("it can be read"));
}

/// The broken file's bytes are all kept, the new file works, and a person is told, now and later.
fn check_set_aside(garbage: &[u8]) {
    let (folder, database) = database();
    let path = file(&database).to_owned();
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(&path, garbage).expect("it can be written");
    let told = database.recall().expect_err("it is broken");
    assert_eq!(told.code, "database-set-aside");
    let aside = path.with_file_name("curfew.db.broken-2026-11-22T12-00-00Z");
    assert!(told.message.contains(&aside.display().to_string()), "{told:?}");
    assert_eq!(fs::read(&aside).expect("it is kept"), garbage);
    assert_eq!(database.set_aside(), Some(told));
    assert_eq!(database.recall().expect("the new one works"), Memory::default());
    database.journal(&entry(1)).expect("the new one works");
    assert_eq!(at(&folder).read_journal(9).expect("it can be read"), [entry(1)]);
    assert_eq!(at(&folder).set_aside(), None);
}

#[test]
fn a_broken_file_is_set_aside() {
    check_set_aside(b"this is no database, and it is long enough to be sure of that: ................");
    let (_folder, whole) = database();
    for number in 0..200 {
        whole.journal(&entry(number)).expect("it can be written");
    }
    let mut torn = fs::read(file(&whole)).expect("it can be read");
    torn[4096..8192].fill(0xff);
    check_set_aside(&torn);
    torn.truncate(6000);
    check_set_aside(&torn);
}

#[test]
fn a_second_broken_file_gets_another_name() {
    let (_folder, database) = database();
    database.journal(&entry(0)).expect("it can be written");
    for _ in 0..2 {
        fs::remove_file(file(&database)).expect("it is there");
        fs::write(file(&database), [b'x'; 2000]).expect("it can be written");
        assert_eq!(database.journal(&entry(1)).expect_err("it is broken").code, "database-set-aside");
        assert_eq!(database.read_journal(9).expect("it was written all the same"), [entry(1)]);
    }
    let folder = fs::read_dir(file(&database).parent().expect("a folder")).expect("a folder");
    let names = folder.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let mut broken: Vec<String> = names.filter(|name| name.contains(".broken-")).collect();
    broken.sort();
    assert_eq!(broken, ["curfew.db.broken-2026-11-22T12-00-00Z", "curfew.db.broken-2026-11-22T12-00-00Z-1"]);
}

#[test]
fn a_file_that_breaks_under_way_loses_nothing_that_comes_after() {
    let (_folder, database) = database();
    database.journal(&entry(0)).expect("it can be written");
    fs::write(file(&database), [b'x'; 5000]).expect("it can be written");
    assert_eq!(database.journal(&entry(1)).expect_err("it is broken").code, "database-set-aside");
    assert_eq!(database.read_journal(9).expect("the new one works"), [entry(1)]);
}

#[test]
fn a_deleted_file_is_begun_anew() {
    let (folder, database) = database();
    database.journal(&entry(0)).expect("it can be written");
    fs::remove_dir_all(folder.path().join("with space")).expect("it is there");
    database.journal(&entry(1)).expect("it can be written");
    assert_eq!(at(&folder).read_journal(9).expect("it can be read"), [entry(1)]);
}

#[test]
fn a_later_versions_file_is_left_alone() {
    let (folder, database) = database();
    database.journal(&entry(0)).expect("it can be written");
    by_hand(&database, "PRAGMA user_version = 99").expect("it can be written");
    let newer = at(&folder);
    let before = fs::read(file(&newer)).expect("it can be read");
    assert_eq!(newer.recall().expect_err("it is newer").code, "database-newer");
    assert_eq!(newer.journal(&entry(1)).expect_err("it is newer").code, "database-newer");
    assert_eq!(fs::read(file(&newer)).expect("it can be read"), before);
}

/// What is refused is told each time, is not lost, and is written once it can be, in its order.
fn check_way_out(database: &Database, hint: &str, block: impl FnOnce(), unblock: impl FnOnce()) {
    database.journal(&entry(0)).expect("it can be written");
    block();
    for number in 1..4 {
        let told = database.journal(&entry(number)).expect_err("it cannot be written");
        assert!(told.hint.contains(hint), "{told:?}");
        database.remember(&shown(number)).expect_err("it cannot be written");
    }
    unblock();
    database.journal(&entry(4)).expect("it can be written again");
    let numbers = database.read_journal(9).expect("it can be read");
    assert_eq!(numbers, [4, 3, 2, 1, 0].map(entry));
    assert_eq!(database.recall().expect("it can be read").shown.len(), 3);
}

/// Until the connection is closed, which a refusal does. SQLite says of a file that may not grow what it says of a disk
/// that has no room.
fn fill_the_disk(database: &Database) {
    with_connection(database, |connection| {
        let pages = connection.query_row("PRAGMA max_page_count = 1", [], |row| row.get::<_, u32>(0));
        assert!(pages.expect("it can be set") < 20);
    });
}

fn big(number: u32) -> Entry {
    Entry { why: "x".repeat(100_000), ..entry(number) }
}

#[test]
fn a_full_disk_is_told_and_lived_through() {
    let (_folder, database) = database();
    database.journal(&entry(0)).expect("it can be written");
    fill_the_disk(&database);
    let told = database.journal(&big(1)).expect_err("there is no room");
    assert!(told.hint.starts_with("Make room on the disk"), "{told:?}");
    database.journal(&entry(2)).expect("there is room again");
    assert_eq!(database.read_journal(9).expect("it can be read"), [entry(2), big(1), entry(0)]);
}

fn with_connection(database: &Database, using: impl FnOnce(&Connection)) {
    let mut state = database.state.lock().expect("nobody panicked");
    using(state.connection(&database.place).unwrap_or_else(|_| panic!("it opens")));
}

#[test]
fn a_folder_that_is_none_is_told_and_lived_through() {
    let (folder, database) = database();
    let (there, away) = (folder.path().join("with space"), folder.path().join("away"));
    check_way_out(
        &database,
        "Check who may write there",
        || {
            fs::rename(&there, &away).expect("it is there");
            fs::write(&there, "in the way").expect("it can be written");
        },
        || {
            fs::remove_file(&there).expect("it is there");
            fs::rename(&away, &there).expect("it is there");
        },
    );
}

#[test]
fn a_connection_from_a_read_only_time_is_not_kept() {
    let (_folder, database) = database();
    database.journal(&entry(0)).expect("it can be written");
    with_connection(&database, |connection| {
        connection.execute_batch("PRAGMA query_only = ON").expect("it can be set");
    });
    database.journal(&entry(1)).expect("the file itself may be written");
    assert_eq!(database.read_journal(9).expect("it can be read"), [1, 0].map(entry));
}

#[test]
fn what_waits_is_read_as_if_it_were_written() {
    let (folder, database) = database();
    database.remember(&shown(1)).expect("it can be written");
    fill_the_disk(&database);
    database.journal(&big(1)).expect_err("there is no room");
    assert_eq!(database.read_journal(9).expect("it can be read"), [big(1)]);
    assert_eq!(at(&folder).read_journal(9).expect("it can be read"), []);
    fill_the_disk(&database);
    database.remember(&shown(2)).expect_err("there is still no room for what comes before");
    assert_eq!(database.recall().expect("it can be read").shown.len(), 2);
    assert_eq!(at(&folder).recall().expect("it can be read").shown.len(), 1);
    database.remember(&shown(3)).expect("there is room again");
    assert_eq!(at(&folder).recall().expect("it can be read").shown.len(), 3);
    assert_eq!(at(&folder).read_journal(9).expect("it can be read"), [big(1)]);
}

#[test]
fn a_database_in_memory_leaves_nothing() {
    let database = Database::in_memory(Arc::new(SystemClock));
    database.journal(&entry(1)).expect("it can be written");
    database.remember(&shown(1)).expect("it can be written");
    assert_eq!(database.read_journal(9).expect("it can be read"), [entry(1)]);
    assert_eq!(database.recall().expect("it can be read").shown.len(), 1);
    assert!(!Path::new(":memory:").exists());
}

fn changes() -> impl Strategy<Value = MemoryChange> {
    let time =
        (0..50u32).prop_map(|number| after(Noon.now(), Duration::from_millis(u64::from(number) * 100)));
    let alert = (0..6u32).prop_map(|number| AlertId::from_stored(format!("alert {number}")));
    let target = (0..6u32).prop_map(target);
    prop_oneof![
        (alert, time.clone()).prop_map(|(alert, at)| MemoryChange::Shown { alert, at }),
        (target.clone(), time.clone()).prop_map(|(target, until)| MemoryChange::Snoozed { target, until }),
        target.prop_map(|target| MemoryChange::Woken { target }),
        time.prop_map(MemoryChange::ForgetShownBefore),
    ]
}

proptest! {
    #[test]
    fn the_file_remembers_what_the_domain_would(changes in prop::collection::vec(changes(), 0..30)) {
        let database = Database::in_memory(Arc::new(Noon));
        let mut expected = Memory::default();
        for change in &changes {
            database.remember(change).expect("it can be written");
            expected.apply(change);
        }
        prop_assert_eq!(database.recall().expect("it can be read"), expected);
    }
}
