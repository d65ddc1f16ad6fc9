//! Reads `agent.toml` key by key, and those of its sections that a launch profile has too. What is faulty is reported and
//! read on past, so that all faults come at once.

use std::collections::BTreeMap;

use document::{Document, Fault, Section};

use crate::ids::{Environment, LONGEST_COUNTED};

use super::{
    Accelerator, AgentConfig, Checkpoint, Data, Fleet, Idle, Limits, Metrics, Preflight, Python, Results,
    Run, VERSION, check,
};

const SECTIONS: [&str; 8] = ["version", "limits", "idle", "preflight", "run", "checkpoint", "logs", "fleet"];

/// Of one fleet. More would be an accident.
const MOST_MEMBERS: u32 = 1000;

/// The sections that a launch profile has too.
pub const SHARED: [&str; 6] = ["limits", "idle", "preflight", "run", "checkpoint", "logs"];

/// What a launch profile need not say, because it is known or comes later, and what it says beyond `agent.toml`.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// The environment, unless `[run]` names one. `run.bucket` comes later too: it is what was prepared in the region.
    pub environment: &'a Environment,
    /// Further keys of `[limits]`, which the caller reads.
    pub limits: &'a [&'a str],
}

impl AgentConfig {
    /// Reads the text of an `agent.toml`.
    ///
    /// # Errors
    /// Everything that is wrong with it, by lines. Of a newer version only that is said: whatever else would be
    /// found in it need not be wrong.
    pub fn parse(text: &str) -> Result<Self, Vec<Fault>> {
        let document = Document::parse(text);
        let config = document.root().and_then(|root| is_readable(&root).then(|| read(&root)).flatten());
        document.finish(config)
    }

    /// Reads the [`SHARED`] sections of a launch profile; faults are left in its document.
    pub fn of_profile(root: &Section<'_>, given: &Given<'_>) -> Option<Self> {
        read_shared(root, Some(given))
    }
}

fn is_readable(root: &Section<'_>) -> bool {
    let newer = root.integer("version", 1..=u32::MAX).is_some_and(|version| version > VERSION);
    if newer {
        let message =
            format!("is newer than this agent, which reads versions up to {VERSION}: use a newer agent");
        root.fault("version", &message);
    }
    !newer
}

fn read(root: &Section<'_>) -> Option<AgentConfig> {
    root.only(&SECTIONS);
    let fleet = root.section("fleet").and_then(|section| read_fleet(&section));
    let config = AgentConfig { fleet, ..read_shared(root, None)? };
    check_places(root, &config);
    Some(config)
}

/// The names of a fleet's members are counted: there must be room for that.
fn check_places(root: &Section<'_>, config: &AgentConfig) {
    if config.fleet.as_ref().is_none_or(|fleet| fleet.members < 2) {
        return;
    }
    let message =
        format!("is longer than {LONGEST_COUNTED} letters, and -1, -2, ... is put behind it for each member");
    for (section, key) in config.uncountable() {
        root.section(section).iter().for_each(|section| section.fault(key, &message));
    }
}

fn read_shared(root: &Section<'_>, given: Option<&Given<'_>>) -> Option<AgentConfig> {
    let more_limits = given.map_or(&[][..], |given| given.limits);
    let run = read_run(root, given);
    let checkpoint = root.section("checkpoint").map(|section| read_checkpoint(&section));
    let logs = root.section("logs");
    let config = AgentConfig {
        limits: root.section("limits").map_or_else(Limits::default, |it| read_limits(&it, more_limits)),
        idle: read_idle(root),
        preflight: root.section("preflight").map_or_else(Preflight::default, |it| read_preflight(&it)),
        cloudwatch_group: logs.as_ref().and_then(|logs| logs.text("cloudwatch_group", check::log_group)),
        metrics: logs.as_ref().and_then(read_metrics),
        fleet: None,
        run: run?,
        checkpoint: match checkpoint {
            Some(read) => Some(read?),
            None => None,
        },
    };
    Some(config)
}

