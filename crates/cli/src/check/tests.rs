//! What `curfew check` prints of a report.

use domain::view::check::report;

use super::*;
use crate::samples::{fleet, instance, noon, pipe, screen};

const ID: &str = "i-0f09e5bb081e72ae1";

#[test]
fn a_pipe_gets_plain_text() {
    let fleet = fleet(&[("personal", instance(ID))]);
    let text = text(&report(&fleet, noon()), &fleet, noon(), &pipe());
    let expect = "\
WARNING | i-0f09e5bb081e72ae1 | g5.xlarge (on-demand)
    Name:      train
    Where:     us-east-1 (us-east-1a), account personal
    Running:   3h
    Est. cost: $3.05 at $1.02/h
    End it:    curfew terminate i-0f09e5bb081e72ae1 --region us-east-1

1 instance needs attention.
1 instance up in 1 region: $1.02/h, $3.05 so far.
";
    assert_eq!(text, expect);
}

#[test]
fn a_terminal_gets_the_level_in_its_colour() {
    let fleet = fleet(&[("personal", instance(ID))]);
    let text = text(&report(&fleet, noon()), &fleet, noon(), &screen(80));
    assert!(text.starts_with("\x1b[33mWARNING | "), "{text}");
    assert!(text.contains("\x1b[2mName:     \x1b[0m train\n"), "{text}");
}

#[test]
fn the_demo_says_that_it_is_one() {
    let fleet = Fleet { demo: true, ..fleet(&[]) };
    assert!(text(&report(&fleet, noon()), &fleet, noon(), &pipe()).starts_with("DEMO - a simulated fleet"));
}

#[test]
fn what_was_not_read_is_said_line_by_line() {
    let lines = ["eu-west-1 (account a): AWS could not be reached.".to_owned()];
    assert_eq!(unread(&lines, &pipe()), format!("Not read: {}\n", lines[0]));
}
