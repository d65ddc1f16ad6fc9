//! What is said of checks, refusals, costs and ends.

use domain::{
    AccountName, Actor, InstanceId, InstanceType, Lifecycle, Money, Region, Target, Zone,
    launch::{AgentWord, Check},
};

use super::*;
use crate::{profiles::source::example, samples::noon};

fn place() -> Place {
    Place {
        region: Region::new("us-east-1"),
        zone: Zone::new("us-east-1b"),
        kind: InstanceType::new("g5.xlarge"),
        spot: true,
    }
}

fn target() -> Target {
    let id: InstanceId = "i-0f09e5bb081e72ae1".parse().expect("an id");
    Target { account: AccountName::new("me"), region: Region::new("us-east-1"), id }
}

fn estimate() -> Estimate {
    Estimate {
        hourly: Some(HourlyRate::from_micros(330_000)),
        expected: Some(Money::from_micros(1_320_000)),
        worst: Some(Money::from_micros(2_500_000)),
        longest_s: 14_400,
    }
}

fn launch(stage: Stage, made: Option<Target>) -> Launch {
    Launch {
        account: AccountName::new("me"),
        profile: "g5-training".into(),
        actor: Actor::CommandLine,
        begun: noon(),
        dry_run: false,
        fleet: None,
        checks: Vec::new(),
        refused: Vec::new(),
        places: 2,
        estimate: Some(estimate()),
        made: made.map(Made::Instance),
        whole: true,
        stage,
    }
}

fn up(agent: Option<AgentWord>) -> Launch {
    let stage = Stage::Launched {
        target: target(),
        place: place(),
        lifecycle: Lifecycle::Running,
        agent,
        remark: None,
        followed: true,
    };
    launch(stage, Some(target()))
}

#[test]
fn checks_are_aligned_and_say_what_to_do() {
    let bad = Problem::new("no-quota", "the account may run no G and VT spot vCPU here", "Ask for more.");
    let line =
        |check, region: Option<&str>, state| CheckLine { check, region: region.map(Region::new), state };
    let lines = [
        line(Check::Identity, None, CheckState::Good("user me".into())),
        line(Check::Quota, Some("us-east-1"), CheckState::Bad(bad)),
        line(Check::Agent, None, CheckState::Asking),
    ];
    let said = checks(&lines, Ink::Plain);
    assert_eq!(
        said,
        [
            "  ok    credentials             user me",
            "  bad   vCPU quota (us-east-1)  the account may run no G and VT spot vCPU here",
            "        Ask for more.",
            "  ...   agent                   asking",
        ]
    );
}

#[test]
fn what_it_costs_is_said_for_each_and_for_all() {
    assert_eq!(cost(Some(&estimate()), 1), "Cost: about $0.33/h, $1.32 for 4h, at most $2.50");
    assert_eq!(
        cost(Some(&estimate()), 3),
        "Cost: about $0.33/h, $1.32 for 4h, at most $2.50; at most $7.50 for all 3"
    );
    assert_eq!(cost(None, 1), "Cost: unknown");
}

#[test]
fn the_end_says_how_to_end_it() {
    let profile = example("s3-tracked").expect("an example").parse().expect("a profile");
    let word = AgentWord { run: "2026-07-01-120000".into(), phase: "data_sync".into(), settled: false };
    let said = block(&up(Some(word)), &profile, false, Ink::Plain).expect("a block");
    assert!(said.starts_with("Launched: i-0f09e5bb081e72ae1\n    Name:     g5-training\n"), "{said}");
    assert!(said.contains("    State:    data sync, run 2026-07-01-120000\n"), "{said}");
    assert!(said.contains("    Logs:     s3://my-bucket/dev/2026-07-01-120000/logs/\n"), "{said}");
    assert!(
        said.ends_with("    End it:   curfew terminate i-0f09e5bb081e72ae1 --region us-east-1\n"),
        "{said}"
    );
    assert_eq!(block(&launch(Stage::Checked, None), &profile, false, Ink::Plain), None);
}

#[test]
fn a_fleet_is_told_with_its_size_and_how_to_end_it() {
    let group = GroupTarget { account: "me".into(), region: "us-east-1".into(), name: "curfew-crew".into() };
    let members = Headcount { running: 1, desired: 2 };
    let stage = Stage::Grown { group: group.clone(), members, remark: None, followed: true };
    let fleet = Launch { made: Some(Made::Group(group)), ..launch(stage, None) };
    let profile = example("fleet").expect("an example").parse().expect("a profile");
    let said = block(&fleet, &profile, false, Ink::Plain).expect("a block");
    assert!(said.starts_with("Launched: curfew-crew\n"), "{said}");
    assert!(said.contains("State:    1 of 2 members running\n"), "{said}");
    assert!(said.ends_with("--auto-scaling-group-name curfew-crew --desired-capacity 0\n"), "{said}");
    let left = left_behind(&fleet, false).expect("a fleet");
    assert!(left.starts_with("The fleet curfew-crew in us-east-1 may still be there."), "{left}");
}

#[test]
fn who_leaves_in_a_hurry_is_told_what_may_be_there() {
    let said = left_behind(&up(None), true).expect("an instance");
    assert!(said.contains("curfew --demo terminate i-0f09e5bb081e72ae1 --region us-east-1"), "{said}");
    let said = left_behind(&launch(Stage::Requesting { place: place(), nth: 1 }, None), false);
    assert!(said.is_some_and(|said| said.contains("EC2 was asked for g5.xlarge (spot) in us-east-1b")));
    assert_eq!(left_behind(&launch(Stage::Checking, None), false), None);
}

#[test]
fn a_refusal_tells_whether_it_was_asked() {
    let refused = |asked| Refused { place: place(), at: noon(), why: "no capacity".into(), asked };
    assert_eq!(refusal(&refused(true), Ink::Plain), "  refused g5.xlarge (spot) in us-east-1b: no capacity");
    assert_eq!(
        refusal(&refused(false), Ink::Plain),
        "  left out g5.xlarge (spot) in us-east-1b: no capacity"
    );
}
