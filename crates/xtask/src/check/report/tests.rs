//! The table as a person and CI read it.

use std::time::Duration;

use super::{Line, Report};
use crate::check::counts::Counts;
use crate::check::steps::Outcome;

fn report(outcomes: Vec<(&'static str, Outcome)>) -> Report {
    let mut report = Report::default();
    for (name, outcome) in outcomes {
        report.add(Line { name, outcome, time: Duration::from_millis(1500) });
    }
    report
}

#[test]
fn tests_and_other_checks_add_up_in_the_closing_line() {
    let report = report(vec![
        ("format", Outcome::Passed),
        ("tests", Outcome::Counted(Counts { passed: 40, failed: 0, skipped: 1 })),
        ("licences", Outcome::Skipped("absent".to_owned())),
    ]);
    assert!(!report.has_failure());
    let text = report.to_string();
    assert!(text.contains("tests           1.5 s  40 passed, 1 skipped"), "{text}");
    assert_eq!(text.trim_end().lines().last(), Some("41 passed, 0 failed, 2 skipped"));
}

#[test]
fn a_failure_is_named_and_counted() {
    let counts = Counts { passed: 3, failed: 2, skipped: 0 };
    let report = report(vec![
        ("ui", Outcome::Passed),
        ("tests", Outcome::Failed { reason: "2 failed\nmore".to_owned(), counts }),
    ]);
    assert!(report.has_failure());
    assert_eq!(report.failed_among(&["ui", "build"]), None);
    assert_eq!(report.failed_among(&["ui", "tests"]), Some("tests"));
    let text = report.to_string();
    assert!(text.contains("FAILED: 2 failed\n"), "{text}");
    assert_eq!(text.trim_end().lines().last(), Some("4 passed, 2 failed, 0 skipped"));
}
