//! A machine that is only as real as a test needs it: the real agent with a configuration, a metadata service, a bucket and
//! programs of its own for powering off, which tell that they were called.

mod cloud;
mod docker;
mod watchdog;

use std::{
    env, fs,
    os::unix::{fs::PermissionsExt, net::UnixDatagram},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use agent::io::{
    clock,
    http::Deadline,
    s3::{Bucket, Condition},
};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde_json::json;
use tempfile::TempDir;

use crate::parts::{
    imds::Imds,
    proxy::Proxy,
    stand_in::{KEY, REGION, StandIn, aws_at},
    until,
};

pub(super) const SOON: Duration = Duration::from_secs(60);
/// What the agent says when the command has begun.
pub(super) const RUN: &str = "phase: training";
const BUCKET: &str = "runs";
/// The discard port, where nobody listens.
const NOBODY: &str = "http://127.0.0.1:9";

/// AWS, behind a proxy.
pub(super) struct Cloud {
    pub(super) proxy: Proxy,
    stand_in: StandIn,
}

impl Cloud {
    pub(super) fn start() -> Self {
        let stand_in = StandIn::start();
        let made = ureq::put(format!("{}/{BUCKET}", stand_in.url())).send_empty();
        made.expect("the bucket can be made");
        Self { proxy: Proxy::to(stand_in.url()), stand_in }
    }

    /// A machine with an environment of this name, and a command that prints and leaves a model.
    pub(super) fn machine(&self, name: &str) -> Machine {
        let made =
            self.stand_in.control("fleet", &json!([{ "region": REGION, "count": 1, "type": "g5.xlarge" }]));
        let instance = made["ids"][0].as_str().expect("an instance").to_owned();
        let imds = Imds::start();
        imds.say("dynamic/instance-identity/document", &document(&instance));
        let folder = tempfile::tempdir().expect("a temporary folder");
        Machine {
            name: name.to_owned(),
            job: format!("job-{name}"),
            sections: vec![("limits".into(), "on_end = \"terminate\"".into())],
            command: String::new(),
            run: String::new(),
            checkpoint: None,
            cloud: self.proxy.url(),
            direct: self.stand_in.url().to_owned(),
            instance,
            imds,
            elsewhere: false,
            watchdog: None,
            folder,
        }
    }

    /// All lines of a group of CloudWatch Logs.
    pub(super) fn logged(&self, group: &str) -> Vec<String> {
        let (target, body) = ("Logs_20140328.FilterLogEvents", json!({ "logGroupName": group }));
        let answer = crate::network::signed_json_at(self.stand_in.url(), "logs", target, &body);
        let events = answer["events"].as_array().expect("events").clone();
        events.iter().filter_map(|event| event["message"].as_str().map(str::to_owned)).collect()
    }

    /// Whether EC2 was told to do that to the instance.
    pub(super) fn was_asked(&self, action: &str, life: &Life) -> bool {
        self.proxy.seen().iter().any(|asked| asked.has(action) && asked.has(&life.machine.instance))
    }
}

/// What EC2 says of an instance.
pub(super) fn document(instance: &str) -> String {
    format!(
        r#"{{"accountId":"123456789012","architecture":"x86_64","availabilityZone":"us-east-1a","imageId":"ami-1",
        "instanceId":"{instance}","instanceType":"g5.xlarge","pendingTime":"2026-01-02T03:04:05Z","privateIp":"10.0.0.9",
        "region":"us-east-1","version":"2017-09-30","kernelId":null}}"#
    )
}

/// A machine that has not booted.
pub(super) struct Machine {
    name: String,
    job: String,
    sections: Vec<(String, String)>,
    command: String,
    /// More of `[run]`.
    run: String,
    checkpoint: Option<String>,
    cloud: String,
    direct: String,
    pub(super) instance: String,
    pub(super) imds: Imds,
    /// Nobody answers as metadata service.
    elsewhere: bool,
    /// Where systemd would listen.
    watchdog: Option<UnixDatagram>,
    folder: TempDir,
}

impl Machine {
    /// A section of `agent.toml`, in place of the one that is there.
    pub(super) fn with(mut self, section: &str, text: &str) -> Self {
        self.sections.retain(|(name, _)| name != section);
        self.sections.push((section.to_owned(), text.to_owned()));
        self
    }

    /// What the work does after it has printed a line and left a model.
    pub(super) fn command(self, command: &str) -> Self {
        Self { command: command.to_owned(), ..self }
    }

    /// Another line of `[run]`.
    pub(super) fn run(self, line: &str) -> Self {
        Self { run: format!("{}{line}\n", self.run), ..self }
    }

    pub(super) fn checkpoint(self, command: &str) -> Self {
        Self { checkpoint: Some(command.to_owned()), ..self }
    }

    pub(super) fn job(self, job: &str) -> Self {
        Self { job: job.to_owned(), ..self }
    }

