//! What the core needs to know of the configuration: durations and whether there is such a thing at all.

use std::time::Duration;

use protocol::{
    AgentConfig,
    config::{Idle, OnEnd},
};

/// One run, as the core sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// When the time limit is reached, since boot.
    pub limit: Duration,
    /// What becomes of the machine.
    pub on_end: OnEnd,
    /// Whether the machine may be powered off where nothing says that it is on EC2: only if a person asked for it.
    pub anywhere: bool,
    /// Whether the agent stays when the work is over and the machine is not to be powered off: as a service.
    pub stays: bool,
    /// Whether there is a command; else the machine is for people, and idles when they are gone.
    pub command: bool,
    /// For the bucket to be reached, before the work.
    pub reach_within: Duration,
    /// Whether there is something to save.
    pub saves: bool,
    /// For that, at the end.
    pub save_within: Duration,
    /// How often results are saved meanwhile.
    pub save_every: Option<Duration>,
    /// Checkpoints.
    pub checkpoint: Option<Checkpoints>,
    /// When a machine counts as idle.
    pub idle: Option<Idle>,
    /// Whether the instance is a member of an Auto Scaling group.
    pub fleet: bool,
    /// What an earlier life of the agent came to.
    pub before: Before,
}

/// Checkpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoints {
    /// For the command, from the moment of its cause.
    pub deadline: Duration,
    /// How often they are taken meanwhile.
    pub every: Option<Duration>,
    /// Whether a rebalance recommendation is a reason for one.
    pub on_rebalance: bool,
}

/// What this run had come to when the agent, or the machine, went down under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// Nothing: it begins.
    Nothing,
    /// It was going on; it was begun this many times.
    Going(u32),
    /// The work was over: it is not done twice.
    Over,
}

impl Plan {
    /// The plan of this configuration.
    pub fn of(config: &AgentConfig, limit: Duration, before: Before) -> Self {
        let every = config.run.results.iter().filter_map(|results| results.every).min();
        Self {
            limit,
            on_end: config.limits.on_end,
            anywhere: false,
            stays: true,
            command: config.run.command.is_some(),
            reach_within: config.limits.reach_within,
            saves: !config.run.results.is_empty(),
            save_within: config.limits.save_within,
            save_every: every,
            checkpoint: config.checkpoint.as_ref().map(|it| Checkpoints {
                deadline: it.deadline,
                every: it.every,
                on_rebalance: it.on_rebalance,
            }),
            idle: config.idle.clone(),
            fleet: config.fleet.is_some(),
            before,
        }
    }
}
