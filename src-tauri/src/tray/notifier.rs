//! Native notifications: [`Board`] decides what is to be on the screen, a daemon of the desktop shows it.
//!
//! The board is pure: a fleet and the time in, [`Order`]s out, [`Heard`] back. The daemon's side runs in a task of its
//! own, so that a desktop that does not answer holds up nothing.

mod board;
#[cfg(target_os = "linux")]
mod freedesktop;
#[cfg(not(target_os = "linux"))]
mod native;
mod post;

use std::time::Duration;

use domain::Problem;
use tokio::{sync::mpsc, task::JoinHandle, time::timeout};

pub(crate) use board::{Board, Reaction};
#[cfg(target_os = "linux")]
pub(crate) use freedesktop::start;
#[cfg(not(target_os = "linux"))]
pub(crate) use native::start;
pub(crate) use post::{Post, Topic};

/// What the daemon is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Show this, in place of an older one if there is one.
    Show {
        /// What it is about.
        topic: Topic,
        /// What is shown.
        post: Post,
        /// The daemon's number of the one that it takes the place of.
        replaces: Option<u32>,
    },
    /// Take this away.
    Close(u32),
}

/// What the daemon has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// There is a daemon, with nothing of ours on the screen.
    Ready,
    /// There is none, or none that answers; it is tried again by itself.
    Absent(Problem),
    /// It is on the screen under this number.
    Shown(Topic, u32),
    /// A button was pressed, or the notification itself: its key.
    Pressed(u32, String),
    /// It is off the screen: a person put it away, or its time was over.
    Closed(u32),
}

/// Where orders are given, and the task that carries them out one after the other.
pub(crate) struct Orders {
    given: mpsc::UnboundedSender<Order>,
    carried_out: JoinHandle<()>,
}

/// How long the last orders may take when the tray ends.
const END_WITHIN: Duration = Duration::from_secs(1);

impl Orders {
    fn carried_out_by<F>(carry_out: impl FnOnce(mpsc::UnboundedReceiver<Order>) -> F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (given, orders) = mpsc::unbounded_channel();
        Self { given, carried_out: tokio::spawn(carry_out(orders)) }
    }

    /// Gives an order. Never waits.
    pub(crate) fn give(&self, order: Order) {
        // It fails only when the daemon's task has ended, and then that has said so.
        self.given.send(order).ok();
    }

    /// Waits until the last order is carried out, or the daemon has had its time.
    pub(crate) async fn end(self) {
        drop(self.given);
        if timeout(END_WITHIN, self.carried_out).await.is_err() {
            tracing::debug!("notifications are left on the screen");
        }
    }
}
