//! Which accelerators the machine has: by their files in `/dev`, or by their drivers, which may make those files later.

use std::{fs, path::Path};

use crate::io::{machine::Root, processes::Device};

const NVIDIA: &str = "/proc/driver/nvidia/gpus";
const NEURON: &str = "/sys/devices/virtual/neuron_device";

/// The kinds of which there is a device.
pub(super) fn present(root: &Root) -> Result<Vec<Device>, String> {
    let dev = root.path("/dev");
    let files = names(&dev).map_err(|error| format!("{} cannot be listed: {error}", dev.display()))?;
    let driven = |folder: &str| names(&root.path(folder)).unwrap_or_default();
    let has = |device: Device| {
        files.iter().any(|name| device.is(name))
            || match device {
                Device::Nvidia => !driven(NVIDIA).is_empty(),
                Device::Neuron => driven(NEURON).iter().any(|name| device.is(name)),
            }
    };
    Ok([Device::Nvidia, Device::Neuron].into_iter().filter(|device| has(*device)).collect())
}

fn names(folder: &Path) -> std::io::Result<Vec<String>> {
    Ok(fs::read_dir(folder)?.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect())
}
