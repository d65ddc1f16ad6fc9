//! Whole lives of the real program, against AWS's stand-in and a metadata service: whatever happens, the machine is powered
//! off in time, and what could be saved is saved.

mod container;
mod figures;
mod input;
mod interrupted;
mod killed;
mod life;
mod machine;
mod notices;
mod outages;
mod phases;
mod places;

use std::{thread, time::Duration};

use agent::io::sign::hash;
use serde_json::{Value, json};

use self::machine::{Cloud, RUN, SOON};
use super::parts::{
    http::Answer,
    proxy::{Fault, Rule, s3_error},
};

const QUICKLY: Duration = Duration::from_secs(15);

/// Lives that have nothing to do with each other, at the same time.
fn all<T: Sync>(these: &[T], live: impl Fn(&T) + Sync) {
    thread::scope(|scope| {
        for this in these {
            scope.spawn(|| live(this));
        }
    });
}

#[test]
fn however_the_command_ends_results_are_saved_and_the_machine_goes() {
    let cloud = Cloud::start();
    let ways = [
        ("well", "", json!({ "how": "exited", "code": 0 })),
        ("badly", "exit 3", json!({ "how": "exited", "code": 3 })),
        ("signal", "kill -SEGV $$", json!({ "how": "signalled", "signal": 11, "oom": false })),
        ("children", "sleep 1000 & exit 4", json!({ "how": "exited", "code": 4 })),
    ];
    all(&ways, |(name, command, outcome)| {
        let life = cloud.machine(name).with("limits", "max_runtime = \"1m\"").command(command).boot();
        life.powered_off(QUICKLY);
        let training = life.training();
        assert_eq!(training["outcome"], *outcome, "{name}: {training}");
        assert!(training["times"]["command_end"].is_string(), "{name}: {training}");
        assert_eq!(life.object("models/model.bin"), Some(b"weights".to_vec()), "{name}");
        assert!(life.log("agent.log").contains("the run ends"), "{name}");
        assert!(life.log("output.log").contains("epoch 1"), "{name}: {}", life.log("output.log"));
        assert!(!life.holds_the_environment(), "{name}: the state file is gone");
    });
}

#[test]
fn the_limit_ends_what_does_not_end() {
    let cloud = Cloud::start();
    let ways = [
        ("hangs", "sleep 1000"),
        ("says-bye", "trap 'echo bye; exit 0' TERM; while :; do sleep 0.1; done"),
        ("ignores", "trap '' TERM; while :; do sleep 0.1; done"),
    ];
    all(&ways, |(name, command)| {
        let machine = cloud.machine(name).with("limits", "max_runtime = \"1m\"").command(command);
        let life = machine.aged(Duration::from_secs(56)).boot();
        life.powered_off(SOON);
        let training = life.training();
        assert_eq!(training["cause"], "time_limit", "{name}");
        let killed = training["outcome"]["signal"] == 9;
        assert_eq!(killed, *name == "ignores", "{name}: {training}");
        assert_eq!(life.object("models/model.bin"), Some(b"weights".to_vec()), "{name}");
    });
}

#[test]
fn a_notice_is_checkpointed_within_its_time() {
    let cloud = Cloud::start();
    let machine = cloud
        .machine("notice")
        .command("sleep 1000")
        .checkpoint("echo state > $CURFEW_CHECKPOINT_DIR/state.pt");
    let life = machine.boot();
    life.says(RUN);
    life.machine.imds.interrupt("terminate", "2026-01-02T03:06:05Z");
    life.powered_off(QUICKLY);
    let said = life.said();
    for state in [
        "DETECTED action=terminate",
        "STATE: CHECKPOINT_START",
        "STATE: CHECKPOINT_OK",
        "STATE: UPLOAD_OK",
        "SHUTDOWN",
    ] {
        assert!(said.contains(state), "{state} is not in {said}");
    }
    let manifest: Value = serde_json::from_slice(&life.checkpoint("metadata.json")).expect("a manifest");
    assert_eq!((&manifest["job_id"], &manifest["action"]), (&"job-notice".into(), &"terminate".into()));
    assert_eq!(manifest["files"][0]["path"], "state.pt");
    assert_eq!(life.checkpoint("state.pt"), b"state\n");
}

#[test]
fn a_checkpoint_command_that_fails_or_hangs_still_leaves_what_is_there() {
    let cloud = Cloud::start();
    let ways = [
        ("unreachable", "echo part > $CURFEW_CHECKPOINT_DIR/part.pt; exit 10", "could not be reached"),
        ("error", "echo part > $CURFEW_CHECKPOINT_DIR/part.pt; exit 11", "reported an error"),
        ("hanging", "echo part > $CURFEW_CHECKPOINT_DIR/part.pt; sleep 1000", "CHECKPOINT_TIMEOUT"),
    ];
    all(&ways, |(name, command, says)| {
        let machine = cloud.machine(name).command("sleep 1000").checkpoint(command);
        let life = machine.boot();
        life.says(RUN);
        life.machine.imds.interrupt("terminate", "2026-01-02T03:06:05Z");
        life.powered_off(SOON);
        assert!(life.said().contains(says), "{name}: {}", life.said());
        assert_eq!(life.checkpoint("part.pt"), b"part\n", "{name}");
    });
}

