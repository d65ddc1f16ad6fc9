//! Members of one fleet, all of them told the same: each finds a place of its own, keeps it, and goes on with the job there.

use super::{QUICKLY, machine::Cloud, machine::Machine, machine::RUN};
use crate::parts::bucket;

fn member(cloud: &Cloud, name: &str) -> Machine {
    cloud.machine(name).with("fleet", "group = \"crew\"\nmembers = 2")
}

fn is_held(machine: &Machine, environment: &str) -> bool {
    !bucket::keys(&machine.direct, &format!("{environment}/system-state.json")).is_empty()
}

#[test]
fn each_takes_the_first_place_that_nobody_holds_and_one_too_many_none() {
    let cloud = Cloud::start();
    let command = "echo member $CURFEW_MEMBER; sleep 1000";
    let first = member(&cloud, "crew").command(command).boot();
    first.says("member 1");
    let second = member(&cloud, "crew").command(command).boot();
    second.says("member 2");
    assert!(is_held(&first.machine, "crew-1") && is_held(&first.machine, "crew-2"));
    assert!(!is_held(&first.machine, "crew"), "the fleet's own name is nobody's");
    let third = member(&cloud, "crew").command("echo never").boot();
    third.powered_off(QUICKLY);
    let said = third.said();
    assert!(said.contains(&first.machine.instance) && said.contains(&second.machine.instance), "{said}");
    assert!(is_held(&first.machine, "crew-1") && is_held(&first.machine, "crew-2"), "they are not disturbed");
}

#[test]
fn who_comes_after_a_member_that_is_gone_goes_on_with_its_job() {
    let cloud = Cloud::start();
    let command = "if [ -e $CURFEW_CHECKPOINT_DIR/epoch ]; then echo resumed; else echo 7 > $CURFEW_CHECKPOINT_DIR/epoch; sleep 1000; fi";
    let first = member(&cloud, "relay").job("relay").command(command).checkpoint("true").boot();
    first.says(RUN);
    first.machine.imds.interrupt("terminate", "2026-01-02T03:06:05Z");
    first.powered_off(QUICKLY);
    assert!(!bucket::keys(&first.machine.direct, "checkpoints/relay-1/").is_empty(), "{}", first.said());
    cloud.terminate(&first.machine.instance);
    drop(first);
    let next = member(&cloud, "relay").job("relay").command(command).checkpoint("true").boot();
    next.powered_off(QUICKLY);
    assert!(next.said().contains("resumed"), "{}", next.said());
}

#[test]
fn a_member_that_is_killed_keeps_its_place_also_where_an_earlier_one_is_free() {
    let cloud = Cloud::start();
    let command = "echo member $CURFEW_MEMBER; sleep 1000";
    let first = member(&cloud, "seats").command(command).boot();
    first.says("member 1");
    let mut second = member(&cloud, "seats").command(command).boot();
    second.says("member 2");
    cloud.terminate(&first.machine.instance);
    drop(first);
    second.kill_and_restart();
    second.says("member 2");
}
