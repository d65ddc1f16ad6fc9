//! The state file: the lock of an environment, and what is told in it. Every write says which version it replaces, so that a
//! run that was taken over finds out.

use std::time::Duration;

use protocol::{
    AgentConfig, InstanceId, layout,
    state::{
        SystemState, Timestamps, TrainingConfig,
        lock::{Holder, Instance, Verdict},
    },
};

use super::{
    hands::{World, guard},
    memory::remember,
};
use crate::{
    core::{self, Beat},
    io::{
        clock,
        ec2::Ec2,
        http::{self, Deadline as Until, Stop},
    },
    sync::bucket::{Bucket, Condition, Deadline, Etag, Fault, FaultKind},
};

/// A state file is small.
const LARGEST: u64 = 1 << 20;
/// For a write that nobody waits for.
const REPORT: Duration = Duration::from_secs(20);
/// For EC2, about the holder of a lock.
const ASK: Duration = Duration::from_secs(20);
/// Two runs that begin at the same moment: one of them looks again.
const ATTEMPTS: usize = 5;
/// Before it does.
const PAUSE: Duration = Duration::from_secs(1);

/// What is held of the state file.
#[derive(Debug, Default)]
pub(super) struct Lock {
    held: Option<Etag>,
    heartbeat: u64,
}

/// Takes the environment's lock; in a fleet, that of the first place that nobody holds.
pub(super) fn take(world: &World, by: Duration) -> core::Lock {
    let Some(bucket) = world.bucket(&world.beside) else { return core::Lock::Unneeded };
    let mut refused = Vec::new();
    for (place, config) in world.places() {
        match take_one(world, &config, &bucket, by) {
            core::Lock::Refused(why) => refused.push(why),
            core::Lock::Held => {
                settle(world, place, config);
                return core::Lock::Held;
            }
            lock @ (core::Lock::Unneeded | core::Lock::Unknown(_)) => return lock,
        }
    }
    core::Lock::Refused(refused.join("; "))
}

/// From here on it is this member, also after it was killed.
fn settle(world: &World, place: u32, config: AgentConfig) {
    if config.fleet.is_none() {
        return;
    }
    remember(world, |memory| memory.place = Some(place));
    // Set before only when the agent was begun again, and then to the same.
    let _ = world.in_place.set(config);
}

fn take_one(world: &World, config: &AgentConfig, bucket: &dyn Bucket, by: Duration) -> core::Lock {
    let patience = http::Deadline::at(by).or(&world.beside);
    for _ in 0..ATTEMPTS {
        match attempt(world, config, bucket, Deadline(by)) {
            Ok(Some(lock)) => return lock,
            Ok(None) if patience.pause(PAUSE) => {}
            Ok(None) => break,
            Err(fault) => return core::Lock::Unknown(fault.what),
        }
    }
    core::Lock::Unknown("other runs write the state file at the same time, again and again".into())
}

/// None: somebody else wrote meanwhile.
fn attempt(
    world: &World,
    config: &AgentConfig,
    bucket: &dyn Bucket,
    by: Deadline,
) -> Result<Option<core::Lock>, Fault> {
    match put(world, config, bucket, &Condition::IfAbsent, by) {
        Ok(()) => return Ok(Some(core::Lock::Held)),
        Err(fault) if fault.kind == FaultKind::PreconditionFailed => {}
        Err(fault) if fault.kind == FaultKind::Conflict => return Ok(None),
        Err(fault) => return Err(fault),
    }
    let environment = &config.run.environment;
    let key = layout::state(environment);
    let (bytes, etag) = match bucket.get_bytes(&key, LARGEST, by) {
        Ok(found) => found,
        Err(fault) if fault.kind == FaultKind::NotFound => return Ok(None),
        Err(fault) => return Err(fault),
    };
    let holder = match Holder::parse(&bytes) {
        Ok(holder) => holder,
        Err(fault) => return Ok(Some(core::Lock::Refused(format!("{}/{key}: {fault}", bucket.name())))),
    };
    let silent = silence(bucket, &key, by)?;
    match holder.clone().judge(environment, silent, instance(world, &holder)) {
        Verdict::Held(held) => Ok(Some(core::Lock::Refused(held.to_string()))),
        Verdict::Ours => take_over(world, config, bucket, etag, by),
        Verdict::TakeOver(why) => {
            world.journal.say(&format!("environment {environment}: {why}"));
            take_over(world, config, bucket, etag, by)
        }
    }
}

