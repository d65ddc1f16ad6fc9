//! `agent.toml`: what the agent is told, as types. [`AgentConfig::parse`] reads it with every fault at once, and
//! [`AgentConfig::render`] writes it. A file that is faulty is not believed in any part of it: the agent does not start,
//! and the unit that it failed as powers the machine off.
//!
//! The keys are those of a launch profile, less what only the desktop needs: limits on money (one arrives here as a
//! running time), places, types, images and tags. What the machine costs arrives as a rate, for the record. Knows no files and no defaults of the machine.

mod check;
mod read;
mod render;

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use crate::ids::{Environment, JobId, LONGEST_COUNTED};

pub use read::{Given, SHARED};

/// The newest version of `agent.toml` that this program reads, and the one that it writes.
pub const VERSION: u32 = 1;

/// Everything that one run needs to know. There is no secret in it: user data is readable on the instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentConfig {
    /// `[limits]`.
    pub limits: Limits,
    /// `[idle]`; none when it is switched off.
    pub idle: Option<Idle>,
    /// `[preflight]`.
    pub preflight: Preflight,
    /// `[run]`.
    pub run: Run,
    /// `[checkpoint]`; none when the work makes none.
    pub checkpoint: Option<Checkpoint>,
    /// CloudWatch Logs group, if logs go there: `[logs]`.
    pub cloudwatch_group: Option<String>,
    /// CloudWatch metrics, if figures go there: `[logs] metrics = true`.
    pub metrics: Option<Metrics>,
    /// `[fleet]`, for a member of an Auto Scaling group.
    pub fleet: Option<Fleet>,
}

/// What a member of an Auto Scaling group has to know. All of them are told the same, so that each finds its place by
/// itself: the first that no living member holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fleet {
    /// The group that it leaves by scaling in.
    pub group: String,
    /// As many places as there may be members.
    pub members: u32,
}

impl AgentConfig {
    /// The same for the member in a place, counted from 1: with an environment and a job of its own, which whoever takes
    /// the place after it goes on with. A group of one keeps the names as they are.
    #[must_use]
    pub fn in_place(&self, place: u32) -> Self {
        let mut config = self.clone();
        if self.fleet.as_ref().is_some_and(|fleet| fleet.members > 1) {
            config.run.environment = self.run.environment.in_place(place);
            config.checkpoint =
                config.checkpoint.map(|it| Checkpoint { job_id: it.job_id.in_place(place), ..it });
        }
        config
    }

    /// Section and key of the names that are too long to be counted, one for each place.
    pub fn uncountable(&self) -> Vec<(&'static str, &'static str)> {
        let environment = ("run", "environment", self.run.environment.as_str());
        let job = self.checkpoint.as_ref().map(|it| ("checkpoint", "job_id", it.job_id.as_str()));
        let names = [environment].into_iter().chain(job);
        let too_long = names.filter(|(_, _, name)| name.len() > LONGEST_COUNTED);
        too_long.map(|(section, key, _)| (section, key)).collect()
    }
}

/// What ends the machine, whatever happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From the first start of the run, over reboots.
    pub max_runtime: Duration,
    /// What becomes of the machine then, and at every other end.
    pub on_end: OnEnd,
    /// For the bucket, before the work: a run whose state cannot be written would not be seen.
    pub reach_within: Duration,
    /// For the results, after the work has ended: a slow or dead bucket holds the machine no longer.
    pub save_within: Duration,
}

/// What becomes of the machine at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnEnd {
    /// It is gone, with its disk.
    Terminate,
    /// It can be started again; its disk is paid for until then.
    Stop,
    /// By hand only: `curfew-agent run --then nothing`. Refused in a file.
    Nothing,
}

/// When nobody and nothing uses the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idle {
    /// After boot.
    pub grace: Duration,
    /// Between two checks.
    pub every: Duration,
    /// Consecutive idle checks before the end.
    pub checks: u32,
    /// The machine is in use above it.
    pub cpu_above_percent: u8,
    /// The machine is in use above it.
    pub memory_above_percent: u8,
    /// The machine is in use above it.
    pub accelerator_above_percent: u8,
    /// Patterns over command lines: a process that matches keeps the machine up.
    pub processes: Vec<String>,
}

/// What must be true of the machine before the work begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preflight {
    /// What the work computes on; none if the processor will do.
    pub accelerator: Option<Accelerator>,
    /// Free space that must be there where the work runs, in GiB.
    pub disk_gib: u32,
    /// The Python that the work uses, if it is to be tried.
    pub python: Option<Python>,
}

/// Accelerators that must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accelerator {
    /// Whose.
    pub kind: AcceleratorKind,
    /// At least that many devices: GPUs, or Neuron chips (not cores).
    pub devices: u32,
}

/// Whose accelerators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AcceleratorKind {
    /// GPUs with NVIDIA's driver.
    Nvidia,
    /// Trainium and Inferentia.
    Neuron,
}

/// A Python and what it must be able to import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Python {
    /// The interpreter's path, for example in a virtual environment.
    pub interpreter: String,
    /// Modules, for example `torch`.
    pub imports: Vec<String>,
}

