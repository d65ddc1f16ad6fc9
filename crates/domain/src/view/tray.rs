//! The tray's icon, tooltip and menu as one value that compares, tested whole; the toolkits only draw it.

mod launches;

use std::time::Duration;

use crate::{
    AccountState, Actor, Command, Fleet, Level, Target, Timestamp, Verb,
    action::Progress,
    command::Pace,
    fleet::{Pause, Seen, Totals},
    time::elapsed,
    view::{fmt, notice::SNOOZE, window::Sight, window::offers},
};

/// How many instances the menu lists; the rest is in the window.
const LISTED: usize = 10;

/// Everything that the tray shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tray {
    /// Which icon.
    pub icon: Icon,
    /// The figure on or beside it: how many need attention, else how many are up.
    pub figure: Option<String>,
    /// What hovering tells, first line and rest.
    pub tooltip: (String, String),
    /// The menu, top to bottom.
    pub menu: Vec<Entry>,
}

/// The icon's states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Icon {
    /// Nothing needs attention.
    Ok,
    /// The worst is a warning.
    Warning,
    /// The worst is critical.
    Critical,
    /// Nothing is known, or what is known is old.
    Offline,
    /// Polling rests.
    Paused,
}

/// A line of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A line between groups.
    Separator,
    /// A line that only says something.
    Note(String),
    /// A line that does something.
    Item {
        /// Its text.
        label: String,
        /// What it does, or `None` when it is greyed out.
        does: Option<MenuAction>,
    },
    /// A line with more behind it.
    Submenu {
        /// Its text.
        label: String,
        /// How urgent what it is about is.
        level: Level,
        /// What is behind it.
        entries: Vec<Entry>,
    },
}

/// What choosing a line of the menu does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MenuAction {
    /// A wish to the engine.
    Send(Command),
    /// Put this text on the clipboard.
    Copy(String),
    /// Open this address in the browser.
    Browse(String),
    /// Open the window.
    OpenWindow,
    /// Open the window at this.
    Show(Sight),
    /// End the app.
    Quit,
}

/// The tray for a fleet at `now`, from which these profiles can be launched.
pub fn tray(fleet: &Fleet, profiles: &[String], now: Timestamp) -> Tray {
    let totals = fleet.totals(now);
    Tray {
        icon: icon(fleet, &totals),
        figure: figure(&totals),
        tooltip: (headline(fleet, &totals), tooltip_rest(fleet, &totals)),
        menu: menu(fleet, profiles, &totals, now),
    }
}

fn icon(fleet: &Fleet, totals: &Totals) -> Icon {
    let known = fleet.regions.values().any(|region| region.as_of().is_some());
    let stale = !fleet.regions.is_empty() && fleet.regions.values().all(|region| region.fault().is_some());
    match (fleet.paused, totals.worst) {
        (_, Level::Critical) => Icon::Critical,
        (_, Level::Warning) => Icon::Warning,
        (Some(_), Level::Ok) => Icon::Paused,
        (None, Level::Ok) if !known || stale => Icon::Offline,
        (None, Level::Ok) => Icon::Ok,
    }
}

fn figure(totals: &Totals) -> Option<String> {
    let number = if totals.attention > 0 { totals.attention } else { totals.up };
    match number {
        0 => None,
        1..=99 => Some(number.to_string()),
        _ => Some("99+".into()),
    }
}

fn headline(fleet: &Fleet, totals: &Totals) -> String {
    let demo = if fleet.demo { "DEMO - " } else { "" };
    let running = match totals.up {
        0 => "nothing is running".to_owned(),
        up => format!("{} running, {}", fmt::count(up, "instance"), totals.hourly),
    };
    format!("{demo}Curfew: {running}")
}

