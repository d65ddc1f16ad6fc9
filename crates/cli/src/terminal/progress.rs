//! The progress line: on standard error, on a terminal, and only once something takes longer than a second.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{interval, sleep},
};

use super::{Terminal, note};

/// What takes no longer than this shows no progress.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two looks at how far it is.
const EVERY: Duration = Duration::from_millis(200);
/// Back to the line's beginning, and clear it.
const CLEAR: &str = "\r\x1b[K";

/// A line that says how far something is; it goes when this is dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    say: watch::Sender<String>,
    showing: Option<JoinHandle<()>>,
    on_screen: Arc<AtomicBool>,
}

impl Progress {
    /// Begins to wait for something.
    pub(crate) fn begin(terminal: &Terminal, text: impl Into<String>) -> Self {
        let (say, hear) = watch::channel(text.into());
        let on_screen = Arc::new(AtomicBool::new(false));
        let line = Line { hear, columns: terminal.columns.unwrap_or(80), on_screen: Arc::clone(&on_screen) };
        let showing = terminal.watched.then(|| tokio::spawn(line.show()));
        Self { say, showing, on_screen }
    }

    /// Says how far it is.
    pub(crate) fn say(&self, text: impl Into<String>) {
        self.say.send_replace(text.into());
    }

    /// Clears the line, so that something else can be printed; it comes back with the next word.
    pub(crate) fn clear(&self) {
        if self.on_screen.swap(false, Ordering::Relaxed) {
            note(CLEAR);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(showing) = &self.showing {
            showing.abort();
        }
        self.clear();
    }
}

struct Line {
    hear: watch::Receiver<String>,
    columns: usize,
    on_screen: Arc<AtomicBool>,
}

impl Line {
    async fn show(self) {
        sleep(PATIENCE).await;
        let mut tick = interval(EVERY);
        loop {
            tick.tick().await;
            let text: String = self.hear.borrow().chars().take(self.columns.saturating_sub(1)).collect();
            self.on_screen.store(true, Ordering::Relaxed);
            note(&format!("{CLEAR}{text}"));
        }
    }
}
