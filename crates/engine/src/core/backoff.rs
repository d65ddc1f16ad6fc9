//! How long to wait after failures. Pure: the jitter comes from the name, so that tests and reruns agree.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use domain::{CloudFault, FaultKind};

/// No wait is longer than this.
pub(super) const LONGEST: Duration = Duration::from_secs(15 * 60);
/// Where the network is the trouble, it may be back any moment.
const LONGEST_FOR_NETWORK: Duration = Duration::from_secs(5 * 60);

/// How long to wait after the `failures`th failure in a row (1 is the first), with up to a fifth of jitter, so that
/// regions that were throttled together do not come back together.
pub(super) fn wait(fault: &CloudFault, failures: u32, interval: Duration, name: &impl Hash) -> Duration {
    let (growth, longest) = match fault.kind {
        FaultKind::Throttled => (failures.min(10), LONGEST),
        FaultKind::Unreachable | FaultKind::TimedOut { .. } | FaultKind::Garbled => {
            (failures.saturating_sub(1).min(10), LONGEST_FOR_NETWORK)
        }
        FaultKind::NoCredentials
        | FaultKind::WrongCredentials
        | FaultKind::ExpiredCredentials
        | FaultKind::NeedsCode { .. }
        | FaultKind::WrongCode
        | FaultKind::KeychainLocked
        | FaultKind::KeychainAbsent
        | FaultKind::Denied { .. }
        | FaultKind::NotOptedIn
        | FaultKind::UnknownRegion
        | FaultKind::ClockOff
        | FaultKind::NotFound
        | FaultKind::Protected
        | FaultKind::WrongState
        | FaultKind::Absent { .. }
        | FaultKind::Unsupported
        | FaultKind::Refused { .. } => (failures.saturating_sub(1).min(10), LONGEST),
    };
    let base = interval.saturating_mul(1 << growth).min(longest.max(interval));
    base + base.mul_f64(jitter(name, failures) / 5.0)
}

/// From 0 to 1, the same for the same name and count.
fn jitter(name: &impl Hash, failures: u32) -> f64 {
    let mut hasher = DefaultHasher::new();
    (name, failures).hash(&mut hasher);
    f64::from(u32::try_from(hasher.finish() >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn check(kind: FaultKind, failures: u32, least: Duration, most: Duration) {
        let time = wait(&CloudFault::new(kind), failures, MINUTE, &"us-east-1");
        assert!((least..=most).contains(&time), "{failures}: {time:?}");
    }

    #[test]
    fn throttling_doubles_from_the_first_failure_on() {
        check(FaultKind::Throttled, 1, 2 * MINUTE, 3 * MINUTE);
        check(FaultKind::Throttled, 2, 4 * MINUTE, 5 * MINUTE);
        check(FaultKind::Throttled, 40, 15 * MINUTE, 18 * MINUTE);
    }

    #[test]
    fn a_lost_network_is_tried_again_at_the_usual_time_first() {
        check(FaultKind::Unreachable, 1, MINUTE, 2 * MINUTE);
        check(FaultKind::Unreachable, 40, 5 * MINUTE, 6 * MINUTE);
    }

    #[test]
    fn regions_do_not_come_back_together() {
        let fault = CloudFault::new(FaultKind::Throttled);
        assert_ne!(wait(&fault, 1, MINUTE, &"us-east-1"), wait(&fault, 1, MINUTE, &"us-east-2"));
    }
}
