//! The texts and buttons of native notifications. Who shows them, and how, is not known here.

use std::time::Duration;

use crate::{
    Alert, Fleet, Level, Problem, Target, Timestamp, Verb,
    alert::AlertId,
    fleet::Seen,
    time::elapsed,
    view::{fmt, window::offers},
};

/// How long the Snooze button silences.
pub const SNOOZE: Duration = Duration::from_secs(2 * 3600);

/// One notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Which alert it tells of; a countdown tells of none.
    pub alert: Option<AlertId>,
    /// Which instance it is about.
    pub target: Target,
    /// How urgent.
    pub urgency: Urgency,
    /// The bold line.
    pub title: String,
    /// The text below; plain, never markup.
    pub body: String,
    /// The buttons, safest first: macOS shows the first one as the default, so that Terminate must never be first.
    pub buttons: Vec<Button>,
}

/// How urgent a notification is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Goes away by itself.
    Normal,
    /// Stays until somebody looks.
    Critical,
}

/// A button of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Button {
    /// Stop the instance.
    Stop,
    /// Say nothing for [`SNOOZE`].
    Snooze,
    /// Begin the countdown to termination.
    Terminate,
    /// Take the countdown back.
    Undo,
}

impl Button {
    /// The text on it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Stop => "Stop",
            Self::Snooze => "Snooze 2h",
            Self::Terminate => "Terminate",
            Self::Undo => "Undo",
        }
    }

    /// Its key on the bus.
    pub fn key(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Snooze => "snooze",
            Self::Terminate => "terminate",
            Self::Undo => "undo",
        }
    }

    /// The button with this key.
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Stop, Self::Snooze, Self::Terminate, Self::Undo].into_iter().find(|button| button.key() == key)
    }
}

/// The notices that are due: one per alert that no person was told of, worst first.
pub fn due(fleet: &Fleet, now: Timestamp) -> Vec<Notice> {
    let notice = |alert: &Alert| Some(crossing(fleet, alert, fleet.instances.get(&alert.target)?, now));
    fleet.untold(now).into_iter().filter_map(notice).collect()
}

fn crossing(fleet: &Fleet, alert: &Alert, seen: &Seen, now: Timestamp) -> Notice {
    let instance = &seen.instance;
    let running = fmt::duration(elapsed(now, instance.launched_at));
    let again = if alert.reminder > 0 { "still " } else { "" };
    let (urgency, word) = match alert.level {
        Level::Ok | Level::Warning => (Urgency::Normal, "Warning"),
        Level::Critical => (Urgency::Critical, "Critical"),
    };
    let Target { account, region, id } = &alert.target;
    let spent = seen.spend(now).map_or_else(|| "cost unknown".into(), |spent| format!("{spent} so far"));
    Notice {
        alert: Some(alert.id.clone()),
        target: alert.target.clone(),
        urgency,
        title: format!("{}{word}: {} {again}running for {running}", demo(fleet), fmt::title(instance)),
        body: format!(
            "{} ({}) in {region}, account {account}\n{id}\n{spent}, {}. {}.",
            instance.kind,
            instance.market.as_str(),
            fmt::rate(&seen.rates),
            capital(&fmt::crossing(alert.crossing)),
        ),
        buttons: buttons(seen),
    }
}

/// Nobody should be frightened by a fleet that is not real.
fn demo(fleet: &Fleet) -> &'static str {
    if fleet.demo { "DEMO - " } else { "" }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|c| c.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

/// Only what can be had is offered.
fn buttons(seen: &Seen) -> Vec<Button> {
    let can =
        |verb: Verb| offers(&seen.instance).iter().any(|offer| offer.verb == verb && offer.refused.is_none());
    [(can(Verb::Stop), Button::Stop), (true, Button::Snooze), (can(Verb::Terminate), Button::Terminate)]
        .into_iter()
        .filter_map(|(offered, button)| offered.then_some(button))
        .collect()
}

/// The countdown before a termination, with its Undo.
pub fn countdown(fleet: &Fleet, target: &Target, acts_at: Timestamp, now: Timestamp) -> Option<Notice> {
    let seen = fleet.instances.get(target)?;
    let seconds = (elapsed(acts_at, now).as_secs() / u64::from(fleet.pace.max(1))).max(1);
    Some(Notice {
        alert: None,
        target: target.clone(),
        urgency: Urgency::Critical,
        title: format!("{}Terminating {} in {seconds} s", demo(fleet), fmt::title(&seen.instance)),
        body: format!("{} {target}\nUndo keeps it running.", seen.instance.kind),
        buttons: vec![Button::Undo],
    })
}

/// How an action ended badly.
pub fn failure(target: &Target, problem: &Problem) -> Notice {
    Notice {
        alert: None,
        target: target.clone(),
        urgency: Urgency::Critical,
        title: problem.message.clone(),
        body: problem.hint.clone(),
        buttons: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
