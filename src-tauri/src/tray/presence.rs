//! Whether somebody sits in front of the computer: sleep from logind, locked from logind or the screen saver.
//!
//! Only listens. A desktop without these buses has somebody in front of it, as far as is known.
//! Interfaces: <https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.login1.html>.

use engine::Presence;
use futures::{StreamExt, stream::BoxStream};
use zbus::{Connection, MatchRule, MessageStream, message::Type, zvariant::OwnedObjectPath};

use super::input::{Input, Inputs};

/// The screen savers' interfaces; each desktop has one of them.
const SAVERS: [&str; 4] = [
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.cinnamon.ScreenSaver",
];

#[zbus::proxy(
    interface = "org.freedesktop.login1.Manager",
    default_service = "org.freedesktop.login1",
    default_path = "/org/freedesktop/login1"
)]
trait Logind {
    fn get_session(&self, id: &str) -> zbus::Result<OwnedObjectPath>;

    #[zbus(signal)]
    fn prepare_for_sleep(&self, start: bool) -> zbus::Result<()>;
}

#[zbus::proxy(
    interface = "org.freedesktop.login1.Session",
    default_service = "org.freedesktop.login1",
    default_path = "/org/freedesktop/login1/session/auto"
)]
trait Session {
    #[zbus(property)]
    fn id(&self) -> zbus::Result<String>;

    #[zbus(property)]
    fn locked_hint(&self) -> zbus::Result<bool>;
}

/// One thing that was heard.
#[derive(Clone, Copy, Debug)]
enum Sign {
    Sleep(bool),
    Locked(bool),
    Saver(bool),
}

/// What was heard last of each.
#[derive(Clone, Copy, Debug, Default)]
struct Signs {
    asleep: bool,
    locked: bool,
    saver: bool,
}

impl Signs {
    fn with(mut self, sign: Sign) -> Self {
        match sign {
            Sign::Sleep(asleep) => self.asleep = asleep,
            Sign::Locked(locked) => self.locked = locked,
            Sign::Saver(saver) => self.saver = saver,
        }
        self
    }

    fn presence(self) -> Presence {
        match (self.asleep, self.locked || self.saver) {
            (true, _) => Presence::Asleep,
            (false, true) => Presence::Locked,
            (false, false) => Presence::Here,
        }
    }
}

/// Begins to listen; every change arrives as [`Input::Presence`].
pub(crate) fn start(session_bus: Connection, inputs: Inputs) {
    tokio::spawn(async move {
        let mut heard: Vec<BoxStream<'static, Sign>> = Vec::new();
        for listening in [savers(&session_bus).await, logind().await] {
            match listening {
                Ok(signs) => heard.push(signs),
                Err(error) => tracing::debug!(%error, "sleep or lock cannot be heard of"),
            }
        }
        tell(futures::stream::select_all(heard), &inputs).await;
    });
}

async fn tell(mut heard: impl StreamExt<Item = Sign> + Unpin, inputs: &Inputs) {
    let mut signs = Signs::default();
    while let Some(sign) = heard.next().await {
        let before = signs.presence();
        signs = signs.with(sign);
        if signs.presence() != before {
            inputs.send(Input::Presence(signs.presence()));
        }
    }
}

async fn savers(bus: &Connection) -> zbus::Result<BoxStream<'static, Sign>> {
    let mut streams = Vec::new();
    for interface in SAVERS {
        let rule = MatchRule::builder()
            .msg_type(Type::Signal)
            .interface(interface)?
            .member("ActiveChanged")?
            .build();
        streams.push(MessageStream::for_match_rule(rule, bus, None).await?);
    }
    let active =
        |message: zbus::Result<zbus::Message>| async move { message.ok()?.body().deserialize().ok() };
    Ok(futures::stream::select_all(streams).filter_map(active).map(Sign::Saver).boxed())
}

async fn logind() -> zbus::Result<BoxStream<'static, Sign>> {
    let bus = Connection::system().await?;
    let logind = LogindProxy::new(&bus).await?;
    let about = |signal: PrepareForSleep| async move { Some(Sign::Sleep(signal.args().ok()?.start)) };
    let sleep = logind.receive_prepare_for_sleep().await?.filter_map(about).boxed();
    match lock(&bus, &logind).await {
        Ok(lock) => Ok(futures::stream::select(sleep, lock).boxed()),
        Err(error) => {
            tracing::debug!(%error, "logind knows no session of ours");
            Ok(sleep)
        }
    }
}

/// The session's own object: `auto` answers questions, but signals come from the object that it stands for.
async fn lock(bus: &Connection, logind: &LogindProxy<'_>) -> zbus::Result<BoxStream<'static, Sign>> {
    let id = SessionProxy::new(bus).await?.id().await?;
    let path = logind.get_session(&id).await?;
    let session = SessionProxy::builder(bus).path(path)?.build().await?;
    let changes = session.receive_locked_hint_changed().await;
    Ok(changes.filter_map(|change| async move { change.get().await.ok().map(Sign::Locked) }).boxed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleep_weighs_more_than_a_lock_and_a_lock_more_than_nothing() {
        let check = |signs: &[Sign], presence| {
            let last = signs.iter().fold(Signs::default(), |signs, &sign| signs.with(sign));
            assert_eq!(last.presence(), presence, "{signs:?}");
        };
        check(&[], Presence::Here);
        check(&[Sign::Locked(true)], Presence::Locked);
        check(&[Sign::Saver(true), Sign::Locked(false)], Presence::Locked);
        check(&[Sign::Locked(true), Sign::Sleep(true)], Presence::Asleep);
        check(&[Sign::Locked(true), Sign::Sleep(true), Sign::Sleep(false)], Presence::Locked);
        check(&[Sign::Saver(true), Sign::Saver(false)], Presence::Here);
    }
}
