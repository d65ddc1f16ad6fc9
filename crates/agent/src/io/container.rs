//! Commands in a container, by `docker exec`. That program passes no signal on, and its own end leaves the command running:
//! so each command carries a mark in its environment, which its children inherit, and the processes that carry it are
//! signalled from outside, where root sees them in `/proc`. It needs no `kill` in the container and no answer from Docker.

use std::{
    collections::BTreeSet,
    ffi::{OsStr, OsString},
    fs,
    path::Path,
};

use rustix::process::{Pid, Signal, kill_process};

use super::{clock, machine::Root, processes};

/// The variable that is the mark: whose command it is, and which.
const MARK: &str = "CURFEW_EXEC";
/// A parent that keeps the mark when the command clears its environment, and outlives a SIGTERM to tell the command's end.
const KEEP: &str = r#"trap : TERM; "$@"; exit $?"#;
/// An environment that is longer is not read to its end.
const LONGEST: u64 = 4 << 20;
/// What is to be killed may have become more meanwhile.
const ROUNDS: usize = 10;

/// The processes of one command in a container; or of every command that its owner ever started in one.
#[derive(Clone, Debug)]
pub struct Inside {
    root: Root,
    /// What their variable begins with.
    mark: String,
}

impl Inside {
    /// A command that is about to be started. `owner` is the folder that its agent keeps its state in.
    pub fn new(root: &Root, owner: &Path) -> Self {
        let mut inside = Self::left(root, owner);
        inside.mark += &format!("{}.", clock::now().up.as_nanos());
        inside
    }

    /// What an agent has left that was killed.
    pub fn left(root: &Root, owner: &Path) -> Self {
        Self { root: root.clone(), mark: format!("{MARK}={}:", owner.display()) }
    }

    /// The words that run a line by the shell of a container.
    pub fn exec(&self, container: &str, variables: &[(OsString, OsString)], line: &str) -> Vec<OsString> {
        let mut words: Vec<OsString> = ["docker", "exec"].map(OsString::from).into();
        let own = variables.iter().map(|(name, value)| [name.as_os_str(), value].join(OsStr::new("=")));
        for variable in own.chain([OsString::from(&self.mark)]) {
            words.extend(["--env".into(), variable]);
        }
        words.extend([container, "sh", "-c", KEEP, "sh", "sh", "-c", line].map(OsString::from));
        words
    }

    /// Sends all of them a signal.
    pub fn signal(&self, signal: Signal) {
        send(&self.processes(), signal);
    }

    /// Kills all of them, and says whether there was anybody. They are stopped first: who is stopped has no more children,
    /// and is still there to show whose child another is.
    pub fn kill(&self) -> bool {
        let mut stopped = BTreeSet::new();
        for _ in 0..ROUNDS {
            let found = self.processes();
            let before = stopped.len();
            send(&found, Signal::STOP);
            stopped.extend(found);
            if stopped.len() == before {
                break;
            }
        }
        send(&stopped, Signal::KILL);
        !stopped.is_empty()
    }

    /// How many processes the kernel has killed for want of memory, in whatever group: the container's own is Docker's
    /// to know.
    pub fn killed_for_memory(&self) -> u64 {
        let events = fs::read_to_string(self.root.path("/proc/vmstat")).unwrap_or_default();
        let killed = events.lines().find_map(|line| line.strip_prefix("oom_kill "));
        killed.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
    }

    /// Those that carry the mark, and their children, whose environment may have been cleared.
    fn processes(&self) -> BTreeSet<u32> {
        let mut buffer = Vec::new();
        let (mut found, mut others) = (BTreeSet::new(), Vec::new());
        for pid in self.all() {
            if self.is_marked(pid, &mut buffer) {
                found.insert(pid);
            } else if let Some(parent) = processes::parent(&self.root, pid) {
                others.push((pid, parent));
            }
        }
        loop {
            let before = found.len();
            for (pid, parent) in &others {
                if found.contains(parent) {
                    found.insert(*pid);
                }
            }
            if found.len() == before {
                return found;
            }
        }
    }

    fn all(&self) -> Vec<u32> {
        let entries = fs::read_dir(self.root.path("/proc")).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
    }

    fn is_marked(&self, pid: u32, buffer: &mut Vec<u8>) -> bool {
        let path = self.root.path(format!("/proc/{pid}/environ"));
        // One that is gone, or whose owner is nobody's business, is none of ours.
        if processes::read(&path, LONGEST, buffer).is_err() {
            return false;
        }
        buffer.split(|byte| *byte == 0).any(|variable| variable.starts_with(self.mark.as_bytes()))
    }
}

fn send(processes: &BTreeSet<u32>, signal: Signal) {
    for process in processes.iter().filter_map(|pid| Pid::from_raw(i32::try_from(*pid).ok()?)) {
        // Fails only for one that is gone.
        kill_process(process, signal).ok();
    }
}
