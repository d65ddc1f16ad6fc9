//! A desktop in which Curfew is set up and not yet started: session, AWS stand-in, `config.toml`.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use curfew_tests::{
    binaries,
    notifications::{Notice, Notifications},
    process::Process,
    session::{Keyring, NotificationDaemon, Session, SessionParts, TrayHost},
    stand_in::{At, Call, Launch, StandIn},
    tray::{Item, Tray},
    wait,
};
use domain::{Fleet, Timestamp, fleet::Seen, journal::Entry};
use engine::SystemClock;
use store::Database;
use wire::{Address, Answer, Ask, Client};

/// More than anything here takes on a machine that is busy building.
pub(super) const SOON: Duration = Duration::from_secs(40);
/// The countdown before a termination, and what a busy machine adds.
pub(super) const AFTER_COUNTDOWN: Duration = Duration::from_secs(50);

pub(super) const MINUTE: Duration = Duration::from_secs(60);
pub(super) const HOUR: Duration = Duration::from_secs(3600);

/// The account whose credentials are the environment's.
pub(super) const ENVIRONMENT: &str = "[[account]]\nname = \"work\"\nsource = \"environment\"\n";
/// Where the tests' instances are. Every region that is enabled would be four times as many.
pub(super) const REGIONS: &str =
    "[poll]\nregions = [\"us-east-1\", \"us-west-2\", \"eu-west-1\", \"eu-central-1\"]\n";

/// The desktop, the cloud, and what is shown.
pub(super) struct Stage {
    pub(super) notifications: Notifications,
    pub(super) aws: StandIn,
    pub(super) session: Session,
}

/// A desktop that shows tray icons and notifications, and has no keyring.
pub(super) fn desk() -> SessionParts {
    SessionParts { keyring: Keyring::Absent, ..SessionParts::default() }
}

/// A desktop with a tray alone.
pub(super) fn quiet_desk() -> SessionParts {
    SessionParts { notifications: NotificationDaemon::Absent, ..desk() }
}

/// A desktop without anything that could be left out.
pub(super) fn bare_desk() -> SessionParts {
    SessionParts { tray_host: TrayHost::Absent, ..quiet_desk() }
}

/// An instance past its critical threshold.
pub(super) fn overdue() -> Launch {
    Launch::new("us-east-1", "g5.xlarge").name("llama_train").launched_ago(7 * HOUR)
}

/// An instance past its warning threshold.
pub(super) fn late() -> Launch {
    Launch::new("eu-west-1", "g4dn.xlarge").name("eval").launched_ago(3 * HOUR)
}

impl Stage {
    /// Sets up one account, whose credentials are the tray's environment.
    pub(super) async fn set(parts: SessionParts) -> Result<Self> {
        let stage = Self::unconfigured(parts).await?;
        stage.configure(&[REGIONS, ENVIRONMENT].concat())?;
        Ok(stage)
    }

    /// The same as on the first day: there is no `config.toml`.
    pub(super) async fn unconfigured(parts: SessionParts) -> Result<Self> {
        let (session, aws) = tokio::try_join!(Session::start(parts), StandIn::start())?;
        let notifications = Notifications::watch(&session).await?;
        Ok(Self { notifications, aws, session })
    }

    /// Writes `config.toml`.
    pub(super) fn configure(&self, text: &str) -> Result<()> {
        self.write(".config/curfew/config.toml", text)
    }

    /// Writes a file below the home folder.
    pub(super) fn write(&self, path: &str, text: &str) -> Result<()> {
        let path = self.session.home().join(path);
        fs::create_dir_all(path.parent().context("it lies below the home folder")?)?;
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    /// A program of Curfew's that finds the stand-in by its environment.
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = self.session.command(program);
        command.envs(self.aws.env());
        command
    }

    /// Starts the tray.
    pub(super) fn start_tray(&self, arguments: &[&str]) -> Result<Process> {
        self.start_again("curfew-tray", arguments)
    }

    /// Starts the tray, with builds of the agent that nobody runs.
    pub(super) fn start_tray_with_agents(&self) -> Result<Process> {
        for machine in ["x86_64", "aarch64"] {
            self.write(&format!("agents/curfew-agent-{machine}"), "an agent")?;
        }
        let mut command = self.command(binaries::curfew_tray()?);
        command.env("CURFEW_AGENTS", self.session.home().join("agents"));
        self.session.spawn("curfew-tray", command)
    }

    /// Starts the tray once more; `name` is its log's.
    pub(super) fn start_again(&self, name: &str, arguments: &[&str]) -> Result<Process> {
        let mut command = self.command(binaries::curfew_tray()?);
        command.args(arguments);
        self.session.spawn(name, command)
    }

