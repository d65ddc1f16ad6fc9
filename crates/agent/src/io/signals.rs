//! One look at everything that shows whether the machine is in use.

mod device;
#[cfg(test)]
pub(crate) mod stage;

use std::time::Duration;

use protocol::config::Idle;

use self::device::present;
use super::{
    load::{self, Cpu},
    machine::Root,
    neuron::Neuron,
    nvidia::Nvidia,
    processes::{self, Device, Look, Own, Patterns, Seen},
    sessions,
};
use crate::decide::{
    Now,
    idle::{Accelerator, Facts, Holder, Percent, Reading},
};

/// Reads the machine, and holds what the next look is compared with.
///
/// A look takes milliseconds, but it reads of other processes, and the kernel lets a reader wait for one that hangs while
/// it changes its memory. So it belongs in a thread of its own, and one that does not come back is no idle machine.
#[derive(Debug)]
pub struct Reader {
    root: Root,
    patterns: Result<Patterns, String>,
    own: Own,
    cpu: Cpu,
    nvidia: Nvidia,
    neuron: Neuron,
}

impl Reader {
    /// Takes the first look at the counters, so that the first check has something to compare with.
    pub fn new(root: Root, rules: &Idle) -> Self {
        let mut cpu = Cpu::default();
        // What it says is not needed yet.
        let _ = cpu.read(&root);
        Self {
            patterns: Patterns::read(&rules.processes),
            own: Own::of(&root),
            cpu,
            nvidia: Nvidia::new(rules.every),
            neuron: Neuron::new(rules.accelerator_above_percent),
            root,
        }
    }

    /// Everything at this moment. The run is the caller's to add.
    pub fn read(&mut self, now: Now) -> Facts {
        let devices = present(&self.root);
        let seen = self.pass(&devices.clone().unwrap_or_default());
        let sockets = sessions::sockets(&self.root);
        Facts {
            utmp: sessions::utmp(&self.root),
            ssh: seen.as_ref().map(|seen| seen.ssh.clone()),
            logind: sessions::logind(&self.root),
            ssm: seen.as_ref().map(|seen| seen.ssm),
            screen: named(seen.as_ref().map(|seen| seen.screen.clone()), sockets.screen),
            tmux: named(seen.as_ref().map(|seen| seen.tmux.clone()), sockets.tmux),
            watched: match &self.patterns {
                Ok(_) => seen.as_ref().map(|seen| seen.watched.clone()),
                Err(fault) => Reading::Unreadable(fault.clone()),
            },
            nvidia: self.accelerator(Device::Nvidia, &devices, &seen, now),
            neuron: self.accelerator(Device::Neuron, &devices, &seen, now),
            cpu: self.cpu.read(&self.root),
            memory: load::memory(&self.root),
            run: None,
        }
    }

    /// The share of their memory that accelerators had in use at the last look; none where nothing said it.
    pub fn accelerator_memory(&self) -> Option<Percent> {
        self.nvidia.memory()
    }

    /// Waits until the measuring programs that were started have said something, but no longer than this for each. Whether
    /// there was one to wait for.
    pub fn settle(&mut self, bound: Duration) -> bool {
        let nvidia = self.nvidia.gauge().settle(bound);
        let neuron = self.neuron.gauge().settle(bound);
        nvidia || neuron
    }

    fn pass(&mut self, devices: &[Device]) -> Reading<Seen> {
        let gauges = [self.nvidia.gauge().pid(), self.neuron.gauge().pid()];
        self.own.set_gauges(gauges.into_iter().flatten());
        let nothing = Patterns::default();
        let patterns = self.patterns.as_ref().unwrap_or(&nothing);
        processes::pass(&self.root, Look { patterns, devices, own: &self.own })
    }

    /// The load is measured only while somebody holds a device open, or may: nobody else can use it.
    fn accelerator(
        &mut self,
        device: Device,
        devices: &Result<Vec<Device>, String>,
        seen: &Reading<Seen>,
        now: Now,
    ) -> Reading<Accelerator> {
        match devices {
            Err(fault) => return Reading::Unreadable(fault.clone()),
            Ok(devices) if !devices.contains(&device) => return Reading::Absent,
            Ok(_) => {}
        }
        let holders = holders(device, seen);
        let free = matches!(&holders, Reading::Is(holders) if holders.is_empty());
        let load = match (free, device) {
            (true, Device::Nvidia) => {
                self.nvidia.gauge().rest();
                Reading::Absent
            }
            (true, Device::Neuron) => {
                self.neuron.gauge().rest();
                Reading::Absent
            }
            (false, Device::Nvidia) => self.nvidia.load(&self.root, now.up),
            (false, Device::Neuron) => self.neuron.load(&self.root, now),
        };
        Reading::Is(Accelerator { load, holders })
    }
}

fn holders(device: Device, seen: &Reading<Seen>) -> Reading<Vec<Holder>> {
    let of = |held: Vec<(Device, Holder)>| {
        held.into_iter().filter(|(kind, _)| *kind == device).map(|(_, holder)| holder).collect()
    };
    match seen {
        Reading::Is(seen) => seen.holders.clone().map(of),
        Reading::Absent => Reading::Absent,
        Reading::Unreadable(fault) => Reading::Unreadable(fault.clone()),
    }
}

/// Servers by the names of their sockets; those whose sockets are elsewhere by their processes.
fn named(processes: Reading<Vec<u32>>, mut sockets: Vec<String>) -> Reading<Vec<String>> {
    match processes {
        Reading::Is(processes) => {
            let more = processes.iter().skip(sockets.len()).map(|pid| format!("pid {pid}"));
            sockets.extend(more.collect::<Vec<_>>());
            Reading::Is(sockets)
        }
        Reading::Absent | Reading::Unreadable(_) if !sockets.is_empty() => Reading::Is(sockets),
        Reading::Absent => Reading::Absent,
        Reading::Unreadable(fault) => Reading::Unreadable(fault),
    }
}

#[cfg(test)]
mod tests;
