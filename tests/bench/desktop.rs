//! A private desktop with Curfew on it: starting the tray, opening and closing the window, as a person would.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};
use curfew_tests::process::Process;
use curfew_tests::session::{Session, SessionParts};
use curfew_tests::tray::{Item, Tray};
use curfew_tests::{binaries, wait, windows};
use tokio::time::sleep;

/// How long anything here may take; then something is wrong rather than slow.
pub(crate) const BOUND: Duration = Duration::from_secs(60);
/// Between two looks at the tray while the time runs.
const LOOK: Duration = Duration::from_millis(2);
/// The `Id` of the tray item.
const ITEM: &str = "curfew";
/// How the window's title begins.
const TITLE: &str = "Curfew";

/// A desktop, and what Curfew is told in it.
pub(crate) struct Desktop {
    pub(crate) session: Session,
    aws: Vec<(&'static str, String)>,
}

impl Desktop {
    /// Starts a whole desktop; AWS is reached by these variables, and `alert` is what `config.toml` says of alerts.
    pub(crate) async fn start(aws: Vec<(&'static str, String)>, alert: &str) -> Result<Self> {
        let session = Session::start(SessionParts::default()).await?;
        let folder = session.home().join(".config/curfew");
        fs::create_dir_all(&folder).context("cannot make Curfew's folder")?;
        let account = "[[account]]\nname = \"bench\"\nsource = \"environment\"\n";
        fs::write(folder.join("config.toml"), format!("{alert}\n{account}"))
            .context("cannot write config.toml")?;
        Ok(Self { session, aws })
    }

    /// Starts the tray process.
    pub(crate) fn start_tray(&self) -> Result<Process> {
        let mut command = self.session.command(binaries::curfew_tray()?);
        command.envs(self.aws.iter().map(|(name, value)| (name, value)));
        self.session.spawn("curfew-tray", command)
    }

    /// Returns the tray item as soon as its icon and its tooltip can be read.
    pub(crate) async fn item(&self) -> Result<Item> {
        let tray = Tray::of(&self.session);
        let looking = async {
            loop {
                if let Some(item) = shown(&tray).await {
                    return item;
                }
                sleep(LOOK).await;
            }
        };
        tokio::time::timeout(BOUND, looking).await.context("the tray icon did not come")
    }

    /// Waits until the tray tells of so many instances.
    pub(crate) async fn wait_until_polled(&self, item: &Item, instances: usize) -> Result<()> {
        let wanted = format!("{instances} instance");
        let look = async || Ok(item.look().await?.tooltip_title);
        wait::until("the tray to tell of the fleet", BOUND, look, |title| title.contains(&wanted))
            .await
            .map(drop)
    }

    /// Waits until the window is there.
    pub(crate) async fn wait_for_window(&self) -> Result<()> {
        let look = async || windows::all(&self.session).await;
        let there = |all: &Vec<windows::Window>| all.iter().any(|window| window.title.starts_with(TITLE));
        wait::until("the window", BOUND, look, there).await.map(drop)
    }

    /// Closes the window as its button does, and returns once its process has ended.
    pub(crate) async fn close_window(&self) -> Result<()> {
        for window in windows::all(&self.session).await? {
            if window.title.starts_with(TITLE) {
                windows::close(&self.session, &window).await?;
            }
        }
        let look = async || Ok(self.session.processes());
        wait::until("the window's process to end", BOUND, look, |running| {
            running.iter().all(|process| !process.name.starts_with("curfew-window"))
        })
        .await
        .map(drop)
    }
}

/// An item that has just come may not answer yet: it counts once it does.
async fn shown(tray: &Tray) -> Option<Item> {
    for item in tray.items().await.ok()? {
        let look = item.look().await.ok()?;
        if look.id == ITEM && !look.icon.is_empty() && !look.tooltip_title.is_empty() {
            return Some(item);
        }
    }
    None
}
