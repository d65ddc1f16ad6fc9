//! Tables and properties of `spend`.

use super::*;
use crate::fixtures::{HOUR, ago, gp3, hourly, instance, now};

fn spent(instance: &Instance, rate: Rate) -> Option<Money> {
    so_far(instance, &Rates::of(instance, rate, now()), now())
}

#[test]
fn the_worked_examples_hold() {
    let forgotten = instance(1, "g5.xlarge", 72 * HOUR);
    assert_eq!(spent(&forgotten, hourly(1_006_000)), Some(Money::from_micros(72_432_000)));

    let spot = instance(1, "g5.xlarge", 3 * HOUR + Duration::from_secs(25 * 60));
    assert_eq!(spent(&spot, hourly(300_000)), Some(Money::from_micros(1_025_000)));

    // 100 GiB gp3 for 2 h of a 30-day month: 100 x $0.08 x 2 / 720 = $0.022222.
    let with_disk = Instance { disks: vec![gp3(100, 2 * HOUR)], ..instance(1, "g4dn.2xlarge", 2 * HOUR) };
    assert_eq!(spent(&with_disk, hourly(752_000)), Some(Money::from_micros(1_504_000 + 22_222)));
}

#[test]
fn every_start_costs_a_minute_at_least() {
    let fresh = instance(1, "g5.xlarge", Duration::from_secs(5));
    assert_eq!(spent(&fresh, hourly(3_600_000)), Some(Money::from_micros(60_000)));
}

#[test]
fn an_address_costs_while_the_instance_is_up() {
    let public = Instance { public_ip: Some("203.0.113.7".into()), ..instance(1, "g5.xlarge", 2 * HOUR) };
    assert_eq!(spent(&public, hourly(1_000_000)), Some(Money::from_micros(2_010_000)));
}

#[test]
fn an_unknown_price_is_unknown_and_not_nothing() {
    let strange = instance(1, "z9.huge", HOUR);
    assert_eq!(spent(&strange, Rate::Unknown), None);
    assert_eq!(Rates::of(&strange, Rate::Unknown, now()).total(), None);
}

#[test]
fn a_stopped_instance_costs_its_volumes() {
    let stopped = Instance {
        lifecycle: Lifecycle::Stopped,
        disks: vec![gp3(720, HOUR)],
        ..instance(1, "z9.huge", HOUR)
    };
    let rates = Rates::of(&stopped, Rate::Unknown, now());
    assert_eq!(rates.total(), Some(HourlyRate::from_micros(80_000)));
    assert_eq!(so_far(&stopped, &rates, now()), Some(Money::from_micros(80_000)));
}

#[test]
fn iops_and_throughput_above_the_included_ones_cost() {
    let disk = Disk { iops: Some(4_000), throughput_mibps: Some(225), ..gp3(100, HOUR) };
    assert_eq!(Volume::from(&disk).monthly_micros(), 100 * 80_000 + 1_000 * 5_000 + 100 * 40_000);
}

#[test]
fn a_limit_is_reached_when_it_is_reached() {
    let running = instance(1, "g5.xlarge", HOUR);
    let rates = Rates::of(&running, hourly(1_000_000), now());
    let check = |limit, at| assert_eq!(reaches(&running, &rates, Money::from_micros(limit)), Some(at));
    check(1_000_000, now());
    check(500_000, ago(HOUR / 2));
    check(2_000_000, after(now(), HOUR));
    check(1, ago(HOUR));
    let free = Rates::of(&running, hourly(0), now());
    assert_eq!(reaches(&running, &free, Money::from_micros(1)), None);
}

#[test]
fn volumes_older_than_the_start_count_towards_a_limit() {
    let restarted = Instance { disks: vec![gp3(720, 11 * HOUR)], ..instance(1, "g5.xlarge", HOUR) };
    let rates = Rates::of(&restarted, hourly(1_000_000), now());
    // $0.80 of storage before the start, then $1.08 an hour.
    assert_eq!(reaches(&restarted, &rates, Money::from_micros(1_880_000)), Some(now()));
}

#[test]
fn a_launch_in_the_future_costs_the_minimum() {
    let early = Instance { launched_at: after(now(), HOUR), ..instance(1, "g5.xlarge", HOUR) };
    assert_eq!(spent(&early, hourly(3_600_000)), Some(Money::from_micros(60_000)));
}
