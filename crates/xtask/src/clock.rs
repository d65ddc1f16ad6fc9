//! How long something took. The one file of xtask that reads the clock.

use std::time::{Duration, Instant};

/// Started when made.
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "xtask times real commands; nothing here decides by the time"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// `4.2 s`, `75 s`: short times with a decimal, longer ones without.
pub(crate) fn seconds(time: Duration) -> String {
    let secs = time.as_secs_f64();
    if secs < 10.0 { format!("{secs:.1} s") } else { format!("{secs:.0} s") }
}

/// Lets time pass, where nothing tells that something has happened.
#[expect(clippy::disallowed_methods, reason = "xtask looks at programs from outside")]
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}
