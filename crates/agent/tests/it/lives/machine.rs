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

use agent::io::clock;
use serde_json::json;
use tempfile::TempDir;

use super::life::Life;
use crate::parts::{
    bucket::{self, BUCKET},
    imds::{Imds, document},
    proxy::Proxy,
    stand_in::{KEY, StandIn},
};

pub(super) use crate::parts::stand_in::REGION;

pub(super) const SOON: Duration = Duration::from_secs(60);
/// What the agent says when the command has begun.
pub(super) const RUN: &str = "phase: training";
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
        bucket::make(&stand_in);
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
            checkpoint: None,
            bucket: BUCKET.into(),
            run: String::new(),
            data: None,
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

    /// Puts an object into the bucket.
    pub(super) fn put(&self, key: &str, bytes: &[u8]) {
        bucket::put(self.stand_in.url(), key, bytes);
    }

    /// Whether EC2 was told to do that to the instance.
    pub(super) fn was_asked(&self, action: &str, life: &Life) -> bool {
        self.proxy.seen().iter().any(|asked| asked.has(action) && asked.has(&life.machine.instance))
    }
}

/// A machine that has not booted.
pub(super) struct Machine {
    pub(super) name: String,
    pub(super) job: String,
    sections: Vec<(String, String)>,
    command: String,
    checkpoint: Option<String>,
    bucket: String,
    /// More of `[run]`.
    run: String,
    data: Option<String>,
    cloud: String,
    pub(super) direct: String,
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

    /// Another bucket than the one that is there.
    pub(super) fn bucket(self, bucket: &str) -> Self {
        Self { bucket: bucket.to_owned(), ..self }
    }

    /// Data from below this prefix of the bucket, to `data` in the machine's home.
    pub(super) fn data(self, prefix: &str) -> Self {
        Self { data: Some(prefix.to_owned()), ..self }
    }

    /// Its hardware is EC2's, whatever the metadata service says.
    pub(super) fn of_ec2(self) -> Self {
        let vendor = self.path("root/sys/class/dmi/id/sys_vendor");
        fs::create_dir_all(vendor.parent().expect("a folder")).expect("folders");
        fs::write(vendor, "Amazon EC2\n").expect("a file");
        self
    }

    /// A file in the machine's home that is there before it boots.
    pub(super) fn file(self, name: &str, text: &str) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, text).expect("a file");
        self
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

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn config(&self) -> String {
        let home = self.folder.path().display();
        let run = format!(
            "environment = \"{}\"\nbucket = \"{}\"\nworkdir = \"{home}/work\"\n{}command = '''mkdir -p {home}/out; \
             printf weights > {home}/out/model.bin; echo epoch 1\n{}'''\n[[run.results]]\nfrom = \"{home}/out\"\nto = \"models/\"",
            self.name, self.bucket, self.run, self.command
        );
        let mut text: String =
            self.sections.iter().map(|(name, section)| format!("[{name}]\n{section}\n")).collect();
        text += &format!("[preflight]\ndisk_gib = 1\n[run]\n{run}\n");
        if let Some(prefix) = &self.data {
            text += &format!("[[run.data]]\nfrom = \"s3://{BUCKET}/{prefix}\"\nto = \"{home}/data\"\n");
        }
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

    pub(super) fn agent(&self, log: &str) -> Child {
        let out = fs::File::create(self.path(log)).expect("a file");
        let socket = self.path("notify");
        let watched = [("NOTIFY_SOCKET", socket.as_os_str()), ("WATCHDOG_USEC", "20000".as_ref())];
        Command::new(env!("CARGO_BIN_EXE_curfew-agent"))
            .args(["up", "--config"])
            .arg(self.path("agent.toml"))
            .env_clear()
            .env("PATH", self.programs())
            .env("HOME", self.folder.path())
            .envs(Some(self.path("root")).filter(|root| root.exists()).map(|root| ("CURFEW_ROOT", root)))
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
        Life::of(self, agent)
    }

    /// Starts the agent with a configuration that it does not take, or none: its exit code, and what it says.
    pub(super) fn refused(&self, text: Option<&str>) -> (Option<i32>, String) {
        if let Some(text) = text {
            fs::write(self.path("agent.toml"), text).expect("a file");
        }
        let status = self.agent("log-1").wait().expect("it ends");
        (status.code(), read(&self.path("log-1")))
    }
}

pub(super) fn read(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
}
