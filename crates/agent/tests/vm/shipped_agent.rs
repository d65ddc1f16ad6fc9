//! Lives that end in what only a whole machine can do. In each the power is really off.

use jiff::Timestamp;
use serde_json::Value;

use crate::machine::{Cloud, Life};

const LIMIT: &str = "max_runtime = \"1m\"\non_end = \"terminate\"";

#[test]
fn memory_that_runs_out_is_told_apart_from_a_kill() {
    let cloud = Cloud::start();
    // It keeps what has no end of line, and so takes all there is.
    let hungry = "tail /dev/zero";
    let everything = cloud.machine("everything").command(hungry).boot();
    let service = "/sys/fs/cgroup/system.slice/curfew-agent.service";
    let its_share =
        cloud.machine("its-share").prepare(&format!("echo 32M >{service}/memory.max")).command(hungry).boot();
    let killed = cloud.machine("killed").command("kill -KILL $$").boot();
    for (life, oom, said) in [
        (everything, true, "Out of memory: Killed process"),
        (its_share, true, "Memory cgroup out of memory: Killed process"),
        (killed, false, "signal 9"),
    ] {
        let console = life.powered_off();
        assert!(console.contains(said), "{console}");
        let training = has_left_all(&life);
        assert_eq!(training["outcome"]["how"], "signalled", "{training}");
        assert_eq!(training["outcome"]["signal"], 9, "{training}");
        assert_eq!(training["outcome"]["oom"], oom, "{training}\n{console}");
    }
}

#[test]
fn a_full_disk_costs_what_is_not_written_and_no_more() {
    let cloud = Cloud::start();
    // One disk for all, as most instances have it.
    let one_disk = "mount /dev/vda /disk
        for folder in /etc /var /job /tmp /root; do
            mkdir -p /disk$folder
            cp -a $folder/. /disk$folder
            mount -o bind /disk$folder $folder
        done";
    // What is promised to a file and not needed is free again once it is written.
    let fill = "for pass in 1 2 3; do cat /dev/zero >>/disk/all; sync; done 2>/dev/null
        rest=0; while echo x >/disk/rest-$rest; do rest=$((rest + 1)); done 2>/dev/null";
    let one_disk = |name: &str| cloud.machine(name).with("preflight", "disk_gib = 0").prepare(one_disk);
    let by_the_work = format!("{fill}\necho more >/job/out/more || echo it is full");
    let by_the_work = one_disk("by-the-work").command(&by_the_work).boot();
    let from_the_start = one_disk("from-the-start").prepare(fill).prepare("umount /job").boot();
    let nowhere = "mount -t tmpfs -o ro nowhere /var/lib/curfew; mount -o bind,ro /etc /etc";
    let read_only = cloud.machine("read-only").prepare(nowhere).boot();

    let console = by_the_work.powered_off();
    assert!(console.contains("it is full"), "{console}");
    assert_eq!(by_the_work.object("models/model.bin"), Some(b"weights".to_vec()), "{console}");
    assert_eq!(by_the_work.training()["outcome"]["code"], 0, "{console}");
    assert!(console.contains("/var/lib/curfew cannot be written: No space left"), "{console}");
    for (life, says) in [(from_the_start, "No space left on device"), (read_only, "Read-only file system")] {
        let console = life.powered_off();
        assert!(console.contains(says), "{console}");
        assert_eq!(life.object("models/model.bin"), Some(b"weights".to_vec()), "{console}");
        let training = life.training();
        assert_eq!(training["outcome"]["code"], 0, "{console}");
        assert!(training["faults"].to_string().contains(says), "{training}");
        let said = ["agent.log", "unwritten-agent.log"].map(|name| life.log(name)).concat();
        assert!(said.contains("the run ends"), "{said}\n{console}");
        let printed = ["output.log", "unwritten-output.log"].map(|name| life.log(name)).concat();
        assert!(printed.contains("epoch 1"), "{printed}\n{console}");
    }
}

