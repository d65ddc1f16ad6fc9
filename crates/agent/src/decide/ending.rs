//! The way down: one way to power off after another, until one works. Each is bounded, so a dead network keeps no machine alive.

use std::time::Duration;

/// A way to power off, in the order in which they are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Out of its Auto Scaling group, so that no other takes its place. Only a member of a fleet.
    ScaleIn,
    /// `shutdown -h now`.
    Shutdown,
    /// The EC2 API, with the instance's own role.
    Api,
    /// `poweroff -f`, and what the kernel has left after it.
    Force,
}

impl Way {
    /// How long it has to take the machine down before the next is tried.
    pub fn takes(self) -> Duration {
        match self {
            Self::ScaleIn => Duration::from_secs(20),
            Self::Shutdown | Self::Api => Duration::from_secs(60),
            Self::Force => Duration::from_secs(30),
        }
    }

    fn next(self) -> Self {
        match self {
            Self::ScaleIn => Self::Shutdown,
            Self::Shutdown => Self::Api,
            Self::Api | Self::Force => Self::Force,
        }
    }
}

/// The longest from the first way to the first forced one.
pub const FORCED_WITHIN: Duration = Duration::from_secs(20 + 60 + 60);

/// Where the way down has come to. It has no end: a machine that is still up is told again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    way: Way,
    until: Duration,
}

impl Ending {
    /// The first way.
    pub fn begin(in_fleet: bool, up: Duration) -> Self {
        Self::on(if in_fleet { Way::ScaleIn } else { Way::Shutdown }, up)
    }

    fn on(way: Way, up: Duration) -> Self {
        Self { way, until: up + way.takes() }
    }

    /// The way that is being tried.
    pub fn way(self) -> Way {
        self.way
    }

    /// When the next is tried.
    pub fn until(self) -> Duration {
        self.until
    }

    /// Time passed: the next way, if this one had its time.
    pub fn passed(self, up: Duration) -> Option<Self> {
        (up >= self.until).then(|| Self::on(self.way.next(), up))
    }

    /// A way has answered. One that failed is not waited for, except the last, which is tried again after its time; out of
    /// the group the machine still has to be shut down.
    pub fn answered(self, way: Way, worked: bool, up: Duration) -> Option<Self> {
        let done = match way {
            Way::ScaleIn => true,
            Way::Shutdown | Way::Api => !worked,
            Way::Force => false,
        };
        (way == self.way && done).then(|| Self::on(self.way.next(), up))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_way_that_fails_gives_way_at_once() {
        let down = Ending::begin(false, seconds(0));
        assert_eq!(down.way(), Way::Shutdown);
        assert_eq!(down.answered(Way::Shutdown, true, seconds(1)), None, "it is on its way");
        let down = down.answered(Way::Shutdown, false, seconds(1)).expect("the next");
        assert_eq!(down.way(), Way::Api);
        let down = down.answered(Way::Api, false, seconds(2)).expect("the next");
        assert_eq!((down.way(), down.until()), (Way::Force, seconds(32)));
        assert_eq!(down.answered(Way::Force, false, seconds(3)), None);
        assert_eq!(down.passed(seconds(32)).map(Ending::way), Some(Way::Force), "again");
    }

    #[test]
    fn a_machine_that_hangs_is_forced_within_the_bound() {
        let mut down = Ending::begin(true, seconds(0));
        let mut up = seconds(0);
        while down.way() != Way::Force {
            up = down.until();
            down = down.passed(up).expect("its time has passed");
        }
        assert!(up <= FORCED_WITHIN);
    }

    #[test]
    fn a_late_answer_changes_nothing() {
        let down = Ending::begin(false, seconds(0)).passed(seconds(60)).expect("the next");
        assert_eq!(down.way(), Way::Api);
        assert_eq!(down.answered(Way::Shutdown, false, seconds(61)), None);
    }
}
