//! The process's one loop: an [`Input`] at a time, each handed to the part that knows what to do about it.
//!
//! Decides next to nothing: what is shown is the tray model's and the board's to say, what happens is the engine's.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anyhow::Result;
use domain::{
    Command, Config, Fleet, Problem, Target,
    action::Progress,
    view::{
        tray::{MenuAction, tray},
        window::Sight,
    },
};
use tokio::{
    sync::{mpsc, watch},
    time::sleep,
};

use super::{
    args::Start,
    ask::Asked,
    clipboard::Clipboard,
    input::{Input, Inputs, TrayHost},
    notifier::{Board, Heard, Order, Orders, Reaction},
    platform::{Desktop, Shown, TrayIcon},
    stage::Stage,
    windows::Windows,
};

/// How long the desktop's tray may take to come: at login everything starts at once.
const TRAY_WITHIN: Duration = Duration::from_secs(5);
const TRAY_AT_LOGIN_WITHIN: Duration = Duration::from_secs(60);
/// The least time between two looks at the fleet.
const LOOK_REST: Duration = Duration::from_millis(250);
/// How long texts that name minutes are good for, and those that count seconds.
const MINUTES_AGE: Duration = Duration::from_secs(60);
const SECONDS_AGE: Duration = Duration::from_secs(1);

/// Makes the stages that can be shown.
pub(crate) trait Stages {
    /// The real engine or the demo's.
    fn set(&self, demo: bool) -> Stage;

    /// The configuration, when its file was changed since it was last read.
    fn reread(&self) -> Option<Result<Config, Problem>>;

    /// That the database was broken, and where it is now.
    fn set_aside(&self) -> Option<Problem>;
}

/// Everything that the loop holds.
pub(crate) struct Host<S> {
    inputs: Inputs,
    stages: S,
    stage: watch::Sender<Stage>,
    fleet: watch::Receiver<Arc<Fleet>>,
    tray: Option<TrayIcon>,
    tray_host: TrayHost,
    start: Start,
    board: Board,
    orders: Option<Orders>,
    windows: Windows,
    clipboard: Clipboard,
    /// What this computer cannot do, for the engine that comes on next.
    troubles: BTreeMap<&'static str, Problem>,
}

/// Whether the loop goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    On,
    End,
    /// The engine is gone: nothing is watched any more, and that must not look as if it were.
    Broken,
}

impl<S: Stages> Host<S> {
    pub(crate) fn new(start: Start, stages: S, stage: watch::Sender<Stage>, inputs: Inputs) -> Self {
        let fleet = stage.borrow().engine.fleet();
        Self {
            windows: Windows::new(inputs.clone()),
            inputs,
            stages,
            stage,
            fleet,
            tray: None,
            tray_host: TrayHost::Here,
            start,
            board: Board::default(),
            orders: None,
            clipboard: Clipboard::default(),
            troubles: BTreeMap::new(),
        }
    }

    /// Shows the icon and joins what the desktop offers; what it does not offer becomes a trouble, not an end.
    pub(crate) async fn join(&mut self, desktop: Desktop) {
        let joined = desktop.join(self.shown(), self.inputs.clone()).await;
        self.tray = joined.tray;
        self.orders = joined.orders;
        if let Some(problem) = joined.problem {
            tracing::warn!(%problem, "no tray");
            self.inputs.send(Input::TrayHost(TrayHost::Gone));
        }
    }

    /// Runs until somebody wants the end.
    ///
    /// # Errors
    /// The engine ended by itself.
    pub(crate) async fn run(mut self, mut arrivals: mpsc::UnboundedReceiver<Input>) -> Result<()> {
        let mut rested = true;
        loop {
            let ages = ages(&self.fleet.borrow());
            let input = tokio::select! {
                Some(input) = arrivals.recv() => input,
                changed = self.fleet.changed(), if rested => changed.map_or(Input::EngineEnded, |()| Input::Look),
                () = sleep(LOOK_REST), if !rested => { rested = true; continue }
                () = sleep(ages), if rested => Input::Look,
            };
            rested &= !matches!(input, Input::Look);
            match self.handle(input).await {
                Flow::On => {}
                Flow::End => break self.end().await,
                Flow::Broken => {
                    let problem = engine_ended();
                    self.order(|board| board.say(&problem));
                    self.leave().await;
                    return Err(problem.into());
                }
            }
        }
        Ok(())
    }

