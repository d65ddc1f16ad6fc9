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

/// Each device by its number.
type Window = BTreeMap<String, Device>;

/// The busiest moment of a device, and its fullest. None where the driver does not say (MIG).
#[derive(Clone, Copy, Debug)]
pub(in crate::io) struct Device {
    share: Option<Percent>,
    memory: Option<Percent>,
}

/// The measuring program and how often it looks.
#[derive(Debug)]
pub struct Nvidia {
    gauge: Gauge<Window>,
    every: Duration,
    memory: Option<Percent>,
}

impl Nvidia {
    /// Not started yet. `every` is the time between two checks.
    pub fn new(every: Duration) -> Self {
        let gauge = Gauge::new(Program { name: "nvidia-smi", places: PLACES, fold });
        Self { gauge, every: every / LOOKS, memory: None }
    }

    /// The busiest device at its busiest moment since the last check.
    pub fn load(&mut self, root: &Root, up: Duration) -> Reading<Load> {
        let seconds = self.every.as_secs().clamp(1, 30).to_string();
        let query = "--query-gpu=index,utilization.gpu,memory.used,memory.total".to_owned();
        let arguments = [query, "--format=csv,noheader,nounits".to_owned(), "-l".to_owned(), seconds];
        let read = self.gauge.read(root, &arguments, up);
        self.memory = None;
        match read {
            Reading::Is(window) => {
                self.memory = window.values().filter_map(|device| device.memory).max();
                busiest(&window)
            }
            Reading::Absent => Reading::Absent,
            Reading::Unreadable(fault) => Reading::Unreadable(fault),
        }
    }

    /// The share of its memory that the fullest device had in use, when the load was read last.
    pub fn memory(&self) -> Option<Percent> {
        self.memory
    }

    /// The program behind it.
    pub(super) fn gauge(&mut self) -> &mut Gauge<Window> {
        &mut self.gauge
    }
}

fn fold(window: &mut Window, line: &str) {
    // A line that is no measurement (a driver that fell off the bus says so in words) belongs to no device.
    let (device, rest) = line.split_once(',').unwrap_or(("?", line));
    let mut fields = rest.split(',').map(str::trim);
    let share = fields.next().and_then(Percent::read);
    let mut mebibytes = || fields.next().and_then(|field| field.parse::<u64>().ok());
    let memory = mebibytes().zip(mebibytes()).and_then(|(used, total)| Percent::of(used, total));
    if window.len() < 64 || window.contains_key(device) {
        window
            .entry(device.to_owned())
            .and_modify(|most| {
                most.share = most.share.and_then(|most| share.map(|share| most.max(share)));
                most.memory = most.memory.max(memory);
            })
            .or_insert(Device { share, memory });
    }
}

fn busiest(window: &Window) -> Reading<Load> {
    let unknown = window.iter().find(|(_, device)| device.share.is_none());
    match (unknown, window.values().filter_map(|device| device.share).max()) {
        (None, Some(share)) => Reading::Is(Load::Percent(share)),
        (Some((device, _)), _) => {
            Reading::Unreadable(format!("nvidia-smi does not know the load of device {device}"))
        }
        (None, None) => Reading::Unreadable("nvidia-smi names no device".to_owned()),
    }
}

#[cfg(test)]
mod tests;
