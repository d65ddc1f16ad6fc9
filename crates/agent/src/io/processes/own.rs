//! The agent's own processes: a pattern that stands in its own command line must not keep the machine up.

use std::{collections::BTreeSet, fs};

use super::super::machine::Root;

/// How far up the line of parents is followed.
const GENERATIONS: usize = 32;

/// The agent, what started it, and the programs that measure for it.
#[derive(Clone, Debug, Default)]
pub struct Own {
    line: BTreeSet<u32>,
    gauges: BTreeSet<u32>,
}

impl Own {
    /// The agent and its parents up to process 1.
    pub fn of(root: &Root) -> Self {
        let mut line = BTreeSet::new();
        let own = fs::read_link(root.path("/proc/self")).ok();
        let mut next = own.and_then(|link| link.to_str()?.parse().ok());
        while let Some(pid) = next.filter(|pid| *pid > 0 && line.len() < GENERATIONS) {
            line.insert(pid);
            next = parent(root, pid);
        }
        Self { line, gauges: BTreeSet::new() }
    }

    /// The programs that measure for it at present.
    pub fn set_gauges(&mut self, gauges: impl IntoIterator<Item = u32>) {
        self.gauges = crate::ordered::set(gauges);
    }

    pub(super) fn is_own(&self, pid: u32) -> bool {
        self.line.contains(&pid) || self.is_gauge(pid)
    }

    pub(super) fn is_gauge(&self, pid: u32) -> bool {
        self.gauges.contains(&pid)
    }
}

/// A process's parent: the second word after the name, which stands in brackets and may hold anything: proc_pid_stat(5).
pub(in crate::io) fn parent(root: &Root, pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(root.path(format!("/proc/{pid}/stat"))).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}
