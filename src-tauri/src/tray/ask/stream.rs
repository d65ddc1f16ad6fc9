//! The window's state as a stream: the whole once, then what changed since the last that was sent, four times a
//! second at most.

use std::time::Duration;

use domain::view::window::{self, Update, WindowState};
use tokio::{
    sync::{mpsc, watch},
    time::sleep,
};
use wire::{Answer, Feed, server::Ended};

use crate::{stage::Stage, windows::Call};

/// The least time between two updates.
const PACE: Duration = Duration::from_millis(250);

/// Feeds one window until it leaves.
pub(super) async fn run(
    mut stage: watch::Receiver<Stage>,
    feed: Feed,
    mut calls: mpsc::UnboundedReceiver<Call>,
) {
    // An end of the feed is an end of the stream: the window asks for a new one if it still reads.
    while let Ok(Next::Stage) = act(&mut stage, &feed, &mut calls).await {}
}

/// Why an act ended well.
enum Next {
    /// Another engine is on the stage.
    Stage,
    /// The window left.
    Nothing,
}

/// Feeds the window from the engine that is on the stage now.
async fn act(
    stage: &mut watch::Receiver<Stage>,
    feed: &Feed,
    calls: &mut mpsc::UnboundedReceiver<Call>,
) -> Result<Next, Ended> {
    let engine = stage.borrow_and_update().engine.clone();
    let mut fleet = engine.fleet();
    let mut sent = window::state(&fleet.borrow_and_update().clone(), engine.now());
    push(feed, Update::Whole(sent.clone()))?;
    loop {
        tokio::select! {
            Ok(()) = fleet.changed() => {
                let next = window::state(&fleet.borrow_and_update().clone(), engine.now());
                sent = update(feed, sent, next)?;
                tokio::select! {
                    () = sleep(PACE) => {}
                    () = feed.closed() => return Ok(Next::Nothing),
                }
            }
            changed = stage.changed() => return Ok(if changed.is_ok() { Next::Stage } else { Next::Nothing }),
            Some(call) = calls.recv() => feed.push(match call {
                Call::Raise => Answer::Raise,
                Call::Show(sight) => Answer::Show(sight),
                Call::End => Answer::End,
            })?,
            () = feed.closed() => return Ok(Next::Nothing),
        }
    }
}

fn update(feed: &Feed, sent: WindowState, next: WindowState) -> Result<WindowState, Ended> {
    push(feed, Update::Changed(sent.delta_to(&next)))?;
    Ok(next)
}

fn push(feed: &Feed, update: Update) -> Result<(), Ended> {
    feed.push(Answer::Update(Box::new(update)))
}
