//! The agent while it guards a machine on which nothing happens, and beside it, in the same minutes, what it replaces: a loop
//! of bash and curl every two seconds, and a check every minute.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::process::{Running, Used, children, status_field};
use super::store::{BUCKET, Store};
use super::{Row, Verdict, metadata, mib};
use crate::agent::{self, Architecture};
use crate::clock::{Stopwatch, pause};
use crate::{command, paths};

/// In KiB.
const RESIDENT: u64 = 6 * 1024;
/// Of one core.
const PERCENT: f64 = 0.05;
/// Both are under way after it.
const SETTLE: Duration = Duration::from_secs(10);
/// Three checks of who uses the machine, ninety looks for a notice, six heartbeats: Linux counts processor time in steps of
/// 10 ms, of which the agent may have nine.
const WINDOW: Duration = Duration::from_secs(180);
const SECOND: Duration = Duration::from_secs(1);

pub(super) fn measure() -> Result<Vec<Row>> {
    let program = agent::build(Architecture::X86_64)?;
    let home = tempfile::tempdir()?;
    let store = Store::start(&home.path().join("store"))?;
    let metadata = metadata::start()?;
    let (mut agent, log) = start_agent(&program, home.path(), &store, &metadata)?;
    let count = home.path().join("processes");
    let seeds = start_seeds(&metadata, &count)?;
    pause(SETTLE);
    let shell = *children(seeds.id()).first().context("the loop did not begin")?;
    let watched = watch(agent.id(), shell, &count)?;
    agent.is_alive("the agent").with_context(|| fs::read_to_string(&log).unwrap_or_default())?;
    let told = fs::read_to_string(&log)?;
    ensure!(told.contains("phase: training"), "the agent does not guard the machine: {told}");
    Ok(watched.rows())
}

/// It takes the machine for EC2's, and would end it if nobody used it: where it would find the programs for that, it finds
/// others.
fn start_agent(
    program: &Path,
    home: &Path,
    store: &Store,
    metadata: &str,
) -> Result<(Running, std::path::PathBuf)> {
    let bin = home.join("bin");
    fs::create_dir_all(&bin)?;
    for name in ["shutdown", "poweroff"] {
        fs::write(bin.join(name), "#!/bin/sh\nexit 0\n")?;
        fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755))?;
    }
    let config = format!(
        "[limits]\nmax_runtime = \"4h\"\n[idle]\ngrace = \"0s\"\nevery = \"1m\"\nchecks = 1000\n[preflight]\ndisk_gib = 1\n\
         [run]\nenvironment = \"bench\"\nbucket = \"{BUCKET}\"\nworkdir = \"{}\"\n",
        home.display()
    );
    fs::write(home.join("agent.toml"), config)?;
    let log = home.join("log");
    let out = fs::File::create(&log)?;
    let mut agent = command::program(program);
    agent.args(["up", "--config"]).arg(home.join("agent.toml")).env_clear();
    agent.env("PATH", format!("{}:/usr/bin:/bin:/usr/sbin:/sbin", bin.display()));
    agent.env("STATE_DIRECTORY", home.join("state")).env("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata);
    agent.envs(store.variables()).env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    agent.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out);
    Ok((Running::start(&mut agent)?, log))
}

/// In a PID namespace, whose last process id tells how many processes there were.
fn start_seeds(metadata: &str, count: &Path) -> Result<Running> {
    let script = paths::root().join("crates/xtask/src/bench/agent/seeds.sh");
    let mut seeds = Command::new("unshare");
    seeds.args(["--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child", "bash"]);
    seeds.arg(script).arg(metadata).arg(count).stdin(Stdio::null()).stdout(Stdio::null());
    Running::start(&mut seeds)
}

struct Watched {
    time: Duration,
    agent: Seen,
    seeds: Seen,
    had_children: bool,
    processes: u64,
}

struct Seen {
    percent: f64,
    /// In KiB.
    resident: u64,
}

fn watch(agent: u32, shell: u32, count: &Path) -> Result<Watched> {
    let (agent_then, shell_then, processes_then) =
        (Used::of(agent)?, Used::of(shell)?, processes(shell, count)?);
    let (watch, mut shell_resident) = (Stopwatch::start(), 0);
    while watch.elapsed() < WINDOW {
        pause(SECOND);
        shell_resident = shell_resident.max(tree(shell));
    }
    let (time, agent_now, shell_now) = (watch.elapsed(), Used::of(agent)?, Used::of(shell)?);
    Ok(Watched {
        time,
        agent: Seen {
            percent: agent_now.percent_since(agent_then, time),
            resident: status_field(agent, "VmHWM").context("the agent has ended")?,
        },
        seeds: Seen { percent: shell_now.percent_since(shell_then, time), resident: shell_resident },
        had_children: agent_now.had_children_since(agent_then) || !children(agent).is_empty(),
        processes: processes(shell, count)? - processes_then,
    })
}

/// Of it and all below it, in KiB.
fn tree(id: u32) -> u64 {
    status_field(id, "VmRSS").unwrap_or(0) + children(id).into_iter().map(tree).sum::<u64>()
}

/// The loop writes the count when it is told to, between two commands of its own.
fn processes(shell: u32, count: &Path) -> Result<u64> {
    // It is not there the first time.
    let _ = fs::remove_file(count);
    command::run(Command::new("kill").args(["-USR1", &shell.to_string()]))?;
    for _ in 0..100 {
        if let Some(number) = fs::read_to_string(count).ok().and_then(|text| text.trim().parse().ok()) {
            return Ok(number);
        }
        pause(SECOND / 10);
    }
    anyhow::bail!("the loop does not tell how many processes it had")
}

impl Watched {
    #[expect(clippy::cast_precision_loss, reason = "a whole number is shown")]
    fn rows(&self) -> Vec<Row> {
        let Self { time, agent, seeds, had_children, processes } = self;
        let span = format!("over {} s", time.as_secs());
        let a_minute = *processes as f64 / time.as_secs_f64() * 60.0;
        let (kib, percent) = (|kib: u64| mib(kib * 1024), |percent: f64| format!("{percent:.2} %"));
        let row = |figure: String, reached: String, budget: String, verdict| Row {
            figure,
            reached,
            budget,
            verdict,
        };
        let none = || String::new();
        vec![
            row(
                "watching: resident, at most".into(),
                kib(agent.resident),
                format!("<= {}", kib(RESIDENT)),
                Verdict::of(agent.resident <= RESIDENT),
            ),
            row(
                "a loop of bash and curl, its children included".into(),
                kib(seeds.resident),
                none(),
                Verdict::None,
            ),
            row(
                format!("watching: of one core, {span}"),
                percent(agent.percent),
                format!("<= {}", percent(PERCENT)),
                Verdict::of(agent.percent <= PERCENT),
            ),
            row("the loop, in the same minutes".into(), percent(seeds.percent), none(), Verdict::None),
            row(
                "watching: processes started".into(),
                if *had_children { "some" } else { "none" }.into(),
                "none".into(),
                Verdict::of(!had_children),
            ),
            row("the loop".into(), format!("{a_minute:.0} a minute"), none(), Verdict::None),
        ]
    }
}
