//! The menu's part about launching: what is under way, and what can be launched.
//!
//! A click in a menu spends no money: it opens the window, where the price stands on the button.

use super::{Entry, MenuAction, item};
use crate::{
    Command, Fleet, LaunchId, Level,
    launch::{Launch, Stage},
    view::{fmt, launcher::menu_line, window::Sight},
};

/// How many profiles the menu lists; the rest is in the window.
const LISTED: usize = 15;

/// Launches under way first, each with its way out; then the profiles.
pub(super) fn entries(fleet: &Fleet, profiles: &[String]) -> Vec<Entry> {
    let under_way = |(_, launch): &(&LaunchId, &Launch)| !launch.stage.is_over() && !launch.dry_run;
    let mut entries: Vec<Entry> =
        fleet.launches.iter().filter(under_way).map(|(id, launch)| entry(id, launch)).collect();
    entries.push(if profiles.is_empty() {
        item("Launch...", MenuAction::Show(Sight::Launcher))
    } else {
        Entry::Submenu { label: "Launch".to_owned(), level: Level::Ok, entries: choices(profiles) }
    });
    entries
}

fn entry(id: &LaunchId, launch: &Launch) -> Entry {
    let call_off = match &launch.stage {
        Stage::Cancelling => Entry::Item { label: "Cancel launch".to_owned(), does: None },
        Stage::Checking | Stage::Requesting { .. } => cancel("Cancel launch", id),
        Stage::Launched { .. } => cancel("Cancel launch and terminate", id),
        Stage::Grown { .. } => cancel("Cancel launch and remove the fleet", id),
        Stage::Checked | Stage::Cancelled | Stage::Failed(_) => {
            item("Put away", MenuAction::Send(Command::DismissLaunch { id: id.clone() }))
        }
    };
    Entry::Submenu {
        label: menu_line(launch),
        level: Level::Ok,
        entries: vec![call_off, item("Show", MenuAction::Show(Sight::Launcher))],
    }
}

fn cancel(label: &str, id: &LaunchId) -> Entry {
    item(label, MenuAction::Send(Command::CancelLaunch { id: id.clone() }))
}

fn choices(profiles: &[String]) -> Vec<Entry> {
    let choice = |name: &String| {
        item(format!("{}...", fmt::one_line(name, 40)), MenuAction::Show(Sight::Profile(name.clone())))
    };
    let mut entries: Vec<Entry> = profiles.iter().take(LISTED).map(choice).collect();
    if profiles.len() > LISTED {
        let label = format!("{} more in the window...", profiles.len() - LISTED);
        entries.push(item(label, MenuAction::Show(Sight::Launcher)));
    }
    entries
}
