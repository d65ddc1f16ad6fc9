//! The programs of a session: how each is started and how it shows that it is ready.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use zbus::Connection;
use zbus::fdo::DBusProxy;

use super::{READY, Session, folder, keyring};
use crate::lifeline::Lifeline;
use crate::process::Process;

/// One program of a session, in the order in which they start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Xvfb.
    Display,
    /// dbus-daemon.
    Bus,
    /// xfwm4.
    WindowManager,
    /// gnome-keyring-daemon.
    Keyring,
    /// dunst.
    NotificationDaemon,
    /// xfce4-panel.
    TrayHost,
}

impl Part {
    pub(super) fn program(self) -> &'static str {
        match self {
            Self::Display => "Xvfb",
            Self::Bus => "dbus-daemon",
            Self::WindowManager => "xfwm4",
            Self::Keyring => "gnome-keyring-daemon",
            Self::NotificationDaemon => "dunst",
            Self::TrayHost => "xfce4-panel",
        }
    }

    /// Debian's package of the program.
    pub(super) fn package(self) -> &'static str {
        match self {
            Self::Display => "xvfb",
            Self::Bus => "dbus",
            Self::WindowManager => "xfwm4",
            Self::Keyring => "gnome-keyring",
            Self::NotificationDaemon => "dunst",
            Self::TrayHost => "xfce4-panel",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::Display => "the display",
            Self::Bus => "the session bus",
            Self::WindowManager => "the window manager",
            Self::Keyring => "the keyring",
            Self::NotificationDaemon => "the notification daemon",
            Self::TrayHost => "the tray host",
        };
        write!(out, "{what} ({})", self.program())
    }
}

/// The command that starts a part in a session whose display and bus are there.
pub(super) fn command(session: &Session, part: Part) -> Result<Command> {
    let mut command = session.command(part.program());
    match part {
        Part::Display | Part::Bus => anyhow::bail!("{part} cannot be started again: all others live on it"),
        Part::WindowManager => command.arg("--compositor=off"),
        Part::Keyring => command
            .args(["--foreground", "--unlock", "--components=secrets"])
            .stdin(keyring::password_file(session.folder.path())?),
        Part::NotificationDaemon => command.arg("-conf").arg(folder::dunst_settings(session.folder.path())),
        Part::TrayHost => command.arg("--disable-wm-check"),
    };
    Ok(command)
}

/// Waits until a part can be used.
pub(super) async fn ready(session: &mut Session, part: Part) -> Result<()> {
    let bus = session.bus.clone();
    let mut wm = session.command("wmctrl");
    wm.arg("-m");
    let process = session.running(part)?;
    process
        .ready(READY, &format!("{part} to be ready"), async |_| match part {
            Part::Display | Part::Bus => Ok(()),
            Part::WindowManager => manages_windows(&mut wm),
            Part::Keyring => keyring::has_default(&bus).await,
            Part::NotificationDaemon => owns(&bus, "org.freedesktop.Notifications").await,
            Part::TrayHost => hosts_tray(&bus).await,
        })
        .await
}

/// Starts the display on a free number; returns its name, as in `DISPLAY`.
pub(super) async fn start_display(
    lifeline: &Lifeline,
    environment: &BTreeMap<&'static str, OsString>,
    (width, height): (u16, u16),
    root: &Path,
) -> Result<(Process, String)> {
    let mut command = first_command(lifeline, environment, Part::Display);
    // Without -noreset it starts anew whenever its last client leaves, and refuses those who come meanwhile.
    command
        .args(["-displayfd", "1", "-noreset", "-nolisten", "tcp", "-screen", "0"])
        .arg(format!("{width}x{height}x24"));
    let announced = folder::display_name(root);
    let log = folder::log(root, Part::Display.program());
    let mut process = Process::start_announcing(Part::Display.program(), command, &log, &announced)
        .with_context(|| {
            format!("{} is missing: install the package {}", Part::Display, Part::Display.package())
        })?;
    let name = process
        .ready(READY, "the display to announce its number", async |_| {
            let number = fs::read_to_string(&announced).context("cannot read what the display announced")?;
            let number = number.strip_suffix('\n').context("not announced yet")?;
            Ok(format!(":{number}"))
        })
        .await
        .with_context(|| format!("{} did not start", Part::Display))?;
    Ok((process, name))
}

/// Starts the session bus and connects to it.
pub(super) async fn start_bus(
    lifeline: &Lifeline,
    environment: &BTreeMap<&'static str, OsString>,
    root: &Path,
) -> Result<(Process, Connection)> {
    let mut command = first_command(lifeline, environment, Part::Bus);
    command.args(["--nofork", "--nopidfile", "--nosyslog", "--config-file"]).arg(folder::bus_settings(root));
    let log = folder::log(root, Part::Bus.program());
    let mut process = Process::start(Part::Bus.program(), command, &log)
        .with_context(|| format!("{} is missing: install the package {}", Part::Bus, Part::Bus.package()))?;
    let bus = process
        .ready(READY, "the session bus to answer", async |_| connect(root).await)
        .await
        .with_context(|| format!("{} did not start", Part::Bus))?;
    Ok((process, bus))
}

/// Opens a connection to the session bus.
pub(super) async fn connect(root: &Path) -> Result<Connection> {
    let address = format!("unix:path={}", folder::bus_socket(root).display());
    zbus::connection::Builder::address(address.as_str())
        .context("the bus has an address that zbus does not understand")?
        .build()
        .await
        .context("cannot connect to the session bus")
}

fn first_command(lifeline: &Lifeline, environment: &BTreeMap<&'static str, OsString>, part: Part) -> Command {
    let mut command = Command::new(part.program());
    command.env_clear().envs(environment).stdin(Stdio::null());
    lifeline.adopt(&mut command);
    command
}

/// `wmctrl -m` succeeds once a window manager has put its name on the root window.
fn manages_windows(wmctrl: &mut Command) -> Result<()> {
    let output = wmctrl.output().context("cannot run wmctrl: install the package wmctrl")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(())
}

pub(super) async fn owns(bus: &Connection, name: &'static str) -> Result<()> {
    let owned = DBusProxy::new(bus).await?.name_has_owner(name.try_into()?).await?;
    ensure!(owned, "nobody owns {name} on the bus");
    Ok(())
}

async fn hosts_tray(bus: &Connection) -> Result<()> {
    owns(bus, "org.kde.StatusNotifierWatcher").await?;
    let watcher = crate::tray::WatcherProxy::new(bus).await?;
    ensure!(watcher.is_status_notifier_host_registered().await?, "no tray host has registered");
    Ok(())
}
