//! What the agent tells of a run beside its logs: the record, metrics, and the word to the watchdog.

use serde_json::{Value, json};

use super::{
    QUICKLY,
    machine::{Cloud, RUN, SOON},
};
use crate::parts::{
    http::Answer,
    proxy::{Fault, Rule},
};

#[test]
fn what_a_run_came_to_and_what_it_cost_is_in_its_record() {
    let cloud = Cloud::start();
    let machine = cloud.machine("figures").run("rate_micro_usd_per_hour = 36000000");
    let command =
        "echo 'epoch: 1 loss=0.5'; echo \"{'loss': 0.25, 'acc': 0.75}\"; printf 'val_loss=0.125' >&2";
    let life = machine.command(command).boot();
    life.powered_off(QUICKLY);
    let training = life.training();
    assert_eq!(
        training["metrics"],
        json!({ "acc": 0.75, "epoch": 1.0, "loss": 0.25, "val_loss": 0.125 }),
        "the last line too, which has no end"
    );
    // A cent a second, and this computer has been up for as long as it has.
    let up = agent::io::clock::now().up.as_secs();
    let cost = training["cost_micro_usd"].as_u64().expect("a cost") / 10_000;
    assert!(cost <= up + 1 && cost + 60 > up, "{cost} of {up}");
    let unknown = cloud.machine("unknown").boot();
    unknown.powered_off(QUICKLY);
    assert_eq!(unknown.training()["cost_micro_usd"], Value::Null, "it is not nothing");
}

#[test]
fn metrics_are_in_cloudwatch_where_they_are_wanted() {
    let cloud = Cloud::start();
    let unwanted = cloud.machine("unwanted").boot();
    unwanted.powered_off(QUICKLY);
    assert_eq!(cloud.metrics(&unwanted).len(), 0);
    let wanted = "metrics = true\nfigures = [\"loss\", \"never-printed\"]";
    let machine = cloud.machine("measured").with("logs", wanted);
    let life = machine.command("echo 'loss=0.5 acc=0.75'").boot();
    life.powered_off(QUICKLY);
    let found = cloud.metrics(&life);
    let names: Vec<&str> = found.keys().map(String::as_str).collect();
    assert_eq!(names, ["CPUUtilization", "DiskUtilization", "MemoryUtilization", "Phase", "loss"]);
    assert_eq!((&found["loss"][..], &found["Phase"][..]), (&[0.5][..], &[4.0][..]), "{found:?}");
    for name in &names[..3] {
        assert!(found[*name].iter().all(|share| (0.0..=100.0).contains(share)), "{name}: {found:?}");
    }
}

#[test]
fn metrics_that_nobody_takes_hold_nothing_up() {
    let cloud = Cloud::start();
    for (name, fault) in [("hang", Answer::Hang), ("denied", Answer::text(403, "<Response/>"))] {
        cloud.proxy.clear();
        cloud.proxy.add(Rule::of("PutMetricData", Fault::Say(fault)));
        let life = cloud.machine(name).with("logs", "metrics = true").boot();
        life.powered_off(SOON);
        assert_eq!(life.training()["outcome"]["code"], 0, "{name}");
        assert!(life.said().contains("CloudWatch did not get the last metrics"), "{name}: {}", life.said());
    }
}

#[test]
fn the_watchdog_is_told_for_as_long_as_the_loop_turns() {
    let cloud = Cloud::start();
    let life = cloud.machine("watched").command("env; sleep 1000").watched().boot();
    life.says(RUN);
    // More than what its start alone could have sent.
    for _ in 0..100 {
        assert_eq!(life.tells_the_watchdog(), "WATCHDOG=1");
    }
    life.says("CURFEW_RUN_ID=");
    assert!(!life.said().contains("NOTIFY_SOCKET="), "the work has no part in it: {}", life.said());
}
