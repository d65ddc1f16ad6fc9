//! Events in, state out.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use domain::{
    Level, Timestamp,
    fleet::Totals,
    view::window::{Delta, Header, Row},
};

use super::*;
use crate::table::samples::{Sample, ago, by_target};

fn header(generation: u64, as_of: Timestamp) -> Header {
    Header {
        generation,
        as_of,
        pace: 1,
        demo: false,
        complete: true,
        paused: None,
        totals: Totals::default(),
        troubles: Vec::new(),
    }
}

fn whole(rows: Vec<Row>) -> Event {
    let (accounts, regions) = (BTreeMap::new(), Vec::new());
    Event::Update(Update::Whole(WindowState {
        header: header(1, ago(0)),
        accounts,
        regions,
        rows: by_target(rows),
        launches: BTreeMap::new(),
    }))
}

fn changed(rows: Vec<Row>) -> Event {
    Event::Update(Update::Changed(Delta {
        header: header(2, ago(-60)),
        accounts: BTreeMap::new(),
        regions: Vec::new(),
        changed: rows.into_iter().map(Arc::new).collect(),
        removed: BTreeSet::new(),
        launches: BTreeMap::new(),
    }))
}

fn gone() -> Event {
    Event::TrayGone(Problem::new("tray-gone", "The tray does not answer", "Restart it."))
}

fn told(events: Vec<Event>) -> State {
    let hear = |state: State, (at, event)| state.after(Change::Heard(Box::new(event), Moment(at)));
    (1000..).zip(events).fold(State::default(), hear)
}

#[test]
fn rows_that_did_not_change_keep_their_pointers() {
    let before = told(vec![whole(vec![Sample::new(1).row(), Sample::new(2).row()])]);
    let change = Change::Heard(Box::new(changed(vec![Sample::new(2).named("new").row()])), Moment(5));
    let after = before.clone().after(change);
    let rows = |state: &State| state.link.heard().unwrap().fleet.rows.values().cloned().collect::<Vec<_>>();
    let same: Vec<bool> = rows(&before).iter().zip(&rows(&after)).map(|(a, b)| Arc::ptr_eq(a, b)).collect();
    assert_eq!(same, [true, false]);
}

#[test]
fn a_change_without_the_whole_before_it_is_left_alone() {
    assert_eq!(told(vec![changed(vec![Sample::new(1).row()])]).link, Link::Waiting);
}

#[test]
fn the_last_data_stay_when_the_tray_is_gone_and_their_clock_stands_still() {
    let state = told(vec![whole(vec![Sample::new(1).row()]), gone()]);
    assert_eq!(state.link.heard().unwrap().fleet.rows.len(), 1);
    let clock = state.link.clock().unwrap();
    assert_eq!(clock.at(Moment(1001)), clock.at(Moment(900_000)));
    let back = state.after(Change::Heard(Box::new(whole(Vec::new())), Moment(9)));
    assert!(matches!(back.link, Link::Live(_)));
}

#[test]
fn only_new_alerts_are_said_aloud() {
    let check = |events: Vec<Event>, said: &str| assert_eq!(told(events).announcement.as_ref(), said);
    let calm = || Sample::new(1).named("train").row();
    let warned = |number| Sample::new(number).named("train").level(Level::Warning).row();
    check(vec![whole(vec![warned(1)])], "");
    check(vec![whole(vec![calm()]), changed(vec![warned(1)])], "Warning: train, running for more than 2h");
    check(vec![whole(vec![warned(1)]), changed(vec![warned(1)])], "");
    check(vec![whole(vec![]), changed(vec![warned(1), warned(2)])], "2 more instances need attention");
    check(
        vec![whole(vec![warned(1)]), whole(vec![Sample::new(1).level(Level::Critical).named("train").row()])],
        "Critical: train, running for more than 2h",
    );
}

#[test]
fn the_same_thing_is_not_said_twice_at_once() {
    let say = |state: State, text: &str| state.after(Change::Say(Saying::Done(text.into())));
    let state = ["Copied", "Saved", "Copied"].into_iter().fold(State::default(), say);
    assert_eq!(state.notes.iter().map(|note| note.id).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(state.after(Change::PutAway(2)).notes.len(), 1);
}

#[test]
fn what_is_to_be_seen_is_kept_until_it_is_seen() {
    let sight = Sight::Profile("train".into());
    let state = State::default().after(Change::Heard(Box::new(Event::Show(sight.clone())), Moment(0)));
    let state = state.after(Change::Heard(Box::new(whole(Vec::new())), Moment(1)));
    assert_eq!(state.sight, Some(sight));
    assert_eq!(state.after(Change::Seen).sight, None);
}
