//! Processes in a folder. Real ones are in `tests/signals`.

use super::*;
use crate::{decide::idle::Terminal, io::signals::stage::Stage};

fn patterns(patterns: &[&str]) -> Patterns {
    Patterns::read(&patterns.iter().map(ToString::to_string).collect::<Vec<_>>()).expect("patterns")
}

fn look_for(stage: &Stage, watch: &[&str], devices: &[Device]) -> Seen {
    let own = Own::of(&stage.root());
    let Reading::Is(seen) = pass(&stage.root(), Look { patterns: &patterns(watch), devices, own: &own })
    else {
        panic!("the processes cannot be read")
    };
    seen
}

fn terminals(titles: &[&str]) -> (Vec<(String, String)>, u32) {
    let stage = Stage::new();
    for (pid, title) in (100..).zip(titles) {
        stage.process(pid, &[title]);
    }
    let ssh = look_for(&stage, &[], &[]).ssh;
    (ssh.terminals.into_iter().map(|Terminal { user, line }| (user, line)).collect(), ssh.without)
}

#[test]
fn sshd_names_its_sessions_in_its_titles() {
    let on = |user: &str, line: &str| (user.to_owned(), line.to_owned());
    let cases: [(&[&str], _, u32); 8] = [
        (&["sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups", "sshd: ubuntu [priv]"], vec![], 0),
        (&["sshd: ubuntu@pts/0"], vec![on("ubuntu", "pts/0")], 0),
        (&["sshd-session: ubuntu@pts/12"], vec![on("ubuntu", "pts/12")], 0),
        (&["sshd: ubuntu@pts/0,pts/1"], vec![on("ubuntu", "pts/0"), on("ubuntu", "pts/1")], 0),
        (&["sshd: ann@corp.example@pts/3"], vec![on("ann@corp.example", "pts/3")], 0),
        (&["sshd: ubuntu@notty", "sshd-session: ubuntu@internal-sftp"], vec![], 2),
        (&["sshd: ubuntu@pts/0  \0\0", "vim sshd: x@pts/1"], vec![on("ubuntu", "pts/0")], 0),
        (&["/usr/sbin/sshd", "sshd-keygen: a@pts/0"], vec![], 0),
    ];
    for (titles, expect, without) in cases {
        assert_eq!(terminals(titles), (expect, without), "{titles:?}");
    }
}

#[test]
fn sessions_are_known_by_their_programs() {
    let stage = Stage::new();
    stage.process(10, &["/usr/bin/ssm-session-worker", "i-0123", ""]);
    stage.process(11, &["/snap/amazon-ssm-agent/9/ssm-session-worker", "x"]);
    stage.process(12, &["/usr/bin/ssm-document-worker", "x"]);
    stage.process(13, &["/bin/sh", "-c", "ssm-session-worker"]);
    stage.process(20, &["/usr/bin/SCREEN", "-S", "a"]);
    stage.process(21, &["screen", "-r"]);
    stage.process(30, &["tmux", "new", "-d"]);
    stage.file("/proc/30/comm", "tmux: server\n");
    stage.process(31, &["tmux", "attach"]);
    stage.file("/proc/31/comm", "tmux: client\n");
    let seen = look_for(&stage, &[], &[]);
    assert_eq!((seen.ssm, seen.screen, seen.tmux), (2, vec![20], vec![30]));
}

#[test]
fn watched_commands_are_found_but_not_in_the_agents_own_line() {
    let stage = Stage::new();
    stage.process(50, &["/opt/venv/bin/python", "-u", "/srv/train.py", "--token=secret"]);
    stage.process(51, &["/usr/bin/python3", "/opt/venv/bin/torchrun"]);
    stage.process(52, &["vim", "notes"]);
    // A shell that was asked to start the agent with the pattern, and the agent.
    stage.process(60, &["sh", "-c", "curfew-agent idle torchrun"]);
    stage.process(61, &["curfew-agent", "idle", "torchrun"]);
    stage.file("/proc/61/stat", "61 (curfew) agent) S 60 61 61 0 -1");
    stage.file("/proc/60/stat", "60 (sh) S 1 60 60 0 -1");
    stage.link("/proc/self", "61");
    let found = look_for(&stage, &["torchrun$", "python .*train"], &[]).watched;
    let found: Vec<_> =
        found.iter().map(|found| (found.pid, found.name.as_str(), found.pattern.as_str())).collect();
    assert_eq!(found, [(50, "python", "python .*train"), (51, "python3", "torchrun$")]);
}

#[test]
fn holders_are_those_that_use_a_device() {
    let stage = Stage::new();
    let devices = [Device::Nvidia, Device::Neuron];
    stage.process(70, &["python", "train.py"]);
    stage.holds(70, 3, "/dev/nvidiactl");
    stage.holds(70, 4, "/dev/nvidia-uvm");
    stage.process(71, &["python", "train.py"]);
    stage.holds(71, 3, "/dev/null");
    stage.holds(71, 4, "/dev/nvidia3");
    stage.holds(71, 5, "/dev/nvidia3");
    stage.holds(71, 6, "/dev/neuron0");
    stage.process(72, &["/usr/bin/nvidia-persistenced", "--verbose"]);
    stage.holds(72, 4, "/dev/nvidia0");
    stage.process(73, &["cat", "/data/nvidia0"]);
    stage.holds(73, 3, "/data/nvidia0");
    // A kernel thread has no command line, a process that ended no files.
    stage.process(2, &[]);
    stage.file("/proc/74/cmdline", "gone\0");
    let Reading::Is(holders) = look_for(&stage, &[], &devices).holders else { panic!("no holders") };
    let holders: Vec<_> = holders.iter().map(|(device, holder)| (*device, holder.pid)).collect();
    assert_eq!(holders, [(Device::Nvidia, 71), (Device::Neuron, 71)]);
}

#[test]
fn a_machine_whose_processes_are_hidden_is_not_read() {
    let stage = Stage::new();
    fs::remove_dir_all(stage.path("/proc/1")).expect("process 1");
    let own = Own::default();
    let look = Look { patterns: &Patterns::default(), devices: &[], own: &own };
    assert!(matches!(pass(&stage.root(), look), Reading::Unreadable(fault) if fault.contains("hidepid")));
    fs::remove_dir_all(stage.path("/proc")).expect("all");
    assert!(
        matches!(pass(&stage.root(), look), Reading::Unreadable(fault) if fault.contains("cannot be listed"))
    );
}

#[test]
fn a_pattern_that_is_none_is_said() {
    let fault = Patterns::read(&["python (".to_owned()]).expect_err("no pattern");
    assert!(fault.starts_with("idle.processes: \"python (\" is no regular expression"), "{fault}");
}

#[test]
fn no_list_and_no_name_grows_without_end() {
    let stage = Stage::new();
    let long = "x".repeat(5000);
    for pid in 1000..1200 {
        stage.process(pid, &[&format!("/bin/{long}\u{7}train")]);
    }
    let seen = look_for(&stage, &["train"], &[]);
    assert_eq!(seen.watched.len(), MOST);
    assert!(seen.watched.iter().all(|found| found.name.chars().count() <= 40));
}
