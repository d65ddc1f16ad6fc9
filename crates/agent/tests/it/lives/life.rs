//! A machine that runs: what it says and does, what it left in the bucket, and how its agent is ended.

use std::{fs, path::Path, process::Child, time::Duration};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde_json::Value;

use super::machine::{Cloud, Machine, SOON, read};
use crate::parts::{bucket, until};

/// A machine that runs.
pub(super) struct Life {
    agent: Child,
    pub(super) machine: Machine,
    logs: usize,
}

impl Life {
    /// Of a machine whose agent was just started.
    pub(super) fn of(machine: Machine, agent: Child) -> Self {
        Self { agent, machine, logs: 1 }
    }

    /// All that the agent has said since it was started last.
    pub(super) fn said(&self) -> String {
        read(&self.machine.path(&format!("log-{}", self.logs)))
    }

    /// The most memory that the agent has used, in KiB.
    pub(super) fn most_memory(&self) -> u64 {
        let status = read(Path::new(&format!("/proc/{}/status", self.agent.id())));
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("it runs");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    /// Waits until it says so.
    pub(super) fn says(&self, text: &str) {
        until::holds(SOON, || self.said().contains(text))
            .unwrap_or_else(|()| panic!("no {text:?} in {}", self.said()));
    }

    /// The ways to power off that were tried on the machine itself.
    pub(super) fn ways(&self) -> Vec<String> {
        read(&self.machine.path("ways")).lines().map(str::to_owned).collect()
    }

    /// Waits until the machine powers off, the usual way.
    pub(super) fn powered_off(&self, bound: Duration) {
        self.powered_off_by("shutdown -h now", bound);
    }

    /// Waits until the machine powers off this way.
    pub(super) fn powered_off_by(&self, way: &str, bound: Duration) {
        let off = || self.ways().iter().any(|tried| tried == way);
        until::holds(bound, off)
            .unwrap_or_else(|()| panic!("no {way:?}: {:?}\n{}", self.ways(), self.said()));
    }

    /// Waits until EC2 was asked for that.
    pub(super) fn asked_of_ec2(&self, cloud: &Cloud, action: &str) {
        until::holds(SOON, || cloud.was_asked(action, self))
            .unwrap_or_else(|()| panic!("EC2 was not asked for {action}: {}", self.said()));
    }

    /// An object below the run's prefix; the newest run's.
    pub(super) fn object(&self, name: &str) -> Option<Vec<u8>> {
        let prefix = format!("{}/", self.machine.name);
        self.find(&prefix, &format!("/{name}"))
    }

    /// What lies in a folder below the run's prefix; of all runs.
    pub(super) fn names(&self, folder: &str) -> Vec<String> {
        let keys = bucket::keys(&self.machine.direct, &format!("{}/", self.machine.name)).into_iter();
        keys.filter_map(|key| Some(key.split_once(&format!("/{folder}"))?.1.to_owned())).collect()
    }

    /// A file of the job's newest checkpoint.
    pub(super) fn checkpoint(&self, name: &str) -> Vec<u8> {
        let prefix = format!("checkpoints/{}/", self.machine.job);
        self.find(&prefix, &format!("/{name}"))
            .unwrap_or_else(|| panic!("no {name} in {prefix}: {}", self.said()))
    }

    /// Which run the machine remembers.
    pub(super) fn run_id(&self) -> String {
        self.remembered("run_id")
    }

    /// How far it remembers that the run has come.
    pub(super) fn phase(&self) -> String {
        self.remembered("phase")
    }

    fn remembered(&self, key: &str) -> String {
        let memory: Value = serde_json::from_str(&self.read("state/run.json")).expect("JSON");
        memory[key].as_str().expect("a text").to_owned()
    }

    /// `training.json`.
    pub(super) fn training(&self) -> Value {
        let bytes =
            self.object("training.json").unwrap_or_else(|| panic!("no training.json: {}", self.said()));
        serde_json::from_slice(&bytes).expect("JSON")
    }

    /// A log as it lies in the bucket.
    pub(super) fn log(&self, name: &str) -> String {
        let bytes = self.object(&format!("logs/{name}")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    pub(super) fn holds_the_environment(&self) -> bool {
        self.find(&format!("{}/system-state.json", self.machine.name), "").is_some()
    }

    /// Waits until the bucket knows that it is in this phase: a moment after its own log does.
    pub(super) fn tells(&self, phase: &str) {
        let key = format!("{}/system-state.json", self.machine.name);
        let told = || self.find(&key, "").and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        until::holds(SOON, || told().is_some_and(|state| state["status"] == phase))
            .unwrap_or_else(|()| panic!("not {phase:?} but {:?}: {}", told(), self.said()));
    }

    fn find(&self, prefix: &str, end: &str) -> Option<Vec<u8>> {
        bucket::find(&self.machine.direct, prefix, end)
    }

    /// A file in the machine's home.
    pub(super) fn write(&self, name: &str, text: &str) {
        fs::write(self.machine.path(name), text).expect("a file");
    }

    pub(super) fn read(&self, name: &str) -> String {
        read(&self.machine.path(name))
    }

    /// The agent is killed on the spot, with all that runs below it, as systemd does; and started again.
    pub(super) fn kill_and_restart(&mut self) {
        self.kill();
        self.logs += 1;
        self.agent = self.machine.agent(&format!("log-{}", self.logs));
    }

    /// Tells the agent to end, and waits for it.
    pub(super) fn terminate(&mut self) -> Option<i32> {
        kill_process(Pid::from_child(&self.agent), Signal::TERM).expect("it runs");
        self.agent.wait().expect("it ends").code()
    }

    fn kill(&mut self) {
        let group = children(self.agent.id());
        self.agent.kill().ok();
        self.agent.wait().ok();
        for child in group.into_iter().filter_map(Pid::from_raw) {
            kill_process_group(child, Signal::KILL).ok();
        }
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        self.kill();
        self.machine.empty();
    }
}

/// The processes that the agent started itself: each leads a group.
fn children(agent: u32) -> Vec<i32> {
    let of = |task: &Path| read(&task.join("children"));
    let tasks = fs::read_dir(format!("/proc/{agent}/task")).into_iter().flatten().flatten();
    let lists: Vec<String> = tasks.map(|task| of(&task.path())).collect();
    lists.iter().flat_map(|list| list.split_whitespace()).filter_map(|id| id.parse().ok()).collect()
}
