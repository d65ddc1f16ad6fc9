//! Results to the bucket: each file below a directory is kept under a prefix by its name, newest bytes last. Nothing is
//! removed there: what a run once left is left.

use std::path::PathBuf;

use super::{
    Tools,
    bucket::Deadline,
    gather::{Errand, Purpose, gather},
    lines_of,
    memory::Memory,
    whole_text,
};
use crate::decide::{
    line::{Line, State},
    sync::{self, LeftOut, name::Name},
};

/// One directory of results.
#[derive(Clone, Debug)]
pub struct Results {
    /// On this machine.
    pub directory: PathBuf,
    /// In the bucket, with its `/` at the end.
    pub prefix: String,
    /// Where what the bucket has is remembered: a file below `/var/lib/curfew`.
    pub memory: PathBuf,
}

/// What came of it.
#[derive(Debug)]
pub struct Mirrored {
    /// Why not everything is there, if so; what was left out by itself is not counted.
    pub short: Option<String>,
    /// Files and bytes that were sent.
    pub sent: (usize, u64),
    /// Files that are not there, each for a reason of its own.
    pub left: Vec<LeftOut>,
    /// For the log, in order.
    pub lines: Vec<Line>,
}

/// Sends what is new or changed.
pub fn mirror(results: &Results, tools: Tools<'_>, by: Deadline) -> Mirrored {
    let place = format!("{} in {}/{}", results.directory.display(), tools.bucket.name(), results.prefix);
    let mut memory = Memory::load(&results.memory, &place);
    let key_of = |name: &Name| sync::key_of_result(&results.prefix, name);
    let errand = Errand { directory: &results.directory, purpose: Purpose::Results, key_of: &key_of };
    let (gathered, end) = gather(&errand, &memory.files, tools, by);
    memory.files.retain(|name, _| gathered.tree.contains_key(name));
    memory.files.extend(gathered.sent);
    // Without the memory the next sync sends more, and that is all.
    let _ = memory.store(&results.memory);
    let short = end.err().map(|short| whole_text(&short));
    let state = if short.is_none() { State::ResultsOk } else { State::ResultsFail };
    let line = Line::new(state).with("from", results.directory.display()).with("to", &results.prefix);
    let line = line.with("files", gathered.tree.len()).with("left_out", gathered.left.len());
    let line = line.with("sent_files", gathered.files).with("sent_bytes", gathered.bytes);
    let line = short.iter().fold(line, |line, why| line.with("why", why));
    let lines = lines_of(&gathered.left).chain([line]).collect();
    Mirrored { short, sent: (gathered.files, gathered.bytes), left: gathered.left, lines }
}
