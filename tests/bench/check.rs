//! `curfew check` over all regions, against one region, and against what people do without it: asking region by
//! region with the AWS command line.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use curfew_tests::binaries;
use curfew_tests::stand_in::{Recorded, Size};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::Instant;

use crate::figure::{Figure, median, ratio, time};

/// The regions that every account has enabled, each with ten instances, and 50 ms away.
const FAR: Size = Size { instances: 170, regions: 17, delay: Duration::from_millis(50) };
/// Runs of each kind, in turn, so that a busy moment meets all kinds.
const RUNS: usize = 15;
/// Runs of each region to find the slowest, and of the AWS command line, which takes long.
const FEW: usize = 3;
/// Exit codes from here say that something could not be read; those below count instances.
const UNREAD: i32 = 120;

const ALL: &str = "enabled";

/// The AWS command line (`awscli` of PyPI).
const AWS: &str = "CURFEW_BENCH_AWS";

pub(crate) async fn measure() -> Result<Vec<Figure>> {
    let aws = Recorded::start(FAR).await?;
    let asker = Asker::new(&aws)?;
    let regions = aws.regions().await?;
    let slowest = asker.slowest(&regions).await?;
    let [all, named, one] = asker.in_turn([ALL, &regions.join(","), &slowest]).await?;
    let seed = asker.region_by_region(&regions).await?;
    let (spread, gain) = (ratio(all, one), ratio(seed, all));
    let named_spread = format!("{}, {:.2} times one", time(named), ratio(named, one));
    Ok(vec![
        Figure::told(&format!("`curfew check --regions {slowest}`, the slowest one"), time(one)),
        Figure::told("`curfew check` of all 17", time(all)),
        Figure::promised("all 17 / one", format!("{spread:.2}"), "<= 1.5", spread <= 1.5),
        Figure::told("the same with the 17 named, not asked for", named_spread),
        Figure::told("`aws ec2 describe-instances` of the 17 in a row", time(seed)),
        Figure::promised(
            "how much faster than that",
            format!("{gain:.1} times"),
            ">= 10 times",
            gain >= 10.0,
        ),
    ])
}

/// Runs programs that ask the stand-in.
struct Asker {
    variables: Vec<(&'static str, String)>,
    home: TempDir,
    curfew: PathBuf,
    aws: OsString,
}

impl Asker {
    fn new(aws: &Recorded) -> Result<Self> {
        Ok(Self {
            variables: aws.env(),
            home: TempDir::with_prefix("curfew-bench-").context("cannot make a home")?,
            curfew: binaries::curfew()?,
            aws: std::env::var_os(AWS)
                .with_context(|| format!("{AWS} does not name the AWS command line"))?,
        })
    }

    /// The region that takes longest on its own.
    async fn slowest(&self, regions: &[String]) -> Result<String> {
        let mut slowest = (Duration::ZERO, String::new());
        for region in regions {
            let mut times = Vec::new();
            for _ in 0..FEW {
                times.push(self.check(region).await?);
            }
            slowest = slowest.max((median(times), region.clone()));
        }
        Ok(slowest.1)
    }

    /// The medians of checks of these, one after the other, again and again.
    async fn in_turn<const N: usize>(&self, wanted: [&str; N]) -> Result<[Duration; N]> {
        let mut times = wanted.map(|_| Vec::new());
        for _ in 0..RUNS {
            for (times, regions) in times.iter_mut().zip(wanted) {
                times.push(self.check(regions).await?);
            }
        }
        Ok(times.map(median))
    }

    async fn check(&self, regions: &str) -> Result<Duration> {
        let (took, output) = self.run(&self.curfew, &["check", "--regions", regions]).await?;
        let read = output.status.code().is_some_and(|code| (1..UNREAD).contains(&code));
        ensure!(read, "curfew check of {regions} ended with {}: {}", output.status, said(&output));
        Ok(took)
    }

    async fn region_by_region(&self, regions: &[String]) -> Result<Duration> {
        let mut times = Vec::new();
        for _ in 0..FEW {
            let mut whole = Duration::ZERO;
            for region in regions {
                let (took, output) = self
                    .run(Path::new(&self.aws), &["ec2", "describe-instances", "--region", region])
                    .await?;
                ensure!(output.status.success(), "aws ended with {}: {}", output.status, said(&output));
                whole += took;
            }
            times.push(whole);
        }
        Ok(median(times))
    }

    async fn run(&self, program: &Path, arguments: &[&str]) -> Result<(Duration, Output)> {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", self.home.path())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        let begun = Instant::now();
        let output = command.output().await;
        let took = begun.elapsed();
        Ok((took, output.with_context(|| format!("cannot run {}", program.display()))?))
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
