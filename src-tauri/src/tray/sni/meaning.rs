//! What each place of a menu does, so that a click never does something else than what was read there.
//!
//! ksni numbers menu entries by their place. When two instances change places, the labels change and the numbers
//! stay: a click on its way would stop the wrong machine. So a menu whose places mean something new is made to look
//! like a new menu, whose entries get new numbers; a click on an old number does nothing.

use domain::view::tray::{Entry, MenuAction};

/// What each place does, in the order in which ksni numbers them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Meaning(Vec<Option<MenuAction>>);

impl Meaning {
    pub(super) fn of(menu: &[Entry]) -> Self {
        let mut places = Vec::new();
        collect(menu, &mut places);
        Self(places)
    }
}

fn collect(menu: &[Entry], places: &mut Vec<Option<MenuAction>>) {
    for entry in menu {
        match entry {
            Entry::Separator | Entry::Note(_) => places.push(None),
            Entry::Item { does, .. } => places.push(does.clone()),
            Entry::Submenu { entries, .. } => {
                places.push(None);
                collect(entries, places);
            }
        }
    }
}
