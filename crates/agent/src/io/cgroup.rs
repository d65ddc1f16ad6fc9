//! A control group of the command's own, where systemd has delegated one: in it no process escapes by leaving its session,
//! and the kernel says whether it killed one for want of memory. Without it the process group has to do.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use rustix::process::{Pid, Signal, kill_process};

use super::machine::Root;

/// The word after which the agent enters a group and becomes another program.
pub const ENTER: &str = "enter-cgroup";

const PROCESSES: &str = "cgroup.procs";

/// A group below the agent's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cgroup {
    folder: PathBuf,
    agent: PathBuf,
}

impl Cgroup {
    /// Makes one, if the agent may. `agent` is the agent's program, which every command enters through.
    pub fn make(root: &Root, name: &str, agent: PathBuf) -> Option<Self> {
        let own = fs::read_to_string(root.path("/proc/self/cgroup")).ok()?;
        let own = own.lines().find_map(|line| line.strip_prefix("0::"))?;
        let own = root.path(Path::new("/sys/fs/cgroup").join(own.trim_start_matches('/')));
        let folder = own.join(name);
        // Where the unified hierarchy is not mounted there, a folder would be just a folder.
        fs::metadata(own.join(PROCESSES)).ok()?;
        fs::create_dir(&folder).or_else(|error| exists(error, &folder)).ok()?;
        Some(Self { folder, agent })
    }

    /// The words with which a program enters the group before it is started: a process that is moved later may have
    /// children already.
    pub fn enter(&self, words: &[OsString]) -> Vec<OsString> {
        let before = [self.agent.as_os_str(), ENTER.as_ref(), self.folder.as_os_str()].map(OsString::from);
        before.into_iter().chain(words.iter().cloned()).collect()
    }

    /// How many of its processes the kernel has killed for want of memory. systemd has memory counted for the agent's own
    /// group and, as there is a process in that, for none below it: there the nearest group above counts, with all that
    /// is below it.
    pub fn killed_for_memory(&self) -> u64 {
        let counted = |group: &Path| fs::read_to_string(group.join("memory.events")).ok();
        let events = self.folder.ancestors().find_map(counted).unwrap_or_default();
        let killed = events.lines().find_map(|line| line.strip_prefix("oom_kill "));
        killed.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
    }

    /// Sends a signal to everyone in it.
    pub fn signal(&self, signal: Signal) {
        if signal == Signal::KILL && fs::write(self.folder.join("cgroup.kill"), "1").is_ok() {
            return;
        }
        let processes = fs::read_to_string(self.folder.join(PROCESSES)).unwrap_or_default();
        for process in processes.lines().filter_map(|line| Pid::from_raw(line.parse().ok()?)) {
            // Fails only for one that is gone.
            kill_process(process, signal).ok();
        }
    }
}

/// Enters the group with the process that calls it.
///
/// # Errors
/// It is no group, or it may not be entered.
pub fn enter(folder: &Path) -> io::Result<()> {
    fs::write(folder.join(PROCESSES), "0")
}

fn exists(error: io::Error, folder: &Path) -> io::Result<()> {
    if folder.is_dir() { Ok(()) } else { Err(error) }
}
