//! What the agent weighs, on the way to an instance and on it; how soon it answers a notice, what it takes while it watches,
//! and how fast it moves files.

mod load;
mod metadata;
mod movers;
mod moving;
mod process;
mod store;
mod watching;

use std::fs;
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use super::{Row, Verdict};
use crate::agent::{self, Architecture, BUDGET};
use crate::command;
use crate::setup;
use crate::ui::gzipped;

/// For the way to an instance, in bytes.
const SMALL: u64 = 1_677_721;
/// Resident while watching, in KiB.
const RESIDENT: u64 = 6 * 1024;

pub(super) fn measure() -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for architecture in Architecture::ALL {
        let bytes = fs::read(agent::build(architecture)?).context("it was just built")?;
        let name = architecture.name();
        rows.push(row(format!("binary, {name}"), bytes.len() as u64, BUDGET));
        rows.push(row(format!("binary, {name}, gzipped"), gzipped(&bytes)?, SMALL));
    }
    rows.push(resident()?);
    rows.extend(moving::measure()?);
    rows.extend(watching::measure()?);
    rows.extend(notices()?);
    Ok(rows)
}

fn row(figure: String, bytes: u64, budget: u64) -> Row {
    let verdict = Verdict::of(bytes <= budget);
    Row { figure, reached: mib(bytes), budget: format!("<= {}", mib(budget)), verdict }
}

#[expect(clippy::cast_precision_loss, reason = "two decimals are shown")]
fn mib(bytes: u64) -> String {
    format!("{:.2} MiB", bytes as f64 / 1_048_576.0)
}

/// The agent's own test of it, 200 times; with the program as tests build it.
fn notices() -> Result<[Row; 2]> {
    setup::run(setup::Scope::Test, false)?;
    let mut test = command::cargo();
    test.args(["test", "--package", "agent", "--test", "it", "notices", "--", "--nocapture"]);
    test.env("CURFEW_NOTICES", "200").env("CURFEW_STAND_IN_PYTHON", setup::STAND_IN.python());
    let printed = command::output(&mut test)?;
    let line =
        printed.lines().find_map(|line| line.split_once("notices\t")).context("no figures were printed")?.1;
    let fields: Vec<&str> = line.split('\t').collect();
    let [count, median, worst] = fields[..] else { bail!("the figures are {line:?}") };
    let row = |what: &str, reached: &str, budget: u64| -> Result<Row> {
        let met = reached.parse::<u64>()? <= budget;
        Ok(Row {
            figure: format!("notice to start of the checkpoint command, {what} of {count}"),
            reached: format!("{reached} ms"),
            budget: format!("<= {budget} ms"),
            verdict: Verdict::of(met),
        })
    };
    Ok([row("median", median, 1100)?, row("99th percentile", worst, 2200)?])
}

/// A command is wrapped that tells what the one who wraps it has resident.
fn resident() -> Result<Row> {
    let mut agent = command::program(agent::build(Architecture::X86_64)?);
    agent.args(["run", "--", "sh", "-c", "sleep 5; grep VmHWM /proc/$PPID/status"]);
    let output = agent.env("AWS_EC2_METADATA_DISABLED", "true").stderr(Stdio::null()).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let kib = text.split_whitespace().nth(1).and_then(|kib| kib.parse().ok());
    let kib: u64 = kib.with_context(|| format!("the agent's memory is not in {text:?}"))?;
    Ok(Row {
        figure: "peak resident while it runs a command".to_owned(),
        reached: mib(kib * 1024),
        budget: format!("<= {}", mib(RESIDENT * 1024)),
        verdict: Verdict::of(kib <= RESIDENT),
    })
}
