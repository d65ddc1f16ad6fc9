//! Time for the sync: now, and waiting between two attempts. A person or a notice may end every wait.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

use super::bucket::Deadline;
use crate::{decide::Now, io::clock};

/// What tells the time and lets it pass.
pub trait Pace: Sync {
    /// This moment.
    fn now(&self) -> Now;

    /// Lets `span` pass, or less if the whole is told to stop meanwhile.
    fn wait(&self, span: Duration);

    /// Whether the whole is told to stop.
    fn is_stopped(&self) -> bool;

    /// Whether there is time left, and a wish to go on.
    fn may_go_on(&self, by: Deadline) -> bool {
        !self.is_stopped() && !by.left(self.now().up).is_zero()
    }
}

/// Tells a sync in another thread to end as soon as it can.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<(Mutex<bool>, Condvar)>);

impl Stop {
    /// Ends it. It cannot be taken back.
    pub fn stop(&self) {
        let (stopped, told) = &*self.0;
        *stopped.lock().unwrap_or_else(PoisonError::into_inner) = true;
        told.notify_all();
    }

    fn is_stopped(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self, span: Duration) {
        let (stopped, told) = &*self.0;
        let stopped = stopped.lock().unwrap_or_else(PoisonError::into_inner);
        drop(told.wait_timeout_while(stopped, span, |stopped| !*stopped));
    }
}

/// The clock on the wall and the time since boot.
#[derive(Clone, Debug, Default)]
pub struct Real {
    stop: Stop,
}

impl Real {
    /// Until `stop` says so.
    pub fn until(stop: Stop) -> Self {
        Self { stop }
    }
}

impl Pace for Real {
    fn now(&self) -> Now {
        clock::now()
    }

    fn wait(&self, span: Duration) {
        self.stop.wait(span);
    }

    fn is_stopped(&self) -> bool {
        self.stop.is_stopped()
    }
}
