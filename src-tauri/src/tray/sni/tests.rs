//! What a host may read, and when a menu counts as new.

use std::sync::Arc;

use domain::{
    Command, Fleet, Target, Timestamp,
    view::tray::{Entry, MenuAction, Tray, tray},
};

use super::{Item, Meaning, Shown, markup};
use crate::input::Inputs;

fn shown(menu: Vec<Entry>) -> Arc<Shown> {
    let now = Timestamp::UNIX_EPOCH;
    let tray = Tray { menu, ..tray(&Fleet::empty(now), &[], now) };
    Arc::new(Shown { tray, demo: false })
}

fn item(menu: Vec<Entry>) -> Item {
    let shown = shown(menu);
    Item { meaning: Meaning::of(&shown.tray.menu), shown, flips: false, inputs: Inputs::channel().0 }
}

fn snooze(id: &str, label: &str) -> Entry {
    let target =
        Target { account: "personal".into(), region: "us-east-1".into(), id: id.parse().expect("a good id") };
    let does = Some(MenuAction::Send(Command::Unsnooze { target }));
    Entry::Submenu {
        label: label.into(),
        level: domain::Level::Ok,
        entries: vec![Entry::Item { label: "Wake".into(), does }],
    }
}

#[test]
fn a_menu_that_only_reads_differently_stays_the_same_menu() {
    let mut item = item(vec![snooze("i-11111111", "one, 1h")]);
    item.replace(shown(vec![snooze("i-11111111", "one, 2h")]));
    assert!(!item.flips);
}

#[test]
fn a_menu_whose_places_mean_something_else_is_a_new_menu() {
    let mut item = item(vec![snooze("i-11111111", "one"), snooze("i-22222222", "two")]);
    let before = ksni::Tray::menu(&item).len();
    item.replace(shown(vec![snooze("i-22222222", "two"), snooze("i-11111111", "one")]));
    assert_ne!(ksni::Tray::menu(&item).len(), before, "the host must not keep the old numbers");
}

#[test]
fn text_in_the_tooltip_stays_text() {
    assert_eq!(markup("<b>R&D</b>\nnext"), "&lt;b&gt;R&amp;D&lt;/b&gt;\nnext");
}
