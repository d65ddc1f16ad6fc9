//! From single checks to the end of the machine: grace, consecutive checks, and what is said once.

use std::{collections::BTreeSet, time::Duration};

use protocol::config::Idle;

use super::{Because, Signal, Verdict, Why};

/// A gap between two checks that is longer than this many intervals was not spent awake.
const SLEPT: u32 = 3;

/// What one check leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Wait,
    /// It is idle. If it stays so, it ends.
    Warn {
        /// After this time.
        r#in: Duration,
    },
    /// It has been idle for long enough.
    End,
}

/// Counts the checks that found the machine idle.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    idle: u32,
    /// The last check that counted: one that found use, or an idle one after the grace, in its turn.
    last: Option<Duration>,
    /// The last check of any kind.
    seen: Option<Duration>,
    awake_since: Duration,
    said: BTreeSet<Signal>,
}

impl Watch {
    /// What this check leads to, on the clock since boot. One that comes sooner than `rules.every` after the last that counted adds nothing.
    pub fn check(&mut self, verdict: &Verdict, rules: &Idle, up: Duration) -> Step {
        self.notice_sleep(rules, up);
        let early = self.last.is_some_and(|last| up < last.saturating_add(rules.every));
        match verdict {
            Verdict::Active { .. } => {
                (self.idle, self.last) = (0, Some(up));
                Step::Wait
            }
            Verdict::Idle if up < self.awake_since.saturating_add(rules.grace) => Step::Wait,
            Verdict::Idle if self.idle > 0 && early => self.step(rules, up),
            Verdict::Idle => {
                (self.idle, self.last) = (self.idle.saturating_add(1), Some(up));
                self.step(rules, up)
            }
        }
    }

    /// When the next check is due, on the same clock.
    pub fn due(&self, rules: &Idle) -> Duration {
        let after_last = self.last.map_or(Duration::ZERO, |last| last.saturating_add(rules.every));
        after_last.max(self.awake_since.saturating_add(rules.grace))
    }

    /// What of this verdict is to be said: that a signal cannot be read, once for each signal.
    pub fn unsaid<'a>(&mut self, verdict: &'a Verdict) -> Vec<&'a Because> {
        let Verdict::Active { because } = verdict else { return Vec::new() };
        let unreadable = because.iter().filter(|reason| matches!(reason.why, Why::Unreadable(_)));
        unreadable.filter(|reason| self.said.insert(reason.signal)).collect()
    }

    fn step(&self, rules: &Idle, up: Duration) -> Step {
        let left = rules.checks.max(1).saturating_sub(self.idle);
        if left == 0 {
            return Step::End;
        }
        let waited = self.last.map_or(Duration::ZERO, |last| up.saturating_sub(last));
        Step::Warn { r#in: rules.every.saturating_mul(left).saturating_sub(waited) }
    }

    /// A machine that comes back from hibernation gives its people as much time to come in as one that boots: the clock
    /// since boot goes on over the sleep.
    fn notice_sleep(&mut self, rules: &Idle, up: Duration) {
        if self.seen.is_some_and(|seen| up > seen.saturating_add(rules.every.saturating_mul(SLEPT))) {
            (self.idle, self.last, self.awake_since) = (0, None, up);
        }
        self.seen = Some(up);
    }
}
