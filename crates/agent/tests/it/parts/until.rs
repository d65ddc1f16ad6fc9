//! Waiting on a condition, with a bound.

use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// How long anything that a test waits for may take, on a machine that does ten other things.
pub(crate) const BOUND: Duration = Duration::from_secs(60);

/// A value that others change, and that can be waited on.
#[derive(Debug, Default)]
pub(crate) struct Shared<T> {
    value: Mutex<T>,
    changed: Condvar,
}

impl<T> Shared<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { value: Mutex::new(value), changed: Condvar::new() }
    }

    pub(crate) fn look<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.lock())
    }

    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let result = change(&mut self.lock());
        self.changed.notify_all();
        result
    }

    /// Waits until the value is as wanted; panics after a minute, with what was waited for.
    pub(crate) fn wait(&self, what: &str, wanted: impl Fn(&T) -> bool) {
        let (value, timed_out) =
            self.changed.wait_timeout_while(self.lock(), BOUND, |value| !wanted(value)).unwrap();
        drop(value);
        assert!(!timed_out.timed_out(), "waited in vain for {what}");
    }

    fn lock(&self) -> MutexGuard<'_, T> {
        self.value.lock().unwrap()
    }
}
