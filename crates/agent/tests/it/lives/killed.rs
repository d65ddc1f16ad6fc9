//! The agent is killed on the spot and started again, as systemd does it: the life goes on where it was, in the same run, and
//! comes to the same end.

use super::{
    all,
    machine::{Cloud, SOON},
    phases::{ALL, Held},
};
use crate::parts::{http::Answer, until};

#[test]
fn an_agent_that_is_killed_in_any_phase_brings_the_run_to_its_end() {
    let cloud = Cloud::start();
    all(&ALL, |held| {
        let mut life = held.boot(&cloud, |machine| machine);
        let run = life.run_id();
        life.kill_and_restart();
        life.write("go-on", "");
        let ways = if *held == Held::Down { 2 } else { 1 };
        until::holds(SOON, || life.ways().len() >= ways)
            .unwrap_or_else(|()| panic!("{held:?}: not down: {}", life.said()));
        assert_eq!(life.run_id(), run, "{held:?}: it is the same run");
        let times = if *held == Held::Training { 2 } else { 1 };
        assert_eq!(life.read("begun").lines().count(), times, "{held:?}: the work is not done twice");
        let training = life.training();
        assert_eq!(
            (&training["outcome"]["code"], &training["cause"]),
            (&0.into(), &"itself".into()),
            "{held:?}"
        );
        assert!(training["times"]["command_end"].is_string(), "{held:?}: {training}");
        assert_eq!(life.object("models/model.bin"), Some(held.model()), "{held:?}");
        assert!(life.log("output.log").contains("epoch 1"), "{held:?}");
        assert!(!life.holds_the_environment(), "{held:?}: {}", life.said());
    });
}

#[test]
fn an_agent_that_is_killed_before_its_first_phase_does_not_begin_the_limit_anew() {
    let cloud = Cloud::start();
    let machine = cloud.machine("early");
    machine.imds.fail("instance-identity", 1, Answer::Hang);
    let mut life = machine.boot();
    until::holds(SOON, || !life.read("state/run.json").is_empty()).expect("it is written down at once");
    let run = life.run_id();
    life.kill_and_restart();
    life.powered_off(SOON);
    assert_eq!(life.run_id(), run);
    assert_eq!(life.training()["outcome"]["code"], 0);
}

#[test]
fn an_agent_that_is_killed_under_every_try_gives_the_run_up() {
    let cloud = Cloud::start();
    let mut life = cloud.machine("again").command("echo begun >> $HOME/begun; sleep 1000").boot();
    for times in 1..=3 {
        until::holds(SOON, || life.read("begun").lines().count() == times).expect("it begins");
        life.kill_and_restart();
    }
    life.powered_off(SOON);
    assert_eq!(life.read("begun").lines().count(), 3);
    let training = life.training();
    assert_eq!(training["outcome"]["how"], "unknown", "{training}");
    assert!(training["faults"].to_string().contains("begun 3 times"), "{training}");
    assert_eq!(life.object("models/model.bin"), Some(b"weights".to_vec()));
    assert!(!life.holds_the_environment());
}
