//! What processes have used, as the kernel counts it.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// The kernel's unit of time in `/proc`, the same on all machines that Curfew runs on: `sysconf(_SC_CLK_TCK)` of 100.
const TICK: Duration = Duration::from_millis(10);

/// Time on a processor since its start, in user and in kernel mode, all threads together.
///
/// # Errors
/// There is no such process.
pub(crate) fn cpu(id: u32) -> Result<Duration> {
    let stat = read(id, "stat")?;
    // After the name, which may hold spaces: state is field 3, utime 14, stime 15 (proc_pid_stat(5)).
    let (_, fields) = stat.rsplit_once(") ").context("the kernel writes a name in brackets")?;
    let ticks = fields.split(' ').skip(11).take(2).map(str::parse::<u32>);
    Ok(TICK * ticks.sum::<Result<u32, _>>().context("the kernel writes times as numbers")?)
}

/// The most memory that was resident at once, in KiB.
///
/// # Errors
/// There is no such process.
pub(crate) fn peak_kib(id: u32) -> Result<u64> {
    kib(&read(id, "status")?, "VmHWM:")
}

/// Memory in KiB, each page divided by the number of processes that share it.
///
/// # Errors
/// There is no such process, or it is another user's.
pub(crate) fn pss_kib(id: u32) -> Result<u64> {
    kib(&read(id, "smaps_rollup")?, "Pss:")
}

fn read(id: u32, file: &str) -> Result<String> {
    let path = format!("/proc/{id}/{file}");
    fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))
}

/// The value of a line `NAME: 1234 kB`.
fn kib(lines: &str, name: &str) -> Result<u64> {
    let line = lines.lines().find_map(|line| line.strip_prefix(name));
    let value = line.and_then(|line| line.trim().strip_suffix(" kB")).and_then(|value| value.parse().ok());
    value.with_context(|| format!("the kernel does not tell {name}"))
}
