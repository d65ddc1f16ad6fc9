//! Lives whose work is done in a container.

use std::{fs, process::Command, sync::mpsc, thread, time::Duration};

use super::{
    QUICKLY,
    machine::{Cloud, RUN, SOON},
};
use crate::parts::until;

#[test]
fn the_end_of_a_command_in_a_container_is_told_as_it_was() {
    let cloud = Cloud::start();
    let check = |name: &str, command: &str| {
        let life = cloud.machine(name).in_container().command(command).boot();
        life.powered_off(QUICKLY);
        assert_eq!(life.object("models/model.bin"), Some(b"weights".to_vec()), "{name}: {}", life.said());
        life.training()["outcome"].clone()
    };
    assert_eq!(check("inside-well", "test -n \"$CURFEW_RUN_ID\"")["code"], 0);
    assert_eq!(check("inside-badly", "exit 3")["code"], 3);
    assert_eq!(check("inside-signal", "kill -SEGV $$")["signal"], 11);
}

#[test]
fn the_limit_reaches_the_command_in_its_container() {
    let cloud = Cloud::start();
    let command = "trap 'echo bye; exit 0' TERM; while :; do sleep 0.1; done";
    let machine = cloud.machine("inside-limit").in_container().with("limits", "max_runtime = \"1m\"");
    let life = machine.command(command).aged(Duration::from_secs(56)).boot();
    life.powered_off(QUICKLY);
    let training = life.training();
    assert_eq!((&training["cause"], &training["outcome"]["code"]), (&"time_limit".into(), &0.into()));
    assert!(life.log("output.log").contains("bye"), "it had its time to end: {}", life.log("output.log"));
    until::holds(SOON, || life.machine.inside() == 0).expect("nothing of it is left");
}

#[test]
fn a_checkpoint_command_that_hangs_in_a_container_is_killed_with_its_children() {
    let cloud = Cloud::start();
    let machine = cloud.machine("inside-hangs").in_container().command("sleep 1000");
    // Held open by each of them, also by one that left the session and one without an environment.
    let held = format!("{}/held", machine.home());
    assert!(Command::new("mkfifo").arg(&held).status().expect("coreutils").success());
    let hangs = format!("exec 3> {held}; trap '' TERM; setsid sleep 1000 & env -i sleep 1000");
    let life = machine.checkpoint(&hangs).boot();
    let (free, is_free) = mpsc::channel();
    thread::spawn(move || fs::read(held).map(|_| free.send(())));
    life.says(RUN);
    life.machine.imds.interrupt("terminate", "2026-01-02T03:06:05Z");
    life.powered_off(SOON);
    assert!(life.said().contains("CHECKPOINT_TIMEOUT"), "{}", life.said());
    is_free.recv_timeout(SOON).expect("none of them is left");
}

#[test]
fn what_a_killed_agent_left_in_a_container_does_not_run_beside_its_next_life() {
    let cloud = Cloud::start();
    let command = "echo begun >> $OUT/begun; while ! test -e $OUT/go-on; do sleep 0.1; done";
    let machine = cloud.machine("inside-killed").in_container();
    let command = command.replace("$OUT", &machine.home());
    let mut life = machine.command(&command).boot();
    let begun = |times: usize| "begun\n".repeat(times);
    until::holds(SOON, || life.read("begun") == begun(1)).expect("it begins");
    let one = life.machine.inside();
    life.kill_and_restart();
    until::holds(SOON, || life.read("begun") == begun(2)).expect("it begins again");
    until::holds(SOON, || life.machine.inside() <= one).expect("the first is gone");
    assert!(life.said().contains("had left in the container was killed"), "{}", life.said());
    life.write("go-on", "");
    life.powered_off(SOON);
    assert_eq!(life.training()["outcome"]["code"], 0);
}