    /// The tray's icon, once it is there.
    pub(super) async fn item(&self) -> Result<Item> {
        Tray::of(&self.session).wait_for_item("curfew", SOON).await
    }

    /// The socket's folder.
    pub(super) fn runtime(&self) -> PathBuf {
        self.session.runtime_folder().join("curfew")
    }

    /// The data folder.
    pub(super) fn data(&self) -> PathBuf {
        self.session.home().join(".local/share/curfew")
    }

    /// Asks the tray at its socket.
    pub(super) async fn ask(&self, ask: &Ask) -> Result<Answer> {
        let address = Address::in_folder(&self.runtime());
        Client::new(address).ask(ask).await.context("the tray does not answer")
    }

    /// The fleet as the tray has it now.
    pub(super) async fn fleet(&self) -> Result<(Fleet, Timestamp)> {
        let answer = self.ask(&Ask::Fleet).await?;
        let Answer::Fleet { fleet, now } = answer else { bail!("the tray answers {answer:?}") };
        Ok((*fleet, now))
    }

    /// Waits until every region was read.
    pub(super) async fn complete(&self) -> Result<Fleet> {
        wait::until_ok("every region to be read", SOON, async || {
            let (fleet, _) = self.fleet().await?;
            ensure!(fleet.generation > 0 && fleet.is_complete(), "not yet: {:?}", fleet.regions);
            Ok(fleet)
        })
        .await
    }

    /// What the tray knows of an instance that a person called `name`.
    pub(super) async fn seen(&self, name: &str) -> Result<Seen> {
        let (fleet, _) = self.fleet().await?;
        let found = fleet.instances.into_values().find(|seen| seen.instance.name() == Some(name));
        found.with_context(|| format!("the tray knows no instance called {name}"))
    }

    /// Waits for a notification by the beginning of its title.
    pub(super) async fn notice(&self, title: &str) -> Result<Notice> {
        self.notifications.wait_for(title, SOON, |notice| notice.summary.starts_with(title)).await
    }

    /// The journal, oldest first: `ACTOR VERB OUTCOME` of an instance.
    pub(super) fn journal(&self, at: &At) -> Result<Vec<String>> {
        let database = Database::at(self.data().join("curfew.db"), Arc::new(SystemClock));
        let entries = database.read_journal(1_000).map_err(|problem| anyhow::anyhow!("{problem}"))?;
        let about =
            |entry: &&Entry| entry.target.id.as_str() == at.id && entry.target.region.as_str() == at.region;
        let line = |entry: &Entry| {
            format!("{} {} {}", entry.actor.as_str(), entry.verb.as_str(), entry.outcome.as_str())
        };
        Ok(entries.iter().rev().filter(about).map(line).collect())
    }

    /// Waits until the journal's last line about an instance is this one; all its lines.
    pub(super) async fn journal_until(&self, at: &At, last: &str) -> Result<Vec<String>> {
        let look = async || self.journal(at);
        let ends = |lines: &Vec<String>| lines.last().is_some_and(|line| line == last);
        wait::until(format!("the journal to end with {last:?}"), SOON, look, ends).await
    }

    /// The calls of one action that named an instance.
    pub(super) async fn calls(&self, action: &str, at: &At) -> Result<Vec<Call>> {
        let calls = self.aws.calls_of(action).await?;
        Ok(calls.into_iter().filter(|call| call.parameters.to_string().contains(&at.id)).collect())
    }

    /// Process ids of the windows that run.
    pub(super) fn windows(&self) -> Vec<i32> {
        let running = self.session.processes().into_iter();
        running.filter(|process| process.name == "curfew-window").map(|process| process.id).collect()
    }

    /// Waits until no window runs.
    pub(super) async fn windows_gone(&self) -> Result<()> {
        let running = async || Ok(self.windows());
        wait::until("the window to be gone", SOON, running, Vec::is_empty).await?;
        Ok(())
    }

    /// Kills a process of the session on the spot.
    pub(super) fn kill(&self, id: i32) -> Result<()> {
        let status = self.session.command("kill").args(["-KILL", &id.to_string()]).status()?;
        ensure!(status.success(), "process {id} cannot be killed");
        Ok(())
    }

    /// All regular files below the session's folder.
    pub(super) fn files(&self) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        gather(self.session.folder(), &mut found)?;
        Ok(found)
    }
}

fn gather(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            gather(&entry.path(), found)?;
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
    Ok(())
}
