//! A large fleet, from AWS's answers to what tray and window show: what it costs the process that does it.

pub(crate) mod measured;

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result};
use curfew_tests::stand_in::{Recorded, Size, State};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::figure::{Figure, mib, time};

/// The first argument of the process that is measured: this program once more, so that nothing else is counted.
pub(crate) const MEASURED: &str = "measured-fleet";

const LARGE: Size = Size { instances: 10_000, regions: 34, delay: Duration::ZERO };
const CPU: Duration = Duration::from_secs(1);
const PEAK_KIB: u64 = 150 * 1024;

/// What the measured process tells once everything was polled and shown.
#[derive(Debug, Serialize, Deserialize)]
struct Shown {
    instances: usize,
    regions: usize,
    snapshots: usize,
    cpu: Duration,
    peak_kib: u64,
    /// A running instance, to be changed now.
    region: String,
    id: String,
}

/// What it tells once everything was polled and shown again.
#[derive(Debug, Serialize, Deserialize)]
struct ShownAgain {
    /// Rows that were sent because their instance changed, or because time took it past a threshold, and rows that
    /// went away.
    changed: Vec<String>,
    overdue: usize,
    removed: usize,
    cpu: Duration,
    peak_kib: u64,
}

pub(crate) async fn measure() -> Result<Vec<Figure>> {
    let aws = Recorded::start(LARGE).await?;
    let mut measured = Measured::start(&aws)?;
    let first: Shown = measured.told().await?;
    aws.change(&first.region, &first.id, State::Stopped).await?;
    measured.go_on().await?;
    let second: ShownAgain = measured.told().await?;
    let Shown { instances, regions, snapshots, cpu, peak_kib, .. } = first;
    let row_alone = second.changed == [first.id] && second.removed == 0;
    let rows = format!("{} changed, {} removed", second.changed.len(), second.removed);
    let overdue = format!("{}", second.overdue);
    Ok(vec![
        Figure::told("instances, regions, snapshots shown", format!("{instances}, {regions}, {snapshots}")),
        Figure::promised("CPU from start to tray and window", time(cpu), "<= 1000 ms", cpu <= CPU),
        Figure::promised("peak memory until then", mib(peak_kib), "<= 150.0 MiB", peak_kib <= PEAK_KIB),
        Figure::promised("rows sent when one instance changed", rows, "that row only", row_alone),
        Figure::told("rows that crossed a threshold meanwhile", overdue),
        Figure::told("CPU of polling and showing all that again", time(second.cpu)),
        Figure::told("peak memory after it", mib(second.peak_kib)),
    ])
}

/// The process that is measured. It ends with its standard input.
struct Measured {
    _child: Child,
    go_on: ChildStdin,
    tells: Lines<BufReader<ChildStdout>>,
}

impl Measured {
    fn start(aws: &Recorded) -> Result<Self> {
        let program = std::env::current_exe().context("cannot tell which program this is")?;
        let mut child = Command::new(program)
            .arg(MEASURED)
            .env_clear()
            .envs(aws.env())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("cannot start the process that is measured")?;
        let go_on = child.stdin.take().context("its standard input is piped")?;
        let tells = BufReader::new(child.stdout.take().context("its standard output is piped")?).lines();
        Ok(Self { _child: child, go_on, tells })
    }

    async fn told<T: DeserializeOwned>(&mut self) -> Result<T> {
        let line = self.tells.next_line().await.context("cannot read what is measured")?;
        let line = line.context("the process that is measured has ended")?;
        serde_json::from_str(&line).context("what is measured is told in an unknown way")
    }

    async fn go_on(&mut self) -> Result<()> {
        self.go_on.write_all(b"\n").await.context("the process that is measured has ended")
    }
}
