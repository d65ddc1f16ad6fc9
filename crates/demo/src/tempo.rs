//! How long things take in a simulated cloud. Shorter than on AWS, so that a person sees them happen.

use std::time::Duration;

/// The demo's pace: seconds of the fleet's time per second of a person's. At 60, two minutes of watching are two
/// hours of the fleet.
pub const PACE: u32 = 60;

/// How long each change takes, in the fleet's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tempo {
    /// From `pending` to `running`.
    pub pending: Duration,
    /// From `stopping` to `stopped`.
    pub stopping: Duration,
    /// From `shutting-down` to `terminated`.
    pub shutting_down: Duration,
    /// How long a terminated instance is still shown.
    pub shown_after_end: Duration,
    /// How long a group or a persistent request takes to launch a replacement.
    pub replacement: Duration,
}

impl Tempo {
    /// The same number of a person's seconds at every pace.
    pub fn at_pace(pace: u32) -> Self {
        let seconds = |seconds: u64| Duration::from_secs(seconds) * pace;
        Self {
            pending: seconds(3),
            stopping: seconds(6),
            shutting_down: seconds(5),
            shown_after_end: seconds(60),
            replacement: seconds(8),
        }
    }
}