    /// `shutdown` fails.
    pub(super) fn shutdown_fails(self) -> Self {
        fs::write(self.path("shutdown-fails"), "").expect("a file");
        self
    }

    /// Not on EC2.
    pub(super) fn without_metadata(self) -> Self {
        Self { elsewhere: true, ..self }
    }

    /// EC2 does not know the instance.
    pub(super) fn unknown_to_ec2(self) -> Self {
        self.imds.say("dynamic/instance-identity/document", &document("i-00000000000000000"));
        self
    }

    /// The run has been going on for so long, as far as this machine remembers.
    pub(super) fn aged(self, elapsed: Duration) -> Self {
        let now = clock::now();
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").expect("Linux");
        let age = json!({ "boot": boot.trim(), "elapsed": elapsed, "up": now.up, "wall": now.wall });
        let memory = json!({ "run_id": "2026-01-02-030405", "start": "2026-01-02T03:04:05Z", "age": age,
            "phase": "initialization", "begun": 1 });
        fs::create_dir_all(self.path("state")).expect("a folder");
        fs::write(self.path("state/run.json"), memory.to_string()).expect("a file");
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn config(&self) -> String {
        let home = self.folder.path().display();
        let run = format!(
            "environment = \"{}\"\nbucket = \"{BUCKET}\"\nworkdir = \"{home}/work\"\n{}command = '''mkdir -p {home}/out; \
             printf weights > {home}/out/model.bin; echo epoch 1\n{}'''\n[[run.results]]\nfrom = \"{home}/out\"\nto = \"models/\"",
            self.name, self.run, self.command
        );
        let mut text: String =
            self.sections.iter().map(|(name, section)| format!("[{name}]\n{section}\n")).collect();
        text += &format!("[preflight]\ndisk_gib = 1\n[run]\n{run}\n");
        if let Some(command) = &self.checkpoint {
            text += &format!(
                "[checkpoint]\njob_id = \"{}\"\ndirectory = \"{home}/checkpoints\"\ndeadline = \"3s\"\ncommand = '''{command}'''\n",
                self.job
            );
        }
        text
    }

    /// Programs that tell of their being called instead of doing it.
    fn programs(&self) -> String {
        let bin = self.path("bin");
        fs::create_dir_all(&bin).expect("a folder");
        let home = self.folder.path().display();
        self.docker(&bin);
        for (name, fails) in [("shutdown", true), ("poweroff", false)] {
            let fail = if fails { format!("test ! -e {home}/shutdown-fails") } else { "true".into() };
            let script = format!("#!/bin/sh\necho \"{name} $*\" >> {home}/ways\n{fail}\n");
            fs::write(bin.join(name), script).expect("a script");
            fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).expect("a program");
        }
        format!("{}:{}", bin.display(), env::var("PATH").unwrap_or_default())
    }

    fn agent(&self, log: &str) -> Child {
        let out = fs::File::create(self.path(log)).expect("a file");
        let socket = self.path("notify");
        let watched = [("NOTIFY_SOCKET", socket.as_os_str()), ("WATCHDOG_USEC", "20000".as_ref())];
        Command::new(env!("CARGO_BIN_EXE_curfew-agent"))
            .args(["up", "--config"])
            .arg(self.path("agent.toml"))
            .env_clear()
            .env("PATH", self.programs())
            .env("HOME", self.folder.path())
            .envs(env::var_os("DOCKER_HOST").map(|host| ("DOCKER_HOST", host)))
            .env("STATE_DIRECTORY", self.path("state"))
            .env("AWS_ENDPOINT_URL", &self.cloud)
            .env(
                "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                if self.elsewhere { NOBODY.into() } else { self.imds.url() },
            )
            .envs(watched.into_iter().filter(|_| self.watchdog.is_some()))
            .env("AWS_ACCESS_KEY_ID", KEY.0)
            .env("AWS_SECRET_ACCESS_KEY", KEY.1)
            .stdin(Stdio::null())
            .stdout(out.try_clone().expect("a file"))
            .stderr(out)
            .spawn()
            .expect("the agent can be started")
    }

    /// Starts the agent.
    pub(super) fn boot(self) -> Life {
        fs::create_dir_all(self.path("checkpoints")).expect("a folder");
        fs::write(self.path("agent.toml"), self.config()).expect("a file");
        let agent = self.agent("log-1");
        Life { agent, machine: self, logs: 1 }
    }

    /// Starts the agent with a configuration that it does not take: its exit code, and what it says.
    pub(super) fn refused(&self, text: &str) -> (Option<i32>, String) {
        fs::write(self.path("agent.toml"), text).expect("a file");
        let status = self.agent("log-1").wait().expect("it ends");
        (status.code(), read(&self.path("log-1")))
    }
}

