//! Real commands, started and ended: however they end, it is told as it was.

use std::{
    fs,
    path::Path,
    process::Command,
    sync::mpsc::{self, Receiver},
    time::Duration,
};

use agent::{
    decide::exit::Exit,
    io::{
        cgroup::Cgroup,
        child::{Running, Work},
        machine::Root,
        output::{Line, Queue, Stream},
    },
};
use rustix::process::Signal;
use tempfile::TempDir;

const AGENT: &str = env!("CARGO_BIN_EXE_curfew-agent");

/// More than anything here takes.
const SOON: Duration = Duration::from_secs(30);

struct Started {
    running: Running,
    output: Queue,
    over: Receiver<Exit>,
}

impl Started {
    fn exit(&self) -> Exit {
        self.over.recv_timeout(SOON).expect("it ends")
    }

    /// Waits for a line that is printed.
    fn says(&self, text: &str) {
        let said = (0..1000).any(|_| lines(&self.output.take(SOON).lines).contains(&text.to_owned()));
        assert!(said, "it does not say {text:?}");
    }

    fn all(&self) -> Vec<Line> {
        let mut all = Vec::new();
        loop {
            let batch = self.output.take(SOON);
            all.extend(batch.lines);
            if batch.is_last {
                return all;
            }
        }
    }
}

fn start(line: &str) -> Started {
    start_in(line, None)
}

fn start_in(line: &str, cgroup: Option<Cgroup>) -> Started {
    let (tell, over) = mpsc::channel();
    let output = Queue::default();
    let told = move |exit| tell.send(exit).expect("somebody waits");
    let running = Running::start(&Work::shell(line, "/"), cgroup, &output, told).expect("sh can be started");
    Started { running, output, over }
}

fn lines(lines: &[Line]) -> Vec<String> {
    lines.iter().map(|line| String::from_utf8_lossy(&line.text).into_owned()).collect()
}

#[test]
fn every_end_is_told_apart() {
    assert_eq!(start("true").exit(), Exit::Code(0));
    assert_eq!(start("exit 10").exit(), Exit::Code(10));
    assert_eq!(start("kill -SEGV $$").exit(), Exit::Signal(11));
    assert_eq!(start("no-such-program-at-all").exit(), Exit::Code(127));
}

#[test]
fn what_cannot_be_started_is_an_error() {
    let output = Queue::default();
    let nowhere = Work::shell("true", "/no/such/folder");
    assert!(Running::start(&nowhere, None, &output, |_| ()).is_err());
    let nothing = Work { words: vec!["no-such-program-at-all".into()], ..Work::shell("", "/") };
    assert!(Running::start(&nothing, None, &output, |_| ()).is_err());
}

#[test]
fn both_streams_are_read_to_their_end() {
    let started = start("echo out; echo err >&2; printf last");
    assert_eq!(started.exit(), Exit::Code(0));
    let all = started.all();
    let of = |stream| all.iter().filter(|line| line.stream == stream).cloned().collect::<Vec<_>>();
    assert_eq!(lines(&of(Stream::Out)), ["out", "last"]);
    assert_eq!(lines(&of(Stream::Err)), ["err"]);
}

#[test]
fn a_flood_that_nobody_fetches_holds_up_nothing() {
    let started = start("yes 0123456789 | head -n 1000000");
    assert_eq!(started.exit(), Exit::Code(0), "it ended although nobody fetched a line");
    let first = started.output.take(SOON);
    assert!(first.dropped.lines > 0);
}

#[test]
fn a_signal_meets_the_whole_group() {
    let started = start("sh -c 'trap \"echo child-told; exit 0\" TERM; echo ready; sleep 100 & wait' & wait");
    started.says("ready");
    started.running.signal(Signal::TERM);
    assert_eq!(started.exit(), Exit::Signal(15));
    started.says("child-told");
}

#[test]
fn who_ignores_sigterm_is_killed() {
    let started = start("trap '' TERM; echo ready; while :; do sleep 100; done");
    started.says("ready");
    started.running.signal(Signal::TERM);
    started.running.signal(Signal::KILL);
    assert_eq!(started.exit(), Exit::Signal(9));
}