fn tooltip_rest(fleet: &Fleet, totals: &Totals) -> String {
    let mut lines = Vec::new();
    if totals.attention > 0 {
        let verb = if totals.attention == 1 { "needs" } else { "need" };
        lines.push(format!("{} {verb} attention", fmt::count(totals.attention, "instance")));
    }
    if totals.up > 0 {
        lines.push(format!("{} so far", totals.spend));
    }
    lines.extend(standing(fleet));
    lines.join("\n")
}

/// What is not as it should be, a line each.
fn standing(fleet: &Fleet) -> Vec<String> {
    let mut lines = Vec::new();
    if fleet.accounts.is_empty() {
        lines.push("No account is connected yet".to_owned());
    }
    for (name, state) in &fleet.accounts {
        match state {
            AccountState::Connecting | AccountState::Connected(_) => {}
            AccountState::NeedsCode { .. } => lines.push(format!("Account {name} waits for a code")),
            AccountState::Broken(fault) => lines.push(format!("Account {name}: {}", fault.sentence())),
        }
    }
    let failed = fleet.regions.values().filter(|region| region.fault().is_some()).count();
    if failed > 0 {
        lines.push(format!("{} could not be read", fmt::count(failed, "region")));
    }
    match fleet.paused {
        Some(Pause::Asleep) => lines.push("Paused: the computer sleeps".to_owned()),
        Some(Pause::Locked) => lines.push("Paused: the screen is locked".to_owned()),
        None => {}
    }
    lines.extend(fleet.troubles.iter().map(|trouble| trouble.message.clone()));
    lines
}

fn menu(fleet: &Fleet, profiles: &[String], totals: &Totals, now: Timestamp) -> Vec<Entry> {
    let mut entries = vec![Entry::Note(headline(fleet, totals))];
    entries.extend(standing(fleet).into_iter().map(Entry::Note));
    let instances = worst_first(fleet, now);
    if !instances.is_empty() {
        entries.push(Entry::Separator);
    }
    let shown = instances.iter().take(LISTED);
    entries.extend(shown.map(|(target, seen)| instance_entry(fleet, target, seen, now)));
    if instances.len() > LISTED {
        let label = format!("{} more in the window...", instances.len() - LISTED);
        entries.push(item(label, MenuAction::OpenWindow));
    }
    if totals.up > 0 {
        entries.push(Entry::Separator);
        entries.push(Entry::Note(totals_line(totals)));
    }
    entries.push(Entry::Separator);
    entries.extend(launches::entries(fleet, profiles));
    entries.extend([
        Entry::Separator,
        item("Open Curfew", MenuAction::OpenWindow),
        item("Refresh now", MenuAction::Send(Command::Refresh)),
        item("Quit", MenuAction::Quit),
    ]);
    entries
}

fn totals_line(totals: &Totals) -> String {
    let unpriced = match totals.unpriced {
        0 => String::new(),
        some => format!(", {some} of unknown price"),
    };
    format!("Total {}, {} so far{unpriced}", totals.hourly, totals.spend)
}

fn item(label: impl Into<String>, does: MenuAction) -> Entry {
    Entry::Item { label: label.into(), does: Some(does) }
}

/// What is up or being acted on; what needs attention first, then what has run longest.
fn worst_first(fleet: &Fleet, now: Timestamp) -> Vec<(&Target, &Seen)> {
    let mut instances: Vec<_> = fleet
        .instances
        .iter()
        .filter(|(target, seen)| seen.instance.lifecycle.is_up() || fleet.progress.contains_key(target))
        .collect();
    instances.sort_by_key(|(_, seen)| {
        let level = if seen.needs_attention(now) { seen.level() } else { Level::Ok };
        (std::cmp::Reverse(level), seen.instance.launched_at)
    });
    instances
}

fn instance_entry(fleet: &Fleet, target: &Target, seen: &Seen, now: Timestamp) -> Entry {
    let progress = fleet.progress.get(target);
    Entry::Submenu {
        label: instance_label(fleet, seen, progress, now),
        level: if seen.needs_attention(now) { seen.level() } else { Level::Ok },
        entries: instance_menu(target, seen, progress, now),
    }
}

