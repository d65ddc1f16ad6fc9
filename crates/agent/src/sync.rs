//! Files to and from the bucket: checkpoints, results, data. What to do is decided in `decide::{sync, restore}`; this
//! carries it out with bounded memory, threads and time.
//!
//! It knows a bucket only as [`bucket::Bucket`] and time only as [`pace::Pace`]. Every function here blocks until its
//! deadline at most, and belongs in a thread of its own.

pub mod bucket;
pub mod checkpoint;
pub mod data;
mod fetch;
pub mod folder;
mod gather;
mod local;
mod memory;
pub mod pace;
mod patience;
mod place;
mod pool;
pub mod restore;
pub mod results;
pub mod s3;
mod take;

use bucket::Bucket;
use pace::Pace;

use crate::decide::{
    line::{Line, State},
    sync::LeftOut,
};

/// What everything here works with.
#[derive(Clone, Copy)]
pub struct Tools<'a> {
    /// Where files go to and come from.
    pub bucket: &'a dyn Bucket,
    /// What the time is.
    pub pace: &'a dyn Pace,
}

/// More are counted, not named: a log is for reading.
const MOST_NAMED: usize = 20;

/// A line for each file that was left out, and one for those beyond count.
fn lines_of(left: &[LeftOut]) -> impl Iterator<Item = Line> {
    let named = left.iter().take(MOST_NAMED);
    let named = named.map(|left| Line::new(State::LeftOut).with("file", &left.name).with("why", &left.why));
    let more = left.len().checked_sub(MOST_NAMED).filter(|more| *more > 0);
    named.chain(more.map(|more| Line::new(State::LeftOut).with("more_files", more)))
}

/// An error and what is behind it, in one line.
fn whole_text(error: &dyn std::error::Error) -> String {
    let behind = std::iter::successors(error.source(), |error| error.source());
    behind.fold(error.to_string(), |text, error| format!("{text}: {error}"))
}