#[test]
fn children_that_are_left_behind_do_not_hide_the_end() {
    let started = start("sleep 1000 & echo $!; exit 3");
    assert_eq!(started.exit(), Exit::Code(3));
    let child = lines(&started.output.take(SOON).lines).concat();
    assert!(Path::new("/proc").join(&child).exists(), "it is left and has the pipe still open");
    started.running.signal(Signal::KILL);
    assert!(started.all().is_empty(), "with it the pipe is at its end");
}

#[test]
fn nothing_escapes_from_a_cgroup() {
    let mount = Mount::new();
    let cgroup = Cgroup::make(&mount.root(), "job", AGENT.into()).expect("it may be made");
    let started = start_in("setsid sleep 1000 & echo ready; wait", Some(cgroup));
    started.says("ready");
    started.running.signal(Signal::KILL);
    assert_eq!(started.exit(), Exit::Signal(9));
    assert!(started.all().is_empty(), "the one that left the session held the pipe too");
}

#[test]
fn the_kernels_kill_for_want_of_memory_is_told_apart() {
    // A tree of files in the shape of a control group: the memory controller cannot be had everywhere.
    let machine = machine();
    let events = machine.path().join("sys/fs/cgroup/job/memory.events");
    fs::create_dir(machine.path().join("sys/fs/cgroup/job")).expect("a folder");
    fs::write(machine.path().join("sys/fs/cgroup/cgroup.procs"), "").expect("a file");
    fs::write(&events, "oom 0\noom_kill 1\n").expect("a file");
    let end = |line: &str| {
        let cgroup = Cgroup::make(&Root::at(machine.path()), "job", AGENT.into()).expect("it looks like one");
        start_in(line, Some(cgroup)).exit()
    };
    assert_eq!(end("kill -KILL $$"), Exit::Signal(9), "the kill before was another's");
    let killed = format!("printf 'oom_kill 2\\n' > '{}'; kill -KILL $$", events.display());
    assert_eq!(end(&killed), Exit::OutOfMemory);
}

#[test]
fn without_the_unified_hierarchy_there_is_no_cgroup() {
    let machine = machine();
    assert_eq!(Cgroup::make(&Root::at(machine.path()), "job", AGENT.into()), None);
    assert!(!machine.path().join("sys/fs/cgroup/job").exists());
}

fn machine() -> TempDir {
    let machine = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir_all(machine.path().join("sys/fs/cgroup")).expect("a folder");
    fs::create_dir_all(machine.path().join("proc/self")).expect("a folder");
    fs::write(machine.path().join("proc/self/cgroup"), "4:memory:/x\n0::/\n").expect("a file");
    machine
}

/// The kernel's unified hierarchy, mounted for one test; that takes root.
struct Mount(TempDir);

impl Mount {
    fn new() -> Self {
        let machine = machine();
        let at = machine.path().join("sys/fs/cgroup");
        let mounted = Command::new("mount").args(["-t", "cgroup2", "none"]).arg(at).status();
        assert!(mounted.expect("mount can be started").success(), "cgroup2 cannot be mounted: is this root?");
        Self(machine)
    }

    fn root(&self) -> Root {
        Root::at(self.0.path())
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let at = self.0.path().join("sys/fs/cgroup");
        fs::remove_dir(at.join("job")).ok();
        Command::new("umount").arg(at).status().ok();
    }
}

#[test]
fn a_command_that_is_wrapped_by_hand_has_a_line_before_it_and_one_after() {
    let check = |then: &[&str], command: &str, says: [&str; 2], code: i32| {
        let output = Command::new(AGENT)
            .args(["run", "--max-runtime", "90m"])
            .args(then)
            .args(["--", "sh", "-c", command])
            .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9")
            .output()
            .expect("the agent can be started");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said.lines().collect::<Vec<_>>(), says, "{command}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "hello\n");
        assert_eq!(output.status.code(), Some(code));
    };
    let begins = "curfew-agent: the command has 1h 30m; this machine stays";
    check(&[], "echo hello", [begins, "curfew-agent: the run ends: the command is over: exit code 0"], 0);
    check(
        &["--then", "nothing"],
        "echo hello; exit 3",
        [begins, "curfew-agent: the run ends: the command is over: exit code 3"],
        3,
    );
    let killed = "curfew-agent: the run ends: the command is over: signal 15";
    check(&[], "echo hello; kill $$", [begins, killed], 128 + 15);
}
