//! What a run came to, for the bucket: `training.json`, the configuration it ran with, and the logs. Each is tried by itself.

use std::time::Duration;

use protocol::{
    layout,
    training::{self, Cause, Times, Training},
};

use super::{
    hands::{World, guard},
    journal::{AGENT_LOG, OUTPUT_LOG},
    memory::Work,
};
use crate::{
    core::{End, Outcome},
    decide::cost,
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

/// The logs as they are now; what the disk had no room for, in an object of its own.
pub(super) fn logs(world: &World, bucket: &dyn Bucket, by: Deadline) -> [Result<(), Fault>; 2] {
    let (run, environment) = (guard(&world.memory).run_id.clone(), &world.config().run.environment);
    [AGENT_LOG, OUTPUT_LOG].map(|name| {
        let (file, unwritten) = (world.journal.file(name), world.journal.unwritten(name));
        if !unwritten.is_empty() {
            let key = layout::log(environment, &run, &format!("unwritten-{name}"));
            bucket.put_bytes(&key, &unwritten, &Condition::Always, by)?;
        }
        if !file.exists() {
            return Ok(());
        }
        bucket.put_file(&layout::log(environment, &run, name), &file, by).map(drop)
    })
}

fn training(world: &World, outcome: &Outcome) -> Training {
    let (config, identity, now) = (world.config(), world.identity(), clock::now());
    let memory = guard(&world.memory).clone();
    let billed = memory.billed(now);
    Training {
        version: Training::VERSION,
        run_id: memory.run_id,
        environment: config.run.environment.clone(),
        job_id: config.checkpoint.as_ref().map(|it| it.job_id.clone()),
        command: config.run.command.clone(),
        instance_id: identity.as_ref().map(|it| it.instance.clone()),
        instance_type: identity.map(|it| it.instance_type),
        outcome: told(&outcome.end, &memory.work),
        cause: memory.work.cause.unwrap_or_else(|| cause(&outcome.end)),
        times: Times {
            start: memory.start,
            command_start: memory.work.start,
            command_end: memory.work.end,
            end: now.wall,
            elapsed_seconds: memory.age.at(&world.boot, now).elapsed.as_secs(),
        },
        metrics: guard(&world.figures).clone(),
        cost_micro_usd: config.run.rate_micro_usd_per_hour.map(|rate| cost::of(rate, billed)),
        faults: guard(&world.faults).clone(),
    }
}

/// Where nothing is known of a command that began, the agent went down under it.
fn told(end: &End, work: &Work) -> training::Outcome {
    match (&work.outcome, end) {
        (Some(outcome), _) => outcome.clone(),
        (None, End::Failed(why) | End::Refused(why)) if work.start.is_none() => {
            training::Outcome::NotStarted { error: why.clone() }
        }
        (
            None,
            End::Failed(_)
            | End::Refused(_)
            | End::Command
            | End::Limit
            | End::Idle
            | End::Interrupted(_)
            | End::Signalled,
        ) => training::Outcome::Unknown,
    }
}

/// Remembers the first reason to end the run. One that is refused, that EC2 will go on with, or whose agent is told to
/// leave, is not over with that.
pub(super) fn conclude(world: &World, end: &End) {
    let is_over = match end {
        End::Command | End::Limit | End::Idle => true,
        End::Failed(why) => {
            world.fault(why);
            true
        }
        End::Interrupted(notice) => notice.action.ends_the_machine(),
        End::Refused(_) | End::Signalled => false,
    };
    if is_over {
        guard(&world.memory).work.cause.get_or_insert(cause(end));
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
