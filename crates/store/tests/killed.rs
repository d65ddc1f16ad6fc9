//! `kill -9` during a write: the file is whole, the journal has everything that was said to be written.
//!
//! The writer is this test's own program, started again with a variable set.
#![cfg(unix)]

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use domain::{
    Actor, Config, Memory, MemoryChange, Target, Timestamp, Verb,
    command::SettingsEdit,
    journal::{Entry, Outcome},
    time::after,
};
use engine::{Store, SystemClock};
use store::{Database, SettingsFile};

const FOLDER: &str = "CURFEW_TEST_KILLED_FOLDER";
const TIMES: usize = 50;
const COMMENT: &str = "# this stays, whatever happens";

#[test]
fn a_killed_writer_leaves_everything_whole() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        write_for_ever(&PathBuf::from(folder));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let settings = settings(folder.path());
    std::fs::write(settings.path(), format!("{COMMENT}\n")).expect("it can be written");
    let mut said = 0;
    for time in 0..TIMES {
        // Anything between nothing and a few writes, and then at whatever point of the next one.
        said = said.max(run_and_kill(folder.path(), time * 7 % 9));
        check(folder.path(), &settings, said);
    }
    assert!(said > TIMES, "the writers wrote: {said}");
}

/// Journals, remembers and sets one number after the other, and says each when all three are on the disk.
fn write_for_ever(folder: &Path) -> ! {
    let (database, settings) = (database(folder), settings(folder));
    let mut said = std::io::stdout();
    let written = database.read_journal(usize::MAX).expect("it can be read").len();
    for number in written.. {
        database.journal(&entry(number)).expect("it can be written");
        let until = after(Timestamp::UNIX_EPOCH, Duration::from_secs(number as u64));
        let change = MemoryChange::Snoozed { target: entry(number % 3).target, until };
        database.remember(&change).expect("it can be written");
        settings.edit(&[interval(number)]).expect("it can be written");
        writeln!(said, "wrote {number}").and_then(|()| said.flush()).expect("the test listens");
    }
    unreachable!("nobody counts that far")
}

/// How many entries the writer said to be written, of all that were ever.
fn run_and_kill(folder: &Path, after: usize) -> usize {
    let mut writer = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "a_killed_writer_leaves_everything_whole", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("this program runs");
    let lines = BufReader::new(writer.stdout.take().expect("it was asked for")).lines();
    let written = lines.filter_map(|line| line.expect("text").strip_prefix("wrote ")?.parse::<usize>().ok());
    let last = written.take(after).last();
    writer.kill().expect("it runs");
    writer.wait().expect("it was started");
    last.map_or(0, |number| number + 1)
}

fn check(folder: &Path, settings: &SettingsFile, said: usize) {
    let mut entries = database(folder).read_journal(usize::MAX).expect("the journal is whole");
    entries.reverse();
    assert!(entries.len() >= said, "{} of {said}", entries.len());
    for (number, found) in entries.iter().enumerate() {
        assert_eq!(found, &entry(number), "nothing is missing, twice or torn");
    }
    let memory: Memory = database(folder).recall().expect("the memory is whole");
    assert!(memory.snoozed.len() <= 3 && memory.shown.is_empty());
    assert_eq!(database(folder).set_aside(), None);
    let config: Config = settings.read().expect("the file is whole");
    let intervals: BTreeSet<Duration> = (15..=75).map(Duration::from_secs).collect();
    assert!(intervals.contains(&config.poll.interval), "{config:?}");
    let text = std::fs::read_to_string(settings.path()).expect("it can be read");
    assert!(text.starts_with(COMMENT), "{text}");
}

fn database(folder: &Path) -> Database {
    Database::at(folder.join("curfew.db"), Arc::new(SystemClock))
}

fn settings(folder: &Path) -> SettingsFile {
    SettingsFile::at(folder.join("config.toml"))
}

fn interval(number: usize) -> SettingsEdit {
    SettingsEdit::Interval(format!("{}s", 15 + number % 60))
}

fn entry(number: usize) -> Entry {
    let target = Target {
        account: "personal".into(),
        region: "us-east-1".into(),
        id: format!("i-{number:08x}").parse().expect("an instance's id"),
    };
    Entry {
        at: after(Timestamp::UNIX_EPOCH, Duration::from_secs(number as u64)),
        actor: Actor::Tray,
        verb: Verb::Stop,
        target,
        why: format!("number {number}").repeat(50),
        outcome: Outcome::Sent,
    }
}
