//! A life, lived: one loop over one channel. What is slow is done in threads of its own and comes back as an input.

mod cloud;
mod command;
mod hands;
mod journal;
mod lock;
mod memory;
mod metrics;
pub mod once;
mod power;
mod record;
pub mod setup;
mod transfer;
mod watch;

use std::{
    sync::mpsc::{self, RecvTimeoutError},
    time::Duration,
};

use self::{hands::Hands, setup::Setup};
use crate::{
    core::{Core, Effect, Input},
    decide::exit::Exit,
    io::{clock, watchdog::Watchdog},
};

/// The longest wait: a machine that comes back from hibernation is to notice it.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Lives to the end and says how the command ended, if it ran.
///
/// # Errors
/// The life cannot begin: a sentence.
pub fn live(setup: Setup) -> Result<Option<Exit>, String> {
    let watchdog = Watchdog::find(setup.variable);
    let longest = watchdog.as_ref().map_or(LONGEST_WAIT, |watchdog| watchdog.every().min(LONGEST_WAIT));
    let (tell, told) = mpsc::channel();
    let mut hands = Hands::new(setup, tell)?;
    let mut core = Core::new(hands.plan());
    hands.begin()?;
    let mut input = Input::Tick;
    loop {
        if let Some(watchdog) = &watchdog {
            watchdog.pat();
        }
        for effect in core.handle(input, clock::now().up) {
            match effect {
                Effect::Leave => return Ok(hands.leave()),
                effect @ (Effect::Begin { .. }
                | Effect::Signal(_)
                | Effect::Report(_)
                | Effect::Conclude(_)
                | Effect::Say(_)) => hands.act(effect),
            }
        }
        let now = clock::now().up;
        let wait = core.poll_timeout().map_or(LONGEST_WAIT, |at| at.saturating_sub(now)).min(longest);
        input = match told.recv_timeout(wait) {
            Ok(input) => input,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Input::Tick,
        };
    }
}
