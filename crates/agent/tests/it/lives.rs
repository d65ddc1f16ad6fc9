//! Whole lives of the real program, against AWS's stand-in and a metadata service: whatever happens, the machine is powered
//! off in time, and what could be saved is saved.

mod container;
mod figures;
mod machine;
mod notices;

use std::time::Duration;

use agent::io::sign::hash;
use serde_json::Value;

use self::machine::{Cloud, Life, RUN, SOON};
use super::parts::{
    http::Answer,
    proxy::{Fault, Rule, s3_error},
};

const QUICKLY: Duration = Duration::from_secs(15);

#[test]
fn however_the_command_ends_results_are_saved_and_the_machine_goes() {
    let cloud = Cloud::start();
    let check = |name: &str, command: &str, how: &str| {
        let life = cloud.machine(name).with("limits", "max_runtime = \"1m\"").command(command).boot();
        life.powered_off(QUICKLY);
        let training = life.training();
        assert_eq!(training["outcome"]["how"], how, "{name}: {training}");
        assert!(training["times"]["command_end"].is_string(), "{name}: {training}");
        assert_eq!(life.object("models/model.bin"), Some(b"weights".to_vec()), "{name}");
        assert!(life.log("agent.log").contains("the run ends"), "{name}");
        assert!(life.log("output.log").contains("epoch 1"), "{name}: {}", life.log("output.log"));
        assert!(!life.holds_the_environment(), "{name}: the state file is gone");
        training
    };
    assert_eq!(check("well", "", "exited")["outcome"]["code"], 0);
    assert_eq!(check("badly", "exit 3", "exited")["outcome"]["code"], 3);
    assert_eq!(check("signal", "kill -SEGV $$", "signalled")["outcome"]["signal"], 11);
    assert_eq!(check("children", "sleep 1000 & exit 4", "exited")["outcome"]["code"], 4);
}

#[test]
fn the_limit_ends_what_does_not_end() {
    let cloud = Cloud::start();
    for (name, command) in
        [("hangs", "sleep 1000"), ("says-bye", "trap 'echo bye; exit 0' TERM; while :; do sleep 0.1; done")]
    {
        let machine = cloud.machine(name).with("limits", "max_runtime = \"1m\"").command(command);
        let life = machine.aged(Duration::from_secs(56)).boot();
        life.powered_off(QUICKLY);
        assert_eq!(life.training()["cause"], "time_limit", "{name}");
        assert_eq!(life.object("models/model.bin"), Some(b"weights".to_vec()), "{name}");
    }
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
    for (name, command, says) in [
        ("unreachable", "echo part > $CURFEW_CHECKPOINT_DIR/part.pt; exit 10", "could not be reached"),
        ("error", "echo part > $CURFEW_CHECKPOINT_DIR/part.pt; exit 11", "reported an error"),
        ("hanging", "echo part > $CURFEW_CHECKPOINT_DIR/part.pt; sleep 1000", "CHECKPOINT_TIMEOUT"),
    ] {
        let machine = cloud.machine(name).command("sleep 1000").checkpoint(command);
        let life = machine.boot();
        life.says(RUN);
        life.machine.imds.interrupt("terminate", "2026-01-02T03:06:05Z");
        life.powered_off(SOON);
        assert!(life.said().contains(says), "{name}: {}", life.said());
        assert_eq!(life.checkpoint("part.pt"), b"part\n", "{name}");
    }
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
fn an_agent_that_is_killed_goes_on_and_does_not_do_the_work_twice() {
    let cloud = Cloud::start();
    let command = "echo begun >> $HOME/begun; while ! test -e $HOME/go-on; do sleep 0.1; done";
    let mut life = cloud.machine("killed").command(command).boot();
    life.says(RUN);
    life.kill_and_restart();
    life.says(RUN);
    life.write("go-on", "");
    life.powered_off(SOON);
    assert_eq!(life.read("begun"), "begun\nbegun\n", "once more, and not twice");
    assert_eq!(life.training()["outcome"]["code"], 0);
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

#[test]
fn a_bucket_that_fails_does_not_hold_the_machine() {
    let cloud = Cloud::start();
    for (name, rule) in [
        ("denied", Rule::of("models/", Fault::Say(s3_error(403, "AccessDenied")))),
        ("slow-down", Rule::of("models/", Fault::Say(s3_error(503, "SlowDown"))).times(2)),
        ("gone", Rule::of("models/", Fault::Say(s3_error(404, "NoSuchBucket")))),
    ] {
        cloud.proxy.clear();
        cloud.proxy.add(rule);
        let life = cloud.machine(name).boot();
        life.powered_off(SOON);
        let saved = life.object("models/model.bin").is_some();
        assert_eq!(saved, name == "slow-down", "{name}: {}", life.said());
    }
}

#[test]
fn a_faulty_configuration_is_told_whole() {
    let cloud = Cloud::start();
    let text = "[limits]\nmax_runtime = \"-4h\"\non_end = \"explode\"\n[idle]\nchecks = \"two\"\n[run]\nenvironment = \"a/b\"\ncomand = \"x\"\n";
    let (code, said) = cloud.machine("faulty").refused(text);
    assert_eq!(code, Some(78), "{said}");
    for key in ["limits.max_runtime", "limits.on_end", "idle.checks", "run.environment", "run.comand"] {
        assert!(said.contains(key), "{key} is not in {said}");
    }
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

impl Life {
    /// `training.json`.
    fn training(&self) -> Value {
        let bytes =
            self.object("training.json").unwrap_or_else(|| panic!("no training.json: {}", self.said()));
        serde_json::from_slice(&bytes).expect("JSON")
    }
}

#[test]
fn a_lock_whose_instance_is_gone_is_taken_over_and_a_live_one_is_not() {
    let cloud = Cloud::start();
    let life = cloud.machine("dead").command("sleep 1000").boot();
    life.says(RUN);
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
    first.put("checkpoints/spoilt/2099/01/01/000000Z/epoch", b"9");
    first.put("checkpoints/spoilt/2098/01/01/000000Z/epoch", b"8");
    first.put("checkpoints/spoilt/2098/01/01/000000Z/metadata.json", b"{\"version\": 1");
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
    let body = format!("x-amz-content-sha256: {}", hash::hex(&hash::sha256(b"weights")));
    for (name, fault) in [
        ("refuses", Fault::Say(s3_error(503, "SlowDown"))),
        ("hangs", Fault::Say(Answer::Hang)),
        ("breaks-off", Fault::Say(Answer::Close)),
        ("no-s3", Fault::Say(Answer::text(200, "<html>Sign in to the network</html>"))),
    ] {
        cloud.proxy.clear();
        cloud.proxy.add(Rule::of(&body, fault));
        let life = cloud.machine(name).with("limits", "save_within = \"10s\"").boot();
        life.powered_off(SOON);
        assert_eq!(life.object("models/model.bin"), None, "{name}");
        assert!(life.training()["faults"].to_string().contains("results"), "{name}: {}", life.training());
    }
}