    async fn handle(&mut self, input: Input) -> Flow {
        match input {
            Input::Look => self.look().await,
            Input::Chosen(MenuAction::Quit) | Input::End => return Flow::End,
            Input::EngineEnded => return Flow::Broken,
            Input::Chosen(MenuAction::OpenWindow) => self.open_window().await,
            Input::Chosen(MenuAction::Show(sight)) => self.show_in_window(sight).await,
            Input::Chosen(MenuAction::Send(command)) => self.send(command),
            Input::Chosen(MenuAction::Copy(text)) => self.copy(text).await,
            Input::Chosen(MenuAction::Browse(address)) => self.browse(&address).await,
            Input::Heard(heard) => self.hear(heard).await,
            Input::Asked(asked) => self.answer(asked).await,
            Input::Presence(presence) => self.stage().engine.presence(presence).await,
            Input::TrayHost(host) => self.meet_tray_host(host).await,
            Input::TrayHostAwaited => self.miss_tray_host().await,
            Input::WindowAwaited => self.make_sure_of_window().await,
            Input::WindowEnded(problem) => self.trouble("window", problem).await,
            Input::Trouble(about, problem) => self.trouble(about, Some(problem)).await,
            Input::Refused(problem) => self.order(|board| board.say(&problem)),
        }
        Flow::On
    }

    async fn look(&mut self) {
        self.reread().await;
        self.trouble("database-aside", self.stages.set_aside()).await;
        let fleet = Arc::clone(&self.fleet.borrow_and_update());
        let now = self.stage().engine.now();
        let shown = self.shown();
        if let Some(tray) = &mut self.tray {
            tray.update(shown).await;
        }
        self.order(|board| board.look(&fleet, now));
    }

    /// Puts a configuration into force that was changed by hand or by the command line.
    async fn reread(&mut self) {
        let Some(read) = self.stages.reread() else { return };
        let stage = self.stage();
        match read {
            Ok(config) => {
                self.trouble("settings", None).await;
                if !stage.demo {
                    stage.engine.configure(config).await;
                }
            }
            Err(problem) => self.trouble("settings", Some(problem)).await,
        }
    }

    fn shown(&self) -> Shown {
        let stage = self.stage();
        let profiles = stage.profiles.names();
        Shown { tray: tray(&self.fleet.borrow(), &profiles, stage.engine.now()), demo: stage.demo }
    }

    fn order(&mut self, decide: impl FnOnce(&mut Board) -> Vec<Order>) {
        let Some(orders) = &self.orders else { return };
        decide(&mut self.board).into_iter().for_each(|order| orders.give(order));
    }

    async fn hear(&mut self, heard: Heard) {
        match &heard {
            Heard::Ready => self.trouble("notifications", None).await,
            Heard::Absent(problem) => self.trouble("notifications", Some(problem.clone())).await,
            Heard::Shown(..) | Heard::Pressed(..) | Heard::Closed(_) => {}
        }
        match self.board.hear(heard) {
            Reaction::None => {}
            Reaction::Send(command) => self.send(command),
            Reaction::OpenWindow => self.open_window().await,
            Reaction::Show(sight) => self.show_in_window(sight).await,
            Reaction::Close(id) => self.order(|_| vec![Order::Close(id)]),
        }
        let (fleet, now) = (Arc::clone(&self.fleet.borrow()), self.stage().engine.now());
        self.order(|board| board.look(&fleet, now));
    }

    async fn answer(&mut self, asked: Asked) {
        match asked {
            Asked::Window(calls) => self.windows.came(calls),
            Asked::OpenWindow => self.open_window().await,
            Asked::Demo(on, taker) => {
                self.show(on).await;
                taker.send(Ok(())).ok();
            }
            Asked::Copy(text, taker) => {
                taker.send(self.clipboard.put(text)).ok();
            }
        }
    }

