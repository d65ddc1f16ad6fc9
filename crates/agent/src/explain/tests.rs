//! What a person is told.

use super::*;
use crate::io::signals::stage::Stage;

fn rules() -> Idle {
    Idle {
        grace: Duration::from_secs(300),
        every: Duration::from_secs(60),
        checks: 2,
        cpu_above_percent: 10,
        memory_above_percent: 80,
        accelerator_above_percent: 5,
        processes: vec!["torchrun".into()],
    }
}

fn machine() -> Stage {
    let stage = Stage::new();
    stage.file("/proc/stat", "cpu  100 0 100 700 100 0 0 0 50 0\n");
    stage.file("/proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 900 kB\n");
    stage
}

#[test]
fn every_signal_is_shown_with_what_follows_from_it() {
    let stage = machine();
    let mut reader = Reader::new(stage.root(), &rules());
    stage.file("/proc/stat", "cpu  101 0 100 799 100 0 0 0 50 0\n");
    stage.process(40, &["sshd: ubuntu@notty"]);
    let text = explain(&reader.read(clock::now()), &rules());
    let expect = "\
SIGNAL            KEEPS IT UP      VALUE
the run           no               none
utmp              no               none on this machine
ssh sessions      no               nobody and 1 session without a terminal, which keeps nothing up
logind sessions   no               none on this machine
SSM sessions      no               none
screen            no               none
tmux              no               none
watched processes no               none runs
NVIDIA devices    no               none on this machine
Neuron devices    no               none on this machine
CPU               no               1.0 % of at most 10 %
memory            no               10.0 % of at most 80 %

Nobody and nothing uses this machine.
After 2 such checks in a row, 60 s apart, it is shut down, but not within 300 s of its boot.
";
    assert_eq!(text, expect);
}

#[test]
fn what_keeps_it_up_is_named_and_what_cannot_be_read_as_well() {
    let stage = machine();
    let mut reader = Reader::new(stage.root(), &rules());
    stage.process(40, &["sshd: ubuntu@pts/0"]);
    std::fs::remove_file(stage.path("/proc/meminfo")).expect("a file");
    let text = explain(&reader.read(clock::now()), &rules());
    assert!(text.contains("ssh sessions      yes              ubuntu on pts/0\n"), "{text}");
    assert!(text.contains("memory            yes, unreadable  not known: "), "{text}");
    assert!(
        text.contains("\nThis machine is in use: ubuntu on pts/0 (connected by ssh); CPU cannot be read"),
        "{text}"
    );
}

#[test]
fn the_exit_code_tells_idle_from_in_use() {
    let stage = machine();
    // Counters that stand still are not idle.
    let answer = idle_once(stage.root(), &rules(), Detail::Verdict, None);
    assert_eq!(answer.code, 1);
    assert!(answer.text.starts_with("This machine is in use: CPU cannot be read"), "{}", answer.text);
    let answer = idle_once(stage.root(), &rules(), Detail::Signals, Some(Phase::Training));
    assert!(answer.text.contains("the run           yes              is at work"), "{}", answer.text);
}
