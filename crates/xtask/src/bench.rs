//! `cargo xtask bench`: the figures that Curfew promises, measured on this machine, printed as a
//! table and kept in BENCHMARKS.md. To add one: a module with a `fn() -> Result<Vec<Row>>` and a
//! line in `BENCHES`. A missed budget is written down like a met one; it does not fail the run.

mod agent;
mod book;
mod figures;
mod pypi;
mod ui_size;

use anyhow::{Context, Result, bail};

use crate::clock::{Stopwatch, seconds};
use crate::paths;

/// One measurement under a name.
struct Bench {
    name: &'static str,
    about: &'static str,
    measure: fn() -> Result<Vec<Row>>,
}

const BENCHES: [Bench; 7] = [
    Bench { name: "agent", about: "The agent on an instance", measure: agent::measure },
    Bench { name: "check", about: "`curfew check` over 17 regions, 50 ms away", measure: figures::check },
    Bench {
        name: "fleet",
        about: "10,000 instances in 34 regions, from AWS's answers to tray and window",
        measure: figures::fleet,
    },
    Bench {
        name: "footprint",
        about: "All processes with the window closed, before and after it was open",
        measure: figures::footprint,
    },
    Bench { name: "launch", about: "From a profile to the instance, 50 ms away", measure: figures::launch },
    Bench { name: "start", about: "What a person waits for", measure: figures::start },
    Bench { name: "ui-size", about: "What the window has to load", measure: ui_size::measure },
];

/// One figure, in the units of its budget.
struct Row {
    figure: String,
    reached: String,
    budget: String,
    verdict: Verdict,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Met,
    Missed,
    /// There is no budget: the row is there to understand the others by.
    None,
}

impl Verdict {
    fn of(met: bool) -> Self {
        if met { Self::Met } else { Self::Missed }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed => "MISSED",
            Self::None => "",
        }
    }
}

pub(crate) fn run(name: Option<&str>) -> Result<()> {
    for bench in chosen(name)? {
        println!("Bench {}: {}", bench.name, bench.about);
        let watch = Stopwatch::start();
        let rows = (bench.measure)().with_context(|| format!("bench {}", bench.name))?;
        for row in &rows {
            println!("  {:<60} {:>16}  {:<12} {}", row.figure, row.reached, row.budget, row.verdict.word());
        }
        book::record(&paths::root().join("BENCHMARKS.md"), bench, &rows)?;
        println!("Bench {}: in BENCHMARKS.md ({})", bench.name, seconds(watch.elapsed()));
    }
    Ok(())
}

fn chosen(name: Option<&str>) -> Result<Vec<&'static Bench>> {
    let chosen: Vec<_> = BENCHES.iter().filter(|it| name.is_none_or(|name| name == it.name)).collect();
    if chosen.is_empty() {
        let names: Vec<_> = BENCHES.iter().map(|it| it.name).collect();
        bail!("there is no bench {:?}; there are: {}", name.unwrap_or_default(), names.join(", "));
    }
    Ok(chosen)
}
