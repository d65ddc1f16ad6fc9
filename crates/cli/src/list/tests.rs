//! What `curfew list` prints.

use domain::{InstanceType, view::listing::worst_first};

use super::*;
use crate::samples::{fleet, instance, noon, pipe, screen};

const ID: &str = "i-0f09e5bb081e72ae1";

fn shown(fleet: &Fleet, terminal: &Terminal) -> String {
    text(fleet, &worst_first(fleet, |_| true), noon(), terminal)
}

#[test]
fn columns_are_aligned_and_summed_up() {
    let mut strange = instance("i-00000000000000001");
    strange.kind = InstanceType::new("x99.metal");
    strange.tags.insert("Name".into(), "a\u{202e}\u{1b}[31mb".into());
    let fleet = fleet(&[("personal", instance(ID)), ("personal", strange)]);
    let expect = "\
STATE    ID                   NAME     TYPE       MARKET     ZONE        RUNNING     RATE     COST
running  i-00000000000000001  a [31mb  x99.metal  on-demand  us-east-1a       3h  unknown  unknown
running  i-0f09e5bb081e72ae1  train    g5.xlarge  on-demand  us-east-1a       3h  $1.02/h    $3.05

2 instances, 2 up: $1.02/h, $3.05 so far (1 of unknown price not counted).
";
    assert_eq!(shown(&fleet, &pipe()), expect);
}

#[test]
fn a_second_account_gets_a_column() {
    let fleet = fleet(&[("personal", instance(ID)), ("work", instance(ID))]);
    let text = shown(&fleet, &pipe());
    assert!(text.lines().next().unwrap().ends_with("ACCOUNT"), "{text}");
    assert!(text.contains("personal\n") && text.contains("work\n"), "{text}");
}

#[test]
fn nothing_is_said_to_be_nothing() {
    let mut fleet = fleet(&[("personal", instance(ID))]);
    fleet.instances.clear();
    assert_eq!(shown(&fleet, &pipe()), "No instances.\n");
    fleet.regions.clear();
    assert_eq!(shown(&fleet, &pipe()), "Nothing could be read.\n");
}

#[test]
fn a_narrow_terminal_gets_what_fits() {
    let fleet = fleet(&[("personal", instance(ID))]);
    let text = shown(&fleet, &screen(80));
    let widest =
        text.lines().map(|line| line.replace("\x1b[2m", "").replace("\x1b[33m", "").replace("\x1b[0m", ""));
    assert!(widest.map(|line| line.chars().count()).max() <= Some(80), "{text}");
    assert!(text.contains("COST") && !text.contains("MARKET"), "{text}");
}
