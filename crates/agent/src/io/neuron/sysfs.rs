//! The driver's files below `/sys/devices/virtual/neuron_device`.
//!
//! Files are known by their names and found wherever they lie below a device: driver 2.31 moved several. They are only
//! ever read, since writing clears them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use crate::{decide::idle::Percent, io::machine::Root};

const DEVICES: &str = "/sys/devices/virtual/neuron_device";
/// No layout is deeper or larger.
const DEEPEST: u32 = 8;
const ENTRIES: u32 = 100_000;
/// The driver measures power every minute; a figure older than this is none.
const STALE_SECONDS: i64 = 600;
/// Counters that grow with the work of a core. Each is a folder with a file `total`.
const COUNTERS: [&str; 4] = ["nc_time_in_use", "inference_count", "flop_count", "success"];
/// Folders that hold nothing of the kind.
const PASSED_BY: [&str; 3] = ["memory_usage", "hardware", "architecture"];

/// The files that were found, each with what it said last.
#[derive(Debug, Default)]
pub(super) struct Sysfs {
    devices: Vec<String>,
    counters: Vec<Counter>,
    power: Vec<PathBuf>,
}

#[derive(Debug)]
struct Counter {
    path: PathBuf,
    kind: Kind,
    last: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// One number.
    Total,
    /// The matrix engine's cycles: lines `row group,multiplying,loading weights,idle`.
    Engine,
}

/// What one look showed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// A counter that moved since the last look.
    pub(super) moved: Option<String>,
    /// The greatest mean power of the last minute, as a share of what the device may draw.
    pub(super) power: Option<Percent>,
}

impl Sysfs {
    pub(super) fn look(&mut self, root: &Root, wall: Timestamp) -> Look {
        self.probe(&root.path(DEVICES));
        let moved = self.counters.iter_mut().filter_map(|counter| counter.moved().then_some(&counter.path));
        let moved = moved.fold(None, |first, path| first.or(Some(path)));
        let moved = moved.map(|path| format!("{} moved", short(path)));
        let power = self.power.iter().filter_map(|path| power(&fs::read_to_string(path).ok()?, wall)).max();
        Look { moved, power }
    }

    /// Looks for the files again when there are other devices.
    fn probe(&mut self, folder: &Path) {
        let devices = names(folder);
        if devices == self.devices {
            return;
        }
        (self.counters, self.power) = (Vec::new(), Vec::new());
        let mut left = ENTRIES;
        for device in &devices {
            self.walk(&folder.join(device), DEEPEST, &mut left);
        }
        self.devices = devices;
    }

    /// Links are not followed: sysfs is full of rings.
    fn walk(&mut self, folder: &Path, depth: u32, left: &mut u32) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            *left = left.saturating_sub(1);
            let (Ok(kind), Ok(name)) = (entry.file_type(), entry.file_name().into_string()) else { continue };
            if depth == 0 || *left == 0 || PASSED_BY.contains(&name.as_str()) {
                continue;
            }
            if kind.is_dir() {
                self.walk(&entry.path(), depth - 1, left);
            } else if kind.is_file() {
                self.add(entry.path(), &name);
            }
        }
    }

    fn add(&mut self, path: PathBuf, name: &str) {
        let folder =
            path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
        let counts = COUNTERS.contains(&folder) && name == "total" || COUNTERS.contains(&name);
        if counts {
            self.counters.push(Counter { path, kind: Kind::Total, last: None });
        } else if name == "pe_cntrs" {
            self.counters.push(Counter { path, kind: Kind::Engine, last: None });
        } else if name == "utilization" && folder == "power" {
            self.power.push(path);
        }
    }
}

impl Counter {
    /// Whether it grew since the last look. One that was cleared has not.
    fn moved(&mut self) -> bool {
        let Some(now) = fs::read_to_string(&self.path).ok().and_then(|text| self.kind.value(&text)) else {
            return false;
        };
        self.last.replace(now).is_some_and(|last| now > last)
    }
}

impl Kind {
    fn value(self, text: &str) -> Option<u64> {
        match self {
            Self::Total => text.trim().parse().ok(),
            Self::Engine => {
                let rows = text.lines().skip(1).map(cycles).collect::<Option<Vec<_>>>()?;
                Some(rows.iter().fold(0, |sum: u64, row| sum.wrapping_add(*row)))
            }
        }
    }
}

fn cycles(row: &str) -> Option<u64> {
    let mut words = row.split(',').skip(1).map(|word| word.trim().parse::<u64>().ok());
    Some(words.next()??.wrapping_add(words.next()??))
}

/// `POWER_STATUS_VALID,<seconds since 1970>,<least>,<most>,<mean>`, in percent.
fn power(text: &str, wall: Timestamp) -> Option<Percent> {
    let words: Vec<&str> = text.trim().split(',').collect();
    let [status, second, .., mean] = words[..] else { return None };
    let age = wall.as_second().checked_sub(second.trim().parse().ok()?)?;
    let fresh = status == "POWER_STATUS_VALID" && age.abs() <= STALE_SECONDS;
    fresh.then(|| Percent::read(mean)).flatten()
}

/// Devices by name, in order.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| crate::io::processes::Device::Neuron.is(name)).collect();
    names.sort_unstable();
    names
}

/// From the device on.
fn short(path: &Path) -> String {
    let path = path.display().to_string();
    path.split_once("neuron_device/").map_or(path.clone(), |(_, rest)| rest.to_owned())
}
