//! Machines under qemu, each with a metadata service, a network and a console of its own; and the cloud that they are in.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    initramfs::Initramfs,
    instance,
    parts::{
        bucket::{self, BUCKET},
        imds::{Imds, document},
        stand_in::StandIn,
        until,
    },
    program,
};

/// For a whole life, on a computer that emulates the machine and does other things too.
pub(crate) const BOUND: Duration = Duration::from_secs(200);
/// In MiB: enough to boot, and soon full.
const MEMORY: &str = "192";
const DISK: u64 = 64 << 20;

/// AWS, as the machines see it.
pub(crate) struct Cloud {
    stand_in: StandIn,
}

impl Cloud {
    pub(crate) fn start() -> Self {
        let stand_in = StandIn::start();
        bucket::make(&stand_in);
        Self { stand_in }
    }

    /// A machine with an environment of this name, and a command that prints and leaves a model.
    pub(crate) fn machine(&self, name: &str) -> Machine<'_> {
        Machine {
            cloud: self,
            name: name.to_owned(),
            imds: instance::launch(&self.stand_in),
            sections: vec![
                ("limits".into(), "max_runtime = \"30m\"\non_end = \"terminate\"".into()),
                ("preflight".into(), "disk_gib = 1".into()),
            ],
            command: String::new(),
            prepare: String::new(),
            files: vec![
                ("/init".into(), include_str!("init.sh").into()),
                ("/sbin/agent".into(), include_str!("agent.sh").into()),
                ("/sbin/shutdown".into(), "#!/bin/sh\nexec poweroff\n".into()),
            ],
        }
    }

    /// Whether EC2 was told to do that by anybody, and said that it does.
    pub(crate) fn agreed_to(&self, action: &str) -> bool {
        let calls = self.stand_in.ask(&format!("calls?service=ec2&action={action}&status=200"));
        calls.to_string().contains(action)
    }
}

/// A machine that is off.
pub(crate) struct Machine<'a> {
    cloud: &'a Cloud,
    name: String,
    imds: Imds,
    sections: Vec<(String, String)>,
    command: String,
    prepare: String,
    files: Vec<(String, String)>,
}

impl<'a> Machine<'a> {
    /// A section of `agent.toml`, in place of the one that is there.
    pub(crate) fn with(mut self, section: &str, text: &str) -> Self {
        self.sections.retain(|(name, _)| name != section);
        self.sections.push((section.to_owned(), text.to_owned()));
        self
    }

    /// What the work does after it has printed a line and left a model.
    pub(crate) fn command(self, command: &str) -> Self {
        Self { command: command.to_owned(), ..self }
    }

    /// What is done on it before the agent starts.
    pub(crate) fn prepare(self, lines: &str) -> Self {
        Self { prepare: format!("{}{lines}\n", self.prepare), ..self }
    }

    /// A program in place of the one that is there; none if it is empty.
    pub(crate) fn file(mut self, path: &str, text: &str) -> Self {
        self.files.retain(|(known, _)| known != path);
        if !text.is_empty() {
            self.files.push((path.to_owned(), text.to_owned()));
        }
        self
    }

    /// EC2 does not know the instance.
    pub(crate) fn unknown_to_ec2(self) -> Self {
        self.imds.say("dynamic/instance-identity/document", &document("i-00000000000000000"));
        self
    }

    fn config(&self) -> String {
        let sections = self.sections.iter().map(|(name, section)| format!("[{name}]\n{section}\n"));
        sections.collect::<String>()
            + &format!(
                "[run]\nenvironment = \"{}\"\nbucket = \"{BUCKET}\"\nworkdir = \"/job\"\n\
                 command = '''mkdir -p /job/out; printf weights >/job/out/model.bin; echo epoch 1\n{}'''\n\
                 [[run.results]]\nfrom = \"/job/out\"\nto = \"models/\"\n",
                self.name, self.command
            )
    }

    fn initramfs(&self, kernel: &Path) -> Vec<u8> {
        let mut all = Initramfs::default();
        let folders = ["bin", "sbin", "etc", "etc/curfew", "modules", "usr", "usr/local", "usr/local/bin"];
        folders.iter().for_each(|folder| all.folder(folder));
        let busybox = fs::read("/bin/busybox").expect("busybox-static is installed");
        all.program("/bin/busybox", &busybox);
        all.program("/bin/sh", &busybox);
        all.program("/usr/local/bin/curfew-agent", &fs::read(program::shipped()).expect("it is built"));
        for module in fs::read_dir(kernel.join("modules")).expect("its modules") {
            let module = module.expect("a module");
            let name = module.file_name().into_string().expect("its name is plain");
            all.program(&format!("/modules/{name}"), &fs::read(module.path()).expect("it can be read"));
        }
        for (path, text) in &self.files {
            all.program(path, text.as_bytes());
        }
        // As under systemd, it is started again.
        all.program("/etc/inittab", b"::respawn:/sbin/agent\n");
        let (_, port) = self.cloud.stand_in.url().rsplit_once(':').expect("a port");
        let environment = format!("export AWS_ENDPOINT_URL=http://10.0.2.2:{port}\n");
        all.program("/environment", environment.as_bytes());
        all.program("/prepare", self.prepare.as_bytes());
        all.program("/etc/curfew/agent.toml", self.config().as_bytes());
        all.finish()
    }

