//! The run's lines on their way to CloudWatch Logs: bounded, sent every few seconds, kept while it cannot be reached.

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use super::hands::{World, guard};
use crate::io::{
    child::spawn,
    clock,
    http::Deadline,
    logs::{Line, Logs},
};

/// The most that waits, in bytes.
const WAITING: usize = 1 << 20;
/// Between two sendings.
const EVERY: Duration = Duration::from_secs(5);
/// What one sending may take.
const TAKES: Duration = Duration::from_secs(30);

/// Lines that wait.
#[derive(Debug, Default)]
pub(super) struct Waiting(Mutex<Lines>);

#[derive(Debug, Default)]
struct Lines {
    lines: VecDeque<Line>,
    bytes: usize,
    dropped: u64,
}

impl Waiting {
    /// Takes a line, if there is room. CloudWatch does not take an empty one.
    pub(super) fn push(&self, text: &str) {
        if text.is_empty() {
            return;
        }
        let mut waiting = guard(&self.0);
        if waiting.bytes + text.len() > WAITING {
            waiting.dropped += 1;
            return;
        }
        waiting.bytes += text.len();
        waiting.lines.push_back(Line { at: clock::now().wall, text: text.to_owned() });
    }

    fn take(&self) -> (Vec<Line>, u64) {
        let mut waiting = guard(&self.0);
        waiting.bytes = 0;
        (std::mem::take(&mut waiting.lines).into(), std::mem::take(&mut waiting.dropped))
    }

    /// Lines that could not be sent, before those that have come meanwhile.
    fn put_back(&self, lines: Vec<Line>) {
        let mut waiting = guard(&self.0);
        for line in lines.into_iter().rev() {
            if waiting.bytes + line.text.len() > WAITING {
                waiting.dropped += 1;
            } else {
                waiting.bytes += line.text.len();
                waiting.lines.push_front(line);
            }
        }
    }
}

/// Sends every few seconds, if a group is configured.
pub(super) fn follow(world: Arc<World>) -> io::Result<()> {
    if world.config().cloudwatch_group.is_none() {
        return Ok(());
    }
    spawn("cloudwatch", move || {
        let mut faulty = false;
        loop {
            super::watch::rest(EVERY);
            match send(&world, clock::now().up + TAKES) {
                Ok(()) => faulty = false,
                Err(fault) => {
                    if !std::mem::replace(&mut faulty, true) {
                        world.journal.say(&format!("CloudWatch does not get the log at the moment: {fault}"));
                    }
                }
            }
        }
    })
}

/// Sends what waits.
pub(super) fn send(world: &World, by: Duration) -> Result<(), String> {
    let Some(group) = &world.config().cloudwatch_group else { return Ok(()) };
    let Some(waiting) = world.journal.to_cloud() else { return Ok(()) };
    let (mut lines, dropped) = waiting.take();
    if dropped > 0 {
        let text = format!("curfew: {dropped} lines came faster than they could be sent, and are only in S3");
        lines.push(Line { at: clock::now().wall, text });
    }
    if lines.is_empty() {
        return Ok(());
    }
    let stream = guard(&world.memory).run_id.to_string();
    let logs = Logs::new(world.aws(), &world.region(), group, &stream);
    match logs.put(&lines, &Deadline::at(by)) {
        Ok(_) => Ok(()),
        Err(fault) => {
            waiting.put_back(lines);
            Err(fault.to_string())
        }
    }
}