#[test]
fn the_next_instance_goes_on_from_the_checkpoint() {
    let cloud = Cloud::start();
    let command =
        "cat $CURFEW_CHECKPOINT_DIR/epoch 2>/dev/null && echo resumed; echo 7 > $CURFEW_CHECKPOINT_DIR/epoch";
    let first = cloud.machine("first").job("shared").command(command).checkpoint("true").boot();
    first.powered_off(QUICKLY);
    assert!(!first.log("output.log").contains("resumed"));
    let second = cloud.machine("second").job("shared").command(command).checkpoint("true").boot();
    second.powered_off(QUICKLY);
    assert!(second.log("output.log").contains("resumed"), "{}", second.said());
    assert!(second.said().contains("S3_SOURCE"), "{}", second.said());
}

#[test]
fn a_second_run_in_the_same_environment_is_refused() {
    let cloud = Cloud::start();
    let first = cloud.machine("shared").command("sleep 1000").boot();
    first.says(RUN);
    let second = cloud.machine("shared").command("echo never").boot();
    second.powered_off(QUICKLY);
    let said = second.said();
    assert!(said.contains("is held by run") && said.contains(&first.machine.instance), "{said}");
    assert!(first.holds_the_environment(), "the first is not disturbed");
}

#[test]
fn a_power_off_that_fails_is_followed_by_the_next() {
    let cloud = Cloud::start();
    let once = cloud.machine("fails-once").shutdown_fails().boot();
    once.asked_of_ec2(&cloud, "TerminateInstances");
    assert_eq!(once.ways(), ["shutdown -h now"]);
    let twice = cloud.machine("fails-twice").shutdown_fails().unknown_to_ec2().boot();
    twice.powered_off_by("poweroff -f", QUICKLY);
}

#[test]
fn on_end_stop_is_respected_by_the_api() {
    let cloud = Cloud::start();
    let life = cloud.machine("stops").with("limits", "on_end = \"stop\"").shutdown_fails().boot();
    life.asked_of_ec2(&cloud, "StopInstances");
}

/// The body of that text.
fn body(text: &str) -> String {
    format!("x-amz-content-sha256: {}", hash::hex(&hash::sha256(text.as_bytes())))
}

#[test]
fn a_bucket_that_fails_does_not_hold_the_machine() {
    let cloud = Cloud::start();
    let faults = [
        ("denied", 403, "AccessDenied", usize::MAX),
        ("slow-down", 503, "SlowDown", 2),
        ("gone", 404, "NoSuchBucket", usize::MAX),
    ];
    all(&faults, |(name, status, code, times)| {
        cloud.proxy.add(Rule::of(&body(name), Fault::Say(s3_error(*status, code))).times(*times));
        let life = cloud.machine(name).command(&format!("printf {name} > $HOME/out/model.bin")).boot();
        life.powered_off(SOON);
        let saved = life.object("models/model.bin").is_some();
        assert_eq!(saved, *name == "slow-down", "{name}: {}", life.said());
    });
}

#[test]
fn an_agent_that_is_told_to_end_syncs_and_leaves() {
    let cloud = Cloud::start();
    let mut life = cloud.machine("told").command("sleep 1000").boot();
    life.says(RUN);
    assert_eq!(life.terminate(), Some(0), "else systemd would take it for a failure");
    assert_eq!(life.object("models/model.bin"), Some(b"weights".to_vec()));
    assert!(life.holds_the_environment(), "the run goes on after a reboot");
    assert_eq!(life.ways(), Vec::<String>::new());
}

#[test]
fn a_lock_whose_instance_is_gone_is_taken_over_and_a_live_one_is_not() {
    let cloud = Cloud::start();
    let life = cloud.machine("dead").command("sleep 1000").boot();
    life.tells("training");
    let holder = life.machine.instance.clone();
    // The machine falls silent without a word.
    drop(life);
    let next = cloud.machine("dead").boot();
    next.powered_off(QUICKLY);
    assert!(next.said().contains("is held by run"), "it may only be slow: {}", next.said());
    cloud.terminate(&holder);
    let last = cloud.machine("dead").boot();
    last.powered_off(QUICKLY);
    assert!(
        last.said().contains(&format!("{holder} (g5.xlarge, training) is taken over")),
        "{}",
        last.said()
    );
    assert_eq!(last.training()["outcome"]["code"], 0);
}

