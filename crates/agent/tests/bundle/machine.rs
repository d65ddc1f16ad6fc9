//! A whole small machine: systemd, cloud-init, a disk of its own, a network with nothing on it but what a test puts
//! there. It boots, and ends by powering itself off.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    os::{fd::AsFd, unix::process::ExitStatusExt},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use tempfile::TempDir;

use crate::{bucket::Bucket, console::Console};

/// Where S3 is, in the machine's own network.
pub(crate) const S3: &str = "127.0.0.1:9000";
const METADATA: &str = "169.254.169.254:80";

/// Long enough for a machine on a busy computer.
pub(crate) const BOUND: Duration = Duration::from_secs(90);

/// A machine that is off.
pub(crate) struct Machine {
    disk: TempDir,
    without: &'static [&'static str],
}

/// A machine that is on.
pub(crate) struct Booted<'a> {
    pub(crate) console: Console,
    machine: &'a Machine,
    child: Child,
    ended: mpsc::Receiver<()>,
}

/// How a machine ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    PoweredOff,
    Other(ExitStatus),
}

impl Machine {
    /// A machine with user data for its first boot.
    pub(crate) fn new(user_data: &str) -> Self {
        let disk = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        let machine = Self { disk, without: &[] };
        let seed = machine.path("/var/lib/cloud/seed/nocloud");
        fs::create_dir_all(&seed).expect("a folder");
        fs::write(seed.join("user-data"), user_data).expect("written");
        fs::write(seed.join("meta-data"), "instance-id: i-0123456789abcdef0\nlocal-hostname: machine\n")
            .expect("written");
        machine
    }

    /// The machine without some of the programs of its `/usr/bin`.
    pub(crate) fn without(self, without: &'static [&'static str]) -> Self {
        Self { without, ..self }
    }

    /// Where a file lies that the machine has written, or that a test writes before it boots.
    pub(crate) fn path(&self, absolute: &str) -> PathBuf {
        self.disk.path().join("written").join(absolute.trim_start_matches('/'))
    }

    /// What a file holds that the machine has written.
    pub(crate) fn read(&self, absolute: &str) -> String {
        fs::read_to_string(self.path(absolute)).unwrap_or_default()
    }

    /// Switches it on, with a bucket on its network.
    pub(crate) fn boot(&self, bucket: &Bucket) -> Booted<'_> {
        self.boot_with(|s3, metadata| bucket.open(s3, metadata))
    }

    /// Switches it on, with whoever takes S3's and the metadata service's calls.
    pub(crate) fn boot_with(&self, open: impl FnOnce(TcpListener, TcpListener)) -> Booted<'_> {
        let console = Console::open();
        let mut child = Command::new("bash")
            .arg(script("boot.sh"))
            .args([&root(), self.disk.path(), console.far_end()])
            .args(self.without)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("bash");
        let mut said = String::new();
        let mut stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        stdout.read_line(&mut said).expect("a line");
        assert_eq!(said, "up\n", "the machine got no network; this test needs root");
        let [s3, metadata] = listeners(child.id());
        open(s3, metadata);
        drop(child.stdin.take());
        let (end, ended) = mpsc::channel();
        // The machine holds the other end for as long as it lives.
        thread::spawn(move || {
            stdout.read_line(&mut said).expect("the end");
            drop(end);
        });
        Booted { console, machine: self, child, ended }
    }
}

/// S3 and the metadata service in the network of a process, for those who answer from this one.
fn listeners(process: u32) -> [TcpListener; 2] {
    let enter = move || {
        let network = fs::File::open(format!("/proc/{process}/ns/net")).expect("its network");
        move_into_link_name_space(network.as_fd(), Some(LinkNameSpaceType::Network)).expect("root may enter");
        [S3, METADATA].map(|address| TcpListener::bind(address).expect("the machine's address"))
    };
    thread::spawn(enter).join().expect("the addresses are taken")
}

impl Booted<'_> {
    /// Runs a program on the machine, and returns what it printed.
    pub(crate) fn run(&self, words: &[&str]) -> String {
        let output = Command::new("nsenter")
            .args(["--all", "--target", &self.init().expect("it is on")])
            .args(words)
            .output()
            .expect("nsenter");
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Its first process, as this computer numbers it; none once it is off.
    fn init(&self) -> Option<String> {
        let parent = self.child.id();
        let children = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).ok()?;
        Some(children.trim().to_owned()).filter(|child| !child.is_empty())
    }

    /// Waits until it has ended by itself.
    pub(crate) fn wait(mut self) -> (End, String) {
        let waited = self.ended.recv_timeout(BOUND);
        assert_eq!(
            waited,
            Err(mpsc::RecvTimeoutError::Disconnected),
            "it is still on after {BOUND:?}:\n{}\n{}",
            self.console.text(),
            self.machine.read("/var/log/cloud-init-output.log"),
        );
        let status = self.child.wait().expect("an end");
        (End::of(status), self.console.text())
    }
}

impl Drop for Booted<'_> {
    /// Pulls the plug. Its first process takes all others with it, and only then does its parent end.
    fn drop(&mut self) {
        if let Some(init) = self.init() {
            let _ = Command::new("kill").args(["-KILL", &init]).status();
        }
        let _ = self.child.wait();
        let group = format!("curfew-machine-{}", self.child.id());
        for hierarchy in ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"] {
            remove_groups(&Path::new(hierarchy).join(&group));
        }
    }
}

impl End {
    /// The kernel ends the first process of a namespace by SIGINT when it has called for the power to be cut, and by
    /// SIGHUP when it has called for a restart (reboot(2)); unshare ends as it did.
    fn of(status: ExitStatus) -> Self {
        match (status.signal(), status.code()) {
            (Some(2), None) | (None, Some(130)) => Self::PoweredOff,
            _ => Self::Other(status),
        }
    }
}

/// Control groups are removed from the leaves on.
fn remove_groups(group: &Path) {
    let Ok(entries) = fs::read_dir(group) else { return };
    for entry in entries.flatten().filter(|entry| entry.path().is_dir()) {
        remove_groups(&entry.path());
    }
    let _ = fs::remove_dir(group);
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bundle").join(name)
}

/// The machine's system, made when it is not there yet. `CURFEW_MACHINE` names another, as `machine.sh` would make it of
/// another distribution.
fn root() -> PathBuf {
    if let Some(folder) = env::var_os("CURFEW_MACHINE") {
        return folder.into();
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.cache/machine-1");
    if !folder.exists() {
        let made = Command::new("bash").arg(script("machine.sh")).arg(&folder).output().expect("bash");
        assert!(
            made.status.success(),
            "the machine could not be made (root, debootstrap and a Debian mirror are needed):\n{}{}",
            String::from_utf8_lossy(&made.stdout),
            String::from_utf8_lossy(&made.stderr)
        );
    }
    folder.canonicalize().expect("it is there")
}