    /// Switches it on.
    pub(crate) fn boot(self) -> Life<'a> {
        let folder = tempfile::tempdir().expect("a folder");
        let (kernel, path) = (kernel(), |name: &str| folder.path().join(name));
        fs::write(path("initramfs"), self.initramfs(&kernel)).expect("written");
        fs::File::create(path("disk")).and_then(|disk| disk.set_len(DISK)).expect("a disk");
        let made = Command::new("/sbin/mkfs.ext4").args(["-q", "-F"]).arg(path("disk")).status();
        assert!(made.expect("e2fsprogs is installed").success(), "the disk cannot be formatted");
        let qemu =
            qemu(&kernel, folder.path(), &self.imds.url()).spawn().expect("qemu-system-x86 is installed");
        Life { qemu: Mutex::new(qemu), machine: self, folder }
    }
}

/// The machine as hardware: as small as can be, and EC2's by its maker's name. It ends when it powers itself off, and
/// does not begin anew. It is emulated: that boots in seconds everywhere, while a computer that is a machine itself often
/// has a KVM that cannot run a common kernel. On a busy computer an emulated timer looks broken to a kernel that checks it.
fn qemu(kernel: &Path, folder: &Path, imds: &str) -> Command {
    let (_, port) = imds.rsplit_once(':').expect("a port");
    let path = |name: &str| folder.join(name).display().to_string();
    let metadata = format!(
        "user,id=metadata,net=169.254.169.0/24,restrict=on,guestfwd=tcp:169.254.169.254:80-cmd:busybox nc 127.0.0.1 {port}"
    );
    // The machine goes with the test that has booted it.
    let mut qemu = Command::new("setpriv");
    qemu.args(["--pdeathsig", "KILL", "qemu-system-x86_64"])
        .args(["-accel", "tcg", "-cpu", "max", "-m", MEMORY])
        .args(["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none"])
        .args(["-smbios", "type=1,manufacturer=Amazon EC2"])
        .args(["-kernel", &kernel.join("vmlinuz").display().to_string(), "-initrd", &path("initramfs")])
        .args(["-append", "console=ttyS0 loglevel=4 panic=1 mitigations=off no_timer_check"])
        .args(["-serial", &format!("file:{}", path("console"))])
        .args(["-drive", &format!("file={},format=raw,if=virtio", path("disk"))])
        .args(["-netdev", "user,id=network", "-device", "virtio-net-pci,netdev=network,romfile="])
        .args(["-netdev", &metadata, "-device", "virtio-net-pci,netdev=metadata,romfile="])
        .stdin(Stdio::null());
    qemu
}

/// The distribution's kernel, fetched when it is not there yet.
fn kernel() -> PathBuf {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = ours.join("../../.cache/kernel-1");
    if !folder.exists() {
        let made =
            Command::new("bash").arg(ours.join("tests/vm/kernel.sh")).arg(&folder).output().expect("bash");
        let said = [made.stdout, made.stderr].concat();
        assert!(made.status.success(), "there is no kernel:\n{}", String::from_utf8_lossy(&said));
    }
    folder.canonicalize().expect("it is there")
}

/// A machine that is on.
pub(crate) struct Life<'a> {
    qemu: Mutex<Child>,
    machine: Machine<'a>,
    folder: TempDir,
}

impl Life<'_> {
    /// All that was written on its console.
    pub(crate) fn console(&self) -> String {
        let bytes = fs::read(self.folder.path().join("console")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).replace('\r', "")
    }

    /// Waits until its power is off, by its own doing, and says what was on its console.
    pub(crate) fn powered_off(&self) -> String {
        let ended = || self.qemu.lock().unwrap_or_else(PoisonError::into_inner).try_wait().unwrap().is_some();
        let off = until::holds(BOUND, ended);
        let console = self.console();
        assert!(off.is_ok(), "it is still on after {BOUND:?}:\n{console}");
        assert!(console.contains("reboot: Power down"), "it did not power off, but fell:\n{console}");
        console
    }

    /// An object below the run's prefix; the newest run's.
    pub(crate) fn object(&self, name: &str) -> Option<Vec<u8>> {
        let prefix = format!("{}/", self.machine.name);
        bucket::find(self.machine.cloud.stand_in.url(), &prefix, &format!("/{name}"))
    }

    /// A log as it lies in the bucket.
    pub(crate) fn log(&self, name: &str) -> String {
        let bytes = self.object(&format!("logs/{name}")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// `training.json`.
    pub(crate) fn training(&self) -> Value {
        let bytes = self.object("training.json");
        let bytes = bytes.unwrap_or_else(|| panic!("no training.json: {}", self.console()));
        serde_json::from_slice(&bytes).expect("JSON")
    }
}

impl Drop for Life<'_> {
    /// Pulls the plug.
    fn drop(&mut self) {
        let qemu = self.qemu.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = qemu.kill();
        let _ = qemu.wait();
    }
}