/// The work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Whose state and lock it takes.
    pub environment: Environment,
    /// Where state, results, logs and checkpoints go. There is one whenever there is any of these to save.
    pub bucket: Option<String>,
    /// The bucket's region; else the instance's.
    pub region: Option<String>,
    /// Cloned into the working directory.
    pub repository: Option<String>,
    /// Its branch, tag or commit; else its default branch.
    pub revision: Option<String>,
    /// Run by a shell before the data is fetched.
    pub setup: Option<String>,
    /// The work itself, run by a shell. Without it the machine is guarded only.
    pub command: Option<String>,
    /// Absolute.
    pub workdir: String,
    /// Added to the environment of setup and command.
    pub env: BTreeMap<String, String>,
    /// Setup, command and checkpoint command run in this container by `docker exec`, in its own working directory. It is
    /// started if it is not running. What both are to see, such as the checkpoint's directory, is mounted in it in the
    /// same place.
    pub container: Option<String>,
    /// What the machine cost at its launch, in micro-dollars per hour: for the record. A spot price moves; it stays.
    pub rate_micro_usd_per_hour: Option<u32>,
    /// `[[run.data]]`.
    pub data: Vec<Data>,
    /// `[[run.results]]`.
    pub results: Vec<Results>,
}

/// From S3 to the instance, before the command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// `s3://bucket/prefix/`: see [`crate::layout::S3Url`].
    pub from: String,
    /// Absolute.
    pub to: String,
}

/// From the instance to S3, under the run's prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Results {
    /// Absolute.
    pub from: String,
    /// Below the run's prefix, for example `models/`.
    pub to: String,
    /// Also while the command runs.
    pub every: Option<Duration>,
}

/// Figures of the machine and the run, into CloudWatch once a minute.
///
/// Off unless asked for, also where logs go to CloudWatch: AWS takes money for each metric. Beyond the ten that are free,
/// a metric costs $0.30 a month, by the hours in which it is written; one that has other dimensions is another metric. A
/// run has four to six of its own - `Phase`, `CPUUtilization`, `MemoryUtilization`, `DiskUtilization` and, where there is an
/// accelerator that can be read, `AcceleratorUtilization` and `AcceleratorMemoryUtilization`, in the namespace `Curfew` with
/// the dimensions `InstanceId` and `RunId` - so that writing them for four hours costs a cent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metrics {
    /// Names of figures that the command prints, such as `loss`, to be sent as well. Each is one more metric.
    pub figures: Vec<String>,
}

/// Checkpoints of one job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose they are, over many instances.
    pub job_id: JobId,
    /// Where they lie on the instance. Absolute.
    pub directory: String,
    /// Makes a checkpoint now; without it, what lies in the directory is taken.
    pub command: Option<String>,
    /// For the command, from the detection of the notice.
    pub deadline: Duration,
    /// Also while the command runs.
    pub every: Option<Duration>,
    /// Where they lie in the bucket.
    pub prefix: String,
    /// Fetch the newest at the start.
    pub restore: bool,
    /// Also act on a rebalance recommendation.
    pub on_rebalance: bool,
}

impl AgentConfig {
    /// A machine that is guarded as it is by default, and nothing else. For those who have no file: `curfew-agent run`.
    pub fn bare(environment: Environment) -> Self {
        Self {
            limits: Limits::default(),
            idle: Some(Idle::default()),
            preflight: Preflight::default(),
            run: Run::bare(environment),
            checkpoint: None,
            cloudwatch_group: None,
            metrics: None,
            fleet: None,
        }
    }
}

impl Default for Idle {
    fn default() -> Self {
        Self {
            grace: Duration::from_secs(5 * 60),
            every: Duration::from_secs(60),
            checks: 2,
            cpu_above_percent: 10,
            memory_above_percent: 80,
            accelerator_above_percent: 5,
            processes: Vec::new(),
        }
    }
}

impl Default for Preflight {
    fn default() -> Self {
        Self { accelerator: None, disk_gib: 20, python: None }
    }
}

impl Default for Limits {
    /// What is in force where the file says nothing.
    fn default() -> Self {
        Self {
            max_runtime: Duration::from_secs(4 * 3600),
            on_end: OnEnd::Terminate,
            reach_within: Duration::from_secs(5 * 60),
            save_within: Duration::from_secs(10 * 60),
        }
    }
}

impl Run {
    /// Work that is nothing but guarded: no command, no data, no bucket.
    pub fn bare(environment: Environment) -> Self {
        Self {
            environment,
            bucket: None,
            region: None,
            repository: None,
            revision: None,
            setup: None,
            command: None,
            workdir: "/opt/run".into(),
            env: BTreeMap::new(),
            container: None,
            rate_micro_usd_per_hour: None,
            data: Vec::new(),
            results: Vec::new(),
        }
    }
}

impl Checkpoint {
    /// Checkpoints of a job, everything else as it is by default.
    pub fn of(job_id: JobId) -> Self {
        Self {
            job_id,
            directory: "/var/lib/curfew/checkpoints".into(),
            command: None,
            deadline: Duration::from_secs(60),
            every: None,
            prefix: "checkpoints".into(),
            restore: true,
            on_rebalance: false,
        }
    }
}

#[cfg(test)]
mod tests;
