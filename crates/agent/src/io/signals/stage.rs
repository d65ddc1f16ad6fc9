//! Machines in folders, for tests.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::PathBuf,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::io::machine::Root;

/// A folder that stands for `/`.
#[derive(Debug)]
pub(crate) struct Stage(TempDir);

impl Stage {
    /// With process 1, which every machine has, and an empty `/dev`.
    pub(crate) fn new() -> Self {
        let stage = Self(tempfile::tempdir().expect("a folder for the test"));
        stage.process(1, &["/sbin/init"]);
        fs::create_dir_all(stage.path("/dev")).expect("a folder");
        stage
    }

    pub(crate) fn root(&self) -> Root {
        Root::at(self.0.path())
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root().path(path)
    }

    pub(crate) fn file(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a path with a folder")).expect("a folder");
        fs::write(path, content).expect("a file");
    }

    /// A program: a shell script.
    pub(crate) fn program(&self, path: &str, script: &str) {
        self.file(path, format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(0o755)).expect("a mode");
    }

    pub(crate) fn process(&self, pid: u32, words: &[&str]) {
        let line: String = words.iter().flat_map(|word| [word, "\0"]).collect();
        self.file(&format!("/proc/{pid}/cmdline"), line);
        self.file(&format!("/proc/{pid}/comm"), words.first().copied().unwrap_or_default());
        fs::create_dir_all(self.path(&format!("/proc/{pid}/fd"))).expect("a folder");
    }

    /// A file that the process holds open.
    pub(crate) fn holds(&self, pid: u32, number: u32, target: &str) {
        symlink(target, self.path(&format!("/proc/{pid}/fd/{number}"))).expect("a link");
    }

    pub(crate) fn link(&self, path: &str, target: &str) {
        symlink(target, self.path(path)).expect("a link");
    }
}

/// Asks again until the answer is there.
pub(crate) fn until<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    #[expect(clippy::disallowed_methods, reason = "a bound for the test, not a time that is written down")]
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "not within 20 s");
        std::thread::yield_now();
    }
}
