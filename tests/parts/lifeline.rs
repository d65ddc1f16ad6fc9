//! The process group that everything of one session lives in, and its end. It knows no part by name.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};

use crate::proc::{self, Running};
use crate::wait;

/// How long members may take to end by themselves before they are killed.
const GRACE: Duration = Duration::from_secs(3);

/// Leads the group and outlives the test only to clean up after it: a test that is killed cannot run
/// `Drop`, but its end of this shell's standard input closes with it.
const SCRIPT: &str = include_str!("lifeline.sh");

/// Owns everything that lives in a process group or in a home folder; dropping it ends all of it, the
/// polite way first.
#[derive(Debug)]
pub(crate) struct Lifeline {
    leader: Child,
    group: Pid,
    home: PathBuf,
}

impl Lifeline {
    /// Opens a new, empty group for a session that lives in `folder` and whose programs have `home` in
    /// it as their `HOME`.
    pub(crate) fn open(folder: &Path, home: PathBuf) -> Result<Self> {
        let leader = Command::new("sh")
            .args(["-c", SCRIPT, "lifeline"])
            .args([folder, &home])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("cannot start sh to lead the session's process group")?;
        let group = Pid::from_child(&leader);
        Ok(Self { leader, group, home })
    }

    /// Makes the program that `command` starts a member.
    pub(crate) fn adopt(&self, command: &mut Command) {
        command.process_group(self.id());
    }

    /// Id of the group, which is the process id of its leader.
    pub(crate) fn id(&self) -> i32 {
        self.group.as_raw_nonzero().get()
    }

    /// Everything that runs in it, its leader left out.
    pub(crate) fn members(&self) -> Vec<Running> {
        let all = proc::in_group_or_home(self.id(), &self.home);
        all.into_iter().filter(|process| process.id != self.id()).collect()
    }

    /// Failing to signal means that a process has ended meanwhile.
    fn signal(&self, signal: Signal) {
        for member in self.members() {
            if let Some(id) = Pid::from_raw(member.id) {
                let _ = kill_process(id, signal);
            }
        }
    }
}

impl Drop for Lifeline {
    fn drop(&mut self) {
        self.signal(Signal::TERM);
        wait::until_blocking(GRACE, || self.members().is_empty());
        self.signal(Signal::KILL);
        wait::until_blocking(GRACE, || self.members().is_empty());
        // The leader goes last: as long as it is not reaped, its id cannot pass to anyone else.
        let _ = self.leader.kill();
        let _ = self.leader.wait();
    }
}
