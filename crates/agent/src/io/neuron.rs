//! How hard Neuron devices work.
//!
//! The driver's files can show that a device worked, and never that it rested: the runtime's counters reach them only
//! when its process ends, the matrix engine's counters leave out the other engines, and power is no utilisation. So they
//! are asked first, and where they show nothing, `neuron-monitor` is. Like `nvidia-smi`, it runs only while a process
//! holds a device open. Where neither knows, whoever holds the device open decides.

mod monitor;
mod sysfs;

use std::time::Duration;

use jiff::Timestamp;

use self::sysfs::Sysfs;
use super::{
    gauge::{Gauge, Program},
    machine::Root,
};
use crate::decide::{
    Now,
    idle::{Load, Reading},
};

const PLACES: &[&str] =
    &["/opt/aws/neuron/bin/neuron-monitor", "/usr/bin/neuron-monitor", "/usr/local/bin/neuron-monitor"];
/// What neuron-monitor is told to report, by its user guide. Without it, it reports everything.
const ORDERS: &str = "/run/curfew/neuron-monitor.json";

/// The driver's files and the measuring program.
#[derive(Debug)]
pub struct Neuron {
    sysfs: Sysfs,
    gauge: Gauge<monitor::Window>,
    above: u8,
}

impl Neuron {
    /// Not started yet. Power above so many percent counts as work.
    pub fn new(above: u8) -> Self {
        let program = Program { name: "neuron-monitor", places: PLACES, fold: monitor::fold };
        Self { sysfs: Sysfs::default(), gauge: Gauge::new(program), above }
    }

    /// The busiest core since the last check.
    pub fn load(&mut self, root: &Root, now: Now) -> Reading<Load> {
        if let Some(shown) = self.work(root, now.wall) {
            return Reading::Is(Load::Worked(shown));
        }
        let arguments = match monitor::write_orders(&root.path(ORDERS)) {
            Ok(path) => vec!["-c".to_owned(), path],
            Err(_) => Vec::new(),
        };
        match self.gauge.read(root, &arguments, now.up) {
            Reading::Is(window) => window.busiest(),
            Reading::Absent => Reading::Absent,
            Reading::Unreadable(fault) => Reading::Unreadable(fault),
        }
    }

    /// The program behind it.
    pub(super) fn gauge(&mut self) -> &mut Gauge<monitor::Window> {
        &mut self.gauge
    }

    fn work(&mut self, root: &Root, wall: Timestamp) -> Option<String> {
        let look = self.sysfs.look(root, wall);
        let power = look.power.filter(|power| power.above(self.above));
        look.moved.or_else(|| power.map(|power| format!("it draws {power} of its power")))
    }
}

/// How long one report of neuron-monitor covers.
const PERIOD: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests;
