//! `system-state.json`: what a run is doing, and the lock that keeps a second one out.
//!
//! The file is created only if there is none, changed only if nobody else has (conditional writes, which the agent
//! makes), and deleted at the end of the cleanup. It is only ever rewritten by the run that made it, so that fields of
//! a newer version need not survive a rewrite by an older one.

pub mod lock;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    file::{self, FileFault, VERSION},
    ids::{Environment, InstanceId, RunId},
    phase::Phase,
};

/// The file's name, for messages.
const FILE: &str = "system-state.json";

/// What a run is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemState {
    /// The version of this format: [`VERSION`].
    #[serde(default = "file::first")]
    pub version: u32,
    /// Which run.
    pub run_id: RunId,
    /// Where.
    pub environment: Environment,
    /// Its phase.
    pub status: Phase,
    /// What it does there, in a word or few: `preflight`, `setup`, `command`.
    pub current_step: String,
    /// Whose run; none off EC2.
    pub instance_id: Option<InstanceId>,
    /// For example `g5.xlarge`; none off EC2.
    pub instance_type: Option<String>,
    /// `s3://bucket/environment/run/`.
    pub s3_prefix: String,
    /// When.
    pub timestamps: Timestamps,
    /// What is being trained, for the reader's eyes.
    #[serde(default)]
    pub training_config: TrainingConfig,
    /// Why it failed, once it has.
    pub error_message: Option<String>,
    /// The command's process, while it runs.
    pub pid: Option<u32>,
    /// Counts up with every beat of [`lock::HEARTBEAT`]. A number, so that no two clocks need to agree.
    #[serde(default)]
    pub heartbeat: u64,
    /// How long the run has lasted over all its boots, by clocks that do not jump. What the time limit counts from
    /// after a reboot.
    #[serde(default)]
    pub elapsed_seconds: u64,
}

/// When, UTC, by the instance's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timestamps {
    /// The run began, on its first boot.
    pub start: Timestamp,
    /// This was written.
    pub last_update: Timestamp,
}

/// What is being trained, for the reader's eyes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingConfig {
    /// What runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// From where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// Which of its commits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// Whose checkpoints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_id: Option<String>,
    /// When the machine will be ended at the latest, as a length of time in seconds from the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_runtime_seconds: Option<u64>,
}

impl SystemState {
    /// The current version of this format, for those who make one.
    pub const VERSION: u32 = VERSION;

    /// Reads a `system-state.json`.
    ///
    /// # Errors
    /// [`FileFault`]. Who holds a lock that cannot be read is for [`lock::Holder::parse`] to say.
    pub fn parse(json: &[u8]) -> Result<Self, FileFault> {
        file::read(FILE, json)
    }

    /// As it is written.
    pub fn render(&self) -> String {
        file::write(self)
    }
}
