//! Notifications as they pass over the bus: what was sent, which number the daemon gave it, which
//! actions were invoked, how it was closed. A mere listener; it sends nothing.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use futures::StreamExt as _;
use tokio::task::JoinHandle;
use zbus::fdo::MonitoringProxy;
use zbus::message::{Message, Type};
use zbus::zvariant::OwnedValue;
use zbus::{Connection, MatchRule, MessageStream};

const INTERFACE: &str = "org.freedesktop.Notifications";

/// A notification that was sent, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The number that the daemon gave it.
    pub id: u32,
    /// Name of the sender.
    pub application: String,
    /// Title.
    pub summary: String,
    /// Text.
    pub body: String,
    /// How pressing its sender said it is.
    pub urgency: Urgency,
    /// What can be chosen, in the sender's order; the key `default` is a click on the notification.
    pub actions: Vec<Action>,
    /// Milliseconds until the daemon closes it by itself; 0: never, -1: as the daemon likes.
    pub timeout: i32,
    /// Keys of the actions that were invoked, in order.
    pub invoked: Vec<String>,
    /// Why it was closed, once it is.
    pub closed: Option<Closed>,
}

/// One thing that a notification offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What its sender is told.
    pub key: String,
    /// What a person reads.
    pub label: String,
}

/// The `urgency` hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// 0.
    Low,
    /// 1, also if the sender said nothing.
    Normal,
    /// 2.
    Critical,
}

/// The reason given with `NotificationClosed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// 1: its time was over.
    Expired,
    /// 2: by the person.
    Dismissed,
    /// 3: by a call, mostly of its sender.
    ByCall,
    /// 4: the daemon did not say.
    Undefined,
}

/// Who called, and with which serial: what a reply is matched by.
type Call = (String, u32);

#[derive(Debug, Default)]
struct Book {
    pending: HashMap<Call, Notice>,
    notices: BTreeMap<u32, Notice>,
}

/// The listener; dropping it ends the listening.
#[derive(Debug)]
pub(super) struct Overheard {
    book: Arc<Mutex<Book>>,
    listening: JoinHandle<()>,
}

impl Overheard {
    /// Turns a connection of its own into a monitor of the bus.
    pub(super) async fn listen(connection: Connection) -> Result<Self> {
        let monitor = MonitoringProxy::new(&connection).await.context("cannot reach the bus")?;
        let mut messages = MessageStream::from(&connection);
        monitor.become_monitor(&rules()?, 0).await.context("the bus does not let us listen")?;
        let book = Arc::new(Mutex::new(Book::default()));
        let writing = Arc::clone(&book);
        let listening = tokio::spawn(async move {
            while let Some(Ok(message)) = messages.next().await {
                lock(&writing).enter(&message);
            }
        });
        Ok(Self { book, listening })
    }

    /// All notices, oldest first.
    pub(super) fn notices(&self) -> Vec<Notice> {
        lock(&self.book).notices.values().cloned().collect()
    }
}

impl Drop for Overheard {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Book {
    /// Other traffic of the bus that the rules let through is passed over.
    fn enter(&mut self, message: &Message) -> Option<()> {
        let header = message.header();
        match message.message_type() {
            Type::MethodCall => {
                let call = (header.sender()?.to_string(), message.primary_header().serial_num().get());
                self.pending.insert(call, notice(message)?);
            }
            Type::MethodReturn => {
                let call = (header.destination()?.to_string(), header.reply_serial()?.get());
                let notice = self.pending.remove(&call)?;
                let id = message.body().deserialize().ok()?;
                self.notices.insert(id, Notice { id, ..notice });
            }
            Type::Signal => self.enter_signal(message, header.member()?)?,
            Type::Error => {}
        }
        Some(())
    }

    fn enter_signal(&mut self, message: &Message, member: &str) -> Option<()> {
        let body = message.body();
        match member {
            "ActionInvoked" => {
                let (id, key): (u32, String) = body.deserialize().ok()?;
                self.notices.get_mut(&id)?.invoked.push(key);
            }
            "NotificationClosed" => {
                let (id, reason): (u32, u32) = body.deserialize().ok()?;
                self.notices.get_mut(&id)?.closed = Some(Closed::from_reason(reason));
            }
            _ => {}
        }
        Some(())
    }
}

impl Closed {
    fn from_reason(reason: u32) -> Self {
        match reason {
            1 => Self::Expired,
            2 => Self::Dismissed,
            3 => Self::ByCall,
            _ => Self::Undefined,
        }
    }
}

/// The call, its reply and the daemon's signals.
fn rules() -> Result<[MatchRule<'static>; 3]> {
    let call =
        MatchRule::builder().msg_type(Type::MethodCall).interface(INTERFACE)?.member("Notify")?.build();
    let reply = MatchRule::builder().msg_type(Type::MethodReturn).sender(INTERFACE)?.build();
    let signal = MatchRule::builder().msg_type(Type::Signal).interface(INTERFACE)?.build();
    Ok([call, reply, signal])
}

/// Reads a `Notify` call: `susssasa{sv}i`. Its number is known only from the reply.
fn notice(message: &Message) -> Option<Notice> {
    type Notify = (String, u32, String, String, String, Vec<String>, HashMap<String, OwnedValue>, i32);
    let body = message.body();
    let (application, _replaces, _icon, summary, body, actions, mut hints, timeout): Notify =
        body.deserialize().ok()?;
    let urgency = match hints.remove("urgency").and_then(|level| u8::try_from(level).ok()) {
        Some(0) => Urgency::Low,
        Some(2) => Urgency::Critical,
        Some(_) | None => Urgency::Normal,
    };
    let actions =
        actions.chunks_exact(2).map(|pair| Action { key: pair[0].clone(), label: pair[1].clone() }).collect();
    Some(Notice {
        id: 0,
        application,
        summary,
        body,
        urgency,
        actions,
        timeout,
        invoked: Vec::new(),
        closed: None,
    })
}

fn lock(book: &Mutex<Book>) -> MutexGuard<'_, Book> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}
