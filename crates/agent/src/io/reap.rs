//! The end of a child, waited for with a bound.

use std::{
    process::{Child, ExitStatus},
    sync::mpsc,
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};

/// A thread that only waits.
const STACK: usize = 64 * 1024;

/// Kills the group that the child leads, and waits for the child's own end, but no longer than `bound`: a process that
/// hangs within a driver does not even go for SIGKILL. It is waited for further in the background.
pub fn kill(mut child: Child, bound: Duration) -> Option<ExitStatus> {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // It may be gone already.
        let _ = kill_process_group(group, Signal::KILL);
    }
    let (sender, receiver) = mpsc::sync_channel(1);
    let wait = move || {
        // Nobody listens once the bound is over.
        let _ = sender.send(child.wait());
    };
    thread::Builder::new().name("reap".into()).stack_size(STACK).spawn(wait).ok()?;
    receiver.recv_timeout(bound).ok()?.ok()
}
