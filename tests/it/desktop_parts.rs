//! The real parts themselves: that the desktop which other tests stand on is what it says it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use curfew_tests::driver::Driver;
use curfew_tests::input::{self, Button};
use curfew_tests::notifications::{Closed, Notifications, Urgency};
use curfew_tests::proc::Running;
use curfew_tests::process::Process;
use curfew_tests::session::{Keyring, NotificationDaemon, Part, Session, SessionParts, Theme, TrayHost};
use curfew_tests::tray::{Item, Tray};
use curfew_tests::{proc, screenshot, wait, windows};

const SOON: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_session_ends_without_leaving_anything() -> Result<()> {
    let session = Session::start(SessionParts::default()).await?;
    let names: Vec<_> = session.processes().into_iter().map(|process| process.name).collect();
    for expected in ["Xvfb", "dbus-daemon", "xfwm4", "gnome-keyring-d", "dunst", "xfce4-panel"] {
        assert!(names.iter().any(|name| name == expected), "{expected} is not among {names:?}");
    }
    // A program that leaves the process group, as one that starts another for good may do.
    let mut command = session.command("sh");
    command.args(["-c", "setsid sleep 600 &"]);
    session.spawn("sh", command)?.wait(SOON).await?;
    let sleeps = |running: &Vec<Running>| running.iter().any(|process| process.name == "sleep");
    wait::until("the stray program", SOON, async || Ok(session.processes()), sleeps).await?;

    let (group, folder, home) = (session.group(), session.folder().to_owned(), session.home());
    drop(session);
    assert_eq!(proc::in_group_or_home(group, &home), []);
    assert!(!folder.exists(), "{} is still there", folder.display());
    Ok(())
}

#[tokio::test]
async fn a_session_ends_with_its_owner_that_is_killed() -> Result<()> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_desktop"));
    command.args(["setsid", "sleep", "600"]).stdin(Stdio::null());
    let log = tempfile::NamedTempFile::new()?;
    let mut owner = Process::start("desktop", command, log.path())?;
    owner.wait_for_log(" in ", SOON).await?;
    let (group, folder) = group_and_folder(&owner.log());
    let running = || proc::in_group_or_home(group, &folder.join("home"));
    wait::until(
        "what it runs",
        SOON,
        async || Ok(running()),
        |running| running.iter().any(|process| process.name == "sleep"),
    )
    .await?;
    owner.kill()?;
    wait::until("the session to end", SOON, async || Ok(running()), Vec::is_empty).await?;
    assert!(!folder.exists(), "{} is still there", folder.display());
    Ok(())
}

