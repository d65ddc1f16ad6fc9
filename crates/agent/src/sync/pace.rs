//! Time for the sync: now, and waiting between two attempts. A person or a notice may end every wait.

use std::time::Duration;

use super::bucket::Deadline;
use crate::{
    decide::Now,
    io::{clock, http},
};

pub use http::Stop;

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
        let _ = http::Deadline::at(Duration::MAX).or(&self.stop).pause(span);
    }

    fn is_stopped(&self) -> bool {
        self.stop.is_set()
    }
}
