//! What a run remembers on its own disk: which run it is, how old, and how far it came. Written whole or not at all.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::Timestamp;
use protocol::{
    Phase, RunId,
    training::{Cause, Outcome},
};
use serde::{Deserialize, Serialize};

use super::hands::{World, guard};
use crate::{
    core::plan::Before,
    decide::{Now, cost, exit::Exit, limit::Age},
    io::clock,
};

const FILE: &str = "run.json";

/// One run, as this machine knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Memory {
    pub(super) run_id: RunId,
    pub(super) start: Timestamp,
    pub(super) age: Age,
    pub(super) phase: Phase,
    /// How often it was begun.
    pub(super) begun: u32,
    /// What came of the command, and of the run.
    #[serde(default)]
    pub(super) work: Work,
    /// Its place in a fleet, once it has one: it is never changed for another.
    #[serde(default)]
    pub(super) place: Option<u32>,
    /// What EC2 bills for earlier boots.
    #[serde(default)]
    billed: Duration,
}

/// What is known of the work, for the record: kept here, so that an agent that was killed at the end can still tell it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Work {
    pub(super) start: Option<Timestamp>,
    pub(super) end: Option<Timestamp>,
    pub(super) outcome: Option<Outcome>,
    /// Why the run ends. There is no way back from that.
    pub(super) cause: Option<Cause>,
}

impl Work {
    /// A command that begins.
    pub(super) fn begun(now: Timestamp) -> Self {
        Self { start: Some(now), ..Self::default() }
    }

    /// The command is over.
    pub(super) fn is_over(&mut self, exit: Exit, now: Timestamp) {
        self.end = Some(now);
        self.outcome = Some(match exit {
            Exit::Code(code) => Outcome::Exited { code },
            Exit::Signal(signal) => Outcome::Signalled { signal, oom: false },
            Exit::OutOfMemory => Outcome::Signalled { signal: 9, oom: true },
            Exit::NotStarted => Outcome::NotStarted { error: "the command could not be started".into() },
        });
    }
}

impl Memory {
    /// A run that begins now.
    pub(super) fn new(boot: &str, now: Now) -> Self {
        Self {
            run_id: RunId::of(now.wall),
            start: now.wall,
            age: Age::new(boot, now),
            phase: Phase::Initialization,
            begun: 0,
            work: Work::default(),
            place: None,
            billed: Duration::ZERO,
        }
    }

    /// It goes on, perhaps on another boot.
    pub(super) fn begin(&mut self, boot: &str, now: Now) {
        if self.age.boot != boot {
            self.billed += cost::billed(self.age.up);
        }
        self.age = self.age.at(boot, now);
    }

    /// What EC2 bills for it, over all boots.
    pub(super) fn billed(&self, now: Now) -> Duration {
        self.billed + cost::billed(now.up)
    }

    /// The run that was going on; none if there was none, or if what is there cannot be read.
    pub(super) fn load(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(folder.join(FILE)).ok()?).ok()
    }

    /// What it had come to.
    pub(super) fn before(&self) -> Before {
        if self.work.cause.is_some() {
            return Before::Over;
        }
        match self.phase {
            Phase::Initialization | Phase::DataSync | Phase::Training => Before::Going(self.begun),
            Phase::ResultsSync | Phase::Cleanup | Phase::Failed | Phase::Killed => Before::Over,
        }
    }

    /// Keeps it.
    pub(super) fn store(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        let (path, new) = (folder.join(FILE), folder.join("run.json.new"));
        write_through(&new, &serde_json::to_vec(self)?)?;
        fs::rename(&new, &path)
    }
}

fn write_through(path: &PathBuf, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    io::Write::write_all(&mut file, bytes)?;
    file.sync_all()
}

/// Changes what is remembered, and keeps it.
pub(super) fn remember(world: &World, change: impl FnOnce(&mut Memory)) {
    change(&mut guard(&world.memory));
    keep(world);
}

/// Keeps what is remembered, with the run's age, on this machine's disk. A disk may hang, and the loop must not: what it
/// changes is kept by a thread of its own.
pub(super) fn keep(world: &World) {
    // One at a time, and each keeps the newest.
    let _turn = guard(&world.keeping);
    let memory = {
        let mut memory = guard(&world.memory);
        memory.age = memory.age.at(&world.boot, clock::now());
        memory.clone()
    };
    if let Err(error) = memory.store(&world.setup.state) {
        let sentence = format!("{} cannot be written: {error}", world.setup.state.display());
        world.journal.say(&sentence);
        world.fault(&sentence);
    }
}

/// Which boot this is: the same string until the next one.
pub(super) fn boot(root: &crate::io::machine::Root) -> String {
    let id = fs::read_to_string(root.path("/proc/sys/kernel/random/boot_id")).unwrap_or_default();
    id.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(wall: &str, up: u64) -> Now {
        Now { wall: wall.parse().expect("a time"), up: Duration::from_secs(up) }
    }

    #[test]
    fn every_boot_is_billed_and_the_time_between_them_is_not() {
        let began = at("2026-03-01T09:00:00Z", 30);
        let mut memory = Memory::new("boot-1", began);
        memory.begin("boot-1", began);
        memory.age = memory.age.at("boot-1", at("2026-03-01T10:00:00Z", 3630));
        memory.begin("boot-1", at("2026-03-01T10:00:03Z", 3633));
        assert_eq!(memory.billed(at("2026-03-01T10:00:10Z", 3640)), Duration::from_secs(3640));
        memory.begin("boot-2", at("2026-03-02T10:00:00Z", 20));
        assert_eq!(memory.billed(at("2026-03-02T10:00:00Z", 20)), Duration::from_secs(3633 + 60));
    }

    #[test]
    fn what_an_earlier_agent_remembered_is_read() {
        let json = r#"{"run_id": "2026-01-02-030405", "start": "2026-01-02T03:04:05Z", "phase": "training", "begun": 1,
            "age": {"boot": "b", "elapsed": {"secs": 5, "nanos": 0}, "up": {"secs": 9, "nanos": 0},
            "wall": "2026-01-02T03:04:10Z"}}"#;
        let memory: Memory = serde_json::from_str(json).expect("readable");
        assert_eq!(memory.billed, Duration::ZERO);
    }
}
