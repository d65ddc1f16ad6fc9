//! Notifications as the person at the screen meets them: what is shown, choosing an action, dismissing.
//! What a sender said is overheard on the bus; whether it is shown, and the choice, go through the daemon.
//!
//! Specification: <https://specifications.freedesktop.org/notification-spec/latest/>.

mod overheard;

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::sync::Mutex;
use zbus::Connection;
use zbus::zvariant::OwnedValue;

use self::overheard::Overheard;
pub use self::overheard::{Action, Closed, Notice, Urgency};
use crate::session::Session;
use crate::wait;

/// How long the daemon may take to do what it was asked.
const ANSWER: Duration = Duration::from_secs(10);

/// What dunst offers beyond the specification; `dunstctl` uses it.
#[zbus::proxy(
    interface = "org.dunstproject.cmd0",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications"
)]
trait Dunst {
    fn context_menu_call(&self) -> zbus::Result<()>;
    fn notification_close_last(&self) -> zbus::Result<()>;
    fn notification_list_history(&self) -> zbus::Result<Vec<HashMap<String, OwnedValue>>>;
    #[zbus(property(emits_changed_signal = "false"), name = "displayedLength")]
    fn displayed_length(&self) -> zbus::Result<u32>;
}

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications"
)]
trait Standard {
    fn close_notification(&self, id: u32) -> zbus::Result<()>;
}

/// A notification that the daemon has put away, as the daemon itself remembers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The number that the daemon gave it.
    pub id: u32,
    /// Name of the sender.
    pub application: String,
    /// Title.
    pub summary: String,
    /// Text.
    pub body: String,
}

/// The notifications of a session, from the moment of [`Notifications::watch`] on.
#[derive(Debug)]
pub struct Notifications {
    bus: Connection,
    overheard: Overheard,
    choice: PathBuf,
    // The file holds one choice at a time.
    choosing: Mutex<()>,
}

impl Notifications {
    /// Begins to watch. Do it before the program under test starts.
    ///
    /// # Errors
    /// The bus does not let us listen.
    pub async fn watch(session: &Session) -> Result<Self> {
        Ok(Self {
            bus: session.bus().clone(),
            overheard: Overheard::listen(session.new_bus().await?).await?,
            choice: session.choice_file(),
            choosing: Mutex::new(()),
        })
    }

    /// All that were sent, oldest first, also those that are closed.
    #[must_use]
    pub fn sent(&self) -> Vec<Notice> {
        self.overheard.notices()
    }

    /// Those that nobody has closed yet, oldest first.
    #[must_use]
    pub fn open(&self) -> Vec<Notice> {
        self.sent().into_iter().filter(|notice| notice.closed.is_none()).collect()
    }

    /// How many the daemon shows on the screen now.
    ///
    /// # Errors
    /// There is no daemon.
    pub async fn shown(&self) -> Result<u32> {
        self.dunst()
            .await?
            .displayed_length()
            .await
            .context("cannot ask the notification daemon what it shows")
    }

    /// What the daemon has put away, latest first.
    ///
    /// # Errors
    /// There is no daemon.
    pub async fn history(&self) -> Result<Vec<Past>> {
        let entries = self
            .dunst()
            .await?
            .notification_list_history()
            .await
            .context("cannot read the notification history")?;
        entries.into_iter().map(past).collect()
    }

    /// Waits for an open notification that fits and is on the screen, at most for `bound`.
    ///
    /// # Errors
    /// None came; says what did.
    pub async fn wait_for(
        &self,
        what: &str,
        bound: Duration,
        fits: impl Fn(&Notice) -> bool,
    ) -> Result<Notice> {
        let found = wait::until(
            format!("a notification: {what}"),
            bound,
            async || Ok(self.open()),
            |open| open.iter().any(&fits),
        )
        .await?;
        let notice = found.into_iter().find(&fits).context("the notification was closed at once")?;
        wait::until(
            "the notification to be on the screen",
            ANSWER,
            async || self.shown().await,
            |shown| *shown > 0,
        )
        .await?;
        Ok(notice)
    }

    /// Chooses the action with this label in the menu of the daemon; returns once the daemon has told
    /// the sender.
    ///
    /// # Errors
    /// The notification is closed or has no such action, or the daemon did not tell the sender.
    pub async fn invoke(&self, id: u32, label: &str) -> Result<()> {
        let notice = self.notice(id)?;
        ensure!(notice.closed.is_none(), "notification {id} is closed already: {notice:#?}");
        let action = notice.actions.iter().find(|action| action.label == label);
        let key = &action
            .with_context(|| format!("notification {id} has no action called {label:?}: {notice:#?}"))?
            .key;

        let _one_at_a_time = self.choosing.lock().await;
        let before = self.invocations(id, key)?;
        fs::write(&self.choice, format!("[{id},{key}]")).context("cannot write down the choice")?;
        self.dunst()
            .await?
            .context_menu_call()
            .await
            .context("cannot open the menu of the notification daemon")?;
        wait::until(
            format!("the daemon to tell the sender that {label:?} of notification {id} was chosen"),
            ANSWER,
            async || self.invocations(id, key),
            |now| *now > before,
        )
        .await
        .map(drop)
    }

    /// Dismisses the topmost notification, as a click on it does.
    ///
    /// # Errors
    /// There is no daemon.
    pub async fn dismiss_top(&self) -> Result<()> {
        self.dunst().await?.notification_close_last().await.context("cannot dismiss a notification")
    }

    /// Closes a notification; returns once it is closed. Its sender is told that it was closed by a call.
    ///
    /// # Errors
    /// There is no daemon, or it did not close it.
    pub async fn close(&self, id: u32) -> Result<()> {
        let daemon = StandardProxy::new(&self.bus).await.context("cannot reach the notification daemon")?;
        daemon.close_notification(id).await.with_context(|| format!("cannot close notification {id}"))?;
        self.wait_closed(id, ANSWER).await.map(drop)
    }

    /// Waits until a notification is closed, at most for `bound`, and returns why it was.
    ///
    /// # Errors
    /// It is still open.
    pub async fn wait_closed(&self, id: u32, bound: Duration) -> Result<Closed> {
        let closed = wait::until(
            format!("notification {id} to be closed"),
            bound,
            async || Ok(self.notice(id)?.closed),
            Option::is_some,
        )
        .await?;
        closed.context("just seen to be closed")
    }

    fn notice(&self, id: u32) -> Result<Notice> {
        let sent = self.sent();
        sent.into_iter()
            .find(|notice| notice.id == id)
            .with_context(|| format!("notification {id} was never sent"))
    }

    fn invocations(&self, id: u32, key: &str) -> Result<usize> {
        Ok(self.notice(id)?.invoked.iter().filter(|invoked| *invoked == key).count())
    }

    async fn dunst(&self) -> Result<DunstProxy<'_>> {
        DunstProxy::new(&self.bus).await.context("cannot reach the notification daemon")
    }
}

fn past(mut entry: HashMap<String, OwnedValue>) -> Result<Past> {
    let id = entry.remove("id").context("a past notification has no id")?;
    let mut text =
        |name: &str| entry.remove(name).and_then(|value| value.try_into().ok()).unwrap_or_default();
    Ok(Past {
        id: u32::try_from(i32::try_from(id)?)?,
        application: text("appname"),
        summary: text("summary"),
        body: text("body"),
    })
}
