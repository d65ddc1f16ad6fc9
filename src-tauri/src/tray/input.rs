//! Everything that can happen to the tray process. Closed; one loop takes them one by one.

use domain::{Problem, view::tray::MenuAction};
use engine::Presence;
use tokio::sync::mpsc;

use super::{ask::Asked, notifier::Heard};

/// Something that happened.
#[derive(Debug)]
pub(crate) enum Input {
    /// The engine published a new fleet, or texts that name a time have aged.
    Look,
    /// A line of the menu was chosen, or the icon clicked.
    Chosen(MenuAction),
    /// The notification daemon has something to say.
    Heard(Heard),
    /// Somebody at the socket wants something that only the loop can do.
    Asked(Asked),
    /// The person came, went, or closed the lid.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux is listened to so far"))]
    Presence(Presence),
    /// The desktop's tray came or went.
    TrayHost(TrayHost),
    /// A tray host had time enough to come.
    TrayHostAwaited,
    /// A window that was called to the front has had its time to come or to go.
    WindowAwaited,
    /// The window's process ended; with a problem when it ended badly.
    WindowEnded(Option<Problem>),
    /// Something on this computer does not work.
    Trouble(&'static str, Problem),
    /// A wish was not taken.
    Refused(Problem),
    /// The engine ended without being told to: a fault in the program.
    EngineEnded,
    /// Somebody wants the process to end: Quit, a signal, the end of the session.
    End,
}

/// Whether the desktop shows tray icons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TrayHost {
    /// It does.
    Here,
    /// It does not, or not now.
    Gone,
}

/// Where inputs are dropped off, from any task and from the toolkits' callbacks: it never blocks.
#[derive(Clone, Debug)]
pub(crate) struct Inputs(mpsc::UnboundedSender<Input>);

impl Inputs {
    /// A place to drop off inputs, and where they come out. Unbounded, because they come at the pace of people and of
    /// the bus, and a lost click would be worse than a queue.
    pub(crate) fn channel() -> (Self, mpsc::UnboundedReceiver<Input>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    /// Drops off an input. When the loop has ended nobody is left to care.
    pub(crate) fn send(&self, input: Input) {
        self.0.send(input).ok();
    }
}
