//! Follows the tray for a page: its updates, its calls, and its absence.

use std::time::Duration;

use domain::{Problem, view::window::Event};
use tauri::{WebviewWindow, ipc::Channel};
use tokio::time::{Instant, sleep};
use wire::{Answer, Client, WireFault};

use super::{end, processes, raise};

/// Between two tries to reach a tray that is gone.
const RETRY: Duration = Duration::from_millis(500);
/// How long a tray that was just started may take before its absence is told.
const START_WITHIN: Duration = Duration::from_secs(5);

/// A page of the window.
pub(crate) struct Page {
    /// Where it listens.
    pub(crate) events: Channel<Event>,
    /// The window that it is in.
    pub(crate) window: WebviewWindow,
}

/// Follows until the page is gone. Without a tray at first, it starts one; a tray that ends later stays away until
/// a person wants it back.
pub(crate) async fn follow(client: Client, page: Page) {
    let mut patience = Some(Instant::now() + START_WITHIN);
    if let Err(WireFault::NobodyListens) = client.ask(&wire::Ask::Hello).await
        && let Err(problem) = processes::start_tray()
    {
        patience = None;
        page.tell(Event::TrayGone(problem));
    }
    loop {
        match client.watch().await {
            Ok(stream) => {
                patience = None;
                page.pass_on(stream).await;
                continue;
            }
            Err(_) if patience.is_some_and(|until| Instant::now() < until) => {}
            Err(fault) => page.tell(Event::TrayGone(Problem::from(fault))),
        }
        sleep(RETRY).await;
    }
}

impl Page {
    /// Passes a stream's answers on until it ends.
    async fn pass_on(&self, mut stream: wire::Watch) {
        while let Some(Ok(answer)) = stream.next().await {
            match answer {
                Answer::Update(update) => self.tell(Event::Update(*update)),
                Answer::Raise => raise(&self.window),
                Answer::Show(sight) => self.tell(Event::Show(sight)),
                Answer::End => end(&self.window),
                Answer::Hello { .. }
                | Answer::Fleet { .. }
                | Answer::Settings(_)
                | Answer::Profiles(_)
                | Answer::Done
                | Answer::Faults(_)
                | Answer::Refused(_) => return,
            }
        }
    }

    fn tell(&self, event: Event) {
        if let Err(error) = self.events.send(event) {
            eprintln!("curfew-window: the page was not told: {error}");
        }
    }
}
