//! The one place that reads a clock. Everything else is told what time it is.

use std::time::Duration;

use domain::{Timestamp, time};

/// A clock: the wall's, or the demo's, which runs fast.
pub trait Clock: Send + Sync + 'static {
    /// What time it is in the fleet.
    fn now(&self) -> Timestamp;

    /// Seconds of the fleet's time per second of this computer's.
    fn pace(&self) -> u32;

    /// How long this computer has to wait until it is `at` in the fleet.
    fn until(&self, at: Timestamp) -> Duration {
        time::elapsed(at, self.now()) / self.pace().max(1)
    }
}

/// The wall's clock. It goes on while the computer sleeps, as AWS's bill does.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn pace(&self) -> u32 {
        1
    }
}

/// A clock that starts at the wall's time and then runs `pace` times as fast.
#[derive(Clone, Copy, Debug)]
pub struct FastClock {
    origin: Timestamp,
    pace: u32,
}

impl FastClock {
    /// Starts now.
    pub fn start(pace: u32) -> Self {
        Self { origin: SystemClock.now(), pace: pace.max(1) }
    }
}

impl Clock for FastClock {
    fn now(&self) -> Timestamp {
        let passed = time::elapsed(SystemClock.now(), self.origin);
        time::after(self.origin, passed.saturating_mul(self.pace))
    }

    fn pace(&self) -> u32 {
        self.pace
    }
}
