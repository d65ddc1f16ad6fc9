//! Whose engine answers: the running tray's, or one of this process's own. Commands know only that one does.

mod config;
mod own;
pub(crate) mod shell;
mod through;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use domain::{AccountName, AccountState, Command, Fleet, Freshness, Problem, Region, Timestamp, view::fmt};
use tokio::time::timeout;

use self::{own::Own, through::Through};
use crate::{
    args::{Limit, Regions},
    failure::Failure,
    home::Home,
    terminal::{Progress, Terminal, note},
};

/// How long to wait until every region has answered or failed; each has its own, shorter deadline in the engine.
const LOOK_BOUND: Duration = Duration::from_secs(60);
/// How often a code of the second factor may be typed wrongly.
const CODE_TRIES: usize = 3;

/// What a command wants of an engine.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// The simulated fleet.
    pub(crate) demo: bool,
    /// Where to look.
    pub(crate) scope: Scope,
    /// Another warning threshold.
    pub(crate) warning: Option<Limit>,
    /// Another critical threshold.
    pub(crate) critical: Option<Limit>,
}

/// Where to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Where `config.toml` says.
    Configured,
    /// Exactly there.
    Exactly(Regions),
    /// This region is enough, and more does no harm.
    Enough(Region),
    /// Nowhere in particular: an engine of our own need not look further than there.
    Aside(Vec<Region>),
}

impl Wanted {
    /// What the tray's engine would answer differently, because it runs under another configuration.
    fn is_special(&self) -> bool {
        let elsewhere = match self.scope {
            Scope::Exactly(_) => true,
            Scope::Configured | Scope::Enough(_) | Scope::Aside(_) => false,
        };
        elsewhere || self.changes_thresholds()
    }

    fn changes_thresholds(&self) -> bool {
        self.warning.is_some() || self.critical.is_some()
    }
}

impl From<Option<Regions>> for Scope {
    fn from(regions: Option<Regions>) -> Self {
        regions.map_or(Self::Configured, Self::Exactly)
    }
}

/// A fleet and what time it is in it.
#[derive(Clone, Debug)]
pub(crate) struct Looked {
    pub(crate) fleet: Arc<Fleet>,
    pub(crate) now: Timestamp,
}

/// An engine to look through and to act through.
pub(crate) enum Host {
    /// In this process.
    Own(Own),
    /// In the tray's.
    Tray(Through),
}

impl Host {
    /// The tray's engine if it sees what is wanted, else one of our own.
    pub(crate) async fn find(wanted: &Wanted) -> Result<Self, Failure> {
        if wanted.demo {
            return Own::demo(wanted).map(Self::Own);
        }
        let home = Home::find()?;
        if !wanted.is_special()
            && !shell::differs()
            && let Some(tray) = Through::find(home.address(), &wanted.scope).await
        {
            return Ok(Self::Tray(tray));
        }
        Own::real(wanted, &home).map(Self::Own)
    }

    /// The fleet once every region has answered or failed, or as it is after a bound. Asks for a code of the second
    /// factor where one is wanted and somebody is there.
    pub(crate) async fn look(&self, terminal: &Terminal) -> Result<Looked, Failure> {
        let looked = self.complete(terminal, &BTreeMap::new()).await?;
        let mut signed_in = BTreeMap::new();
        for (account, serial) in wanting_code(&looked.fleet) {
            if terminal.answers && self.sign_in(&account, &serial, terminal).await? {
                signed_in.insert(account, serial);
            }
        }
        if signed_in.is_empty() { Ok(looked) } else { self.complete(terminal, &signed_in).await }
    }

    /// The fleet as it is.
    pub(crate) async fn seen(&self) -> Result<Looked, Failure> {
        match self {
            Self::Own(own) => Ok(own.seen()),
            Self::Tray(tray) => tray.seen().await,
        }
    }

    /// Returns when the fleet may have changed.
    pub(crate) async fn changed(&mut self) {
        match self {
            Self::Own(own) => own.changed().await,
            Self::Tray(tray) => tray.changed().await,
        }
    }

    /// Sends a wish; the answer says whether it was taken.
    pub(crate) async fn send(&self, command: Command) -> Result<(), Problem> {
        match self {
            Self::Own(own) => own.send(command).await,
            Self::Tray(tray) => tray.send(command).await,
        }
    }

    /// Ends an engine of our own in good order; the tray's goes on.
    pub(crate) async fn leave(self) {
        match self {
            Self::Own(own) => own.quit().await,
            Self::Tray(_) => {}
        }
    }

    /// The whole fleet; an account that was just signed in is waited for until it wants that code no more.
    async fn complete(
        &self,
        terminal: &Terminal,
        signed_in: &BTreeMap<AccountName, String>,
    ) -> Result<Looked, Failure> {
        let progress = Progress::begin(terminal, "Asking AWS");
        let whole = |fleet: &Fleet| {
            progress.say(how_far(fleet));
            let wanting = wanting_code(fleet);
            is_whole(fleet) && !wanting.iter().any(|(account, serial)| signed_in.get(account) == Some(serial))
        };
        let all_read = async {
            match self {
                Self::Own(own) => own.until(whole).await,
                Self::Tray(tray) => tray.until(whole).await,
            }
        };
        match timeout(LOOK_BOUND, all_read).await {
            Ok(looked) => looked,
            Err(_) => self.seen().await,
        }
    }

    /// Whether the account was let in.
    async fn sign_in(
        &self,
        account: &AccountName,
        serial: &str,
        terminal: &Terminal,
    ) -> Result<bool, Failure> {
        for _ in 0..CODE_TRIES {
            let code = terminal.ask(&format!("Code of {serial} for account {account}:"))?;
            if code.is_empty() {
                return Ok(false);
            }
            match self.send(Command::Code { account: account.clone(), code }).await {
                Ok(()) => return Ok(true),
                Err(problem) => note(&Failure::from(problem).text()),
            }
        }
        Ok(false)
    }
}

/// Whether an engine has published what it found, everywhere.
fn is_whole(fleet: &Fleet) -> bool {
    fleet.generation > 0 && fleet.is_complete()
}

/// How far a look around is, for the progress line.
fn how_far(fleet: &Fleet) -> String {
    let answered = fleet.regions.values().filter(|region| **region != Freshness::Waiting).count();
    match fleet.regions.len() {
        0 => "Asking AWS which regions there are".into(),
        all => format!("Asking AWS: {answered} of {} answered", fmt::count(all, "region")),
    }
}

fn wanting_code(fleet: &Fleet) -> Vec<(AccountName, String)> {
    let wanting = |(name, state): (&AccountName, &AccountState)| match state {
        AccountState::NeedsCode { serial } => Some((name.clone(), serial.clone())),
        AccountState::Connecting | AccountState::Connected(_) | AccountState::Broken(_) => None,
    };
    fleet.accounts.iter().filter_map(wanting).collect()
}
