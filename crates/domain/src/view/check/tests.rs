//! Tables and properties of `check`.

use super::*;
use crate::{
    CloudFault, FaultKind,
    fixtures::{DAY, HOUR, fleet, instance, named, now},
};

fn text(report: &Report) -> String {
    let block = |block: &Block| {
        let lines: String = block.lines.iter().map(|(key, value)| format!("  {key}: {value}\n")).collect();
        format!("{}\n{lines}", block.headline)
    };
    let blocks: String = report.blocks.iter().map(block).collect();
    format!("{blocks}{}\n{}", report.unread.join("\n"), report.footer.join("\n"))
}

#[test]
fn the_seeds_example() {
    let fleet =
        fleet([named("crpbot-training", instance(1, "g5.xlarge", 72 * HOUR)), instance(2, "t3.large", HOUR)]);
    let report = report(&fleet, now());
    assert_eq!(report.exit_code, 1);
    insta::assert_snapshot!(text(&report), @r"
    CRITICAL | i-00000000000000001 | g5.xlarge (on-demand)
      Name: crpbot-training
      Where: us-east-1 (us-east-1a), account me
      Running: 3d
      Est. cost: $72.43 at $1.01/h
      End it: curfew terminate i-00000000000000001 --region us-east-1

    1 instance needs attention.
    2 instances up in 1 region: $1.09/h, $72.52 so far.
    ");
}

#[test]
fn the_command_that_ends_it_is_whole() {
    let ending = |fleet: &Fleet| report(fleet, now()).blocks[0].lines.last().unwrap().1.clone();
    let mut fleet = fleet([instance(1, "g5.xlarge", DAY)]);
    assert_eq!(ending(&fleet), "curfew terminate i-00000000000000001 --region us-east-1");
    fleet.demo = true;
    fleet.accounts.insert("other".into(), crate::AccountState::Connecting);
    assert_eq!(ending(&fleet), "curfew --demo terminate i-00000000000000001 --region us-east-1 --account me");
}

#[test]
fn the_exit_code_is_the_number_up_to_99() {
    let code = |count| report(&fleet((0..count).map(|n| instance(n, "t3.large", DAY))), now()).exit_code;
    assert_eq!((code(0), code(1), code(99), code(150)), (0, 1, 99, 99));
}

#[test]
fn what_could_not_be_read_outweighs_the_number() {
    let mut fleet = fleet([instance(1, "g5.xlarge", DAY)]);
    let failed = Freshness::Failed { fault: CloudFault::new(FaultKind::Throttled), retry_at: now() };
    let other = RegionKey { account: "me".into(), region: "eu-west-1".into() };
    fleet.regions.insert(other, failed.clone());
    let some = report(&fleet, now());
    assert_eq!((some.exit_code, some.blocks.len()), (SOME_UNREAD, 1), "the rest is printed");
    assert!(
        some.unread[0].starts_with("eu-west-1 (account me): AWS asked to slow down"),
        "{:?}",
        some.unread
    );

    fleet.instances.clear();
    assert_eq!(report(&fleet, now()).footer[0], "Nothing that was read needs attention.");
    fleet.regions.values_mut().for_each(|region| *region = Freshness::Waiting);
    let waiting = report(&fleet, now());
    assert_eq!(
        (waiting.exit_code, waiting.footer),
        (NOTHING_READ, vec!["Nothing could be read.".to_owned()])
    );
    assert!(waiting.unread[0].ends_with("AWS did not answer in time"), "{:?}", waiting.unread);
    fleet.regions.values_mut().for_each(|region| *region = failed.clone());
    assert_eq!(report(&fleet, now()).exit_code, NOTHING_READ);
    assert_eq!(report(&Fleet::empty(now()), now()).exit_code, NOTHING_READ);
}