#[test]
fn a_wall_clock_that_is_set_changes_no_limit_and_no_deadline() {
    let cloud = Cloud::start();
    let set = |by: &str| format!("date -s @$(($(date +%s) {by} 3600)) >/dev/null");
    // An hour ahead is past the limit, if anybody went by this clock.
    let forward = cloud.machine("forward").command(&format!("{}; sleep 8; echo still here", set("+"))).boot();
    // Back an hour, the limit and the deadline would be an hour away. Both clocks that wait are set back in the middle.
    let back = cloud
        .machine("back")
        .with("limits", LIMIT)
        .with("checkpoint", &checkpoint(&format!("{}; sleep 1000", set("-"))))
        .prepare(&aged(45))
        .command(&format!("{}; sleep 1000", set("-")))
        .boot();

    let console = forward.powered_off();
    let training = has_left_all(&forward);
    assert_eq!(
        (&training["cause"], &training["outcome"]["code"]),
        (&"itself".into(), &0.into()),
        "{console}"
    );
    assert!(forward.log("output.log").contains("still here"), "{console}");
    lasted(&training, 8..60);
    let jump = wall(&training, "command_end").duration_since(wall(&training, "command_start"));
    assert!(jump.as_secs() >= 3600, "the clock was not set: {training}");

    let console = back.powered_off();
    let training = has_left_all(&back);
    assert_eq!(training["cause"], "time_limit", "{console}");
    assert!(console.contains("CHECKPOINT_TIMEOUT"), "{console}");
    // The limit of 60, 3 for the checkpoint command, and what an emulated machine on a busy computer needs for the rest.
    lasted(&training, 60..180);
    let jump = wall(&training, "end").duration_since(wall(&training, "command_start"));
    assert!(jump.as_secs() <= -7000, "the clock was not set twice: {training}");
}

#[test]
fn a_power_off_that_fails_is_followed_by_one_that_works() {
    let cloud = Cloud::start();
    let fails = "#!/bin/sh\necho the shutdown fails >/dev/console\nexit 1\n";
    let well = cloud.machine("well").boot();
    let absent = cloud.machine("absent").file("/sbin/shutdown", "").unknown_to_ec2().boot();
    let twice = cloud.machine("twice").file("/sbin/shutdown", fails).unknown_to_ec2().boot();
    // EC2 says that it does it, and does not.
    let in_vain = cloud.machine("in-vain").file("/sbin/shutdown", fails).boot();
    for (life, says) in [
        (well, ["SHUTDOWN"].as_slice()),
        (absent, &["shutdown -h now cannot be started", "InvalidInstanceID"]),
        (twice, &["the shutdown fails", "InvalidInstanceID"]),
        (in_vain, &["the shutdown fails"]),
    ] {
        let console = life.powered_off();
        says.iter().for_each(|words| assert!(console.contains(words), "no {words:?} in {console}"));
        assert_eq!(has_left_all(&life)["outcome"]["code"], 0);
    }
    assert!(cloud.agreed_to("TerminateInstances"));
}

/// Results, logs and record, which it returns.
fn has_left_all(life: &Life<'_>) -> Value {
    let console = life.console();
    assert_eq!(life.object("models/model.bin"), Some(b"weights".to_vec()), "{console}");
    assert!(life.log("agent.log").contains("the run ends"), "{console}");
    assert!(life.log("output.log").contains("epoch 1"), "{console}");
    life.training()
}

fn lasted(training: &Value, seconds: std::ops::Range<u64>) {
    let elapsed = training["times"]["elapsed_seconds"].as_u64().unwrap();
    assert!(seconds.contains(&elapsed), "{elapsed} s: {training}");
}

fn wall(training: &Value, name: &str) -> Timestamp {
    training["times"][name].as_str().unwrap().parse().unwrap()
}

/// A run that began so many seconds ago, in a boot before this one.
fn aged(seconds: u64) -> String {
    let age = format!(r#"{{"boot":"another","elapsed":{{"secs":{seconds},"nanos":0}},"up":{{"secs":9,"nanos":0}},"#)
        // A clock that went back over a reboot adds nothing.
        + r#""wall":"2999-01-01T00:00:00Z"}"#;
    let memory =
        r#"{"run_id":"2026-01-02-030405","start":"2026-01-02T03:04:05Z","phase":"initialization","begun":1"#;
    format!("echo '{memory},\"age\":{age}}}' >/var/lib/curfew/run.json")
}

fn checkpoint(command: &str) -> String {
    format!(
        "job_id = \"job\"\ndirectory = \"/job/checkpoints\"\ndeadline = \"3s\"\ncommand = '''{command}'''"
    )
}
