//! How often a step is tried again, and after which pauses: three times, after 1, 2 and 4 seconds, as long as there is time.

use std::time::Duration;

use super::{
    Tools,
    bucket::{Deadline, Fault, FaultKind},
};

/// Before each further attempt.
const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];

/// Pauses that are left.
#[derive(Debug, Default)]
pub(super) struct Patience {
    used: usize,
}

impl Patience {
    /// Waits for the next attempt; false if there is none.
    pub(super) fn wait(&mut self, tools: Tools<'_>, by: Deadline) -> bool {
        let Some(pause) = PAUSES.get(self.used) else { return false };
        self.used += 1;
        let left = by.left(tools.pace.now().up);
        // An attempt that could only begin at the deadline is none.
        if left <= *pause {
            return false;
        }
        tools.pace.wait(*pause);
        tools.pace.may_go_on(by)
    }
}

/// Makes a call until it succeeds, cannot, or patience or time end. That something is not there is an answer.
pub(super) fn persist<T>(
    tools: Tools<'_>,
    by: Deadline,
    call: impl Fn() -> Result<T, Fault>,
) -> Result<T, Fault> {
    let mut patience = Patience::default();
    loop {
        match call() {
            Err(fault) if fault.kind == FaultKind::NotFound || !fault.kind.may_pass() => return Err(fault),
            Err(fault) if !patience.wait(tools, by) => return Err(fault),
            Err(_) => {}
            Ok(value) => return Ok(value),
        }
    }
}
