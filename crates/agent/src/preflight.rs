//! Gathers what `decide::preflight` judges: driver, devices, disk, interpreter. Only what is wanted is looked at.

mod python;

pub use python::Work;

use std::{fs, path::Path};

use crate::{
    decide::preflight::{Facts, Kind, Wants},
    io::{disk, machine::Root, processes::Device},
};

/// Looks, within a little more than a minute.
pub fn look(root: &Root, wants: &Wants, work: Work<'_>) -> Facts {
    let kind = wants.accelerator;
    Facts {
        driver: kind.map(|kind| driver(root, kind)),
        devices: kind.map(|kind| devices(root, kind)),
        free: wants.disk_gib.map(|_| free(root, work.folder)),
        python: wants.python.as_deref().map(|path| python::look(path, &wants.imports, work)),
    }
}

/// The first line of `/proc/driver/nvidia/version`, or `/sys/module/neuron/version`.
fn driver(root: &Root, kind: Kind) -> Result<String, String> {
    let place = match kind {
        Kind::Nvidia => "/proc/driver/nvidia/version",
        Kind::Neuron => "/sys/module/neuron/version",
    };
    match fs::read_to_string(root.path(place)) {
        Ok(text) => Ok(text.lines().next().unwrap_or_default().trim().trim_end_matches('.').to_owned()),
        // Not every module tells a version.
        Err(_) if kind == Kind::Neuron && root.path("/sys/module/neuron").is_dir() => {
            Ok("no version told".to_owned())
        }
        Err(error) => Err(format!("{place}: {error}")),
    }
}

/// Files in `/dev`; on EC2 every device has one as soon as its driver is at work.
fn devices(root: &Root, kind: Kind) -> Result<u32, String> {
    let device = match kind {
        Kind::Nvidia => Device::Nvidia,
        Kind::Neuron => Device::Neuron,
    };
    let entries = fs::read_dir(root.path("/dev")).map_err(|error| format!("/dev: {error}"))?;
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    Ok(u32::try_from(names.filter(|name| device.is(name)).count()).unwrap_or(u32::MAX))
}

fn free(root: &Root, workdir: &Path) -> Result<u64, String> {
    disk::free(&root.path(workdir)).map_err(|(path, error)| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests;
