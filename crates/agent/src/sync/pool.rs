//! Many small jobs by a bounded number of threads, the first first. A job has a weight; those under way never weigh more than
//! [`CAPACITY`] together, so that large files, each of which takes threads and connections of its own, do not add up.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, Builder},
};

/// Requests that are under way at once, at most. S3 answers one in some 20 ms, so that this is about 3,000 files a second.
pub(super) const CAPACITY: usize = 64;

/// What a large file takes of it: a bucket sends eight of its pieces at once, and each of them is as much as two small files.
pub(super) const HEAVY: usize = 16;

/// A job calls little, but TLS does: enough for a debug build, and only what is touched is taken from memory.
const STACK: usize = 1024 * 1024;

/// Whether to begin with the next job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// Yes.
    GoOn,
    /// No: what is under way is ended, the rest is left.
    Halt,
}

/// Does `work` for every job, each with its weight, and returns when all are done or left.
pub(super) fn each<T: Send>(jobs: impl IntoIterator<Item = (usize, T)>, work: impl Fn(T) -> Flow + Sync) {
    let queue = Queue::new(jobs.into_iter().collect());
    let threads = queue.lock().jobs.len().min(CAPACITY);
    thread::scope(|scope| {
        let worker = || queue.work_off(&work);
        for _ in 1..threads {
            // With fewer threads than wanted it takes longer, and no more.
            if Builder::new().stack_size(STACK).spawn_scoped(scope, worker).is_err() {
                break;
            }
        }
        worker();
    });
}

struct Queue<T> {
    state: Mutex<State<T>>,
    lighter: Condvar,
}

struct State<T> {
    jobs: VecDeque<(usize, T)>,
    /// Of the jobs under way.
    weight: usize,
}

impl<T: Send> Queue<T> {
    fn new(jobs: VecDeque<(usize, T)>) -> Self {
        Self { state: Mutex::new(State { jobs, weight: 0 }), lighter: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work_off(&self, work: &(impl Fn(T) -> Flow + Sync)) {
        while let Some((weight, job)) = self.next() {
            if work(job) == Flow::Halt {
                self.lock().jobs.clear();
            }
            self.put_down(weight);
        }
    }

    fn put_down(&self, weight: usize) {
        self.lock().weight -= weight;
        self.lighter.notify_all();
    }

    /// Waits until the next job is not too heavy; a job that is too heavy in itself goes alone.
    fn next(&self) -> Option<(usize, T)> {
        let too_heavy = |state: &mut State<T>| {
            let next = state.jobs.front().map_or(0, |(weight, _)| *weight);
            state.weight > 0 && state.weight + next > CAPACITY
        };
        let state = self.lighter.wait_while(self.lock(), too_heavy);
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        let (weight, job) = state.jobs.pop_front()?;
        state.weight += weight;
        Some((weight, job))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn every_job_is_done_once_and_never_too_many_at_once() {
        let (done, now, most) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        let jobs = (0..2000).map(|index| if index % 10 == 0 { (HEAVY, HEAVY) } else { (1, 1) });
        each(jobs, |weight| {
            let under_way = now.fetch_add(weight, Ordering::SeqCst) + weight;
            most.fetch_max(under_way, Ordering::SeqCst);
            thread::yield_now();
            now.fetch_sub(weight, Ordering::SeqCst);
            done.fetch_add(1, Ordering::SeqCst);
            Flow::GoOn
        });
        assert_eq!(done.into_inner(), 2000);
        assert!((1..=CAPACITY).contains(&most.into_inner()));
    }

    #[test]
    fn a_halt_leaves_the_rest() {
        let done = AtomicUsize::new(0);
        each((0..10_000).map(|index| (1, index)), |_| {
            done.fetch_add(1, Ordering::SeqCst);
            Flow::Halt
        });
        assert!(done.into_inner() <= CAPACITY);
    }

    #[test]
    fn a_job_that_is_too_heavy_goes_alone() {
        let done = AtomicUsize::new(0);
        each([(1000, ()), (1000, ()), (1, ())], |()| {
            done.fetch_add(1, Ordering::SeqCst);
            Flow::GoOn
        });
        assert_eq!(done.into_inner(), 3);
        each(Vec::<(usize, ())>::new(), |()| Flow::GoOn);
    }
}
