//! How hard NVIDIA devices work, by `nvidia-smi`, which is NVML's own front end and comes with every driver.
//!
//! NVML itself is a library to be loaded at run time, and a static musl binary cannot load any: musl answers "Dynamic
//! loading not supported". A helper linked to glibc would be a second binary to ship, fetch and check for each
//! architecture, to do what this program does. It runs while a process holds a device open, and only then: who does not
//! hold one open cannot use it, which `/proc` shows for nothing.

use std::{collections::BTreeMap, time::Duration};

use super::{
    gauge::{Gauge, Program},
    machine::Root,
};
use crate::decide::idle::{Load, Percent, Reading};

const PLACES: &[&str] = &[
    "/usr/bin/nvidia-smi",
    "/usr/local/bin/nvidia-smi",
    "/bin/nvidia-smi",
    "/opt/bin/nvidia-smi",
    "/usr/local/nvidia/bin/nvidia-smi",
];
/// It is asked for a look at so many moments between two checks: a training loop rests between batches.
const LOOKS: u32 = 12;

/// The busiest moment of each device, by its number. None where the driver does not say (MIG).
type Window = BTreeMap<String, Option<Percent>>;

/// The measuring program and how often it looks.
#[derive(Debug)]
pub struct Nvidia {
    gauge: Gauge<Window>,
    every: Duration,
}

impl Nvidia {
    /// Not started yet. `every` is the time between two checks.
    pub fn new(every: Duration) -> Self {
        Self { gauge: Gauge::new(Program { name: "nvidia-smi", places: PLACES, fold }), every: every / LOOKS }
    }

    /// The busiest device at its busiest moment since the last check.
    pub fn load(&mut self, root: &Root, up: Duration) -> Reading<Load> {
        let seconds = self.every.as_secs().clamp(1, 30).to_string();
        let query = "--query-gpu=index,utilization.gpu".to_owned();
        let arguments = [query, "--format=csv,noheader,nounits".to_owned(), "-l".to_owned(), seconds];
        match self.gauge.read(root, &arguments, up) {
            Reading::Is(window) => busiest(&window),
            Reading::Absent => Reading::Absent,
            Reading::Unreadable(fault) => Reading::Unreadable(fault),
        }
    }

    /// The program behind it.
    pub(super) fn gauge(&mut self) -> &mut Gauge<Window> {
        &mut self.gauge
    }
}

fn fold(window: &mut Window, line: &str) {
    // A line that is no measurement (a driver that fell off the bus says so in words) belongs to no device.
    let (device, share) = line.split_once(',').unwrap_or(("?", line));
    let share = Percent::read(share);
    if window.len() < 64 || window.contains_key(device) {
        window
            .entry(device.to_owned())
            .and_modify(|most| *most = (*most).and_then(|most| share.map(|share| most.max(share))))
            .or_insert(share);
    }
}

fn busiest(window: &Window) -> Reading<Load> {
    let unknown = window.iter().find(|(_, share)| share.is_none());
    match (unknown, window.values().flatten().max()) {
        (None, Some(share)) => Reading::Is(Load::Percent(*share)),
        (Some((device, _)), _) => {
            Reading::Unreadable(format!("nvidia-smi does not know the load of device {device}"))
        }
        (None, None) => Reading::Unreadable("nvidia-smi names no device".to_owned()),
    }
}

#[cfg(test)]
mod tests;
