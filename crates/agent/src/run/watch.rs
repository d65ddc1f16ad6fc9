//! What goes on beside the tasks: signals to the agent, EC2's notices, the signs of use, and the logs' way to the bucket.

use std::{
    io,
    sync::{Arc, mpsc::Sender},
    time::Duration,
};

use signal_hook::{
    consts::{SIGINT, SIGTERM},
    iterator::Signals,
};

use super::{
    hands::{World, guard},
    record,
};
use crate::{
    core::Input,
    decide::{
        idle::{Verdict, verdict},
        spot::{Action, Notice},
    },
    io::{
        child::spawn,
        clock,
        http::{Deadline, Stop},
        imds::{self, Kind},
        signals::Reader,
    },
    sync::bucket,
};

/// Between two looks for a notice.
const NOTICES: Duration = Duration::from_secs(2);
/// Between two looks whether the logs have something new.
const LOGS: Duration = Duration::from_secs(5);
/// What a log's way may take.
const LOG_TAKES: Duration = Duration::from_secs(60);
/// So many bytes of logs make the next look a second later: a long log is not sent whole every five seconds.
const BYTES_A_SECOND: u64 = 1 << 20;

/// Hears SIGTERM and SIGINT.
pub(super) fn signals(tell: Sender<Input>) -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    spawn("signals", move || {
        for _ in signals.forever() {
            if tell.send(Input::Signalled).is_err() {
                return;
            }
        }
    })
}

/// Looks for notices as long as the agent lives, and tells each word once.
pub(super) fn notices(world: Arc<World>, tell: Sender<Input>) -> io::Result<()> {
    spawn("notices", move || {
        let on_rebalance = world.config().checkpoint.as_ref().is_some_and(|it| it.on_rebalance);
        let (mut told, mut faulty) = (Vec::new(), false);
        loop {
            let now = clock::now().up;
            let seen = look_for(&world.imds, on_rebalance);
            match seen {
                Ok(actions) => {
                    faulty = false;
                    for action in
                        actions.into_iter().filter(|action| !told.contains(action)).collect::<Vec<_>>()
                    {
                        *guard(&world.announced) = Some(action.as_str().to_owned());
                        told.push(action.clone());
                        if tell.send(Input::Noticed(Notice { action, detected: now })).is_err() {
                            return;
                        }
                    }
                }
                Err(fault) if fault.kind == Kind::NotOnEc2 || !world.on_ec2 => return,
                Err(fault) => {
                    if !std::mem::replace(&mut faulty, true) {
                        world.journal.say(&format!("notices cannot be looked for at the moment: {fault}"));
                    }
                }
            }
            rest(NOTICES.saturating_sub(clock::now().up.saturating_sub(now)));
        }
    })
}

fn look_for(imds: &imds::Imds, on_rebalance: bool) -> Result<Vec<Action>, imds::Fault> {
    let deadline = Deadline::after(NOTICES);
    let mut actions = Vec::new();
    if let Some(notice) = imds.spot_notice(&deadline)? {
        actions.push(match notice.action {
            imds::Action::Terminate => Action::Terminate,
            imds::Action::Stop => Action::Stop,
            imds::Action::Hibernate => Action::Hibernate,
            imds::Action::Other(word) => Action::Other(word),
        });
    }
    if on_rebalance && imds.rebalance(&deadline)?.is_some() {
        actions.push(Action::Rebalance);
    }
    Ok(actions)
}

/// Takes the first look at the counters, where there will be others to compare with it.
pub(super) fn begin_looking(world: &World) {
    if let (Some(rules), None) = (&world.config().idle, &world.config().run.command) {
        *guard(&world.reader) = Some(Reader::new(world.setup.root.clone(), rules));
    }
}

/// Whether anything but the run uses the machine: asked only where there is none.
pub(super) fn look(world: &World) -> Verdict {
    let rules = world.config().idle.clone().unwrap_or_default();
    let mut reader = guard(&world.reader);
    let reader = reader.get_or_insert_with(|| Reader::new(world.setup.root.clone(), &rules));
    verdict(&reader.read(clock::now()), &rules)
}

/// Sends the logs whenever they have grown.
pub(super) fn logs(world: Arc<World>) -> io::Result<()> {
    let Some(bucket) = world.bucket(&Stop::default()) else { return Ok(()) };
    spawn("logs", move || {
        let (mut sent, mut faulty) = (0, false);
        loop {
            let told = world.journal.told();
            rest(LOGS.max(Duration::from_secs(told / BYTES_A_SECOND)));
            // Only who holds the environment writes into it.
            if told == sent || !super::lock::is_held(&world) {
                continue;
            }
            let by = bucket::Deadline(clock::now().up + LOG_TAKES);
            let fault = record::logs(&world, &bucket, by).into_iter().find_map(Result::err);
            match fault {
                None => (sent, faulty) = (told, false),
                Some(fault) => {
                    if !std::mem::replace(&mut faulty, true) {
                        world.journal.say(&format!("the log cannot be sent at the moment: {}", fault.what));
                    }
                }
            }
        }
    })
}

#[expect(clippy::disallowed_methods, reason = "a thread of its own that has nothing else to do")]
pub(super) fn rest(time: Duration) {
    std::thread::sleep(time);
}