fn read_limits(section: &Section<'_>, more: &[&str]) -> Limits {
    section.only(&[&["max_runtime", "on_end", "reach_within", "save_within"], more].concat());
    let default = Limits::default();
    Limits {
        max_runtime: section.text("max_runtime", check::max_runtime).unwrap_or(default.max_runtime),
        on_end: section.text("on_end", check::on_end).unwrap_or(default.on_end),
        reach_within: section.text("reach_within", check::reach_within).unwrap_or(default.reach_within),
        save_within: section.text("save_within", check::save_within).unwrap_or(default.save_within),
    }
}

/// A machine is watched for idleness unless the file says otherwise.
fn read_idle(root: &Section<'_>) -> Option<Idle> {
    let Some(section) = root.section("idle") else { return Some(Idle::default()) };
    section.only(&[
        "enabled",
        "grace",
        "every",
        "checks",
        "cpu_above_percent",
        "memory_above_percent",
        "accelerator_above_percent",
        "processes",
    ]);
    let default = Idle::default();
    let percent = |key, default| {
        let read = section.integer(key, 0..=100).and_then(|value| u8::try_from(value).ok());
        read.unwrap_or(default)
    };
    let idle = Idle {
        grace: section.text("grace", check::grace).unwrap_or(default.grace),
        every: section.text("every", check::look).unwrap_or(default.every),
        checks: section.integer("checks", 1..=1000).unwrap_or(default.checks),
        cpu_above_percent: percent("cpu_above_percent", default.cpu_above_percent),
        memory_above_percent: percent("memory_above_percent", default.memory_above_percent),
        accelerator_above_percent: percent("accelerator_above_percent", default.accelerator_above_percent),
        processes: section.texts("processes", check::pattern).unwrap_or(default.processes),
    };
    section.boolean("enabled").unwrap_or(true).then_some(idle)
}

fn read_preflight(section: &Section<'_>) -> Preflight {
    section.only(&["accelerator", "devices", "disk_gib", "python", "imports"]);
    let default = Preflight::default();
    Preflight {
        accelerator: read_accelerator(section),
        disk_gib: section.integer("disk_gib", 0..=1_000_000).unwrap_or(default.disk_gib),
        python: read_python(section),
    }
}

fn read_accelerator(section: &Section<'_>) -> Option<Accelerator> {
    let kind = section.text("accelerator", check::accelerator).flatten();
    let devices = section.integer("devices", 1..=1024);
    if kind.is_none() && devices.is_some() && !section.has("accelerator") {
        section.fault("devices", "of what? add accelerator = \"nvidia\" or \"neuron\"");
    }
    Some(Accelerator { kind: kind?, devices: devices.unwrap_or(1) })
}

fn read_python(section: &Section<'_>) -> Option<Python> {
    let interpreter = section.text("python", check::absolute);
    let imports = section.texts("imports", check::module);
    if imports.is_some() && !section.has("python") {
        section.fault("imports", "by which Python? add python, the path of its interpreter");
    }
    Some(Python { interpreter: interpreter?, imports: imports.unwrap_or_default() })
}

fn read_metrics(logs: &Section<'_>) -> Option<Metrics> {
    logs.only(&["cloudwatch_group", "metrics", "figures"]);
    if !logs.has("cloudwatch_group") && !logs.has("metrics") {
        logs.fault("cloudwatch_group", "is missing; or add metrics = true");
    }
    let wanted = logs.boolean("metrics").unwrap_or(false);
    let figures = logs.texts("figures", check::figure);
    if !wanted && logs.has("figures") {
        logs.fault("figures", "go where? add metrics = true");
    }
    wanted.then(|| Metrics { figures: figures.unwrap_or_default() })
}

fn read_fleet(section: &Section<'_>) -> Option<Fleet> {
    section.only(&["group", "members"]);
    let members = section.integer("members", 1..=MOST_MEMBERS);
    Some(Fleet { group: section.required("group", check::group)?, members: members.unwrap_or(1) })
}

