//! What a run came to, for the bucket: `training.json`, the configuration it ran with, and the logs. Each is tried by itself.

use std::time::Duration;

use protocol::{
    layout,
    training::{self, Cause, Times, Training},
};

use super::{
    hands::{World, guard},
    journal::{AGENT_LOG, OUTPUT_LOG},
};
use crate::{
    core::{End, Outcome},
    decide::{cost, exit::Exit},
    io::{clock, http::Stop},
    sync::bucket::{Bucket, Condition, Deadline, Fault},
};

/// Writes all of it.
pub(super) fn write(world: &World, outcome: &Outcome, by: Duration) -> Result<(), String> {
    let to_cloud = super::cloud::send(world, by);
    let Some(bucket) = world.bucket(&Stop::default()) else { return to_cloud };
    let (run, environment) = (guard(&world.memory).run_id.clone(), world.config().run.environment.clone());
    let training = training(world, outcome).render();
    let config = world.config().render();
    let put =
        |key: String, text: &str| bucket.put_bytes(&key, text.as_bytes(), &Condition::Always, Deadline(by));
    let results = [
        put(layout::training(&environment, &run), &training),
        put(layout::config(&environment, &run), &config),
    ];
    let logs = logs(world, &bucket, Deadline(by));
    let faults: Vec<String> = results
        .into_iter()
        .map(|put| put.map(drop))
        .chain(logs)
        .filter_map(Result::err)
        .map(|fault| fault.what)
        .collect();
    super::metrics::send_last(world, by);
    if faults.is_empty() { to_cloud } else { Err(faults.join("; ")) }
}

/// The logs as they are now.
pub(super) fn logs(world: &World, bucket: &dyn Bucket, by: Deadline) -> [Result<(), Fault>; 2] {
    let (run, environment) = (guard(&world.memory).run_id.clone(), &world.config().run.environment);
    [AGENT_LOG, OUTPUT_LOG].map(|name| {
        let file = world.journal.file(name);
        if !file.exists() {
            return Ok(());
        }
        bucket.put_file(&layout::log(environment, &run, name), &file, by).map(drop)
    })
}

fn training(world: &World, outcome: &Outcome) -> Training {
    let (config, identity, now) = (world.config(), world.identity(), clock::now());
    let (memory, command) = (guard(&world.memory).clone(), *guard(&world.command));
    let billed = memory.billed(now);
    Training {
        version: Training::VERSION,
        run_id: memory.run_id,
        environment: config.run.environment.clone(),
        job_id: config.checkpoint.as_ref().map(|it| it.job_id.clone()),
        command: config.run.command.clone(),
        instance_id: identity.as_ref().map(|it| it.instance.clone()),
        instance_type: identity.map(|it| it.instance_type),
        outcome: told(outcome),
        cause: cause(&outcome.end),
        times: Times {
            start: memory.start,
            command_start: command.start,
            command_end: command.end,
            end: now.wall,
            elapsed_seconds: memory.age.at(&world.boot, now).elapsed.as_secs(),
        },
        metrics: guard(&world.figures).clone(),
        cost_micro_usd: config.run.rate_micro_usd_per_hour.map(|rate| cost::of(rate, billed)),
        faults: guard(&world.faults).clone(),
    }
}

fn told(outcome: &Outcome) -> training::Outcome {
    match (outcome.exit, &outcome.end) {
        (Some(Exit::Code(code)), _) => training::Outcome::Exited { code },
        (Some(Exit::Signal(signal)), _) => training::Outcome::Signalled { signal, oom: false },
        (Some(Exit::OutOfMemory), _) => training::Outcome::Signalled { signal: 9, oom: true },
        (Some(Exit::NotStarted), _) => {
            training::Outcome::NotStarted { error: "the command could not be started".into() }
        }
        (None, End::Failed(why) | End::Refused(why)) => training::Outcome::NotStarted { error: why.clone() },
        (None, End::Command | End::Limit | End::Idle | End::Interrupted(_) | End::Signalled) => {
            training::Outcome::Unknown
        }
    }
}

fn cause(end: &End) -> Cause {
    match end {
        End::Command => Cause::Itself,
        End::Limit => Cause::TimeLimit,
        End::Interrupted(_) => Cause::Interruption,
        End::Signalled => Cause::Shutdown,
        End::Idle | End::Failed(_) | End::Refused(_) => Cause::Other,
    }
}
