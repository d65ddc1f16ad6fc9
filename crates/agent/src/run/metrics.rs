//! The run's figures on their way to CloudWatch, once a minute: how busy the machine is, how far the run came, and what it
//! was asked to send of what the command prints. Nothing waits for them: what cannot be sent is counted, and said once.

use std::{io, sync::Arc, time::Duration};

use protocol::Phase;

use super::{
    hands::{World, guard},
    watch::rest,
};
use crate::{
    decide::idle::{Accelerator, Facts, Load, Percent, Reading},
    io::{
        child::spawn,
        clock, disk,
        http::Deadline,
        metrics::{Figure, Metrics, Unit},
        signals::Reader,
    },
};

const NAMESPACE: &str = "Curfew";
/// Between two sendings.
const EVERY: Duration = Duration::from_secs(60);
/// What one sending may take.
const TAKES: Duration = Duration::from_secs(30);
/// The same, at the end of a run.
const LAST_TAKES: Duration = Duration::from_secs(5);

/// Sends every minute, if it is wanted.
pub(super) fn follow(world: Arc<World>) -> io::Result<()> {
    if world.config().metrics.is_none() {
        return Ok(());
    }
    let rules = world.config().idle.clone().unwrap_or_default();
    *guard(&world.usage) = Some(Reader::new(world.setup.root.clone(), &rules));
    spawn("metrics", move || {
        let mut missing = 0_u32;
        loop {
            rest(EVERY);
            match send(&world, &Deadline::after(TAKES)) {
                Ok(()) if missing > 0 => {
                    let missed = std::mem::take(&mut missing);
                    world
                        .journal
                        .say(&format!("CloudWatch gets the metrics again: {missed} of them are missing"));
                }
                Ok(()) => {}
                Err(fault) => {
                    missing += 1;
                    if missing == 1 {
                        let said = format!("CloudWatch does not get the metrics at the moment: {fault}");
                        world.journal.say(&said);
                    }
                }
            }
        }
    })
}

/// Once more at the end, so that a run of less than a minute is seen too. The machine costs more than they are worth.
pub(super) fn send_last(world: &World, by: Duration) {
    if let Err(fault) = send(world, &Deadline::at(by).within(LAST_TAKES)) {
        world.journal.say(&format!("CloudWatch did not get the last metrics: {fault}"));
    }
}

fn send(world: &World, deadline: &Deadline) -> Result<(), String> {
    let Some(wanted) = &world.config().metrics else { return Ok(()) };
    let mut sent = figures(world);
    for name in &wanted.figures {
        sent.extend(guard(&world.figures).get(name).map(|value| (name.clone(), Unit::None, value)));
    }
    let (at, dimensions) = (clock::now().wall, dimensions(world));
    let figure = |(name, unit, value)| Figure { name, unit, value, dimensions: dimensions.clone(), at };
    let figures: Vec<Figure> = sent.into_iter().map(figure).collect();
    let metrics = Metrics::new(world.aws(), &world.region(), NAMESPACE);
    metrics.put(&figures, deadline).map_err(|fault| fault.to_string())
}

fn dimensions(world: &World) -> Vec<(String, String)> {
    let instance = world.identity().map(|identity| ("InstanceId".into(), identity.instance.to_string()));
    let run = ("RunId".into(), guard(&world.memory).run_id.to_string());
    instance.into_iter().chain([run]).collect()
}

/// The machine's own. What cannot be read is left out: absent is not zero.
fn figures(world: &World) -> Vec<(String, Unit, f64)> {
    let phase = number(guard(&world.memory).phase);
    let mut figures = vec![("Phase".to_owned(), Unit::None, phase)];
    let mut percent = |name: &str, share: Option<Percent>| {
        figures.extend(share.map(|share| (name.to_owned(), Unit::Percent, share.value())));
    };
    percent("DiskUtilization", disk::used(world.config().run.workdir.as_ref()));
    // Whoever is stuck in it reads of a process that hangs: nobody waits for that.
    let Ok(mut usage) = world.usage.try_lock() else { return figures };
    let Some(reader) = usage.as_mut() else { return figures };
    let facts = reader.read(clock::now());
    percent("CPUUtilization", is(&facts.cpu));
    percent("MemoryUtilization", is(&facts.memory));
    percent("AcceleratorUtilization", accelerators(&facts));
    percent("AcceleratorMemoryUtilization", reader.accelerator_memory());
    figures
}

/// A number for each, in the order in which they follow. That there is one is the run's sign of life.
fn number(phase: Phase) -> f64 {
    match phase {
        Phase::Initialization => 1.0,
        Phase::DataSync => 2.0,
        Phase::Training => 3.0,
        Phase::ResultsSync => 4.0,
        Phase::Cleanup => 5.0,
        Phase::Failed => 6.0,
        Phase::Killed => 7.0,
    }
}

fn is(reading: &Reading<Percent>) -> Option<Percent> {
    match reading {
        Reading::Is(share) => Some(*share),
        Reading::Absent | Reading::Unreadable(_) => None,
    }
}

/// The busiest device of all.
fn accelerators(facts: &Facts) -> Option<Percent> {
    [&facts.nvidia, &facts.neuron].into_iter().filter_map(load).max()
}

/// A device that nobody holds open rests.
fn load(device: &Reading<Accelerator>) -> Option<Percent> {
    let Reading::Is(device) = device else { return None };
    match (&device.load, &device.holders) {
        (Reading::Is(Load::Percent(share)), _) => Some(*share),
        (Reading::Absent, Reading::Is(holders)) if holders.is_empty() => Some(Percent::ZERO),
        (Reading::Is(Load::Worked(_)) | Reading::Absent | Reading::Unreadable(_), _) => None,
    }
}