#[test]
fn a_lock_is_left_alone_where_ec2_may_not_be_asked() {
    let cloud = Cloud::start();
    let life = cloud.machine("unasked").command("sleep 1000").boot();
    life.says(RUN);
    cloud.terminate(&life.machine.instance);
    let denied = "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors></Response>";
    cloud.proxy.add(Rule::of("DescribeInstances", Fault::Say(Answer::text(403, denied))));
    let next = cloud.machine("unasked").boot();
    next.powered_off(QUICKLY);
    assert!(next.said().contains("ec2:DescribeInstances"), "the permission is named: {}", next.said());
    assert!(next.said().contains("is held by run"), "{}", next.said());
}

#[test]
fn a_checkpoint_without_a_manifest_or_with_a_wrong_one_is_passed_over() {
    let cloud = Cloud::start();
    let command = "cat $CURFEW_CHECKPOINT_DIR/epoch; echo 7 > $CURFEW_CHECKPOINT_DIR/epoch";
    let first = cloud.machine("good").job("spoilt").command(command).checkpoint("true").boot();
    first.powered_off(QUICKLY);
    cloud.put("checkpoints/spoilt/2099/01/01/000000Z/epoch", b"9");
    cloud.put("checkpoints/spoilt/2098/01/01/000000Z/epoch", b"8");
    cloud.put("checkpoints/spoilt/2098/01/01/000000Z/metadata.json", b"{\"version\": 1");
    let second = cloud.machine("after").job("spoilt").command(command).checkpoint("true").boot();
    second.powered_off(QUICKLY);
    assert!(second.log("output.log").contains("7\n"), "{}", second.said());
    assert!(second.said().contains("SKIPPED"), "the corrupt one is named: {}", second.said());
}

#[test]
fn what_is_printed_and_said_is_in_cloudwatch() {
    let cloud = Cloud::start();
    let life = cloud.machine("logged").with("logs", "cloudwatch_group = \"/curfew/lives\"").boot();
    life.powered_off(QUICKLY);
    let said = cloud.logged("/curfew/lives");
    assert!(said.iter().any(|line| line == "epoch 1"), "{said:?}");
    assert!(said.iter().any(|line| line.contains("the run ends: the command is over")), "{said:?}");
}

#[test]
fn a_metadata_service_that_flaps_still_brings_the_notice() {
    let cloud = Cloud::start();
    let life = cloud.machine("flaps").command("sleep 1000").checkpoint("true").boot();
    life.says(RUN);
    let imds = &life.machine.imds;
    imds.fail("spot/instance-action", 3, Answer::text(500, "<html>"));
    imds.end_tokens();
    imds.interrupt("terminate", "no time at all");
    life.powered_off(SOON);
    assert!(life.said().contains("DETECTED action=terminate"), "{}", life.said());
}

#[test]
fn a_notice_and_a_signal_together_still_leave_a_checkpoint() {
    let cloud = Cloud::start();
    let made = "echo both > $CURFEW_CHECKPOINT_DIR/both.pt; touch $HOME/asked; sleep 1";
    let mut life = cloud.machine("both").command("sleep 1000").checkpoint(made).boot();
    life.says(RUN);
    life.machine.imds.interrupt("terminate", "2026-01-02T03:06:05Z");
    life.says("DETECTED");
    assert_eq!(life.terminate(), Some(0));
    assert_eq!(life.checkpoint("both.pt"), b"both\n");
}

#[test]
fn off_ec2_the_work_is_done_and_the_machine_stays() {
    let cloud = Cloud::start();
    let life = cloud.machine("elsewhere").without_metadata().boot();
    life.says("the run ends: the command is over");
    life.says("phase: cleanup");
    assert_eq!(life.object("models/model.bin"), Some(b"weights".to_vec()));
    assert!(life.said().contains("this is not an EC2 instance"), "{}", life.said());
    assert_eq!(life.ways(), Vec::<String>::new());
}

#[test]
fn a_bucket_that_never_takes_the_results_holds_the_machine_only_so_long() {
    let cloud = Cloud::start();
    // Whatever it says or does not say; what else is written is not touched.
    let faults = [
        ("refuses", s3_error(503, "SlowDown")),
        ("hangs", Answer::Hang),
        ("breaks-off", Answer::Close),
        ("no-s3", Answer::text(200, "<html>Sign in to the network</html>")),
    ];
    all(&faults, |(name, fault)| {
        cloud.proxy.add(Rule::of(&body(name), Fault::Say(fault.clone())));
        let machine = cloud.machine(name).with("limits", "save_within = \"10s\"");
        let life = machine.command(&format!("printf {name} > $HOME/out/model.bin")).boot();
        life.powered_off(SOON);
        assert_eq!(life.object("models/model.bin"), None, "{name}");
        assert!(life.training()["faults"].to_string().contains("results"), "{name}: {}", life.training());
    });
}
