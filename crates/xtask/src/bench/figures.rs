//! The figures that need the real parts: the program `figures` of the tests measures them, on release builds. Here
//! is what has to be built for it, and the way back into the table.

use std::ffi::OsString;

use anyhow::{Context, Result, bail};

use super::{Row, Verdict, pypi};
use crate::build::Profile;
use crate::{command, setup, ui};

const MEASURER: &str = "figures";

pub(super) fn check() -> Result<Vec<Row>> {
    setup::run(setup::Scope::Test, false)?;
    build(&["curfew"])?;
    measured("check", &[("CURFEW_BENCH_AWS", pypi::program(pypi::AWS_CLI)?.into())])
}

pub(super) fn fleet() -> Result<Vec<Row>> {
    setup::run(setup::Scope::Test, false)?;
    build(&[])?;
    measured("fleet", &[])
}

pub(super) fn footprint() -> Result<Vec<Row>> {
    desktop("footprint")
}

pub(super) fn launch() -> Result<Vec<Row>> {
    setup::run(setup::Scope::Test, false)?;
    build(&["curfew"])?;
    measured("launch", &[])
}

pub(super) fn start() -> Result<Vec<Row>> {
    desktop("start")
}

fn desktop(name: &str) -> Result<Vec<Row>> {
    setup::run(setup::Scope::Test, false)?;
    ui::build(Profile::Release)?;
    build(&["curfew-tray", "curfew-window"])?;
    measured(name, &[])
}

/// Always of the same packages, whatever is built of them: with another set of features the AWS SDK would be
/// compiled again.
fn build(programs: &[&str]) -> Result<()> {
    let mut cargo = command::cargo();
    cargo.args(["build", "--profile", Profile::Release.name()]);
    cargo.args(["--package", "cli", "--package", "curfew-app", "--package", "curfew-tests"]);
    for program in [MEASURER].iter().chain(programs) {
        cargo.args(["--bin", program]);
    }
    println!("Programs: the AWS SDK makes the first release build long (about 10 minutes on 2 cores)");
    command::run(&mut cargo)
}

fn measured(name: &str, variables: &[(&str, OsString)]) -> Result<Vec<Row>> {
    let mut measurer = command::program(Profile::Release.dir().join(MEASURER));
    measurer.arg(name).env("CURFEW_BIN_DIR", Profile::Release.dir());
    measurer.env("CURFEW_STAND_IN_PYTHON", setup::STAND_IN.python());
    measurer.envs(variables.iter().map(|(name, value)| (name, value)));
    let table = command::output(&mut measurer)?;
    table.lines().map(|line| row(line).with_context(|| format!("{MEASURER} printed {line:?}"))).collect()
}

fn row(line: &str) -> Result<Row> {
    let fields: Vec<_> = line.split('\t').collect();
    let [figure, reached, budget, verdict] = fields[..] else { bail!("a row has four fields") };
    let verdict = match verdict {
        "" => Verdict::None,
        "met" => Verdict::Met,
        "missed" => Verdict::Missed,
        other => bail!("{other:?} is no verdict"),
    };
    Ok(Row { figure: figure.to_owned(), reached: reached.to_owned(), budget: budget.to_owned(), verdict })
}

#[cfg(test)]
mod tests {
    use super::{Verdict, row};

    #[test]
    fn a_line_becomes_a_row() {
        let missed = row("all 17 / one\t1.61\t<= 1.5\tmissed").unwrap();
        assert_eq!((missed.figure.as_str(), missed.reached.as_str()), ("all 17 / one", "1.61"));
        assert!(missed.budget == "<= 1.5" && missed.verdict == Verdict::Missed);
        assert!(row("load\t2.0\t\t").unwrap().verdict == Verdict::None);
        assert!(row("all 17 / one\t1.61").is_err());
    }
}
