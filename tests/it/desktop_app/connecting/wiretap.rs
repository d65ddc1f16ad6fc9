//! Listens in on a socket: takes its place, passes everything on both ways, and keeps a copy.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use anyhow::{Context, Result};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    task::JoinHandle,
};

/// Laid until it is dropped.
pub(super) struct Wiretap {
    heard: Arc<Mutex<Vec<u8>>>,
    listening: JoinHandle<()>,
}

impl Wiretap {
    /// Moves the socket aside and listens where it was.
    pub(super) fn lay(socket: &Path) -> Result<Self> {
        let moved = socket.with_extension("tapped");
        fs::rename(socket, &moved).context("cannot move the socket aside")?;
        let listener = UnixListener::bind(socket).context("cannot listen in the socket's place")?;
        let heard = Arc::default();
        let listening = tokio::spawn(listen(listener, moved, Arc::clone(&heard)));
        Ok(Self { heard, listening })
    }

    /// All that has passed until now, both ways.
    pub(super) fn heard(&self) -> Vec<u8> {
        self.heard.lock().unwrap().clone()
    }
}

impl Drop for Wiretap {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: UnixListener, to: PathBuf, heard: Arc<Mutex<Vec<u8>>>) {
    while let Ok((caller, _)) = listener.accept().await {
        let Ok(called) = UnixStream::connect(&to).await else { return };
        let (from_caller, to_caller) = caller.into_split();
        let (from_called, to_called) = called.into_split();
        tokio::spawn(pass(from_caller, to_called, Arc::clone(&heard)));
        tokio::spawn(pass(from_called, to_caller, Arc::clone(&heard)));
    }
}

/// Until either end hangs up; the other then sees that too.
async fn pass(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, heard: Arc<Mutex<Vec<u8>>>) {
    let mut some = [0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut some).await {
        heard.lock().unwrap().extend_from_slice(&some[..count]);
        if to.write_all(&some[..count]).await.is_err() {
            return;
        }
    }
    let _hung_up = to.shutdown().await;
}
