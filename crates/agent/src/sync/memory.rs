//! What the last sync left in the bucket, kept on this machine, so that an agent that was killed and started again sends
//! nothing twice. It is a memory, not the truth: without it everything is sent anew, and nothing is lost.

use std::{fs, io, path::Path};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{decide::sync::Index, io::files};

/// Another version's memory is forgotten.
const VERSION: u32 = 1;

/// The memory of one directory and one place in one bucket.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Memory {
    version: u32,
    /// What it is a memory of.
    of: String,
    /// The last whole checkpoint.
    pub(super) last: Option<Last>,
    /// What the bucket holds.
    pub(super) files: Index,
}

/// A checkpoint that was written whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Last {
    /// In the bucket.
    pub(super) folder: String,
    /// When it was written down.
    pub(super) utc: Timestamp,
    /// Of everything that its manifest says of its files.
    pub(super) fingerprint: String,
}

impl Memory {
    /// What is remembered `of` a directory and a place; nothing, if the file is not there, not readable, or of another.
    pub(super) fn load(path: &Path, of: &str) -> Self {
        let read = fs::read(path).ok().and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok());
        let is_its_own = |memory: &Self| memory.version == VERSION && memory.of == of;
        read.filter(is_its_own).unwrap_or_else(|| Self::none(of))
    }

    /// Without anything.
    pub(super) fn none(of: &str) -> Self {
        Self { version: VERSION, of: of.to_owned(), last: None, files: Index::new() }
    }

    /// Writes it down.
    pub(super) fn store(&self, path: &Path) -> io::Result<()> {
        files::write_whole(path, &serde_json::to_vec(self)?)
    }
}
