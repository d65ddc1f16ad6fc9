//! The table of a handful of rows, told as text: a group's label and its ids' last digits.

use domain::{Level, Lifecycle, Verb, action::Progress};

use super::*;
use crate::table::{
    options::Change,
    samples::{Sample, ago, by_target},
    sort::Column,
};

fn rows() -> Vec<Row> {
    vec![
        Sample::new(1).named("calm").ran(60).row(),
        Sample::new(2).level(Level::Critical).ran(40_000).row(),
        Sample::new(3).level(Level::Warning).ran(9_000).row(),
        Sample::new(4).level(Level::Critical).snoozed_until(ago(-60)).ran(90_000).row(),
        Sample::new(5).level(Level::Critical).snoozed_until(ago(60)).ran(50_000).row(),
        Sample::new(6).state(Lifecycle::Stopped).row(),
        Sample::new(7).state(Lifecycle::Terminated).row(),
        Sample::new(8).state(Lifecycle::ShuttingDown).row(),
    ]
}

fn told(rows: Vec<Row>, changes: &[Change]) -> String {
    let options = changes.iter().cloned().fold(Options::default(), Options::after);
    let table = sections(&by_target(rows), &options, ago(0));
    let digit = |row: &Arc<Row>| row.instance.id.as_str().chars().last();
    let told = |section: &Section| {
        let label = section.group.map_or("All", Group::label);
        format!("{label} {}", section.rows.iter().filter_map(digit).collect::<String>())
    };
    table.sections.iter().map(told).collect::<Vec<_>>().join(", ")
}

#[test]
fn rows_stand_in_groups_the_most_urgent_first() {
    let check = |changes: &[Change], expected: &str| assert_eq!(told(rows(), changes), expected);
    check(&[], "Critical 52, Warning 3, Running 41, Stopped 6");
    check(&[Change::Gone(true)], "Critical 52, Warning 3, Running 41, Stopped 6, Terminated 78");
    check(&[Change::Stopped(false)], "Critical 52, Warning 3, Running 41");
    check(&[Change::Sorted(Column::Running)], "Critical 25, Warning 3, Running 14, Stopped 6");
    check(&[Change::Grouped(false)], "All 452316");
    check(&[Change::Typed("calm".into())], "Running 1");
    check(&[Change::Typed("nobody".into())], "");
}

#[test]
fn what_is_hidden_is_counted() {
    let options = Options::default().after(Change::Stopped(false));
    let table = sections(&by_target(rows()), &options, ago(0));
    assert_eq!((table.len(), table.stopped, table.gone), (5, 1, 2));
}

#[test]
fn a_row_that_something_is_being_done_to_is_never_hidden() {
    let mut row = Sample::new(9).state(Lifecycle::Terminated).row();
    row.progress = Some(Progress::Arriving { verb: Verb::Terminate, since: ago(5), overdue: false });
    assert_eq!(told(vec![row], &[]), "Terminated 9");
}
