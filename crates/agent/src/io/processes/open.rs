//! Which accelerators a process holds open, by the links in its `/proc/PID/fd`.

use std::{fs, io, path::Path};

/// Of one process, no more open files are looked at.
const FILES: usize = 65_536;

/// Programs that hold a device open only to look at it or to keep its driver awake.
const LOOKERS: [&str; 10] = [
    "nvidia-persistenced",
    "nvidia-smi",
    "nvidia-powerd",
    "nvidia-fabricmanager",
    "nv-fabricmanager",
    "nv-hostengine",
    "dcgm-exporter",
    "neuron-monitor",
    "neuron-top",
    "neuron-ls",
];

/// A kind of accelerator, by the names of its device files: `/dev/nvidia0`, `/dev/neuron0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Device {
    /// NVIDIA.
    Nvidia,
    /// AWS Trainium and Inferentia.
    Neuron,
}

impl Device {
    /// Whether a file in `/dev` is one of its devices. `nvidiactl` and `nvidia-uvm` are none.
    pub fn is(self, name: &str) -> bool {
        let stem = match self {
            Self::Nvidia => "nvidia",
            Self::Neuron => "neuron",
        };
        let number = name.strip_prefix(stem).unwrap_or_default();
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    }
}

pub(super) fn only_looks(program: &str) -> bool {
    LOOKERS.contains(&program)
}

/// The kinds of device that the process holds open; of a process that is gone, none.
pub(super) fn held(process: &Path, devices: &[Device]) -> io::Result<Vec<Device>> {
    let files = match fs::read_dir(process.join("fd")) {
        Ok(files) => files,
        Err(error) if is_gone(&error) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut held = Vec::new();
    for file in files.flatten().take(FILES) {
        let Ok(target) = fs::read_link(file.path()) else { continue };
        if let Some(device) = device(&target, devices).filter(|device| !held.contains(device)) {
            held.push(device);
        }
        if held.len() == devices.len() {
            break;
        }
    }
    Ok(held)
}

/// By the name within a folder `dev`: a container's own `/dev`, and a machine in a folder, count as well.
fn device(target: &Path, devices: &[Device]) -> Option<Device> {
    let name = target.file_name()?.to_str()?;
    let folder = target.parent()?.file_name()?;
    devices.iter().copied().find(|device| folder == "dev" && device.is(name))
}

fn is_gone(error: &io::Error) -> bool {
    // ESRCH: the process ended between the two calls.
    error.kind() == io::ErrorKind::NotFound
        || error.raw_os_error() == Some(rustix::io::Errno::SRCH.raw_os_error())
}
