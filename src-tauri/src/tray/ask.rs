//! Answers what is asked at the socket: by window, command line, and a second start.
//!
//! What only reads, or goes straight to the engine, is answered here, beside the loop; the rest becomes an input.

mod stream;

use std::sync::Arc;

use domain::{AccountName, AccountState, Command, FaultKind, Fleet, Problem, command::SettingsEdit};
use engine::Engine;
use store::OsKeychain;
use tokio::sync::{mpsc, oneshot, watch};
use wire::{Answer, Ask, ProfileAsk, Reply};

use super::{
    autostart,
    input::{Input, Inputs},
    settings::Desk as SettingsDesk,
    stage::Stage,
    windows::Call,
};

/// What only the loop can do.
#[derive(Debug)]
pub(crate) enum Asked {
    /// A window watches, and can be called here.
    Window(mpsc::UnboundedSender<Call>),
    /// Open the window, or raise it.
    OpenWindow,
    /// Show the simulated fleet, or the real one.
    Demo(bool, oneshot::Sender<Result<(), Problem>>),
    /// Put a text on the clipboard.
    Copy(String, oneshot::Sender<Result<(), Problem>>),
}

/// What is needed to answer.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) stage: watch::Receiver<Stage>,
    pub(crate) settings: Arc<SettingsDesk>,
    pub(crate) inputs: Inputs,
}

impl Desk {
    /// The answer to an ask.
    pub(crate) async fn answer(self, ask: Ask) -> Reply {
        match ask {
            Ask::Hello => hello().into(),
            Ask::Fleet => self.fleet().into(),
            Ask::Watch => self.watch(),
            Ask::Send(command) => self.send(command).await.into(),
            Ask::Settings => self.settings.read().await.into(),
            Ask::Edit(edits) => self.edit(edits).await.into(),
            Ask::Profiles(ask) => self.profiles(ask).await.into(),
            Ask::Autostart(on) => taken(autostart::set(on)).into(),
            Ask::Demo(on) => self.asked(|taker| Asked::Demo(on, taker)).await.into(),
            Ask::Copy(text) => self.asked(|taker| Asked::Copy(text, taker)).await.into(),
            Ask::OpenWindow => self.tell(Input::Asked(Asked::OpenWindow)).into(),
            Ask::Quit => self.tell(Input::End).into(),
        }
    }

    fn fleet(&self) -> Answer {
        let engine = self.stage.borrow().engine.clone();
        let fleet = Box::new(engine.fleet().borrow().as_ref().clone());
        Answer::Fleet { fleet, now: engine.now() }
    }

    async fn send(&self, command: Command) -> Answer {
        let engine = self.stage.borrow().engine.clone();
        if let Command::Reconnect { account } = &command
            && is_locked(&engine.fleet().borrow(), account)
        {
            // A person takes longer over a prompt than anybody waits at the socket.
            tokio::spawn(unlock(engine, command, self.inputs.clone()));
            return Answer::Done;
        }
        taken(engine.send(command).await)
    }

    /// Changes the settings. Who connects an account wants to see it: that ends the demo.
    async fn edit(&self, edits: Vec<SettingsEdit>) -> Answer {
        let connects = edits.iter().any(|edit| matches!(edit, SettingsEdit::PutAccount { .. }));
        let (answer, config) = self.settings.edit(edits).await;
        let stage = self.stage.borrow().clone();
        match (config, stage.demo) {
            (Some(config), false) => stage.engine.configure(config).await,
            (Some(_), true) if connects => return self.asked(|taker| Asked::Demo(false, taker)).await,
            (Some(_), true) | (None, _) => {}
        }
        answer
    }

    async fn profiles(&self, ask: ProfileAsk) -> Answer {
        let stage = self.stage.borrow().clone();
        stage.profiles.answer(ask, stage.engine.now()).await
    }

    fn watch(&self) -> Reply {
        let (feed, reply) = wire::feed();
        let (calls, called) = mpsc::unbounded_channel();
        self.inputs.send(Input::Asked(Asked::Window(calls)));
        tokio::spawn(stream::run(self.stage.clone(), feed, called));
        reply
    }

    /// Lets the loop do something and waits for how it went.
    async fn asked(&self, what: impl FnOnce(oneshot::Sender<Result<(), Problem>>) -> Asked) -> Answer {
        let (taker, done) = oneshot::channel();
        self.inputs.send(Input::Asked(what(taker)));
        match done.await {
            Ok(result) => taken(result),
            Err(_) => Answer::Refused(Problem::new("ended", "Curfew is about to end", "Start it again.")),
        }
    }

    fn tell(&self, input: Input) -> Answer {
        self.inputs.send(input);
        Answer::Done
    }
}

/// Whether the account waits for its keychain to be unlocked.
fn is_locked(fleet: &Fleet, account: &AccountName) -> bool {
    match fleet.accounts.get(account) {
        Some(AccountState::Broken(fault)) => fault.kind == FaultKind::KeychainLocked,
        Some(AccountState::Connecting | AccountState::Connected(_) | AccountState::NeedsCode { .. })
        | None => false,
    }
}

/// Lets the desktop ask for the keychain's password, because a person just pressed Retry; then tries again.
async fn unlock(engine: Engine, retry: Command, inputs: Inputs) {
    let unlocked = OsKeychain.unlock().await.map_err(|fault| fault.problem("Unlocking the keychain"));
    let sent = match unlocked {
        Ok(()) => engine.send(retry).await,
        Err(problem) => Err(problem),
    };
    if let Err(problem) = sent {
        inputs.send(Input::Refused(problem));
    }
}

fn hello() -> Answer {
    Answer::Hello { version: env!("CARGO_PKG_VERSION").to_owned(), pid: std::process::id() }
}

fn taken(result: Result<(), Problem>) -> Answer {
    match result {
        Ok(()) => Answer::Done,
        Err(problem) => Answer::Refused(problem),
    }
}
