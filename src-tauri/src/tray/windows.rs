//! The window's process: started when it is wanted, raised when it is there, ended with the tray.
//!
//! A window is *there* once it watches at the socket, whoever started it. Knows no toolkit.

use std::{env, ffi::OsString, path::PathBuf, process::Stdio, time::Duration};

use domain::{Problem, view::window::Sight};
use tokio::{
    process::{Child, Command},
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

use super::input::{Input, Inputs};

/// How long a window may take from its start to its first watch before another is started in its place.
const START_WITHIN: Duration = Duration::from_secs(15);

/// How long a window that was closed or killed may still look as if it were there. Too short for a person to open one and
/// close it.
const GONE_WITHIN: Duration = Duration::from_millis(500);

/// How long a window may take to end when it is told to.
const END_WITHIN: Duration = Duration::from_secs(1);

/// What a window is told beside the fleet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// Come to the front.
    Raise,
    /// Show this.
    Show(Sight),
    /// Curfew ends, and the window with it.
    End,
}

/// The windows that watch, and one that may be starting.
pub(crate) struct Windows {
    inputs: Inputs,
    watching: Vec<mpsc::UnboundedSender<Call>>,
    started: Option<Started>,
    /// For the next window that comes.
    sight: Option<Sight>,
}

/// A process that was started and has not ended yet.
struct Started {
    since: Instant,
    /// Dropped or sent to, it ends the process if that does not end by itself.
    end: oneshot::Sender<()>,
    attended: JoinHandle<()>,
}

impl Windows {
    pub(crate) fn new(inputs: Inputs) -> Self {
        Self { inputs, watching: Vec::new(), started: None, sight: None }
    }

    /// A window watches: here it can be told things.
    pub(crate) fn came(&mut self, calls: mpsc::UnboundedSender<Call>) {
        self.watching.retain(|window| !window.is_closed());
        if let Some(sight) = self.sight.take() {
            // One that is gone already shows nothing.
            calls.send(Call::Show(sight)).ok();
        }
        self.watching.push(calls);
    }

    /// Lets the window show this, now or when it comes.
    pub(crate) fn show(&mut self, sight: Sight) {
        self.watching.retain(|window| window.send(Call::Show(sight.clone())).is_ok());
        self.sight = self.watching.is_empty().then_some(sight);
    }

    /// Brings the window to the front, or starts it.
    pub(crate) fn open(&mut self) -> Result<(), Problem> {
        self.watching.retain(|window| window.send(Call::Raise).is_ok());
        if !self.is_there() {
            return self.start();
        }
        let inputs = self.inputs.clone();
        tokio::spawn(async move {
            sleep(GONE_WITHIN).await;
            inputs.send(Input::WindowAwaited);
        });
        Ok(())
    }

    /// The window that was to come to the front may have been on its way out: then another is started.
    pub(crate) fn make_sure(&mut self) -> Result<(), Problem> {
        self.watching.retain(|window| !window.is_closed());
        if self.is_there() { Ok(()) } else { self.start() }
    }

    fn start(&mut self) -> Result<(), Problem> {
        let child = start()?;
        let (end, ended) = oneshot::channel();
        let attended = tokio::spawn(attend(child, ended, self.inputs.clone()));
        self.started = Some(Started { since: Instant::now(), end, attended });
        Ok(())
    }

    /// Tells the window to end.
    pub(crate) fn tell_end(&self) {
        for window in &self.watching {
            // One that is gone needs not be told.
            window.send(Call::End).ok();
        }
    }

    /// Sees to it that a window that we started has ended.
    pub(crate) async fn end(self) {
        if let Some(started) = self.started {
            started.end.send(()).ok();
            // It fails only when the task panicked, and then nothing is left to wait for.
            started.attended.await.ok();
        }
    }

    fn is_there(&self) -> bool {
        !self.watching.is_empty() || self.is_starting()
    }

    fn is_starting(&self) -> bool {
        let young = |started: &Started| !started.end.is_closed() && started.since.elapsed() < START_WITHIN;
        self.started.as_ref().is_some_and(young)
    }
}

/// Waits for the process's end and says when it was a bad one.
async fn attend(mut child: Child, ended: oneshot::Receiver<()>, inputs: Inputs) {
    let status = tokio::select! {
        status = child.wait() => status,
        _ = ended => {
            if timeout(END_WITHIN, child.wait()).await.is_err() {
                // It is gone already when this fails.
                child.kill().await.ok();
            }
            return;
        }
    };
    let problem = match status {
        Ok(status) if status.success() => None,
        Ok(status) => Some(ended_badly(&status.to_string())),
        Err(error) => Some(ended_badly(&error.to_string())),
    };
    inputs.send(Input::WindowEnded(problem));
}

fn start() -> Result<Child, Problem> {
    let mut command = Command::new(program());
    command.stdin(Stdio::null());
    command.spawn().map_err(|error| {
        let message = format!("The window could not be opened: curfew-window does not start: {error}");
        Problem::new("window", message, "Install it beside curfew-tray. The tray's menu works without it.")
    })
}

/// `curfew-window` beside this program, else wherever `PATH` has it.
fn program() -> OsString {
    let name = format!("curfew-window{}", env::consts::EXE_SUFFIX);
    let beside = env::current_exe().ok().map(|own| own.with_file_name(&name)).filter(|path| path.is_file());
    beside.map_or_else(|| name.into(), PathBuf::into_os_string)
}

fn ended_badly(how: &str) -> Problem {
    Problem::new(
        "window",
        format!("The window ended by itself: {how}"),
        "Open it again. The log may say more.",
    )
}
