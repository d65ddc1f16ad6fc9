//! What `neuron-monitor` writes: one JSON report for each period, by its user guide.

use std::{collections::BTreeMap, fs, io, path::Path};

use serde::Deserialize;

use crate::decide::idle::{Load, Percent, Reading};

/// The busiest core since the value was last taken, and what went wrong.
#[derive(Debug, Default)]
pub(in crate::io) struct Window {
    busiest: Option<Percent>,
    fault: Option<String>,
}

#[derive(Deserialize)]
struct Report {
    #[serde(default)]
    neuron_runtime_data: Vec<Runtime>,
}

#[derive(Deserialize)]
struct Runtime {
    pid: u32,
    #[serde(default)]
    error: String,
    report: Option<Groups>,
}

#[derive(Deserialize)]
struct Groups {
    neuroncore_counters: Option<Cores>,
}

#[derive(Deserialize)]
struct Cores {
    #[serde(default)]
    neuroncores_in_use: BTreeMap<String, Core>,
    #[serde(default)]
    error: String,
}

#[derive(Deserialize)]
struct Core {
    neuroncore_utilization: f64,
}

pub(super) fn fold(window: &mut Window, line: &str) {
    match serde_json::from_str::<Report>(line) {
        Ok(report) => report.neuron_runtime_data.iter().for_each(|runtime| window.add(runtime)),
        Err(error) => window.fault = Some(format!("neuron-monitor's report makes no sense: {error}")),
    }
}

impl Window {
    fn add(&mut self, runtime: &Runtime) {
        let cores = runtime.report.as_ref().and_then(|groups| groups.neuroncore_counters.as_ref());
        let error = cores.map_or(&runtime.error, |cores| &cores.error);
        let shares = cores.into_iter().flat_map(|cores| cores.neuroncores_in_use.values());
        let busiest = shares.filter_map(|core| Percent::read(&core.neuroncore_utilization.to_string())).max();
        self.busiest = self.busiest.max(busiest);
        if busiest.is_none() || !error.is_empty() {
            self.fault = Some(format!("neuron-monitor cannot measure process {}: {error}", runtime.pid));
        }
    }

    /// A share is a measurement of all cores only where nothing went wrong.
    pub(super) fn busiest(self) -> Reading<Load> {
        match (self.fault, self.busiest) {
            (None, Some(share)) => Reading::Is(Load::Percent(share)),
            (Some(fault), _) => Reading::Unreadable(fault),
            (None, None) => Reading::Unreadable("neuron-monitor sees no process that uses it".to_owned()),
        }
    }
}

/// Writes what to report, unless it is written already, and gives the file's path.
pub(super) fn write_orders(path: &Path) -> io::Result<String> {
    let text = format!(
        r#"{{"period":"{}s","neuron_runtimes":[{{"tag_filter":".*","metrics":[{{"type":"neuroncore_counters"}}]}}],"system_metrics":[]}}"#,
        super::PERIOD.as_secs()
    );
    if fs::read_to_string(path).ok().as_deref() != Some(&text) {
        fs::create_dir_all(path.parent().unwrap_or(path))?;
        fs::write(path, text)?;
    }
    Ok(path.display().to_string())
}
