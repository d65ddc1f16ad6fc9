//! A process that is measured: its time and its memory, as Linux keeps them in /proc.

use std::fs;
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::clock::{Stopwatch, pause};
use crate::command;

/// Linux counts in these, on every architecture (proc(5), USER_HZ).
const TICKS_A_SECOND: u64 = 100;
/// Between two looks at what it has resident.
const LOOK: Duration = Duration::from_millis(10);

/// Ends when dropped.
pub(super) struct Running(Child);

impl Running {
    pub(super) fn start(program: &mut Command) -> Result<Self> {
        let child =
            program.spawn().with_context(|| format!("could not start `{}`", command::line(program)))?;
        Ok(Self(child))
    }

    pub(super) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Fails when it has ended.
    pub(super) fn is_alive(&mut self, name: &str) -> Result<()> {
        ensure!(self.0.try_wait()?.is_none(), "{name} ended early");
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a program took from start to end.
#[derive(Clone, Copy)]
pub(super) struct Took {
    pub(super) time: Duration,
    /// In KiB, at its highest.
    pub(super) resident: u64,
}

/// Runs it to its end.
pub(super) fn timed(program: &mut Command) -> Result<Took> {
    let watch = Stopwatch::start();
    let mut child =
        program.spawn().with_context(|| format!("could not start `{}`", command::line(program)))?;
    let mut resident = 0;
    let status: ExitStatus = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        resident = resident.max(status_field(child.id(), "VmHWM").unwrap_or(0));
        pause(LOOK);
    };
    let time = watch.elapsed();
    ensure!(status.success(), "`{}` failed ({status})", command::line(program));
    Ok(Took { time, resident })
}

/// In KiB: `VmRSS`, `VmHWM`.
pub(super) fn status_field(id: u32, name: &str) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The children of its first thread.
pub(super) fn children(id: u32) -> Vec<u32> {
    let text = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
    text.split_whitespace().filter_map(|id| id.parse().ok()).collect()
}

/// What a process and the children that it has waited for have used.
#[derive(Clone, Copy)]
pub(super) struct Used {
    own: u64,
    children: u64,
    /// Pages that children touched: none without a child.
    children_faults: u64,
}

impl Used {
    pub(super) fn of(id: u32) -> Result<Self> {
        let text = fs::read_to_string(format!("/proc/{id}/stat")).context("the process has ended")?;
        let (_, fields) = text.rsplit_once(')').context("proc(5) has changed")?;
        // From the third one on.
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let field = |number: usize| -> Result<u64> {
            fields.get(number - 3).and_then(|it| it.parse().ok()).context("proc(5) has changed")
        };
        let (own, children) = (field(14)? + field(15)?, field(16)? + field(17)?);
        Ok(Self { own, children, children_faults: field(11)? + field(13)? })
    }

    /// Per cent of one core, since then.
    #[expect(clippy::cast_precision_loss, reason = "two decimals are shown")]
    pub(super) fn percent_since(self, then: Self, time: Duration) -> f64 {
        let ticks = (self.own + self.children) - (then.own + then.children);
        ticks as f64 / TICKS_A_SECOND as f64 / time.as_secs_f64() * 100.0
    }

    /// Whether a child was started, and waited for, since then.
    pub(super) fn had_children_since(self, then: Self) -> bool {
        (self.children, self.children_faults) != (then.children, then.children_faults)
    }
}
