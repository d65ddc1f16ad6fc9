//! The menu model as ksni's items.

use domain::view::tray::{Entry, MenuAction};
use ksni::{
    MenuItem,
    menu::{StandardItem, SubMenu},
};

use crate::icon;

/// What a chosen entry calls.
type Choose<T> = fn(&mut T, MenuAction);

/// The items; with `flip` a hidden one more, so that the host takes it for a new menu.
pub(super) fn items<T: 'static>(menu: &[Entry], flip: bool, choose: Choose<T>) -> Vec<MenuItem<T>> {
    let hidden = || StandardItem { visible: false, ..StandardItem::default() }.into();
    menu.iter().map(|entry| item(entry, choose)).chain(flip.then(hidden)).collect()
}

fn item<T: 'static>(entry: &Entry, choose: Choose<T>) -> MenuItem<T> {
    match entry {
        Entry::Separator => MenuItem::Separator,
        Entry::Note(text) => greyed(text),
        Entry::Item { label, does: None } => greyed(label),
        Entry::Item { label, does: Some(action) } => {
            let action = action.clone();
            let activate = Box::new(move |tray: &mut T| choose(tray, action.clone()));
            StandardItem { label: shown(label), activate, ..StandardItem::default() }.into()
        }
        Entry::Submenu { label, level, entries } => SubMenu {
            label: shown(label),
            icon_data: icon::menu(*level).to_vec(),
            submenu: items(entries, false, choose),
            ..SubMenu::default()
        }
        .into(),
    }
}

fn greyed<T>(text: &str) -> MenuItem<T> {
    StandardItem { label: shown(text), enabled: false, ..StandardItem::default() }.into()
}

/// A label that shows as it is written: a single underscore would vanish and make an access key.
fn shown(label: &str) -> String {
    label.replace('_', "__")
}

#[cfg(test)]
mod tests;
