//! curfew-window: the one window. It comes when it is wanted, asks the tray for everything, and is gone when closed.
//!
//! The only program that names tauri. It hosts no engine and knows no rule: a crash here stops no countdown.

mod commands;
mod key;
mod lock;
mod processes;
mod tray;
mod watch;

use std::{env, process::ExitCode, time::Duration};

use anyhow::{Context, Result};
use tauri::Manager;

use self::{lock::Lock, tray::Tray};

const HELP: &str = "\
Curfew's window. It is opened from the tray; started by itself it starts the tray too.

Usage: curfew-window [--help | --version]
";

/// How long a window that ends may hold its lock.
const GOING: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    match env::args_os().nth(1).as_deref().and_then(|argument| argument.to_str()) {
        Some("--help" | "-h") => say(HELP),
        Some("--version" | "-V") => say(concat!("curfew-window ", env!("CARGO_PKG_VERSION"), "\n")),
        // WebDriver adds words of its own.
        Some(_) | None => match open() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("curfew-window: {error:#}");
                ExitCode::FAILURE
            }
        },
    }
}

fn say(text: &str) -> ExitCode {
    print!("{text}");
    ExitCode::SUCCESS
}

fn open() -> Result<()> {
    // Without a screen the toolkit panics instead of saying so.
    anyhow::ensure!(
        has_screen(),
        "there is no screen: neither DISPLAY nor WAYLAND_DISPLAY is set. Start it inside a desktop session"
    );
    let tray = Tray::of_this_user()?;
    let Some(lock) = tauri::async_runtime::block_on(be_the_one(&tray))? else { return Ok(()) };
    let app = tauri::Builder::default().manage(tray).invoke_handler(commands::handler());
    let app = app.build(tauri::generate_context!()).context("the window cannot be opened")?;
    app.run(|_, _| ());
    drop(lock);
    Ok(())
}

/// The right to be the window; `None` when another is and has come to the front. The tray cannot tell one that is
/// going from one that stays, so after asking for it there is still a while to wait.
async fn be_the_one(tray: &Tray) -> Result<Option<Lock>> {
    let unknown = "cannot tell whether a window is open already";
    if let Some(lock) = Lock::take(tray.folder()).context(unknown)? {
        return Ok(Some(lock));
    }
    let raised = tray.raise_the_other().await;
    let lock = Lock::take_within(tray.folder(), GOING).await.context(unknown)?;
    if lock.is_none() {
        raised?;
    }
    Ok(lock)
}

fn has_screen() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// Brings the window to the front.
fn raise(window: &tauri::WebviewWindow) {
    // Each fails only when the window is closing.
    for raised in [window.unminimize(), window.show(), window.set_focus()] {
        raised.unwrap_or_else(|error| eprintln!("curfew-window: {error}"));
    }
}

/// Ends the program.
fn end(window: &tauri::WebviewWindow) {
    window.app_handle().exit(0);
}
