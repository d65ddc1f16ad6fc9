//! curfew-tray: hosts the engine and shows it in the tray, in notifications and at the local socket.
//!
//! Puts the parts together and runs the one loop. No toolkit and no webview is linked here: the window is a process of
//! its own, `curfew-window`, which comes and goes.

mod args;
mod ask;
mod autostart;
mod clipboard;
mod host;
#[cfg(target_os = "linux")]
mod icon;
mod input;
mod live;
mod log;
mod notifier;
mod platform;
#[cfg(target_os = "linux")]
mod presence;
mod profiles;
mod settings;
mod signals;
#[cfg(target_os = "linux")]
mod sni;
mod stage;
mod windows;

use std::{env, process::ExitCode};

use anyhow::{Context, Result};
use tokio::runtime;

use self::args::Wanted;

fn main() -> ExitCode {
    match args::read(env::args_os().skip(1)) {
        Ok(Wanted::Help) => say(args::HELP),
        Ok(Wanted::Version) => say(concat!("curfew-tray ", env!("CARGO_PKG_VERSION"), "\n")),
        Ok(Wanted::Quit) => ended(run(live::quit())),
        Ok(Wanted::Run(start)) => ended(run(live::live(start))),
        Err(sentence) => {
            eprintln!("curfew-tray: {sentence}");
            ExitCode::from(2)
        }
    }
}

fn say(text: &str) -> ExitCode {
    print!("{text}");
    ExitCode::SUCCESS
}

fn ended(result: Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("curfew-tray: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// One thread is enough for a tray, and each more costs memory; what blocks has two of its own, which go again.
fn run(work: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(4)
        .thread_keep_alive(std::time::Duration::from_secs(2))
        .build();
    runtime.context("the system gives no runtime")?.block_on(work)
}
