//! Writes `agent.toml`, for the desktop to send and for people to read: every value that counts, and nothing that
//! is merely absent.

use std::{fmt::Write, time::Duration};

use document::duration::spell_duration;

use super::{AcceleratorKind, AgentConfig, Checkpoint, Idle, OnEnd, Preflight, Run, VERSION};

impl AgentConfig {
    /// The text of an `agent.toml` that [`AgentConfig::parse`] reads back as this very value.
    pub fn render(&self) -> String {
        let mut page = Page::default();
        page.line("version", &VERSION.to_string());
        page.section("[limits]");
        page.duration("max_runtime", self.limits.max_runtime);
        page.text("on_end", on_end(self.limits.on_end));
        page.duration("reach_within", self.limits.reach_within);
        page.duration("save_within", self.limits.save_within);
        idle(&mut page, self.idle.as_ref());
        preflight(&mut page, &self.preflight);
        run(&mut page, &self.run);
        if let Some(it) = &self.checkpoint {
            checkpoint(&mut page, it);
        }
        logs(&mut page, self);
        if let Some(fleet) = &self.fleet {
            page.section("[fleet]");
            page.text("group", &fleet.group);
            if fleet.members > 1 {
                page.line("members", &fleet.members.to_string());
            }
        }
        page.0
    }
}

/// As the file has it.
fn on_end(on_end: OnEnd) -> &'static str {
    match on_end {
        OnEnd::Terminate => "terminate",
        OnEnd::Stop => "stop",
        OnEnd::Nothing => "nothing",
    }
}

fn idle(page: &mut Page, idle: Option<&Idle>) {
    page.section("[idle]");
    page.line("enabled", if idle.is_some() { "true" } else { "false" });
    let Some(idle) = idle else { return };
    page.duration("grace", idle.grace);
    page.duration("every", idle.every);
    page.line("checks", &idle.checks.to_string());
    page.line("cpu_above_percent", &idle.cpu_above_percent.to_string());
    page.line("memory_above_percent", &idle.memory_above_percent.to_string());
    page.line("accelerator_above_percent", &idle.accelerator_above_percent.to_string());
    page.texts("processes", &idle.processes);
}

fn preflight(page: &mut Page, preflight: &Preflight) {
    page.section("[preflight]");
    if let Some(it) = preflight.accelerator {
        let kind = match it.kind {
            AcceleratorKind::Nvidia => "nvidia",
            AcceleratorKind::Neuron => "neuron",
        };
        page.text("accelerator", kind);
        page.line("devices", &it.devices.to_string());
    }
    page.line("disk_gib", &preflight.disk_gib.to_string());
    if let Some(it) = &preflight.python {
        page.text("python", &it.interpreter);
        page.texts("imports", &it.imports);
    }
}

fn run(page: &mut Page, run: &Run) {
    page.section("[run]");
    page.text("environment", run.environment.as_str());
    page.maybe("bucket", run.bucket.as_deref());
    page.maybe("region", run.region.as_deref());
    page.maybe("repository", run.repository.as_deref());
    page.maybe("revision", run.revision.as_deref());
    page.maybe("setup", run.setup.as_deref());
    page.maybe("command", run.command.as_deref());
    page.text("workdir", &run.workdir);
    page.maybe("container", run.container.as_deref());
    if let Some(rate) = run.rate_micro_usd_per_hour {
        page.line("rate_micro_usd_per_hour", &rate.to_string());
    }
    if !run.env.is_empty() {
        page.section("[run.env]");
        for (name, value) in &run.env {
            page.text(name, value);
        }
    }
    for data in &run.data {
        page.section("[[run.data]]");
        page.text("from", &data.from);
        page.text("to", &data.to);
    }
    for results in &run.results {
        page.section("[[run.results]]");
        page.text("from", &results.from);
        page.text("to", &results.to);
        page.maybe_duration("every", results.every);
    }
}

fn checkpoint(page: &mut Page, checkpoint: &Checkpoint) {
    page.section("[checkpoint]");
    page.text("job_id", checkpoint.job_id.as_str());
    page.text("directory", &checkpoint.directory);
    page.maybe("command", checkpoint.command.as_deref());
    page.duration("deadline", checkpoint.deadline);
    page.maybe_duration("every", checkpoint.every);
    page.text("prefix", &checkpoint.prefix);
    page.line("restore", &checkpoint.restore.to_string());
    page.line("on_rebalance", &checkpoint.on_rebalance.to_string());
}

fn logs(page: &mut Page, config: &AgentConfig) {
    if config.cloudwatch_group.is_none() && config.metrics.is_none() {
        return;
    }
    page.section("[logs]");
    page.maybe("cloudwatch_group", config.cloudwatch_group.as_deref());
    if let Some(metrics) = &config.metrics {
        page.line("metrics", "true");
        page.texts("figures", &metrics.figures);
    }
}

/// A TOML document in the making.
#[derive(Default)]
struct Page(String);

impl Page {
    fn section(&mut self, header: &str) {
        self.0 += &format!("\n{header}\n");
    }

    fn line(&mut self, key: &str, value: &str) {
        self.0 += &format!("{key} = {value}\n");
    }

    fn text(&mut self, key: &str, value: &str) {
        self.line(key, &quoted(value));
    }

    fn texts(&mut self, key: &str, values: &[String]) {
        let list: Vec<String> = values.iter().map(|value| quoted(value)).collect();
        self.line(key, &format!("[{}]", list.join(", ")));
    }

    fn duration(&mut self, key: &str, length: Duration) {
        self.text(key, &spell_duration(length));
    }

    fn maybe(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(key, value);
        }
    }

    fn maybe_duration(&mut self, key: &str, length: Option<Duration>) {
        if let Some(length) = length {
            self.duration(key, length);
        }
    }
}

/// A basic string: TOML's escapes for quotes, backslashes and every control character.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted += "\\\"",
            '\\' => quoted += "\\\\",
            '\n' => quoted += "\\n",
            '\t' => quoted += "\\t",
            c if c.is_control() => {
                // Writing to a String cannot fail.
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted + "\""
}
