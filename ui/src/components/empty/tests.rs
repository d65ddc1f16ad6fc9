//! Reasons for an empty table.

use std::collections::BTreeMap;

use domain::{
    AccountName, CloudFault, Freshness, Lifecycle, Region, RegionKey,
    fault::FaultKind,
    fleet::Totals,
    view::window::{Header, RegionRow, Row},
};

use super::*;
use crate::table::{
    samples::{Sample, ago, by_target},
    sections::sections,
};

fn fleet(regions: Vec<Freshness>, rows: Vec<Row>) -> WindowState {
    let complete = !regions.contains(&Freshness::Waiting);
    let key =
        |at: usize| RegionKey { account: AccountName::new("a"), region: Region::new(format!("r-{at}")) };
    let region = |(at, freshness)| RegionRow { key: key(at), freshness, instances: 0 };
    let header = Header {
        generation: 1,
        as_of: ago(0),
        pace: 1,
        demo: false,
        complete,
        paused: None,
        totals: Totals::default(),
        troubles: Vec::new(),
    };
    WindowState {
        header,
        accounts: BTreeMap::new(),
        regions: regions.into_iter().enumerate().map(region).collect(),
        rows: by_target(rows),
        launches: BTreeMap::new(),
    }
}

#[test]
fn an_empty_table_says_why_it_is_empty() {
    let fresh = || Freshness::Fresh { as_of: ago(3) };
    let failed = || Freshness::Failed { fault: CloudFault::new(FaultKind::Unreachable), retry_at: ago(-9) };
    let check = |regions: Vec<Freshness>, rows: Vec<Row>, changes: &[Change], expected: Empty| {
        let options = changes.iter().cloned().fold(Options::default(), Options::after);
        let fleet = fleet(regions, rows);
        let table = sections(&fleet.rows, &options, ago(0));
        assert_eq!(Empty::of(&fleet, &table, &options), expected);
    };
    let typed = || Change::Typed(" gpu ".into());
    let stopped = || Sample::new(1).state(Lifecycle::Stopped).row();
    check(vec![], vec![], &[], Empty::NoAccount);
    check(vec![fresh(), Freshness::Waiting], vec![], &[], Empty::Waiting { tried: 1, regions: 2 });
    check(vec![failed(), failed()], vec![], &[], Empty::AllFailed { regions: 2 });
    check(vec![failed(), fresh()], vec![], &[], Empty::Nothing { regions: 2, hidden: 0 });
    check(
        vec![fresh()],
        vec![stopped()],
        &[Change::Stopped(false)],
        Empty::Nothing { regions: 1, hidden: 1 },
    );
    check(vec![fresh()], vec![stopped()], &[typed()], Empty::NoMatch { text: "gpu".into() });
    check(vec![fresh()], vec![], &[typed()], Empty::Nothing { regions: 1, hidden: 0 });
}
