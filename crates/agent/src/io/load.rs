//! Processors and memory: `/proc/stat` and `/proc/meminfo`.

use std::{fs, path::Path};

use super::machine::Root;
use crate::decide::idle::{Percent, Reading};

/// The processors' time since boot, in ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ticks {
    busy: u64,
    all: u64,
}

/// How busy the processors are from one look to the next.
#[derive(Debug, Default)]
pub struct Cpu(Option<Ticks>);

impl Cpu {
    /// How busy they were since the last look. The first has nothing to compare with.
    pub fn read(&mut self, root: &Root) -> Reading<Percent> {
        let path = root.path("/proc/stat");
        let now = match text(&path).and_then(|text| ticks(&text).ok_or_else(|| no_sense(&path))) {
            Ok(now) => now,
            Err(fault) => return Reading::Unreadable(fault),
        };
        let Some(before) = self.0.replace(now) else {
            return Reading::Unreadable("this is the first look, and it takes two".to_owned());
        };
        // Single counters may step back a little (proc_stat(5)), hence the saturation.
        let busy = now.busy.saturating_sub(before.busy);
        match Percent::of(busy, now.all.saturating_sub(before.all)) {
            Some(share) => Reading::Is(share),
            None => Reading::Unreadable(format!("the counters of {} stand still", path.display())),
        }
    }
}

/// The share of memory that a new process could not have.
pub fn memory(root: &Root) -> Reading<Percent> {
    let path = root.path("/proc/meminfo");
    match text(&path).and_then(|text| used(&text).ok_or_else(|| no_sense(&path))) {
        Ok(share) => Reading::Is(share),
        Err(fault) => Reading::Unreadable(fault),
    }
}

/// The line `cpu user nice system idle iowait irq softirq steal guest guest_nice`. Time stolen by the hypervisor was
/// wanted here and counts as busy; a guest's time is within the user's already.
fn ticks(stat: &str) -> Option<Ticks> {
    let line = stat.lines().find_map(|line| line.strip_prefix("cpu "))?;
    let counts =
        line.split_whitespace().take(8).map(str::parse::<u64>).collect::<Result<Vec<_>, _>>().ok()?;
    let all = counts.iter().fold(0, |sum: u64, count| sum.saturating_add(*count));
    let idle = counts.get(3)?.saturating_add(counts.get(4).copied().unwrap_or(0));
    Some(Ticks { busy: all.saturating_sub(idle), all })
}

fn used(meminfo: &str) -> Option<Percent> {
    let of = |key: &str| {
        let line = meminfo.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    let (total, available) = (of("MemTotal")?, of("MemAvailable")?);
    Percent::of(total.saturating_sub(available), total)
}

fn text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
}

fn no_sense(path: &Path) -> String {
    format!("{} does not say it in the way this agent knows", path.display())
}

#[cfg(test)]
mod tests;