fn read_run(root: &Section<'_>, given: Option<&Given<'_>>) -> Option<Run> {
    match given {
        Some(given) if !root.has("run") => return Some(Run::bare(given.environment.clone())),
        None if !root.has("run") => root.fault("run", "is missing: add [run] with environment = \"...\""),
        Some(_) | None => {}
    }
    let section = root.section("run")?;
    section.only(&[
        "environment",
        "bucket",
        "region",
        "repository",
        "revision",
        "setup",
        "command",
        "workdir",
        "env",
        "container",
        "rate_micro_usd_per_hour",
        "data",
        "results",
    ]);
    if given.is_none() {
        need_bucket(root, &section);
    }
    if section.has("revision") && !section.has("repository") {
        section.fault("revision", "of what? add repository");
    }
    let environment = match given {
        Some(given) if !section.has("environment") => Some(given.environment.clone()),
        Some(_) | None => section.required("environment", parsed),
    };
    let filled = |environment| Run {
        bucket: section.text("bucket", check::bucket),
        region: section.text("region", check::region),
        repository: section.text("repository", check::repository),
        revision: section.text("revision", check::word),
        setup: section.text("setup", check::script),
        command: section.text("command", check::script),
        workdir: section.text("workdir", check::absolute).unwrap_or_else(|| "/opt/run".into()),
        env: read_env(&section),
        container: section.text("container", check::container).flatten(),
        rate_micro_usd_per_hour: section.integer("rate_micro_usd_per_hour", 1..=check::DEAREST),
        data: section.sections("data").iter().filter_map(read_data).collect(),
        results: section.sections("results").iter().filter_map(read_results).collect(),
        environment,
    };
    match environment {
        Some(environment) => Some(filled(environment)),
        // Only for its faults.
        None => {
            filled("unknown".parse().ok()?);
            None
        }
    }
}

/// State, results, logs and checkpoints all lie in it.
fn need_bucket(root: &Section<'_>, run: &Section<'_>) {
    if run.has("bucket") {
        return;
    }
    let wants: Vec<&str> = [
        (run.has("command"), "the state and logs of run.command"),
        (run.has("results"), "run.results"),
        (root.has("checkpoint"), "checkpoint"),
    ]
    .into_iter()
    .filter_map(|(wanted, by)| wanted.then_some(by))
    .collect();
    if !wants.is_empty() {
        run.fault("bucket", &format!("is missing: needed for {}", wants.join(", ")));
    }
}

fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> check::Checked<T> {
    text.parse().map_err(|fault: T::Err| fault.to_string())
}

fn read_env(section: &Section<'_>) -> BTreeMap<String, String> {
    let Some(table) = section.section("env") else { return BTreeMap::new() };
    let mut env = BTreeMap::new();
    for name in table.keys() {
        if let Err(message) = check::variable(name) {
            table.fault(name, &message);
        }
        if let Some(value) = table.text(name, check::variable_value) {
            env.insert(name.to_owned(), value);
        }
    }
    env
}

fn read_data(section: &Section<'_>) -> Option<Data> {
    section.only(&["from", "to"]);
    let from = section.required("from", check::s3_url);
    let to = section.required("to", check::absolute);
    Some(Data { from: from?, to: to? })
}

fn read_results(section: &Section<'_>) -> Option<Results> {
    section.only(&["from", "to", "every"]);
    let from = section.required("from", check::absolute);
    let to = section.required("to", check::result_prefix);
    let every = section.text("every", check::sync);
    Some(Results { from: from?, to: to?, every })
}

fn read_checkpoint(section: &Section<'_>) -> Option<Checkpoint> {
    section.only(&[
        "job_id",
        "directory",
        "command",
        "deadline",
        "every",
        "prefix",
        "restore",
        "on_rebalance",
    ]);
    if !section.has("job_id") {
        section.fault(
            "job_id",
            "is missing: it says whose checkpoints these are, for example job_id = \"train-001\"",
        );
    }
    let job_id = section.text("job_id", parsed);
    // Any job will do for the other keys' faults.
    let default = Checkpoint::of("unknown".parse().ok()?);
    let read = Checkpoint {
        directory: section.text("directory", check::absolute).unwrap_or(default.directory),
        command: section.text("command", check::script),
        deadline: section.text("deadline", check::deadline).unwrap_or(default.deadline),
        every: section.text("every", check::sync),
        prefix: section.text("prefix", check::prefix).unwrap_or(default.prefix),
        restore: section.boolean("restore").unwrap_or(default.restore),
        on_rebalance: section.boolean("on_rebalance").unwrap_or(default.on_rebalance),
        job_id: default.job_id,
    };
    Some(Checkpoint { job_id: job_id?, ..read })
}
