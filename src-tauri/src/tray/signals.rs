//! The system's ways to say that it is time to end.

use super::input::{Input, Inputs};

/// Begins to listen for them: SIGINT, SIGTERM and SIGHUP, or Ctrl-C where there are no signals.
pub(crate) fn start(inputs: Inputs) {
    tokio::spawn(async move {
        if let Err(error) = wait().await {
            tracing::warn!(%error, "signals cannot be heard");
            return;
        }
        inputs.send(Input::End);
    });
}

#[cfg(unix)]
async fn wait() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hang_up.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn wait() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
