//! The process group that everything of one session lives in, and its end. It knows no part by name.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::{proc, wait};

/// How long members may take to end by themselves before they are killed.
const GRACE: Duration = Duration::from_secs(3);

/// Leads the group and outlives the test only to clean up after it: a test that is killed cannot run
/// `Drop`, but its end of this shell's standard input closes with it.
const SCRIPT: &str = "
trap '' TERM
read -r _
kill -TERM 0
sleep 1
rm -rf -- \"$1\"
kill -KILL 0
";

/// Owns a process group; dropping it ends every member, the polite way first.
#[derive(Debug)]
pub(crate) struct Lifeline {
    leader: Child,
    group: Pid,
}

impl Lifeline {
    /// Opens a new, empty group for a session that lives in `folder`.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let leader = Command::new("sh")
            .args(["-c", SCRIPT, "lifeline"])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("cannot start sh to lead the session's process group")?;
        let group = Pid::from_child(&leader);
        Ok(Self { leader, group })
    }

    /// Makes the program that `command` starts a member.
    pub(crate) fn adopt(&self, command: &mut Command) {
        command.process_group(self.id());
    }

    /// Id of the group, which is the process id of its leader.
    pub(crate) fn id(&self) -> i32 {
        self.group.as_raw_nonzero().get()
    }

    fn has_members(&self) -> bool {
        proc::group(self.id()).iter().any(|member| member.id != self.id())
    }
}

impl Drop for Lifeline {
    fn drop(&mut self) {
        // Failing to signal means that the group is gone already. The leader is not reaped before
        // the last signal, so the id cannot have passed to anyone else.
        let _ = kill_process_group(self.group, Signal::TERM);
        wait::until_blocking(GRACE, || !self.has_members());
        let _ = kill_process_group(self.group, Signal::KILL);
        let _ = self.leader.wait();
    }
}