/// A machine that runs.
pub(super) struct Life {
    agent: Child,
    pub(super) machine: Machine,
    logs: usize,
}

impl Life {
    /// All that the agent has said since it was started last.
    pub(super) fn said(&self) -> String {
        read(&self.machine.path(&format!("log-{}", self.logs)))
    }

    /// Waits until it says so.
    pub(super) fn says(&self, text: &str) {
        until::holds(SOON, || self.said().contains(text))
            .unwrap_or_else(|()| panic!("no {text:?} in {}", self.said()));
    }

    /// The ways to power off that were tried on the machine itself.
    pub(super) fn ways(&self) -> Vec<String> {
        read(&self.machine.path("ways")).lines().map(str::to_owned).collect()
    }

    /// Waits until the machine powers off, the usual way.
    pub(super) fn powered_off(&self, bound: Duration) {
        self.powered_off_by("shutdown -h now", bound);
    }

    /// Waits until the machine powers off this way.
    pub(super) fn powered_off_by(&self, way: &str, bound: Duration) {
        let off = || self.ways().iter().any(|tried| tried == way);
        until::holds(bound, off)
            .unwrap_or_else(|()| panic!("no {way:?}: {:?}\n{}", self.ways(), self.said()));
    }

    /// Waits until EC2 was asked for that.
    pub(super) fn asked_of_ec2(&self, cloud: &Cloud, action: &str) {
        until::holds(SOON, || cloud.was_asked(action, self))
            .unwrap_or_else(|()| panic!("EC2 was not asked for {action}: {}", self.said()));
    }

    /// An object below the run's prefix; the newest run's.
    pub(super) fn object(&self, name: &str) -> Option<Vec<u8>> {
        let prefix = format!("{}/", self.machine.name);
        self.find(&prefix, &format!("/{name}"))
    }

    /// A file of the job's newest checkpoint.
    pub(super) fn checkpoint(&self, name: &str) -> Vec<u8> {
        let prefix = format!("checkpoints/{}/", self.machine.job);
        self.find(&prefix, &format!("/{name}"))
            .unwrap_or_else(|| panic!("no {name} in {prefix}: {}", self.said()))
    }

    /// A log as it lies in the bucket.
    pub(super) fn log(&self, name: &str) -> String {
        let bytes = self.object(&format!("logs/{name}")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    pub(super) fn holds_the_environment(&self) -> bool {
        self.find(&format!("{}/system-state.json", self.machine.name), "").is_some()
    }

    fn bucket(&self) -> Bucket {
        Bucket::new(aws_at(&self.machine.direct), BUCKET, REGION)
    }

    fn find(&self, prefix: &str, end: &str) -> Option<Vec<u8>> {
        let (bucket, by) = (self.bucket(), Deadline::after(SOON));
        let found = bucket.list(prefix, &by).expect("it can be listed");
        let key = found.iter().rev().map(|object| &object.key).find(|key| key.ends_with(end))?;
        Some(bucket.get_bytes(key, 1 << 20, &by).expect("it was listed").0)
    }

    /// Puts an object into the bucket.
    pub(super) fn put(&self, key: &str, bytes: &[u8]) {
        self.bucket()
            .put_bytes(key, bytes, &Condition::Always, &Deadline::after(SOON))
            .expect("it can be written");
    }

    /// A file in the machine's home.
    pub(super) fn write(&self, name: &str, text: &str) {
        fs::write(self.machine.path(name), text).expect("a file");
    }

    pub(super) fn read(&self, name: &str) -> String {
        read(&self.machine.path(name))
    }

    /// The agent is killed on the spot, with all that runs below it, as systemd does; and started again.
    pub(super) fn kill_and_restart(&mut self) {
        self.kill();
        self.logs += 1;
        self.agent = self.machine.agent(&format!("log-{}", self.logs));
    }

    /// Tells the agent to end, and waits for it.
    pub(super) fn terminate(&mut self) -> Option<i32> {
        kill_process(Pid::from_child(&self.agent), Signal::TERM).expect("it runs");
        self.agent.wait().expect("it ends").code()
    }

    fn kill(&mut self) {
        let group = children(self.agent.id());
        self.agent.kill().ok();
        self.agent.wait().ok();
        for child in group.into_iter().filter_map(Pid::from_raw) {
            kill_process_group(child, Signal::KILL).ok();
        }
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        self.kill();
        self.machine.empty();
    }
}

/// The processes that the agent started itself: each leads a group.
fn children(agent: u32) -> Vec<i32> {
    let of = |task: &Path| read(&task.join("children"));
    let tasks = fs::read_dir(format!("/proc/{agent}/task")).into_iter().flatten().flatten();
    let lists: Vec<String> = tasks.map(|task| of(&task.path())).collect();
    lists.iter().flat_map(|list| list.split_whitespace()).filter_map(|id| id.parse().ok()).collect()
}

fn read(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
}
