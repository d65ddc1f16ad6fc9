//! Orders of a few rows, told by the last digit of their ids.

use domain::Lifecycle;

use super::*;
use crate::table::samples::{Sample, ago};

fn order(rows: Vec<Row>, column: Column, direction: Direction) -> String {
    let rows = rows.into_iter().map(Arc::new).collect();
    let sorted = Sort { column, direction }.sort(rows, ago(0));
    sorted.iter().filter_map(|row| row.instance.id.as_str().chars().last()).collect()
}

#[test]
fn every_column_sorts_both_ways_with_the_unknown_last() {
    let rows = || {
        vec![
            Sample::new(1).named("beta").kind("p4d.24xlarge").ran(10).hourly(Some(5)).row(),
            Sample::new(2).named("Alpha").kind("g5.xlarge").ran(30).hourly(None).row(),
            Sample::new(3).kind("g5.xlarge").ran(20).hourly(Some(90_000_000)).row(),
            Sample::new(4).named("gamma").kind("c5.large").state(Lifecycle::Stopped).row(),
        ]
    };
    let check = |column: Column, up: &str, down: &str| {
        assert_eq!(order(rows(), column, Direction::Ascending), up, "{column:?} ascending");
        assert_eq!(order(rows(), column, Direction::Descending), down, "{column:?} descending");
    };
    check(Column::Name, "2143", "4123");
    check(Column::Kind, "4231", "1234");
    check(Column::State, "1234", "4123");
    check(Column::Market, "1234", "1234");
    check(Column::Zone, "1234", "1234");
    check(Column::Running, "1324", "2314");
    check(Column::Rate, "4132", "3142");
    check(Column::Spend, "1432", "3142");
}

#[test]
fn a_second_click_turns_the_order_around() {
    let check = |from: Sort, column: Column, direction: Direction| {
        assert_eq!(from.clicked(column), Sort { column, direction });
    };
    let running = Sort::default();
    check(running, Column::Running, Direction::Ascending);
    check(running, Column::Name, Direction::Ascending);
    check(running, Column::Spend, Direction::Descending);
    check(running.clicked(Column::Name), Column::Name, Direction::Descending);
}