    /// Puts the other engine on the stage; the one that leaves takes its countdowns back.
    async fn show(&mut self, demo: bool) {
        if self.is_demo() == demo {
            return;
        }
        let leaving = self.stage().engine;
        let stage = self.stages.set(demo);
        self.fleet = stage.engine.fleet();
        self.stage.send_replace(stage);
        self.order(Board::clear);
        leaving.quit().await;
        for (about, problem) in &self.troubles {
            self.stage().engine.trouble(about, Some(problem.clone())).await;
        }
        self.look().await;
    }

    async fn meet_tray_host(&mut self, host: TrayHost) {
        self.tray_host = host;
        match host {
            TrayHost::Here => self.trouble("tray", None).await,
            TrayHost::Gone => {
                let within = if self.start.background { TRAY_AT_LOGIN_WITHIN } else { TRAY_WITHIN };
                let inputs = self.inputs.clone();
                tokio::spawn(async move {
                    sleep(within).await;
                    inputs.send(Input::TrayHostAwaited);
                });
            }
        }
    }

    /// Without a tray the window is all that a person has.
    async fn miss_tray_host(&mut self) {
        if self.tray_host == TrayHost::Gone {
            self.trouble("tray", Some(no_tray())).await;
            self.open_window().await;
        }
    }

    async fn show_in_window(&mut self, sight: Sight) {
        self.windows.show(sight);
        self.open_window().await;
    }

    async fn open_window(&mut self) {
        let problem = self.windows.open().err();
        self.trouble("window", problem).await;
    }

    async fn make_sure_of_window(&mut self) {
        // Why the last one ended stays said.
        if let Err(problem) = self.windows.make_sure() {
            self.trouble("window", Some(problem)).await;
        }
    }

    /// Sends a wish beside the loop: some are answered only when AWS has answered.
    fn send(&self, command: Command) {
        let (engine, inputs) = (self.stage().engine, self.inputs.clone());
        tokio::spawn(async move {
            if let Err(problem) = engine.send(command).await {
                inputs.send(Input::Refused(problem));
            }
        });
    }

    async fn copy(&mut self, text: String) {
        let problem = self.clipboard.put(text).err();
        self.trouble("clipboard", problem).await;
    }

    async fn browse(&mut self, address: &str) {
        let problem = open::that_detached(address).err().map(|error| {
            let message = format!("The browser could not be opened: {error}");
            Problem::new("browser", message, format!("Open it yourself: {address}"))
        });
        self.trouble("browser", problem).await;
    }

    async fn trouble(&mut self, about: &'static str, problem: Option<Problem>) {
        let before = match problem.clone() {
            Some(problem) => self.troubles.insert(about, problem),
            None => self.troubles.remove(about),
        };
        if before != problem {
            self.stage().engine.trouble(about, problem).await;
        }
    }

    fn stage(&self) -> Stage {
        self.stage.borrow().clone()
    }

    fn is_demo(&self) -> bool {
        self.stage.borrow().demo
    }

    async fn end(mut self) {
        self.order(Board::clear);
        self.windows.tell_end();
        self.stage().engine.quit().await;
        self.leave().await;
    }

    /// Takes leave of the desktop.
    async fn leave(self) {
        self.windows.end().await;
        if let Some(orders) = self.orders {
            orders.end().await;
        }
        if let Some(tray) = self.tray {
            tray.remove().await;
        }
    }
}

/// How long what is shown is good for if nothing happens.
fn ages(fleet: &Fleet) -> Duration {
    let counts = |(_, progress): (&Target, &Progress)| match progress {
        Progress::CountingDown { .. } => true,
        Progress::Acting { .. } | Progress::Arriving { .. } | Progress::Failed { .. } => false,
    };
    if fleet.pace > 1 || fleet.progress.iter().any(counts) { SECONDS_AGE } else { MINUTES_AGE }
}

fn engine_ended() -> Problem {
    Problem::new(
        "engine-ended",
        "Curfew has stopped watching because of a fault in the program",
        "Start it again. The log in its data folder says more.",
    )
}

fn no_tray() -> Problem {
    Problem::new(
        "no-tray",
        "This desktop shows no tray icons, so that Curfew's window has to do",
        "On GNOME install the extension \"AppIndicator and KStatusNotifierItem Support\"; elsewhere add the system tray to the panel.",
    )
}
