//! From a profile to the instance: `curfew launch`, with everything that it looks at before.

use std::{fs, path::PathBuf, process::Stdio, time::Duration};

use anyhow::{Context, Result, ensure};
use curfew_tests::{
    binaries,
    stand_in::{Options, StandIn},
};
use tempfile::TempDir;
use tokio::{process::Command, time::Instant};

use crate::figure::{Figure, median, time};

/// As far away as AWS is from most people.
const FAR: Duration = Duration::from_millis(50);
const RUNS: usize = 15;
const PROMISED: Duration = Duration::from_secs(2);
/// The quota of the types' family, in vCPUs: more than is launched here.
const QUOTA: (&str, u32) = ("L-34B43A08", 10_000);

/// Spot, so that prices are asked for too; the region is prepared, so that nothing need be named.
const PROFILE: &str = r#"
regions = ["us-east-1"]
types = ["t3.micro", "t3.small"]
image = "ubuntu-24.04"

[market]
kind = "spot"

[run]
command = "python train.py"
"#;

pub(crate) async fn measure() -> Result<Vec<Figure>> {
    let aws = StandIn::start_with(Options { delay: FAR, strict_iam: false }).await?;
    aws.quota(QUOTA.0, Some(QUOTA.1)).await?;
    let person = Person::new(&aws)?;
    person.run("prepare us-east-1").await?;
    let (mut whole, mut checks) = (Vec::new(), Vec::new());
    for nth in 0..RUNS {
        let profile = format!("train-{nth}");
        person.write(&format!("profiles/{profile}.toml"), PROFILE)?;
        checks.push(person.run(&format!("launch {profile} --dry-run")).await?);
        whole.push(person.run(&format!("launch {profile} --yes --detach")).await?);
    }
    let made = aws.instances("us-east-1").await?.len();
    ensure!(made == RUNS, "{made} instances for {RUNS} launches");
    let worst = whole.iter().max().copied().unwrap_or_default();
    let (checked, launched) = (median(checks), median(whole));
    Ok(vec![
        Figure::told("`curfew launch PROFILE --dry-run`, everything looked at", time(checked)),
        Figure::promised(
            "`curfew launch PROFILE --yes --detach`, to the instance's id",
            time(launched),
            "<= 2000 ms",
            launched <= PROMISED,
        ),
        Figure::told("the slowest of 15", time(worst)),
    ])
}

/// A home with the builds of the agent, and a shell with the account's key.
struct Person {
    home: TempDir,
    curfew: PathBuf,
    variables: Vec<(&'static str, String)>,
}

impl Person {
    fn new(aws: &StandIn) -> Result<Self> {
        let home = TempDir::with_prefix("curfew-bench-").context("cannot make a home")?;
        let person = Self { home, curfew: binaries::curfew()?, variables: aws.env() };
        for machine in ["x86_64", "aarch64"] {
            // As large as a real one.
            person.write(&format!("agents/curfew-agent-{machine}"), &"agent ".repeat(500_000))?;
        }
        Ok(person)
    }

    /// Writes a file below the configuration.
    fn write(&self, name: &str, text: &str) -> Result<()> {
        let path = self.home.path().join(name);
        fs::create_dir_all(path.parent().context("it lies below the home")?)?;
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Runs it to its end, which must be a good one.
    async fn run(&self, words: &str) -> Result<Duration> {
        let mut command = Command::new(&self.curfew);
        command
            .args(words.split_whitespace())
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", self.home.path())
            .env("CURFEW_CONFIG_DIR", self.home.path())
            .env("CURFEW_DATA_DIR", self.home.path().join("data"))
            .env("CURFEW_AGENTS", self.home.path().join("agents"))
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        let begun = Instant::now();
        let output = command.output().await;
        let took = begun.elapsed();
        let output = output.with_context(|| format!("cannot run {}", self.curfew.display()))?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "curfew {words} ended with {}: {said}", output.status);
        Ok(took)
    }
}