fn take_over(
    world: &World,
    config: &AgentConfig,
    bucket: &dyn Bucket,
    etag: Etag,
    by: Deadline,
) -> Result<Option<core::Lock>, Fault> {
    match put(world, config, bucket, &Condition::IfMatch(etag), by) {
        Ok(()) => Ok(Some(core::Lock::Held)),
        Err(fault) if matches!(fault.kind, FaultKind::PreconditionFailed | FaultKind::Conflict) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Off EC2 a run knows itself by its name, but only where it was going on here before: two may begin in the same second.
fn instance(world: &World, holder: &Holder) -> Instance {
    let own = world.identity();
    let memory = guard(&world.memory).clone();
    let goes_on = memory.begun > 1 && holder.run_id.as_deref() == Some(memory.run_id.as_str());
    match (&own, &holder.instance_id) {
        (Some(own), Some(other)) if own.instance != *other => ask(world, &own.region, other),
        (Some(_), Some(_)) => Instance::Here,
        (None, None) if goes_on => Instance::Here,
        (None | Some(_), None) | (None, Some(_)) => Instance::Unknown,
    }
}

/// What EC2 knows of it. One that this region does not know may live in another; then, as where the agent may not ask,
/// its silence has to tell.
fn ask(world: &World, region: &str, instance: &InstanceId) -> Instance {
    match Ec2::new(world.aws(), region).state(instance, &Until::after(ASK)) {
        Ok(state) if state == "terminated" => Instance::Gone,
        Ok(_) => Instance::There,
        Err(fault) => {
            world.journal.say(&format!("{fault}; whether it is gone is judged by its silence"));
            Instance::Unknown
        }
    }
}

/// For how long nothing was written.
fn silence(bucket: &dyn Bucket, key: &str, by: Deadline) -> Result<Duration, Fault> {
    let found = bucket.list(key, 10, by)?;
    let modified = found.iter().find(|object| object.key == key).map(|object| object.modified);
    let since = modified.map(|modified| clock::now().wall.duration_since(modified));
    Ok(since.and_then(|since| Duration::try_from(since).ok()).unwrap_or_default())
}

/// Whether this run has the environment.
pub(super) fn is_held(world: &World) -> bool {
    guard(&world.lock).held.is_some()
}

/// A sign of life.
pub(super) fn beat(world: &World, by: Duration) -> Beat {
    let Some(bucket) = world.bucket(&Stop::default()) else { return Beat::Heard };
    guard(&world.lock).heartbeat += 1;
    remember(world, |_| ());
    match rewrite(world, &bucket, Deadline(by)) {
        Ok(()) => Beat::Heard,
        Err(fault) if fault.kind == FaultKind::PreconditionFailed || fault.kind == FaultKind::NotFound => {
            guard(&world.lock).held = None;
            let environment = &world.config().run.environment;
            Beat::Lost(format!(
                "environment {environment} was taken over by another run, or its state was deleted"
            ))
        }
        Err(fault) => Beat::Missed(fault.what),
    }
}

/// Tells the bucket in which phase the run is now.
pub(super) fn tell(world: &World) {
    let by = Deadline(clock::now().up + REPORT);
    if let Some(bucket) = world.bucket(&Stop::default())
        && let Err(fault) = rewrite(world, &bucket, by)
    {
        world.journal.say(&fault.what);
    }
}

/// Gives the environment free.
pub(super) fn release(world: &World, by: Duration) -> Result<(), String> {
    let Some(bucket) = world.bucket(&Stop::default()) else { return Ok(()) };
    if guard(&world.lock).held.take().is_none() {
        return Ok(());
    }
    bucket.delete(&layout::state(&world.config().run.environment), Deadline(by)).map_err(|fault| fault.what)
}

/// Writes the state anew, if it is held.
fn rewrite(world: &World, bucket: &dyn Bucket, by: Deadline) -> Result<(), Fault> {
    let Some(etag) = guard(&world.lock).held.clone() else { return Ok(()) };
    put(world, world.config(), bucket, &Condition::IfMatch(etag), by)
}

fn put(
    world: &World,
    config: &AgentConfig,
    bucket: &dyn Bucket,
    condition: &Condition,
    by: Deadline,
) -> Result<(), Fault> {
    // Held over the call: two writes at once would each make the other's version an old one.
    let mut lock = guard(&world.lock);
    let condition = match (condition, &lock.held) {
        (Condition::IfMatch(_), Some(held)) => Condition::IfMatch(held.clone()),
        (condition, _) => condition.clone(),
    };
    let body = state(world, config, lock.heartbeat).render();
    let etag = bucket.put_bytes(&layout::state(&config.run.environment), body.as_bytes(), &condition, by)?;
    lock.held = Some(etag);
    Ok(())
}

fn state(world: &World, config: &AgentConfig, heartbeat: u64) -> SystemState {
    let (identity, now) = (world.identity(), clock::now());
    let memory = guard(&world.memory).clone();
    let elapsed = memory.age.at(&world.boot, now).elapsed;
    let bucket = config.run.bucket.as_deref().unwrap_or_default();
    SystemState {
        version: SystemState::VERSION,
        environment: config.run.environment.clone(),
        status: memory.phase,
        current_step: memory.phase.name().to_owned(),
        instance_id: identity.as_ref().map(|it| it.instance.clone()),
        instance_type: identity.map(|it| it.instance_type),
        s3_prefix: format!("s3://{bucket}/{}", layout::run(&config.run.environment, &memory.run_id)),
        timestamps: Timestamps { start: memory.start, last_update: now.wall },
        training_config: TrainingConfig {
            command: config.run.command.clone(),
            repository: config.run.repository.clone(),
            revision: config.run.revision.clone(),
            job_id: config.checkpoint.as_ref().map(|it| it.job_id.to_string()),
            max_runtime_seconds: Some(config.limits.max_runtime.as_secs()),
        },
        error_message: guard(&world.faults).first().cloned(),
        pid: guard(&world.running).as_ref().map(crate::io::child::Running::id),
        heartbeat,
        elapsed_seconds: elapsed.as_secs(),
        run_id: memory.run_id,
    }
}
