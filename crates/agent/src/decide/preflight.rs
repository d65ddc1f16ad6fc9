//! Whether the machine can do the work at all, before any data is fetched: a judgement of facts that `crate::preflight`
//! gathered.

use std::{collections::BTreeMap, fmt};

/// What the work needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wants {
    /// A driver that is loaded, and devices.
    pub accelerator: Option<Kind>,
    /// At least so many devices; at least one where only the kind is named.
    pub devices: Option<u32>,
    /// Free room where the work happens, in GiB.
    pub disk_gib: Option<u64>,
    /// The interpreter: a path, or a name to look for in `PATH`.
    pub python: Option<String>,
    /// Modules that it must be able to import.
    pub imports: Vec<String>,
}

/// Kinds of accelerator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// NVIDIA.
    Nvidia,
    /// AWS Trainium and Inferentia.
    Neuron,
}

/// What was found; none where it was not asked for. An error is the part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The driver's version.
    pub driver: Option<Result<String, String>>,
    /// The number of devices.
    pub devices: Option<Result<u32, String>>,
    /// Free bytes.
    pub free: Option<Result<u64, String>>,
    /// The interpreter.
    pub python: Option<Python>,
}

/// What the interpreter showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Python {
    /// As it was asked for.
    pub path: String,
    /// Why its virtual environment is broken, if it stands in one that is.
    pub broken_venv: Option<String>,
    /// Its version; none if it did not start.
    pub version: Option<String>,
    /// Each module that was tried, and what it answered; none while it was at it.
    pub imports: BTreeMap<String, Option<Result<(), String>>>,
    /// Where torch was imported: how many CUDA devices it can use.
    pub cuda: Option<u32>,
    /// Why it did not come to its end.
    pub fault: Option<String>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What.
    pub what: &'static str,
    /// A sentence either way.
    pub outcome: Result<String, String>,
}

const GIB: u64 = 1 << 30;

/// Judges everything that was asked for, all faults at once.
pub fn judge(wants: &Wants, facts: &Facts) -> Vec<Check> {
    let mut checks = Vec::new();
    if let Some(kind) = wants.accelerator {
        checks.push(Check { what: "driver", outcome: driver(kind, facts.driver.as_ref()) });
        checks.push(Check { what: "devices", outcome: devices(kind, wants, facts.devices.as_ref()) });
    }
    if let Some(gib) = wants.disk_gib {
        checks.push(Check { what: "disk", outcome: disk(gib, facts.free.as_ref()) });
    }
    if let Some(python) = &facts.python {
        checks.extend(interpreter(wants, python));
    }
    checks
}

/// Whether the work may begin.
pub fn passed(checks: &[Check]) -> bool {
    checks.iter().all(|check| check.outcome.is_ok())
}

fn driver(kind: Kind, found: Option<&Result<String, String>>) -> Result<String, String> {
    match found {
        Some(Ok(version)) => Ok(format!("The {kind} driver is loaded: {version}.")),
        Some(Err(fault)) => {
            Err(format!("The {kind} driver is not loaded ({fault}). Choose an image that has it."))
        }
        None => Err(format!("Whether the {kind} driver is loaded was not looked at.")),
    }
}

fn devices(kind: Kind, wants: &Wants, found: Option<&Result<u32, String>>) -> Result<String, String> {
    let wanted = wants.devices.unwrap_or(1);
    match found {
        Some(Ok(count)) if *count >= wanted => Ok(format!("{kind} devices: {count}, needed: {wanted}.")),
        Some(Ok(count)) => Err(format!(
            "{kind} devices: {count}, needed: {wanted}. Choose another instance type, or see the kernel's log for devices \
             that failed."
        )),
        Some(Err(fault)) => Err(format!("{kind} devices cannot be counted: {fault}.")),
        None => Err(format!("{kind} devices were not counted.")),
    }
}

fn disk(gib: u64, found: Option<&Result<u64, String>>) -> Result<String, String> {
    let tenths = |bytes: u64| format!("{}.{} GiB", bytes / GIB, bytes % GIB * 10 / GIB);
    match found {
        Some(Ok(free)) if *free >= gib.saturating_mul(GIB) => {
            Ok(format!("Free disk: {}, needed: {gib} GiB.", tenths(*free)))
        }
        Some(Ok(free)) => {
            Err(format!("Free disk: {}, needed: {gib} GiB. Give the profile a larger disk.", tenths(*free)))
        }
        Some(Err(fault)) => Err(format!("Free disk cannot be read: {fault}.")),
        None => Err("Free disk was not looked at.".to_owned()),
    }
}

fn interpreter(wants: &Wants, python: &Python) -> Vec<Check> {
    let mut checks = Vec::new();
    if let Some(fault) = &python.broken_venv {
        let outcome =
            Err(format!("The virtual environment of {} is broken: {fault}. Make it anew.", python.path));
        checks.push(Check { what: "venv", outcome });
    }
    checks.push(Check { what: "python", outcome: starts(python) });
    if python.version.is_some() {
        let tried =
            wants.imports.iter().map(|module| Check { what: "import", outcome: import(module, python) });
        checks.extend(tried);
        if wants.accelerator == Some(Kind::Nvidia) {
            checks.extend(python.cuda.map(|devices| Check { what: "cuda", outcome: cuda(devices) }));
        }
    }
    checks
}

fn starts(python: &Python) -> Result<String, String> {
    match (&python.version, &python.fault) {
        (Some(version), _) => Ok(format!("{} runs: Python {version}.", python.path)),
        (None, Some(fault)) => Err(format!("{} does not run: {fault}.", python.path)),
        (None, None) => Err(format!("{} does not run: it said nothing.", python.path)),
    }
}

fn import(module: &str, python: &Python) -> Result<String, String> {
    let fault = python.fault.as_deref().unwrap_or("it ended without saying why");
    match python.imports.get(module) {
        Some(Some(Ok(()))) => Ok(format!("{module} can be imported.")),
        Some(Some(Err(error))) => Err(format!(
            "{module} cannot be imported: {error}. Install it in the setup command or in the image."
        )),
        Some(None) => Err(format!("{module} cannot be imported: {fault}.")),
        None => Err(format!("{module} was not tried: {fault}.")),
    }
}

fn cuda(devices: u32) -> Result<String, String> {
    if devices > 0 {
        return Ok(format!("torch can use CUDA, devices: {devices}."));
    }
    Err("torch cannot use CUDA: torch.cuda.is_available() says so. Install a build of torch for CUDA that fits the driver."
        .to_owned())
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nvidia => "NVIDIA",
            Self::Neuron => "Neuron",
        })
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.outcome {
            Ok(said) => write!(f, "ok    {said}"),
            Err(said) => write!(f, "FAULT {said}"),
        }
    }
}

#[cfg(test)]
mod tests;
