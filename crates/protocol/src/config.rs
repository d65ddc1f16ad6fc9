//! `agent.toml`: what the agent is told, as types. Reading and rendering are beside.

use std::{collections::BTreeMap, time::Duration};

use crate::ids::{Environment, JobId};

/// Everything that one run needs to know. There is no secret in it: user data is readable on the instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentConfig {
    pub limits: Limits,
    pub idle: Option<Idle>,
    pub run: Run,
    pub checkpoint: Option<Checkpoint>,
    /// CloudWatch Logs group, if logs go there.
    pub cloudwatch_group: Option<String>,
    /// The Auto Scaling group that a member leaves by scaling in.
    pub fleet: Option<String>,
}

/// What ends the machine, whatever happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From the first start of the run, over reboots.
    pub max_runtime: Duration,
    pub on_end: OnEnd,
}

/// What becomes of the machine at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnEnd {
    Terminate,
    Stop,
    /// By hand only: `curfew-agent run --then nothing`.
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
    pub cpu_above_percent: u8,
    pub memory_above_percent: u8,
    pub accelerator_above_percent: u8,
    /// Patterns over command lines: a process that matches keeps the machine up.
    pub processes: Vec<String>,
}

/// The work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub environment: Environment,
    pub bucket: Option<String>,
    /// The bucket's region; else the instance's.
    pub region: Option<String>,
    pub repository: Option<String>,
    pub revision: Option<String>,
    pub setup: Option<String>,
    pub command: Option<String>,
    pub workdir: String,
    pub env: BTreeMap<String, String>,
    /// Commands run in this container by `docker exec`.
    pub container: Option<String>,
    pub data: Vec<Data>,
    pub results: Vec<Results>,
}

/// From S3 to the instance, before the command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// `s3://bucket/prefix/`.
    pub from: String,
    pub to: String,
}

/// From the instance to S3, under the run's prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Results {
    pub from: String,
    pub to: String,
    /// Also while the command runs.
    pub every: Option<Duration>,
}

/// Checkpoints of one job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    pub job_id: JobId,
    pub directory: String,
    /// Makes a checkpoint now; without it, what lies in the directory is taken.
    pub command: Option<String>,
    /// For the command, from the detection of the notice.
    pub deadline: Duration,
    /// Also while the command runs.
    pub every: Option<Duration>,
    pub prefix: String,
    /// Fetch the newest at the start.
    pub restore: bool,
    /// Also act on a rebalance recommendation.
    pub on_rebalance: bool,
}
