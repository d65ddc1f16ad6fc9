//! What is done again and again while a run goes on.

use std::time::Duration;

/// Something that is done again and again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Repeat {
    every: Option<Duration>,
    due: Option<Duration>,
    pub(super) under_way: bool,
}

impl Repeat {
    pub(super) fn begin(every: Option<Duration>, up: Duration) -> Self {
        Self { every, due: every.map(|every| up + every), under_way: false }
    }

    /// Whether its time has come. One that is under way is not begun twice.
    pub(super) fn takes_turn(&mut self, up: Duration) -> bool {
        let (Some(every), Some(due)) = (self.every, self.due) else { return false };
        if up < due || self.under_way {
            return false;
        }
        self.due = Some(up + every);
        self.under_way = true;
        true
    }

    pub(super) fn wakes_at(&self) -> Option<Duration> {
        self.due.filter(|_| !self.under_way)
    }
}
