//! What a run cost: the machine's rate at its launch over the seconds that EC2 bills. Whole micro-dollars.

use std::time::Duration;

/// Of every start at least a minute is billed (EC2, "On-Demand Instance pricing": per second, minimum 60 seconds).
const LEAST: Duration = Duration::from_secs(60);

/// The seconds that are billed for one boot that has lasted so long. From a restart without a stop on EC2 bills on, so that
/// the minute of a boot that was shorter is a little too much.
pub fn billed(up: Duration) -> Duration {
    up.max(LEAST)
}

/// What that costs. A second that has begun is billed.
pub fn of(rate_micro_usd_per_hour: u32, billed: Duration) -> u64 {
    let seconds = billed.as_secs() + u64::from(billed.subsec_nanos() > 0);
    u64::from(rate_micro_usd_per_hour).saturating_mul(seconds).saturating_add(1800) / 3600
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_costs_its_seconds() {
        let check = |rate, seconds, expect| {
            assert_eq!(of(rate, billed(Duration::from_secs(seconds))), expect, "{seconds} s");
        };
        // g5.xlarge, on demand for three days, and spot for 3 h 25 min; g4dn.2xlarge for 2 h.
        check(1_006_000, 72 * 3600, 72_432_000);
        check(300_000, 3 * 3600 + 25 * 60, 1_025_000);
        check(752_000, 2 * 3600, 1_504_000);
        check(3_600_000, 5, 60_000);
        check(1_000_000_000, 30 * 86_400, 720_000_000_000);
    }
}
