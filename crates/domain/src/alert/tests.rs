//! Tables and properties of `alert`.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::{
    Config, Lifecycle,
    fixtures::{HOUR, ago, hourly, instance, now, tagged, target},
    price::Rate,
};

fn judge(instance: &Instance, config: &str, rate: Rate, at: Timestamp) -> Standing {
    let config = Config::parse(config).expect("the test's configuration is right").alert;
    let rates = Rates::of(instance, rate, at);
    standing(&target(instance), instance, &rates, config.thresholds(instance).as_ref(), at)
}

fn level_after(running: Duration, config: &str) -> Level {
    judge(&instance(1, "g5.xlarge", running), config, hourly(1_006_000), now()).level()
}

#[test]
fn the_default_warns_at_two_hours_and_is_critical_at_six() {
    let check = |running, level| assert_eq!(level_after(running, ""), level, "{running:?}");
    let second = Duration::from_secs(1);
    check(2 * HOUR - second, Level::Ok);
    check(2 * HOUR, Level::Warning);
    check(6 * HOUR - second, Level::Warning);
    check(6 * HOUR, Level::Critical);
}

#[test]
fn spend_crosses_too_and_the_earlier_counts() {
    let config = "[alert]\ncritical = { running = \"12h\", spend_usd = \"3.00\" }";
    assert_eq!(level_after(3 * HOUR, config), Level::Critical);
    assert_eq!(level_after(2 * HOUR, config), Level::Warning);
}

#[test]
fn the_first_rule_that_matches_decides() {
    let config = r#"
        [[alert.rule]]
        match = { tags = { Project = "crpbot" } }
        warning = "4h"
        critical = "8h"
        [[alert.rule]]
        match = { types = ["g5.*"] }
        ignore = true
    "#;
    let plain = instance(1, "g5.xlarge", 100 * HOUR);
    assert_eq!(judge(&plain, config, hourly(1), now()), Standing { alert: None, changes_at: None });
    let tagged = tagged("Project", "crpbot", instance(1, "g5.xlarge", 3 * HOUR));
    assert_eq!(judge(&tagged, config, hourly(1), now()).level(), Level::Ok);
    let other = instance(1, "p5.48xlarge", 3 * HOUR);
    assert_eq!(judge(&other, config, hourly(1), now()).level(), Level::Warning);
}

#[test]
fn off_is_off() {
    let config = "[alert]\nwarning = \"off\"\ncritical = \"off\"";
    assert_eq!(level_after(1000 * HOUR, config), Level::Ok);
}

#[test]
fn only_what_is_up_alerts() {
    for lifecycle in [Lifecycle::Stopping, Lifecycle::Stopped, Lifecycle::ShuttingDown, Lifecycle::Terminated]
    {
        let over = Instance { lifecycle, ..instance(1, "g5.xlarge", 100 * HOUR) };
        assert_eq!(judge(&over, "", hourly(1), now()).level(), Level::Ok, "{lifecycle:?}");
    }
}

#[test]
fn critical_is_repeated_and_warning_is_not() {
    let reminder = |running| {
        let alert = judge(&instance(1, "g5.xlarge", running), "", hourly(1), now()).alert;
        alert.map(|alert| (alert.level, alert.reminder))
    };
    assert_eq!(reminder(5 * HOUR), Some((Level::Warning, 0)));
    assert_eq!(reminder(7 * HOUR), Some((Level::Critical, 0)));
    assert_eq!(reminder(8 * HOUR), Some((Level::Critical, 1)));
    assert_eq!(reminder(72 * HOUR), Some((Level::Critical, 33)));
}

#[test]
fn an_id_says_which_crossing_of_which_period() {
    let id = |running: Duration, at| {
        let alert = judge(&instance(1, "g5.xlarge", running), "", hourly(1), at).alert;
        alert.map(|alert| alert.id)
    };
    let soon = after(now(), Duration::from_secs(60));
    assert_eq!(id(3 * HOUR, now()), id(3 * HOUR, soon), "the same at every poll");
    assert_ne!(id(3 * HOUR, now()), id(4 * HOUR, now()), "a restart is another period");
    assert_ne!(id(5 * HOUR, now()), id(5 * HOUR, after(now(), HOUR)), "critical is another crossing");
}

proptest! {
    /// Judging at the moment that was named as the next change, and not before, changes something.
    #[test]
    fn nothing_changes_before_the_named_time(running in 0..1_000_000u64, rate in 0..100_000_000i64, spend in 1..1_000i64) {
        let config = format!("[alert]\ncritical = {{ running = \"12h\", spend_usd = \"{spend}.00\" }}");
        let instance = instance(1, "g5.xlarge", Duration::from_secs(running));
        let first = judge(&instance, &config, hourly(rate), now());
        let Some(at) = first.changes_at else { return Ok(()) };
        prop_assert!(at > now());
        let just_before = at.checked_sub(Duration::from_secs(2)).expect("in range").max(now());
        prop_assert_eq!(judge(&instance, &config, hourly(rate), just_before).level(), first.level());
        let then = judge(&instance, &config, hourly(rate), at);
        prop_assert!(then.alert != first.alert, "{:?}", then);
    }

    #[test]
    fn the_level_never_falls_while_it_runs(a in 0..1_000_000u64, b in 0..1_000_000u64) {
        let level = |secs| judge(&instance(1, "g5.xlarge", Duration::from_secs(secs)), "", hourly(1_006_000), now()).level();
        prop_assert!(level(a.min(b)) <= level(a.max(b)));
    }
}

#[test]
fn a_launch_before_all_time_is_critical_and_no_panic() {
    let ancient = Instance {
        launched_at: Timestamp::MIN,
        ..instance(1, "g5.xlarge", ago(HOUR).duration_until(now()).unsigned_abs())
    };
    assert_eq!(judge(&ancient, "", hourly(1), now()).level(), Level::Critical);
}
