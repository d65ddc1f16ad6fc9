//! How a region answers: how late, and when not at all. The same for the same calls at the same times.

use std::{collections::VecDeque, time::Duration};

use domain::{CloudFault, Region, Timestamp, time::elapsed};

/// A region's weather; the default is none.
#[derive(Clone, Debug, Default)]
pub(super) struct Weather {
    /// The shortest and the longest time to an answer.
    pub(super) delay: (Duration, Duration),
    /// Failures that come back.
    pub(super) spell: Option<Spell>,
    failures: VecDeque<(CloudFault, u32)>,
    calls: u64,
}

/// A failure that lasts for a while and comes back.
#[derive(Clone, Debug)]
pub struct Spell {
    /// What fails.
    pub fault: CloudFault,
    /// When it first does.
    pub from: Timestamp,
    /// For how long.
    pub lasts: Duration,
    /// From the beginning of one spell to that of the next.
    pub every: Duration,
}

impl Weather {
    /// Lets the next `times` calls fail, after those that were asked for before.
    pub(super) fn fail(&mut self, fault: CloudFault, times: u32) {
        self.failures.push_back((fault, times));
    }

    /// One call: how long it takes and why it fails.
    pub(super) fn call(&mut self, region: &Region, now: Timestamp) -> (Duration, Option<CloudFault>) {
        self.calls += 1;
        let fault = self.next_failure().or_else(|| self.spell.as_ref()?.fault_at(now));
        (self.delay_of(region), fault)
    }

    fn next_failure(&mut self) -> Option<CloudFault> {
        while let Some((fault, left)) = self.failures.front_mut() {
            if *left > 0 {
                *left -= 1;
                return Some(fault.clone());
            }
            self.failures.pop_front();
        }
        None
    }

    fn delay_of(&self, region: &Region) -> Duration {
        let (from, to) = self.delay;
        let span = u64::try_from(to.saturating_sub(from).as_millis()).unwrap_or(u64::MAX).saturating_add(1);
        from + Duration::from_millis(mix(seed(region) ^ self.calls) % span)
    }
}

impl Spell {
    fn fault_at(&self, now: Timestamp) -> Option<CloudFault> {
        if now < self.from {
            return None;
        }
        let every = self.every.as_secs().max(1);
        let into = elapsed(now, self.from).as_secs() % every;
        (into < self.lasts.as_secs()).then(|| self.fault.clone())
    }
}

fn seed(region: &Region) -> u64 {
    region.as_str().bytes().fold(0, |sum, byte| mix(sum ^ u64::from(byte)))
}

/// Mixes the bits of a number: chance that is the same every time.
///
/// Source: the finaliser of SplitMix64, <https://prng.di.unimi.it/splitmix64.c>.
pub(super) fn mix(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
