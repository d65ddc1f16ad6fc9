//! What components ask of the shell. A failure becomes a note, so that no component has to show it.

use std::future::Future;

use domain::{Actor, Command, Problem, Target, Verb, command::Pace};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{
    ipc,
    state::{Change, Saying, State},
};

/// The way out, given to every component as a context.
#[derive(Clone, PartialEq)]
pub(crate) struct Port {
    state: UseReducerDispatcher<State>,
}

impl Port {
    pub(crate) fn new(state: UseReducerDispatcher<State>) -> Self {
        Self { state }
    }

    /// Asks something of the engine.
    pub(crate) fn send(&self, command: Command) {
        self.ask(ipc::send(command));
    }

    /// Stops, starts or terminates. Only a termination waits for an Undo.
    pub(crate) fn act(&self, verb: Verb, target: Target) {
        let pace = match verb {
            Verb::Stop | Verb::Start => Pace::AtOnce,
            Verb::Terminate => Pace::WithUndo,
        };
        self.send(Command::Act { verb, target, actor: Actor::Window, pace });
    }

    /// Asks something of the shell; only a failure is told.
    pub(crate) fn ask(&self, asked: impl Future<Output = Result<(), Problem>> + 'static) {
        let port = self.clone();
        spawn_local(async move {
            if let Err(problem) = asked.await {
                port.say(Saying::Failed(problem));
            }
        });
    }

    /// Asks something of the shell and tells of it, however it ends.
    pub(crate) fn ask_and_say(
        &self,
        done: &'static str,
        asked: impl Future<Output = Result<(), Problem>> + 'static,
    ) {
        let port = self.clone();
        spawn_local(async move {
            port.say(asked.await.map_or_else(Saying::Failed, |()| Saying::Done(done.to_owned())));
        });
    }

    /// What somebody at the tray wanted to see is on the page.
    pub(crate) fn seen(&self) {
        self.state.dispatch(Change::Seen);
    }

    /// Says something to the person.
    pub(crate) fn say(&self, saying: Saying) {
        self.state.dispatch(Change::Say(saying));
    }

    /// Puts a note away.
    pub(crate) fn put_away(&self, note: u32) {
        self.state.dispatch(Change::PutAway(note));
    }
}

/// The way out of the component that calls this.
#[hook]
pub(crate) fn use_port() -> Port {
    use_context().expect("App gives a port to everything below it")
}
