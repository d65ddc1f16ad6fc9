//! How busy the machine was meanwhile: times of a busy machine are longer, and a table should say so.

use anyhow::{Context, Result};

use crate::figure::Figure;

/// The load average of the last minute.
pub(crate) fn now() -> Result<String> {
    let load = std::fs::read_to_string("/proc/loadavg").context("cannot read /proc/loadavg")?;
    Ok(load.split(' ').next().unwrap_or_default().to_owned())
}

/// The line of the table.
pub(crate) fn figure(before: &str) -> Result<Figure> {
    let cores = std::thread::available_parallelism().context("cannot tell the number of cores")?;
    Ok(Figure::told("machine: cores, load before and after", format!("{cores}, {before} and {}", now()?)))
}
