//! A private desktop: display, session bus, window manager, keyring, notification daemon, tray host,
//! each the real program and each possible to leave out. It knows nothing of Curfew.
//!
//! Everything lives in one temporary folder and one process group, and ends with the [`Session`], also
//! when the test panics or is killed. Sessions do not see each other.

mod environment;
mod folder;
mod keyring;
mod parts;
mod wanted;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;
use zbus::Connection;

use crate::lifeline::Lifeline;
use crate::proc::Running;
use crate::process::Process;
pub use parts::Part;
pub use wanted::{Keyring, NotificationDaemon, SessionParts, Theme, TrayHost};

/// How long a part may take to be ready. Parts take well under a second; the rest is for a machine
/// that is busy building.
const READY: Duration = Duration::from_secs(30);

/// A running desktop. Dropping it ends all of it and removes its folder.
#[derive(Debug)]
pub struct Session {
    // Dropped in this order: first everything that runs, last the folder that it runs in.
    lifeline: Lifeline,
    running: BTreeMap<Part, Process>,
    bus: Connection,
    environment: BTreeMap<&'static str, OsString>,
    screen: (u16, u16),
    folder: TempDir,
}

impl Session {
    /// Starts a desktop of these parts and returns once all of them are ready for use.
    ///
    /// # Errors
    /// Names the part that is missing or did not get ready, with the tail of its log.
    pub async fn start(wanted: SessionParts) -> Result<Self> {
        let folder = folder::create(wanted.theme)?;
        let lifeline = Lifeline::open(folder.path(), folder::home(folder.path()))?;
        let mut environment = environment::of(folder.path());
        let mut running = BTreeMap::new();

        let (display, name) =
            parts::start_display(&lifeline, &environment, wanted.screen, folder.path()).await?;
        environment.insert("DISPLAY", name.into());
        running.insert(Part::Display, display);
        let (daemon, bus) = parts::start_bus(&lifeline, &environment, folder.path()).await?;
        running.insert(Part::Bus, daemon);

        let screen = wanted.screen;
        let mut session = Self { lifeline, running, bus, environment, screen, folder };
        let rest: Vec<_> = std::iter::once(Part::WindowManager).chain(wanted.optional()).collect();
        session.start_parts(&rest).await?;
        if wanted.keyring == Keyring::Locked {
            session.lock_keyring().await?;
        }
        Ok(session)
    }

    /// A command that runs `program` in this desktop: its environment and nothing of the test's own but
    /// `PATH`, its process group, an empty standard input. `tokio::process::Command::from` takes it too.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(&self.environment).current_dir(self.home()).stdin(Stdio::null());
        self.lifeline.adopt(&mut command);
        command
    }

    /// Starts a command made by [`Session::command`] and keeps what it prints in the log called `name`.
    ///
    /// # Errors
    /// The program is missing or cannot be started.
    pub fn spawn(&self, name: &str, command: Command) -> Result<Process> {
        Process::start(name, command, &folder::log(self.folder.path(), name))
    }

    /// Starts a part that was left out or stopped, and waits until it is ready.
    ///
    /// # Errors
    /// Names the part, with the tail of its log.
    pub async fn start_part(&mut self, part: Part) -> Result<()> {
        self.start_parts(&[part]).await
    }

    /// Ends a part, as if it had crashed or had been uninstalled; returns once its process is gone.
    pub fn stop_part(&mut self, part: Part) {
        self.running.remove(&part);
    }

    /// A connection to the session bus.
    pub fn bus(&self) -> &Connection {
        &self.bus
    }

    /// A further connection to the session bus, for those that change what a connection does.
    ///
    /// # Errors
    /// The bus is gone.
    pub async fn new_bus(&self) -> Result<Connection> {
        parts::connect(self.folder.path()).await
    }

    /// The home folder that its programs see; `XDG_CONFIG_HOME` and its kin are the defaults in it.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        folder::home(self.folder.path())
    }

    /// `XDG_RUNTIME_DIR` of its programs.
    #[must_use]
    pub fn runtime_folder(&self) -> PathBuf {
        folder::runtime(self.folder.path())
    }

    /// Width and height of the screen in pixels.
    #[must_use]
    pub fn screen(&self) -> (u16, u16) {
        self.screen
    }

    /// Everything that runs in this session now, with what its parts started.
    #[must_use]
    pub fn processes(&self) -> Vec<Running> {
        self.lifeline.members()
    }

    /// Id of the process group that everything here runs in.
    #[must_use]
    pub fn group(&self) -> i32 {
        self.lifeline.id()
    }

    /// The folder that holds all of the session.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn choice_file(&self) -> PathBuf {
        folder::choice(self.folder.path())
    }

    /// Starts parts side by side, then waits for each.
    async fn start_parts(&mut self, parts: &[Part]) -> Result<()> {
        for part in parts {
            let command = parts::command(self, *part)?;
            let process = self
                .spawn(part.program(), command)
                .with_context(|| format!("{part} is missing: install the package {}", part.package()))?;
            self.running.insert(*part, process);
        }
        for part in parts {
            parts::ready(self, *part).await.with_context(|| format!("{part} did not start"))?;
        }
        Ok(())
    }

    fn running(&mut self, part: Part) -> Result<&mut Process> {
        self.running.get_mut(&part).with_context(|| format!("{part} is not part of this session"))
    }
}

impl Drop for Session {
    /// Shows what the parts printed when the test has failed; the fields then end and remove themselves.
    fn drop(&mut self) {
        if std::thread::panicking() {
            for (part, process) in &self.running {
                eprintln!("--- {part} printed:\n{}", process.log_tail());
            }
        }
    }
}
