//! Files to and from the bucket, as the configuration names them: data, checkpoints, results.

use std::{path::PathBuf, time::Duration};

use protocol::layout::{self, S3Url};

use super::{
    command::{self, Checkpointed},
    hands::{World, guard},
    memory,
};
use crate::{
    core::Why,
    decide::line::{Line, State},
    io::{clock, http::Stop},
    sync::{
        Tools,
        bucket::Deadline,
        checkpoint::{self, End, Job},
        data::{self, Data},
        pace::Real,
        restore::{self, Source},
        results::{self, Results},
    },
};

/// Data, then the newest checkpoint.
pub(super) fn fetch(world: &World, by: Duration) -> Result<(), String> {
    for wanted in &world.config().run.data {
        let from: S3Url = wanted.from.parse().map_err(|fault| format!("run.data: {fault}"))?;
        let bucket = world.bucket_named(from.bucket(), &world.beside);
        let pace = Real::until(world.beside.clone());
        let data = Data { prefix: from.key().to_owned(), directory: PathBuf::from(&wanted.to) };
        let fetched = data::fetch(&data, Tools { bucket: &bucket, pace: &pace }, Deadline(by));
        tell(world, &fetched.lines);
        if let Some(short) = fetched.short {
            return Err(format!("the data of {} is not all here: {short}", wanted.from));
        }
    }
    restore(world, by)
}

pub(super) fn restore(world: &World, by: Duration) -> Result<(), String> {
    let wanted = world.config().checkpoint.as_ref().is_some_and(|it| it.restore);
    let (Some(job), Some(bucket)) = (job(world).filter(|_| wanted), world.bucket(&world.beside)) else {
        return Ok(());
    };
    let pace = Real::until(world.beside.clone());
    let restored = restore::restore(&job, Tools { bucket: &bucket, pace: &pace }, Deadline(by));
    tell(world, &restored.lines);
    match restored.source {
        Source::S3(_) | Source::Local | Source::None => Ok(()),
        Source::Failed(why) => Err(format!("the newest checkpoint cannot be put in place: {why}")),
    }
}

/// The checkpoint command, if there is time for it, then what it left. What is there is saved also when it went wrong.
pub(super) fn checkpoint(
    world: &World,
    why: Why,
    command_by: Option<Duration>,
    by: Duration,
) -> Result<(), String> {
    let (Some(job), Some(plan)) = (job(world), world.config().checkpoint.as_ref()) else { return Ok(()) };
    let halt = halt(world, why);
    let _one_at_a_time = guard(&world.checkpointing);
    let made = match (&plan.command, command_by) {
        (Some(line), Some(command_by)) => make(world, line, command_by),
        (Some(_) | None, _) => Ok(()),
    };
    let Some(bucket) = world.bucket(&halt) else { return made };
    let pace = Real::until(halt.clone());
    let saved =
        checkpoint::save(&job, &action(world, why), Tools { bucket: &bucket, pace: &pace }, Deadline(by));
    tell(world, &saved.lines);
    match saved.end {
        End::Whole(_) | End::Unchanged(_) | End::Nothing => made,
        End::Short(short) => Err(short),
    }
    .inspect_err(|sentence| world.fault(sentence))
}

fn make(world: &World, line: &str, by: Duration) -> Result<(), String> {
    let begun = clock::now().up;
    tell(world, &[Line::new(State::CheckpointStart)]);
    let made = command::checkpoint(world, line, by);
    let took = format!("{:.1}s", clock::now().up.saturating_sub(begun).as_secs_f64());
    match made {
        Checkpointed::Well => {
            tell(world, &[Line::new(State::CheckpointOk).with("took", took)]);
            Ok(())
        }
        Checkpointed::Badly(why) => {
            tell(world, &[Line::new(State::CheckpointFail).with("took", took).with("why", &why)]);
            Err(format!("the checkpoint command failed: {why}"))
        }
        Checkpointed::TooLate => {
            tell(world, &[Line::new(State::CheckpointTimeout).with("took", took)]);
            Err("the checkpoint command was not done by its deadline".into())
        }
    }
}

/// Every result, to its place below the run's prefix.
pub(super) fn save(world: &World, why: Why, by: Duration) -> Result<(), String> {
    let halt = halt(world, why);
    let _one_at_a_time = guard(&world.saving);
    if why == Why::End {
        // That the work is over is known before anything is done about it: it is not to be done twice.
        memory::keep(world);
    }
    let Some(bucket) = world.bucket(&halt) else { return Ok(()) };
    let (config, run) = (world.config(), guard(&world.memory).run_id.clone());
    let pace = Real::until(halt.clone());
    let mut short = None;
    for (number, wanted) in config.run.results.iter().enumerate() {
        let results = Results {
            directory: PathBuf::from(&wanted.from),
            prefix: layout::results(&config.run.environment, &run, &wanted.to),
            memory: world.kept(&format!("runs/{run}/results-{number}.json")),
        };
        let mirrored = results::mirror(&results, Tools { bucket: &bucket, pace: &pace }, Deadline(by));
        tell(world, &mirrored.lines);
        short = short.or(mirrored.short);
    }
    match short {
        None => Ok(()),
        Some(why) => {
            let sentence = format!("not all results are in the bucket: {why}");
            world.fault(&sentence);
            Err(sentence)
        }
    }
}

/// What is begun beside the command ends with it; what belongs to the end is ended by its deadline alone.
fn halt(world: &World, why: Why) -> Stop {
    match why {
        Why::Periodic => world.beside.clone(),
        Why::End | Why::Interruption => Stop::default(),
    }
}

fn action(world: &World, why: Why) -> String {
    match why {
        Why::Periodic => "periodic".into(),
        Why::End => "end".into(),
        Why::Interruption => guard(&world.announced).clone().unwrap_or_else(|| "interruption".into()),
    }
}

fn job(world: &World) -> Option<Job> {
    let plan = world.config().checkpoint.as_ref()?;
    Some(Job {
        id: plan.job_id.clone(),
        prefix: plan.prefix.clone(),
        directory: PathBuf::from(&plan.directory),
        memory: world.kept(&format!("checkpoints-{}.json", plan.job_id)),
        instance: world.identity().map(|identity| identity.instance),
    })
}

fn tell(world: &World, lines: &[Line]) {
    lines.iter().for_each(|line| world.journal.say(&line.to_string()));
}
