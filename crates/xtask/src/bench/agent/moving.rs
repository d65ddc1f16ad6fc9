//! Large and small files to an S3 on this machine and back: the agent, and those that it is measured against. They take turns,
//! so that a busy moment of the machine meets them all.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::load::{self, Load};
use super::movers::{Mover, Yard};
use super::process::Took;
use super::store::Store;
use super::{Row, Verdict, mib};

/// Rounds, the middle of which counts.
const ROUNDS: usize = 3;
/// In KiB.
const RESIDENT: u64 = 64 * 1024;
/// Files are kept in memory, so that no disk is measured.
const MEMORY: &str = "/dev/shm";
/// The files, the store's, and those that come back, in bytes.
const ROOM: u64 = 8 << 30;

/// What one of them took, round by round.
struct Taken {
    mover: Mover,
    up: Vec<Took>,
    down: Vec<Took>,
}

pub(super) fn measure() -> Result<Vec<Row>> {
    let free = free_memory()?;
    ensure!(free >= ROOM, "files are moved in memory: {} must be free, {} are", mib(ROOM), mib(free));
    let mut rows = Vec::new();
    for load in Load::ALL {
        let home = tempfile::tempdir_in(MEMORY)?;
        let from = home.path().join("files");
        load.write(&from)?;
        let store = Store::start(&home.path().join("store"))?;
        let yard = Yard::new(home.path(), &store)?;
        let taken = rounds(&yard, &from)?;
        rows.extend(table(load, &from, &taken)?);
    }
    Ok(rows)
}

fn rounds(yard: &Yard<'_>, from: &Path) -> Result<Vec<Taken>> {
    let movers = [Mover::Agent, Mover::S5cmd, Mover::Socket, Mover::AwsCli];
    let mut taken = movers.map(|mover| Taken { mover, up: Vec::new(), down: Vec::new() });
    for round in 0..ROUNDS {
        // The AWS command line takes long, and its figure is far from the others.
        for taken in taken.iter_mut().filter(|taken| taken.mover != Mover::AwsCli || round == 0) {
            let to = yard.home.join("back");
            taken.up.push(yard.up(taken.mover, from)?);
            taken.down.push(yard.down(taken.mover, &to)?);
            load::ensure_same(from, &to)?;
            for folder in [&to, &yard.home.join("received")] {
                if folder.exists() {
                    fs::remove_dir_all(folder)?;
                }
            }
            yard.store.clear()?;
        }
    }
    Ok(taken.into())
}

fn table(load: Load, from: &Path, taken: &[Taken]) -> Result<Vec<Row>> {
    let (files, bytes) = (load::files(from)?.len(), load::bytes(from)?);
    let mut rows = Vec::new();
    let of = |mover: Mover| taken.iter().find(move |taken| taken.mover == mover);
    for (way, runs) in
        [("up", (|taken| &taken.up) as fn(&Taken) -> &Vec<Took>), ("back", |taken| &taken.down)]
    {
        let speeds: Vec<String> =
            taken.iter().map(|taken| speed(load, files, bytes, median(runs(taken)))).collect();
        let names: Vec<&str> = taken.iter().map(|taken| taken.mover.name()).collect();
        rows.push(Row {
            figure: format!("{} {way}, {}: {}", load.name(), unit(load), names.join(", ")),
            reached: speeds.join(", "),
            budget: String::new(),
            verdict: Verdict::None,
        });
        if let (Some(agent), Some(s5cmd)) = (of(Mover::Agent), of(Mover::S5cmd)) {
            rows.push(ratio(load, way, median(runs(agent)), median(runs(s5cmd))));
        }
    }
    rows.extend(of(Mover::Agent).zip(of(Mover::S5cmd)).map(|(agent, s5cmd)| memory(load, agent, s5cmd)));
    Ok(rows)
}

fn ratio(load: Load, way: &str, agent: Duration, s5cmd: Duration) -> Row {
    let ratio = s5cmd.as_secs_f64() / agent.as_secs_f64();
    Row {
        figure: format!("{} {way}: the agent / s5cmd", load.name()),
        reached: format!("{ratio:.2}"),
        budget: ">= 1.00".into(),
        verdict: Verdict::of(ratio >= 1.0),
    }
}

fn memory(load: Load, agent: &Taken, s5cmd: &Taken) -> Row {
    let most =
        |taken: &Taken| taken.up.iter().chain(&taken.down).map(|took| took.resident).max().unwrap_or(0);
    let (agent, s5cmd) = (most(agent), most(s5cmd));
    Row {
        figure: format!("{}: peak resident (s5cmd: {})", load.name(), mib(s5cmd * 1024)),
        reached: mib(agent * 1024),
        budget: format!("<= {}", mib(RESIDENT * 1024)),
        verdict: Verdict::of(agent <= RESIDENT),
    }
}

fn unit(load: Load) -> &'static str {
    match load {
        Load::Large => "MiB/s",
        Load::Small => "files/s",
    }
}

#[expect(clippy::cast_precision_loss, reason = "whole numbers are shown")]
fn speed(load: Load, files: usize, bytes: u64, time: Duration) -> String {
    let amount = match load {
        Load::Large => bytes as f64 / 1_048_576.0,
        Load::Small => files as f64,
    };
    format!("{:.0}", amount / time.as_secs_f64())
}

fn median(runs: &[Took]) -> Duration {
    let mut times: Vec<Duration> = runs.iter().map(|took| took.time).collect();
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn free_memory() -> Result<u64> {
    let text = fs::read_to_string("/proc/meminfo")?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kib: u64 = line.and_then(|line| line.split_whitespace().next()).unwrap_or_default().parse()?;
    Ok(kib * 1024)
}
