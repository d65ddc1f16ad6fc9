//! Shows notifications through the desktop's daemon, over the tray's one bus connection. Decides nothing.
//!
//! Not through notify-rust here: it opens a connection for every notification, and GNOME takes a notification away
//! together with the connection that sent it; it blocks its thread to update one; and it begins to listen only after
//! the notification is on the screen. The protocol is four calls:
//! <https://specifications.freedesktop.org/notification-spec/latest/protocol.html>.

use std::{collections::HashMap, time::Duration};

use domain::{
    Problem,
    view::notice::{Button, Urgency},
};
use futures::StreamExt;
use tokio::{
    sync::mpsc,
    time::{sleep, timeout},
};
use zbus::{
    Connection,
    zvariant::{Structure, Value},
};

use super::{Heard, Order, Orders, Post};
use crate::{
    icon,
    input::{Input, Inputs},
};

/// How long a daemon may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// After how long a daemon that failed is asked again. One that is not there says itself when it comes.
const RETRY_AFTER: Duration = Duration::from_secs(60);

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications"
)]
trait Daemon {
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;

    #[expect(clippy::too_many_arguments, reason = "the specification's own")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;

    fn close_notification(&self, id: u32) -> zbus::Result<()>;

    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: String) -> zbus::Result<()>;

    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32) -> zbus::Result<()>;
}

/// Begins to carry out orders; what the daemon says arrives as [`Input::Heard`].
pub(crate) fn start(bus: Connection, inputs: Inputs) -> Orders {
    Orders::carried_out_by(async move |ordered| {
        if let Err(error) = run(&bus, ordered, &inputs).await {
            let problem = problem(&error.to_string());
            inputs.send(Input::Heard(Heard::Absent(problem)));
        }
    })
}

async fn run(
    bus: &Connection,
    mut orders: mpsc::UnboundedReceiver<Order>,
    inputs: &Inputs,
) -> zbus::Result<()> {
    let daemon = DaemonProxy::new(bus).await?;
    let mut owners = daemon.inner().receive_owner_changed().await?;
    let mut pressed = daemon.receive_action_invoked().await?;
    let mut closed = daemon.receive_notification_closed().await?;
    let mut desk = Desk { daemon, can: Can::default(), inputs, retry: false };
    desk.meet().await;
    loop {
        tokio::select! {
            order = orders.recv() => match order {
                Some(order) => desk.carry_out(order).await,
                None => return Ok(()),
            },
            Some(owner) = owners.next() => match owner {
                Some(_) => desk.meet().await,
                None => desk.lost(Failure::absent()),
            },
            Some(signal) = pressed.next() => {
                let args = signal.args()?;
                inputs.send(Input::Heard(Heard::Pressed(args.id, args.action_key.clone())));
            }
            Some(signal) = closed.next() => {
                inputs.send(Input::Heard(Heard::Closed(signal.args()?.id)));
            }
            () = sleep(RETRY_AFTER), if desk.retry => desk.meet().await,
        }
    }
}

/// The daemon as it was met.
struct Desk<'a> {
    daemon: DaemonProxy<'a>,
    can: Can,
    inputs: &'a Inputs,
    retry: bool,
}

/// What the daemon can do, of what makes a difference.
#[derive(Clone, Copy, Debug, Default)]
struct Can {
    buttons: bool,
    markup: bool,
}

impl Desk<'_> {
    /// Asks the daemon what it can do; the bus starts one if it knows how.
    async fn meet(&mut self) {
        match answer(self.daemon.get_capabilities()).await {
            Ok(capabilities) => {
                let has = |name: &str| capabilities.iter().any(|capability| capability == name);
                self.can = Can { buttons: has("actions"), markup: has("body-markup") };
                self.retry = false;
                self.inputs.send(Input::Heard(Heard::Ready));
            }
            Err(failure) => self.lost(failure),
        }
    }

    /// One that is not there says itself when it comes; any other is asked again.
    fn lost(&mut self, failure: Failure) {
        self.retry = !failure.absent;
        self.inputs.send(Input::Heard(Heard::Absent(problem(&failure.why))));
    }

    async fn carry_out(&mut self, order: Order) {
        match order {
            Order::Show { topic, post, replaces } => match self.show(&post, replaces).await {
                Ok(id) => self.inputs.send(Input::Heard(Heard::Shown(topic, id))),
                Err(failure) => self.lost(failure),
            },
            Order::Close(id) => {
                if let Err(failure) = answer(self.daemon.close_notification(id)).await {
                    // Most daemons say so when it is gone already.
                    tracing::debug!(id, why = failure.why, "a notification was not closed");
                }
            }
        }
    }

    async fn show(&self, post: &Post, replaces: Option<u32>) -> Result<u32, Failure> {
        let body = if self.can.markup { escaped(&post.body) } else { post.body.clone() };
        let actions = if self.can.buttons { actions(&post.buttons) } else { Vec::new() };
        let (urgency, time) = match post.urgency {
            Urgency::Normal => (1_u8, -1),
            Urgency::Critical => (2_u8, 0),
        };
        let hints = HashMap::from([
            ("urgency", Value::from(urgency)),
            ("desktop-entry", Value::from("curfew")),
            ("image-data", image(&icon::notice(post.level))),
        ]);
        let shown = self.daemon.notify(
            "Curfew",
            replaces.unwrap_or_default(),
            "",
            &post.title,
            &body,
            &actions,
            hints,
            time,
        );
        answer(shown).await
    }
}

/// Why a daemon did not do what it was asked.
struct Failure {
    why: String,
    absent: bool,
}

impl Failure {
    fn absent() -> Self {
        Self { why: "no notification daemon runs".into(), absent: true }
    }
}

async fn answer<T>(call: impl Future<Output = zbus::Result<T>>) -> Result<T, Failure> {
    let failed = |why| Failure { why, absent: false };
    match timeout(ANSWER_WITHIN, call).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(zbus::Error::MethodError(name, ..)))
            if name == "org.freedesktop.DBus.Error.ServiceUnknown" =>
        {
            Err(Failure::absent())
        }
        Ok(Err(error)) => Err(failed(error.to_string())),
        Err(_) => Err(failed(format!("the daemon did not answer within {} s", ANSWER_WITHIN.as_secs()))),
    }
}

/// Key and label of each button, and of a press on the notification itself.
fn actions(buttons: &[Button]) -> Vec<&'static str> {
    let open = ["default", "Open Curfew"];
    open.into_iter().chain(buttons.iter().flat_map(|button| [button.key(), button.label()])).collect()
}

/// Plain text for a daemon that reads markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Width, height, bytes a row, opacity, bits a colour, colours, pixels.
fn image(picture: &icon::Picture) -> Value<'static> {
    let size = picture.size.cast_signed();
    Value::from(Structure::from((size, size, size * 4, true, 8_i32, 4_i32, picture.rgba().to_vec())))
}

fn problem(why: &str) -> Problem {
    Problem::new(
        "notifications",
        format!("This desktop shows no notifications: {why}"),
        "Start a notification daemon. Until then the tray and the window tell what needs attention.",
    )
}

#[cfg(test)]
mod tests;
