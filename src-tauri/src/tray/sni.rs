//! The tray on Linux: a StatusNotifierItem with a menu over the session bus, drawn from the tray model.
//!
//! Decides nothing: a click becomes an [`Input`]. `ksni` because an appindicator gives no left click, no tooltip and
//! no icons in the menu, and would bring GTK into this process.

mod meaning;
mod menu;

use std::sync::Arc;

use anyhow::{Context, Result};
use domain::view::tray::{MenuAction, Tray};
use ksni::{Handle, OfflineReason, ToolTip, TrayMethods};

use self::meaning::Meaning;
use super::{
    icon,
    input::{Input, Inputs, TrayHost},
};

/// What the tray shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// The model.
    pub(crate) tray: Tray,
    /// Whether it is the simulated fleet's.
    pub(crate) demo: bool,
}

/// The tray icon as the rest of the process has it.
pub(crate) struct TrayIcon {
    handle: Handle<Item>,
    shown: Arc<Shown>,
}

impl TrayIcon {
    /// Shows the icon as soon as a tray host is there; hosts may come later, go and come again.
    ///
    /// # Errors
    /// There is no session bus.
    pub(crate) async fn show(shown: Shown, inputs: Inputs) -> Result<Self> {
        let shown = Arc::new(shown);
        let item =
            Item { shown: Arc::clone(&shown), meaning: Meaning::of(&shown.tray.menu), flips: false, inputs };
        let handle =
            item.assume_sni_available(true).spawn().await.context("the session bus did not take the icon")?;
        Ok(Self { handle, shown })
    }

    /// Shows something else; nothing goes over the bus when it is the same.
    pub(crate) async fn update(&mut self, shown: Shown) {
        if *self.shown == shown {
            return;
        }
        self.shown = Arc::new(shown);
        let shown = Arc::clone(&self.shown);
        self.handle.update(|item| item.replace(shown)).await;
    }

    /// Takes the icon away.
    pub(crate) async fn remove(&self) {
        self.handle.shutdown().await;
    }
}

/// The item as ksni asks it.
struct Item {
    shown: Arc<Shown>,
    meaning: Meaning,
    /// Turns over whenever a place in the menu comes to mean something else.
    flips: bool,
    inputs: Inputs,
}

impl Item {
    fn replace(&mut self, shown: Arc<Shown>) {
        let meaning = Meaning::of(&shown.tray.menu);
        if self.meaning != meaning {
            self.flips = !self.flips;
            self.meaning = meaning;
        }
        self.shown = shown;
    }

    fn choose(&mut self, action: MenuAction) {
        self.inputs.send(Input::Chosen(action));
    }
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        "curfew".into()
    }

    fn title(&self) -> String {
        "Curfew".into()
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        let Shown { tray, demo } = &*self.shown;
        let pixels = |picture: icon::Picture| ksni::Icon {
            width: picture.size.cast_signed(),
            height: picture.size.cast_signed(),
            data: picture.argb(),
        };
        icon::tray(tray.icon, tray.figure.as_deref(), *demo).into_iter().map(pixels).collect()
    }

    fn tool_tip(&self) -> ToolTip {
        let (title, description) = self.shown.tray.tooltip.clone();
        ToolTip { title, description: markup(&description), ..ToolTip::default() }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.choose(MenuAction::OpenWindow);
    }

    fn menu(&self) -> Vec<ksni::MenuItem<Self>> {
        menu::items(&self.shown.tray.menu, self.flips, Self::choose)
    }

    fn watcher_online(&self) {
        self.inputs.send(Input::TrayHost(TrayHost::Here));
    }

    fn watcher_offline(&self, _: OfflineReason) -> bool {
        self.inputs.send(Input::TrayHost(TrayHost::Gone));
        true
    }
}

/// Text for where the specification has markup: the tooltip's description.
fn markup(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests;
