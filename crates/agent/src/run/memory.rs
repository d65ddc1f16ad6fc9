//! What a run remembers on its own disk: which run it is, how old, and how far it came. Written whole or not at all.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use protocol::{Phase, RunId};
use serde::{Deserialize, Serialize};

use crate::{
    core::plan::Before,
    decide::{Now, limit::Age},
};

const FILE: &str = "run.json";

/// One run, as this machine knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Memory {
    pub(super) run_id: RunId,
    pub(super) start: jiff::Timestamp,
    pub(super) age: Age,
    pub(super) phase: Phase,
    /// How often it was begun.
    pub(super) begun: u32,
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
        }
    }

    /// The run that was going on; none if there was none, or if what is there cannot be read.
    pub(super) fn load(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(folder.join(FILE)).ok()?).ok()
    }

    /// What it had come to.
    pub(super) fn before(&self) -> Before {
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

/// Which boot this is: the same string until the next one.
pub(super) fn boot(root: &crate::io::machine::Root) -> String {
    let id = fs::read_to_string(root.path("/proc/sys/kernel/random/boot_id")).unwrap_or_default();
    id.trim().to_owned()
}
