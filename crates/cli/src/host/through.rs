//! The running tray's engine, asked over its socket: instant answers, and one engine that acts.

use std::{sync::Arc, time::Duration};

use domain::{Command, Fleet, Problem, RegionKey};
use tokio::time::sleep;
use wire::{Address, Answer, Ask, Client};

use super::{Looked, Scope};
use crate::{failure::Failure, terminal::note};

/// Between two looks at the tray's fleet.
const EVERY: Duration = Duration::from_millis(250);
/// The code of the problem that no tray runs: the usual case, and no news.
const NOT_RUNNING: &str = "not-running";

/// A tray that answers.
pub(crate) struct Through {
    client: Client,
}

impl Through {
    /// The tray that listens there, if one does whose fleet is the real one, up to date and wide enough.
    pub(super) async fn find(address: Address, scope: &Scope) -> Option<Self> {
        let tray = Self { client: Client::new(address) };
        match tray.fleet().await {
            Ok(looked) => suits(&looked, scope).then_some(tray),
            Err(problem) => {
                if problem.code != NOT_RUNNING {
                    note(&format!("curfew: asking AWS without the running Curfew: {}\n", problem.message));
                }
                None
            }
        }
    }

    pub(super) async fn seen(&self) -> Result<Looked, Failure> {
        Ok(self.fleet().await?)
    }

    /// The fleet once it is so.
    pub(super) async fn until(&self, holds: impl Fn(&Fleet) -> bool) -> Result<Looked, Failure> {
        loop {
            let looked = self.fleet().await?;
            if holds(&looked.fleet) {
                return Ok(looked);
            }
            sleep(EVERY).await;
        }
    }

    /// The socket does not call back: it is looked at again after a moment.
    pub(super) async fn changed(&self) {
        sleep(EVERY).await;
    }

    pub(super) async fn send(&self, command: Command) -> Result<(), Problem> {
        match self.client.ask(&Ask::Send(command)).await? {
            Answer::Done => Ok(()),
            Answer::Refused(problem) => Err(problem),
            Answer::Hello { .. }
            | Answer::Fleet { .. }
            | Answer::Update(_)
            | Answer::Raise
            | Answer::Show(_)
            | Answer::Profiles(_)
            | Answer::End
            | Answer::Settings(_)
            | Answer::Faults(_) => Err(out_of_turn()),
        }
    }

    async fn fleet(&self) -> Result<Looked, Problem> {
        match self.client.ask(&Ask::Fleet).await? {
            Answer::Fleet { mut fleet, now } => {
                // What the tray's desktop lacks is the tray's to tell.
                fleet.troubles.clear();
                Ok(Looked { fleet: Arc::from(fleet), now })
            }
            Answer::Refused(problem) => Err(problem),
            Answer::Hello { .. }
            | Answer::Update(_)
            | Answer::Raise
            | Answer::Show(_)
            | Answer::Profiles(_)
            | Answer::End
            | Answer::Settings(_)
            | Answer::Done
            | Answer::Faults(_) => Err(out_of_turn()),
        }
    }
}

/// A tray that shows the demo, rests, or knows no account would answer something else than what was asked.
fn suits(looked: &Looked, scope: &Scope) -> bool {
    let fleet = &looked.fleet;
    let wide_enough = match scope {
        Scope::Configured | Scope::Aside(_) => true,
        Scope::Exactly(_) => false,
        Scope::Enough(region) => fleet.regions.keys().any(|key: &RegionKey| key.region == *region),
    };
    !fleet.demo && fleet.paused.is_none() && !fleet.accounts.is_empty() && wide_enough
}

fn out_of_turn() -> Problem {
    Problem::new(
        "tray-garbled",
        "the running Curfew answers something else than it was asked",
        "It may be of another version: quit it and start it again.",
    )
}

#[cfg(test)]
mod tests;
