//! By when something must be done, and who may call it off sooner. Counted on the clock that never jumps.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::io::clock;

/// The end of the time that something may take.
#[derive(Clone, Debug)]
pub struct Deadline {
    /// Since boot.
    at: Duration,
    /// The last one is the one that ends a pause at once.
    stops: Vec<Stop>,
}

impl Deadline {
    /// So long from now.
    pub fn after(time: Duration) -> Self {
        Self::at(clock::now().up.saturating_add(time))
    }

    /// At a moment since boot.
    pub fn at(up: Duration) -> Self {
        Self { at: up, stops: Vec::new() }
    }

    /// The same, but over as soon as `stop` says so.
    #[must_use]
    pub fn or(mut self, stop: &Stop) -> Self {
        self.stops.push(stop.clone());
        self
    }

    /// The same, but not later than so long from now.
    #[must_use]
    pub fn within(&self, time: Duration) -> Self {
        Self { at: self.at.min(clock::now().up.saturating_add(time)), stops: self.stops.clone() }
    }

    /// The time left; none when it is over or was called off.
    pub fn left(&self) -> Option<Duration> {
        let left = self.at.saturating_sub(clock::now().up);
        (!left.is_zero() && !self.is_stopped()).then_some(left)
    }

    /// Whether it was called off.
    pub fn is_stopped(&self) -> bool {
        self.stops.iter().any(Stop::is_set)
    }

    /// Waits, and says whether there is time left after it. Does not wait where there would be none.
    #[must_use]
    pub fn pause(&self, time: Duration) -> bool {
        if self.left().is_none_or(|left| left <= time) {
            return false;
        }
        match self.stops.last() {
            Some(stop) => stop.wait(time),
            None => Stop::default().wait(time),
        }
        self.left().is_some()
    }
}

/// Calls off what waits for it. Clones are one.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<(Mutex<bool>, Condvar)>);

impl Stop {
    /// Calls off.
    pub fn set(&self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_all();
    }

    /// Whether it has.
    pub fn is_set(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self, time: Duration) {
        let set = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.0.1.wait_timeout_while(set, time, |set| !*set));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_that_would_reach_the_end_is_not_begun() {
        let deadline = Deadline::after(Duration::from_secs(3600));
        assert!(!deadline.pause(Duration::from_secs(7200)));
        assert!(deadline.pause(Duration::from_millis(1)));
        assert!(Deadline::at(Duration::ZERO).left().is_none());
    }

    #[test]
    fn a_stop_ends_a_pause_and_the_deadline() {
        let stop = Stop::default();
        let deadline = Deadline::after(Duration::from_secs(3600)).or(&stop);
        let pausing = deadline.clone();
        let thread = std::thread::spawn(move || pausing.pause(Duration::from_secs(600)));
        stop.set();
        assert!(!thread.join().expect("the thread"));
        assert!(deadline.left().is_none() && deadline.is_stopped());
    }

    #[test]
    fn the_sooner_end_counts() {
        let deadline = Deadline::after(Duration::from_secs(10));
        let sooner = deadline.within(Duration::from_secs(1)).left().expect("time left");
        assert!(sooner <= Duration::from_secs(1));
        let same = deadline.within(Duration::from_secs(60)).left().expect("time left");
        assert!(same > Duration::from_secs(5) && same <= Duration::from_secs(10));
    }
}
