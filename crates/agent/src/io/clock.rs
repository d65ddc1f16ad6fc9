//! The only place that reads the clocks.

use std::time::Duration;

use jiff::Timestamp;
use rustix::time::{ClockId, clock_gettime};

use crate::decide::Now;

/// This moment.
pub fn now() -> Now {
    #[expect(clippy::disallowed_methods, reason = "the agent's one clock")]
    let wall = Timestamp::now();
    let up = clock_gettime(ClockId::Boottime);
    let up = Duration::new(u64::try_from(up.tv_sec).unwrap_or(0), u32::try_from(up.tv_nsec).unwrap_or(0));
    Now { wall, up }
}