#[tokio::test]
async fn two_sessions_do_not_see_each_other() -> Result<()> {
    let (one, other) =
        tokio::try_join!(Session::start(SessionParts::bare()), Session::start(SessionParts::default()))?;
    assert_ne!(one.group(), other.group());
    assert!(Notifications::watch(&one).await?.shown().await.is_err());
    assert_eq!(Notifications::watch(&other).await?.shown().await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_part_that_was_left_out_is_not_started_by_asking_for_it() -> Result<()> {
    let session = Session::start(SessionParts::bare()).await?;
    assert!(!secret_tool(&session, &["lookup", "app", "curfew"])?.0);
    assert!(Notifications::watch(&session).await?.shown().await.is_err());
    assert!(Tray::of(&session).items().await.is_err());
    let names: Vec<_> = session.processes().into_iter().map(|process| process.name).collect();
    for absent in ["gnome-keyring-d", "dunst", "xfce4-panel"] {
        assert!(!names.iter().any(|name| name == absent), "{absent} is among {names:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_part_can_go_and_come_back() -> Result<()> {
    let mut session =
        Session::start(SessionParts { keyring: Keyring::Absent, ..SessionParts::default() }).await?;
    let (_program, _item) = sample_tray(&session).await?;
    session.stop_part(Part::TrayHost);
    let tray = Tray::of(&session);
    assert!(tray.items().await.is_err());
    session.start_part(Part::TrayHost).await?;
    tray.wait_for_item("sample-tray", SOON).await?;
    Ok(())
}

#[tokio::test]
async fn a_part_that_cannot_start_is_named_with_what_it_said() -> Result<()> {
    let mut session = Session::start(SessionParts::bare()).await?;
    let Err(failure) = session.start_part(Part::Bus).await else {
        panic!("a second bus started");
    };
    assert_eq!(
        format!("{failure}"),
        "the session bus (dbus-daemon) cannot be started again: all others live on it"
    );
    // The display is taken away from under it.
    session.stop_part(Part::Display);
    let failure = format!("{:#}", session.start_part(Part::WindowManager).await.unwrap_err());
    assert!(failure.starts_with("the window manager (xfwm4) did not start"), "{failure}");
    assert!(failure.contains("ended early") && failure.contains("display"), "{failure}");
    Ok(())
}

#[tokio::test]
async fn a_tray_item_is_seen_and_its_menu_clicked() -> Result<()> {
    let session = Session::start(SessionParts {
        keyring: Keyring::Absent,
        notifications: NotificationDaemon::Absent,
        ..SessionParts::default()
    })
    .await?;
    let (mut program, item) = sample_tray(&session).await?;

    let look = item.look().await?;
    assert_eq!((look.title.as_str(), look.status.as_str()), ("Sample", "Active"));
    assert_eq!(
        (look.tooltip_title.as_str(), look.tooltip.as_str()),
        ("2 running", "g5.xlarge and p4d.24xlarge")
    );
    assert_eq!((look.icon[0].width, look.icon[0].height), (22, 22));
    assert_eq!(look.icon[0].argb[..4], [255, 220, 40, 40]);

    let menu = "train_7  g5.xlarge\n    Stop\n    Terminate\neval  p4d.24xlarge\n    Stop\n    Terminate\n---\nMuted [ ]\n";
    assert_eq!(item.menu().await?.to_string(), menu);

    item.activate().await?;
    program.wait_for_log("activated", SOON).await?;
    item.click(&["eval  p4d.24xlarge", "Terminate"]).await?;
    program.wait_for_log("terminate eval  p4d.24xlarge", SOON).await?;
    item.click(&["Muted"]).await?;
    wait::until(
        "the tick",
        SOON,
        async || Ok(item.menu().await?.entry(&["Muted"])?.ticked),
        |tick| *tick == Some(true),
    )
    .await?;
    Ok(())
}

#[tokio::test]
async fn a_disabled_entry_is_not_clicked() -> Result<()> {
    let session =
        Session::start(SessionParts { tray_host: TrayHost::Xfce4Panel, ..SessionParts::bare() }).await?;
    let (mut program, item) = sample_tray(&session).await?;
    item.click(&["g5.xlarge", "Stop"]).await?;
    program.wait_for_log("stop train__7", SOON).await?;
    let greyed = async || Ok(item.menu().await?.entry(&["g5.xlarge", "Stop"])?.enabled);
    wait::until("the entry to be greyed out", SOON, greyed, |enabled| !enabled).await?;
    let failure = item.click(&["g5.xlarge", "Stop"]).await.unwrap_err().to_string();
    assert!(failure.starts_with("\"Stop\" is disabled"), "{failure}");
    Ok(())
}

#[tokio::test]
async fn an_action_of_the_right_notification_is_invoked() -> Result<()> {
    let session =
        Session::start(SessionParts { notifications: NotificationDaemon::Dunst, ..SessionParts::bare() })
            .await?;
    let notifications = Notifications::watch(&session).await?;
    let _first = notify(&session, "train-7 runs for 3 h", 2)?;
    let mut second = notify(&session, "eval runs for 9 h", 1)?;

    let other =
        notifications.wait_for("train-7", SOON, |notice| notice.summary.starts_with("train-7")).await?;
    let chosen = notifications.wait_for("eval", SOON, |notice| notice.summary.starts_with("eval")).await?;
    assert_eq!((other.urgency, chosen.urgency), (Urgency::Critical, Urgency::Normal));
    assert_eq!((chosen.body.as_str(), chosen.application.as_str()), ("Costs $4.20", "sample"));
    let labels: Vec<_> = chosen.actions.iter().map(|action| action.label.as_str()).collect();
    assert_eq!(labels, ["Stop", "Terminate"]);
    wait::until("both on the screen", SOON, async || notifications.shown().await, |shown| *shown == 2)
        .await?;

    notifications.invoke(chosen.id, "Terminate").await?;
    // The sender itself was told: dunstify prints the key and ends.
    second.wait_for_log("terminate", SOON).await?;
    let others: Vec<_> = notifications.sent().into_iter().filter(|notice| notice.id == other.id).collect();
    assert!(others[0].invoked.is_empty(), "{others:?}");
    assert!(notifications.invoke(other.id, "Snooze").await.is_err());
    Ok(())
}

#[tokio::test]
async fn a_closed_notification_is_in_the_history() -> Result<()> {
    let session =
        Session::start(SessionParts { notifications: NotificationDaemon::Dunst, ..SessionParts::bare() })
            .await?;
    let notifications = Notifications::watch(&session).await?;
    let _first = notify(&session, "first", 1)?;
    let first = notifications.wait_for("first", SOON, |notice| notice.summary == "first").await?;
    notifications.close(first.id).await?;
    assert_eq!(notifications.wait_closed(first.id, SOON).await?, Closed::ByCall);

    let _second = notify(&session, "second", 1)?;
    let second = notifications.wait_for("second", SOON, |notice| notice.summary == "second").await?;
    notifications.dismiss_top().await?;
    assert_eq!(notifications.wait_closed(second.id, SOON).await?, Closed::Dismissed);

    assert_eq!(notifications.open(), []);
    let history = notifications.history().await?;
    let past: Vec<_> =
        history.iter().map(|past| (past.id, past.summary.as_str(), past.body.as_str())).collect();
    assert_eq!(past, [(second.id, "second", "Costs $4.20"), (first.id, "first", "Costs $4.20")]);
    Ok(())
}

#[tokio::test]
async fn an_unlocked_keyring_stores_and_a_locked_one_does_not_answer() -> Result<()> {
    let session = Session::start(SessionParts { keyring: Keyring::Unlocked, ..SessionParts::bare() }).await?;
    store_secret(&session)?;
    assert_eq!(secret_tool(&session, &["lookup", "app", "curfew"])?, (true, "s3cret".to_owned()));

    session.lock_keyring().await?;
    assert!(session.keyring_is_locked().await?);
    let mut command = session.command("secret-tool");
    command.args(["lookup", "app", "curfew"]);
    let mut asking = session.spawn("secret-tool", command)?;
    wait::until(
        "the prompt of the keyring",
        SOON,
        async || Ok(session.processes()),
        |running| running.iter().any(|process| process.name == "gcr-prompter"),
    )
    .await?;
    assert_eq!(asking.exited()?, None);
    drop(asking);

    session.unlock_keyring().await?;
    assert_eq!(secret_tool(&session, &["lookup", "app", "curfew"])?, (true, "s3cret".to_owned()));
    Ok(())
}

#[tokio::test]
async fn a_session_can_start_with_its_keyring_locked() -> Result<()> {
    let session = Session::start(SessionParts { keyring: Keyring::Locked, ..SessionParts::bare() }).await?;
    assert!(session.keyring_is_locked().await?);
    Ok(())
}

#[tokio::test]
async fn a_screenshot_shows_the_whole_screen() -> Result<()> {
    let session = Session::start(SessionParts { screen: (1024, 600), ..SessionParts::default() }).await?;
    let notifications = Notifications::watch(&session).await?;
    let _notice = notify(&session, "train-7 runs for 3 h", 2)?;
    notifications.wait_for("train-7", SOON, |_| true).await?;
    let (_program, _item) = sample_tray(&session).await?;
    let path = screenshot::take_at_rest(&session, "desktop-parts", SOON).await?;
    assert_eq!(png_size(&path)?, (1024, 600));
    Ok(())
}

#[tokio::test]
async fn the_mouse_reaches_the_icon_and_its_menu() -> Result<()> {
    let session =
        Session::start(SessionParts { tray_host: TrayHost::Xfce4Panel, ..SessionParts::bare() }).await?;
    let (mut program, _item) = sample_tray(&session).await?;
    screenshot::paint_backdrop(&session).await?;
    let place = Tray::of(&session).icon_place();
    // The panel draws the icon a moment after it has registered.
    wait::until(
        "a left click on the icon",
        SOON,
        async || {
            input::click(&session, place, Button::Left).await?;
            Ok(program.log())
        },
        |log| log.contains("activated"),
    )
    .await?;
    input::click(&session, place, Button::Right).await?;
    screenshot::take_at_rest(&session, "desktop-parts-menu", SOON).await?;
    input::press(&session, &["Down", "Right", "Down", "Return"]).await?;
    program.wait_for_log("terminate train__7", SOON).await
}

#[tokio::test]
async fn windows_are_listed_and_closed() -> Result<()> {
    let session = Session::start(SessionParts::bare()).await?;
    let mut command = session.command("display");
    command.args(["-title", "Fleet of 2", "-size", "200x100", "xc:#336699"]);
    let mut program = session.spawn("display", command)?;
    let window = windows::wait_for(&session, "Fleet of 2", SOON).await?;
    let focus = async || windows::active(&session).await;
    wait::until("the focus", SOON, focus, |active| active.as_ref() == Some(&window)).await?;
    windows::close(&session, &window).await?;
    windows::wait_gone(&session, "Fleet of 2", SOON).await?;
    program.wait(SOON).await?;
    Ok(())
}

#[tokio::test]
async fn a_window_is_driven_and_told_the_theme() -> Result<()> {
    for (theme, expected) in [(Theme::Light, false), (Theme::Dark, true)] {
        let session = Session::start(SessionParts { theme, ..SessionParts::bare() }).await?;
        let driver = Driver::start(&session, &[]).await?;
        let client = driver.open(&mini_browser()?, &["--automation"]).await?;
        client.goto("data:text/html,<title>Fleet</title><button>Stop</button>").await?;
        assert_eq!(client.title().await?, "Fleet");
        let dark =
            client.execute("return matchMedia('(prefers-color-scheme: dark)').matches", vec![]).await?;
        assert_eq!(dark, expected, "{theme:?}");

        // Without a word to the client: a test that fails does not close it either.
        drop(driver);
        let running = async || Ok(session.processes());
        wait::until("the browser to end with its driver", SOON, running, |running| {
            running
                .iter()
                .all(|process| !process.name.starts_with("MiniBrowser") && !process.name.contains("WebKit"))
        })
        .await?;
    }
    Ok(())
}

/// From `desktop of process group 123 in /tmp/...`.
fn group_and_folder(log: &str) -> (i32, PathBuf) {
    let (_, rest) = log.split_once("group ").unwrap();
    let (group, folder) = rest.split_once(" in ").unwrap();
    (group.parse().unwrap(), folder.trim_end().into())
}

async fn sample_tray(session: &Session) -> Result<(Process, Item)> {
    let program = session.spawn("sample-tray", session.command(env!("CARGO_BIN_EXE_sample-tray")))?;
    let item = Tray::of(session).wait_for_item("sample-tray", SOON).await?;
    Ok((program, item))
}

/// The browser that comes with WebKitGTK, in a folder named after the kind of machine.
fn mini_browser() -> Result<PathBuf> {
    let folders = fs::read_dir("/usr/lib")?;
    let mut paths = folders.filter_map(|folder| Some(folder.ok()?.path().join("webkit2gtk-4.1/MiniBrowser")));
    paths
        .find(|path| path.is_file())
        .context("there is no MiniBrowser: install the package libwebkit2gtk-4.1-0")
}

/// dunstify comes with dunst; it stays until the notification is closed and prints what was chosen.
fn notify(session: &Session, summary: &str, urgency: u8) -> Result<Process> {
    let urgency = ["low", "normal", "critical"][usize::from(urgency)];
    let mut command = session.command("dunstify");
    command.args(["--appname=sample", "--action=stop,Stop", "--action=terminate,Terminate"]);
    command.args([&format!("--urgency={urgency}"), summary, "Costs $4.20"]);
    session.spawn(&format!("dunstify-{summary}"), command)
}

fn store_secret(session: &Session) -> Result<()> {
    let secret = session.folder().join("secret");
    fs::write(&secret, "s3cret")?;
    let mut command = session.command("secret-tool");
    command.args(["store", "--label=Curfew", "app", "curfew"]).stdin(fs::File::open(secret)?);
    assert!(command.status()?.success());
    Ok(())
}

/// Whether it succeeded, and what it printed.
fn secret_tool(session: &Session, arguments: &[&str]) -> Result<(bool, String)> {
    let output = session.command("secret-tool").args(arguments).output()?;
    Ok((output.status.success(), String::from_utf8(output.stdout)?))
}

/// Width and height from the header of a PNG file (PNG specification, 11.2.2 IHDR).
fn png_size(path: &Path) -> Result<(u32, u32)> {
    let bytes = fs::read(path)?;
    assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"), "{} is no PNG file", path.display());
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    Ok((number(16), number(20)))
}
