//! Sentences for the standings that there are.

use domain::{AccountName, CloudFault, Level, Problem, Region, RegionKey, Verb, fault::FaultKind};

use super::*;
use crate::table::samples::{Sample, ago};

#[test]
fn a_row_says_what_is_being_done_to_it() {
    let check = |progress: Option<Progress>, said: &str| {
        let mut row = Sample::new(1).row();
        row.progress = progress;
        assert_eq!(state(&row), said);
    };
    let (verb, since) = (Verb::Stop, ago(5));
    check(None, "running");
    check(Some(Progress::Acting { verb, since }), "Stopping…");
    check(Some(Progress::Arriving { verb, since, overdue: false }), "Stopping…");
    check(Some(Progress::Arriving { verb, since, overdue: true }), "Stopping, late");
    check(Some(Progress::Failed { verb, at: since, problem: Problem::new("x", "y", "z") }), "running");
}

#[test]
fn a_dot_has_the_level_s_colour_only_while_it_runs() {
    let check = |lifecycle: Lifecycle, class: &str| {
        assert_eq!(dot(&Sample::new(1).level(Level::Critical).state(lifecycle).row()), class);
    };
    check(Lifecycle::Running, "critical");
    check(Lifecycle::Stopping, "stopped");
    check(Lifecycle::Terminated, "gone");
}

#[test]
fn a_region_says_its_age_and_its_reason() {
    let fault = || CloudFault::new(FaultKind::Throttled);
    let check = |standing: Freshness, said: &str| assert_eq!(freshness(&standing, ago(0), 1), said);
    check(Freshness::Waiting, "waiting for its first answer");
    check(Freshness::Fresh { as_of: ago(180) }, "3m ago");
    check(
        Freshness::Stale { as_of: ago(180), fault: fault(), retry_at: ago(-20) },
        "data from 3m ago: AWS asked to slow down; asked again in 20s",
    );
    check(Freshness::Failed { fault: fault(), retry_at: ago(1) }, "AWS asked to slow down; asking again");
}

#[test]
fn regions_are_counted_by_freshness() {
    let region = |freshness| {
        let key = RegionKey { account: AccountName::new("a"), region: Region::new("us-east-1") };
        RegionRow { key, freshness, instances: 0 }
    };
    let failed = Freshness::Failed { fault: CloudFault::new(FaultKind::Unreachable), retry_at: ago(0) };
    let regions = [region(Freshness::Waiting), region(Freshness::Fresh { as_of: ago(0) }), region(failed)];
    let counts = Regions::count(&regions);
    assert_eq!(counts, Regions { fresh: 1, stale: 0, failed: 1, waiting: 1 });
    assert_eq!((counts.all(), counts.tried()), (3, 2));
}
