//! Linux: everything goes over the session bus.

use std::env;

use anyhow::{Result, ensure};
use futures::StreamExt;
use zbus::{Connection, MatchRule, MessageStream, message::Type};

use super::Joined;
use crate::{
    input::{Input, Inputs},
    notifier, presence,
    sni::{Shown, TrayIcon},
};

/// A desktop session: its bus, or at least a screen for the window.
pub(crate) struct Desktop {
    bus: Result<Connection, zbus::Error>,
}

impl Desktop {
    /// Looks for the session that this process belongs to.
    ///
    /// # Errors
    /// There is neither a bus nor a screen: nothing could ever be shown.
    pub(crate) async fn find() -> Result<Self> {
        let bus = Connection::session().await;
        ensure!(
            bus.is_ok() || has_screen(),
            "there is no desktop here, neither a screen (DISPLAY, WAYLAND_DISPLAY) nor a session bus: \
             start Curfew inside a desktop session, or use the command line `curfew`"
        );
        Ok(Self { bus })
    }

    /// Shows the icon, begins to take orders for notifications and to listen for sleep and lock.
    pub(crate) async fn join(self, shown: Shown, inputs: Inputs) -> Joined {
        let bus = match self.bus {
            Ok(bus) => bus,
            Err(error) => return Joined { tray: None, orders: None, problem: Some(error.into()) },
        };
        let (tray, problem) = match TrayIcon::show(shown, inputs.clone()).await {
            Ok(tray) => (Some(tray), None),
            Err(error) => (None, Some(error)),
        };
        presence::start(bus.clone(), inputs.clone());
        tokio::spawn(end_with_session(bus.clone(), inputs.clone()));
        Joined { tray, orders: Some(notifier::start(bus, inputs)), problem }
    }
}

/// Ends the process with the bus of its session. Otherwise it would live on unseen, and the next login's Curfew would
/// find it running and leave the tray to it.
async fn end_with_session(bus: Connection, inputs: Inputs) {
    match heard_last(&bus).await {
        Ok(()) => {
            tracing::info!("the desktop session ended");
            inputs.send(Input::End);
        }
        Err(error) => tracing::warn!(%error, "the end of the session cannot be heard of"),
    }
}

/// Waits until nothing can come over the bus any more.
async fn heard_last(bus: &Connection) -> zbus::Result<()> {
    // A signal that the bus itself sends, and never to us: this stream only ends.
    let rule = MatchRule::builder()
        .msg_type(Type::Signal)
        .interface("org.freedesktop.DBus")?
        .member("NameLost")?
        .arg(0, "dev.curfew.Never")?
        .build();
    let mut stream = MessageStream::for_match_rule(rule, bus, None).await?;
    while let Some(Ok(_)) = stream.next().await {}
    Ok(())
}

fn has_screen() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}
