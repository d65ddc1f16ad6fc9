//! Docker, or what a test needs of it. `CURFEW_CONTAINER` names a container of a real one, running or not, that has `/tmp`
//! mounted in the same place; else a program stands in whose commands run in a process namespace of their own, get no
//! signal from it, and outlive it.

use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use rustix::process::{Pid, Signal, kill_process};

use super::Machine;

const CONTAINER: &str = "CURFEW_CONTAINER";

/// The far end sets its variables only for what it starts, and answers for it as Docker does: 128 and the signal.
const STAND_IN: &str = r#"#!/bin/sh
[ "$1" != start ] || exit 0
shift
[ "$(id -u)" = 0 ] || user="--user --map-root-user"
setsid unshare $user --pid --fork sh -c '
    while [ "$1" = --env ]; do export "$2"; shift 2; done
    shift
    "$@"
    exit $?' sh "$@" &
wait $!
"#;

impl Machine {
    /// Commands run in a container, with a mark of the test's own.
    pub(crate) fn in_container(self) -> Self {
        let container = env::var(CONTAINER).unwrap_or_else(|_| "trainer".into());
        let mark = self.home();
        self.run(&format!("container = \"{container}\"\nenv = {{ MARK = \"{mark}\" }}"))
    }

    pub(super) fn docker(&self, bin: &Path) {
        if env::var_os(CONTAINER).is_none() {
            fs::write(bin.join("docker"), STAND_IN).expect("a script");
            fs::set_permissions(bin.join("docker"), fs::Permissions::from_mode(0o755)).expect("a program");
        }
    }

    /// How many processes run in the container.
    pub(crate) fn inside(&self) -> usize {
        self.processes().len()
    }

    /// Ends what still runs in the container: it outlives its agent.
    pub(in super::super) fn empty(&self) {
        for process in self.processes() {
            kill_process(process, Signal::KILL).ok();
        }
    }

    fn processes(&self) -> Vec<Pid> {
        let mark = format!("MARK={}", self.home());
        let is_marked = |process: &PathBuf| {
            let environment = fs::read(process.join("environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
        };
        let entries = fs::read_dir("/proc").expect("Linux").flatten().map(|entry| entry.path());
        let id = |process: PathBuf| Pid::from_raw(process.file_name()?.to_str()?.parse().ok()?);
        entries.filter(is_marked).filter_map(id).collect()
    }

    /// Where its files are.
    pub(crate) fn home(&self) -> String {
        self.folder.path().display().to_string()
    }
}
