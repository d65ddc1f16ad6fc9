//! Pieces of one file by a few threads; the first fault ends them all.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Builder};

use crate::io::aws::Fault;
use crate::io::http::{Deadline, Stop};

/// A worker holds nothing big on its stack; the buffers are the connection's.
const STACK: usize = 256 * 1024;

/// Does `work` for every piece from `first` on, below `end`. This thread is one of the workers.
pub(super) fn run(
    workers: usize,
    (first, end): (u64, u64),
    deadline: &Deadline,
    work: impl Fn(u64, &Deadline) -> Result<(), Fault> + Sync,
) -> Result<(), Fault> {
    let (next, failed, stop) = (AtomicU64::new(first), Mutex::new(None), Stop::default());
    let deadline = deadline.clone().or(&stop);
    let worker = || {
        while !stop.is_set() {
            let piece = next.fetch_add(1, Ordering::Relaxed);
            if piece >= end {
                return;
            }
            if let Err(fault) = work(piece, &deadline) {
                failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(fault);
                stop.set();
            }
        }
    };
    thread::scope(|scope| {
        let others =
            usize::try_from(end.saturating_sub(first)).unwrap_or(workers).min(workers).saturating_sub(1);
        for _ in 0..others {
            // With fewer threads than wanted it takes longer, and no more.
            if Builder::new().stack_size(STACK).spawn_scoped(scope, worker).is_err() {
                break;
            }
        }
        worker();
    });
    failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}

/// Where a piece of `size` begins and how long it is, in a file of `len`.
pub(super) fn piece(number: u64, size: u64, len: u64) -> (u64, u64) {
    let from = number * size;
    (from, size.min(len.saturating_sub(from)))
}
