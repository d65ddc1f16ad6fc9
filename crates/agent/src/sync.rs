//! Files to and from the bucket: checkpoints, results, data. What to do is decided in `decide::{sync, restore}`; this
//! carries it out with bounded memory, threads and time.
//!
//! It knows a bucket only as [`bucket::Bucket`] and time only as [`pace::Pace`].

pub mod bucket;
pub mod folder;
pub mod pace;
pub mod pool;
