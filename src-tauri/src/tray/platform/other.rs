//! macOS and Windows: no tray icon yet. The window opens instead and says so; notifications work.
//!
//! A tray icon there needs the main thread's event loop (`tray-icon` and Tauri's `tao`), which is to be written by
//! somebody who can try it.

use anyhow::{Result, anyhow};
use domain::view::tray::Tray;

use super::Joined;
use crate::{input::Inputs, notifier};

/// The desktop session.
pub(crate) struct Desktop;

impl Desktop {
    /// There always is one.
    #[expect(clippy::unused_async, reason = "the same shape as where a bus must be joined")]
    pub(crate) async fn find() -> Result<Self> {
        Ok(Self)
    }

    /// Begins to take orders for notifications.
    #[expect(clippy::unused_async, reason = "the same shape as where a bus must be joined")]
    pub(crate) async fn join(self, _shown: Shown, inputs: Inputs) -> Joined {
        let problem = anyhow!("the tray icon of this system is not written yet");
        Joined { tray: None, orders: Some(notifier::start(inputs)), problem: Some(problem) }
    }
}

/// What the tray would show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// The model.
    pub(crate) tray: Tray,
    /// Whether it is the simulated fleet's.
    pub(crate) demo: bool,
}

/// There is none, and so there is nothing of this type.
pub(crate) enum TrayIcon {}

impl TrayIcon {
    pub(crate) async fn update(&mut self, _shown: Shown) {
        match *self {}
    }

    pub(crate) async fn remove(&self) {
        match *self {}
    }
}