fn instance_label(fleet: &Fleet, seen: &Seen, progress: Option<&Progress>, now: Timestamp) -> String {
    let instance = &seen.instance;
    let mark = match seen.level() {
        _ if seen.is_snoozed(now) => "(snoozed) ",
        Level::Ok => "",
        Level::Warning => "! ",
        Level::Critical => "!! ",
    };
    let state = match progress {
        Some(progress) => doing(progress, fleet.pace, now),
        None => fmt::duration(elapsed(now, instance.launched_at)),
    };
    format!("{mark}{} - {}, {state}, {}", fmt::title(instance), instance.kind, fmt::spend(seen.spend(now)))
}

fn doing(progress: &Progress, pace: u32, now: Timestamp) -> String {
    match progress {
        Progress::CountingDown { verb, acts_at, .. } => {
            format!(
                "{} in {} s",
                verb.doing().to_lowercase(),
                elapsed(*acts_at, now).as_secs() / u64::from(pace.max(1))
            )
        }
        Progress::Acting { verb, .. } | Progress::Arriving { verb, overdue: false, .. } => {
            verb.doing().to_lowercase()
        }
        Progress::Arriving { verb, since, overdue: true } => {
            format!("{} for {}", verb.doing().to_lowercase(), fmt::duration(elapsed(now, *since)))
        }
        Progress::Failed { verb, .. } => format!("could not {}", verb.as_str()),
    }
}

fn instance_menu(target: &Target, seen: &Seen, progress: Option<&Progress>, now: Timestamp) -> Vec<Entry> {
    let Target { account, region, id } = target;
    let mut entries =
        vec![Entry::Note(format!("{id}, {}, {region}, account {account}", seen.instance.market.as_str()))];
    match progress {
        Some(Progress::CountingDown { verb, .. }) => {
            let undo = Command::Undo { target: target.clone(), actor: Actor::Tray };
            entries.push(item(format!("Undo {}", verb.as_str()), MenuAction::Send(undo)));
        }
        Some(Progress::Acting { .. } | Progress::Arriving { .. }) => {}
        Some(Progress::Failed { problem, .. }) => {
            entries.push(Entry::Note(problem.message.clone()));
            entries.extend(action_entries(target, seen));
        }
        None => entries.extend(action_entries(target, seen)),
    }
    entries.push(snooze_entry(target, seen, now));
    entries.push(Entry::Separator);
    entries.push(item("Copy id", MenuAction::Copy(id.to_string())));
    entries.push(item("Open in console", MenuAction::Browse(fmt::console_url(target))));
    entries
}

fn action_entries(target: &Target, seen: &Seen) -> Vec<Entry> {
    let entry = |offer: crate::view::window::Offer| match offer.refused {
        Some(_) => Entry::Item { label: offer.verb.label().into(), does: None },
        None => item(offer.verb.label(), MenuAction::Send(act(offer.verb, target))),
    };
    offers(&seen.instance).into_iter().map(entry).collect()
}

/// From the menu, terminate waits for an Undo; stop and start can be taken back anyway.
fn act(verb: Verb, target: &Target) -> Command {
    let pace = match verb {
        Verb::Stop | Verb::Start => Pace::AtOnce,
        Verb::Terminate => Pace::WithUndo,
    };
    Command::Act { verb, target: target.clone(), actor: Actor::Tray, pace }
}

fn snooze_entry(target: &Target, seen: &Seen, now: Timestamp) -> Entry {
    let target = target.clone();
    if seen.is_snoozed(now) {
        return item("Wake from snooze", MenuAction::Send(Command::Unsnooze { target }));
    }
    let label = format!("Snooze {}", fmt::duration(SNOOZE));
    let time: Duration = SNOOZE;
    item(label, MenuAction::Send(Command::Snooze { target, time }))
}

#[cfg(test)]
mod tests;
