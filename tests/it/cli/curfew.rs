//! Running the built `curfew` in a home of its own, with nothing of the test's environment; and in a terminal.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{Read, Write},
    os::fd::OwnedFd,
    path::PathBuf,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use anyhow::{Context, Result};
use curfew_tests::{binaries, stand_in::StandIn, wait};
use rustix::{
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};
use serde_json::Value;
use tempfile::TempDir;

/// Longer than any command here takes; `stop` waits for a minute at most.
const BOUND: Duration = Duration::from_secs(120);

/// A home with its own configuration and data.
#[derive(Debug)]
pub(super) struct Home {
    folder: TempDir,
    variables: Vec<(String, OsString)>,
}

/// How a command ended and what it said.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) err: String,
}

impl Said {
    /// Standard output as JSON.
    pub(super) fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.out).with_context(|| format!("no JSON: {self:?}"))
    }
}

impl Home {
    /// A home in which nothing is set up.
    pub(super) fn bare() -> Result<Self> {
        let folder = TempDir::with_prefix("curfew-cli-").context("cannot make a home")?;
        let home = Self { folder, variables: Vec::new() };
        let (config, data) = (home.path("config"), home.path("data"));
        let path = std::env::var_os("PATH").unwrap_or_default();
        Ok(home
            .with("PATH", path)
            .with("LANG", "C.UTF-8")
            .with("CURFEW_CONFIG_DIR", config)
            .with("CURFEW_DATA_DIR", data))
    }

    /// A home whose shell has the credentials of the stand-in's administrator.
    pub(super) fn of(aws: &StandIn) -> Result<Self> {
        Ok(Self::bare()?.with_all(aws.env()))
    }

    pub(super) fn with(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    pub(super) fn with_all<'a>(self, variables: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        variables.into_iter().fold(self, |home, (name, value)| home.with(name, value))
    }

    /// Writes `config.toml`.
    pub(super) fn configured(self, text: impl AsRef<[u8]>) -> Result<Self> {
        fs::create_dir_all(self.path("config"))?;
        fs::write(self.config_file(), text)?;
        Ok(self)
    }

    /// With builds of the agent, which nobody runs.
    pub(super) fn with_agents(self) -> Result<Self> {
        let agents = self.path("agents");
        fs::create_dir_all(&agents)?;
        self.build("an agent")?;
        Ok(self.with("CURFEW_AGENTS", agents))
    }

    /// Puts other builds there, that are nothing but this text.
    pub(super) fn build(&self, text: &str) -> Result<()> {
        let write = |machine| fs::write(self.path("agents").join(format!("curfew-agent-{machine}")), text);
        Ok(["x86_64", "aarch64"].into_iter().try_for_each(write)?)
    }

    /// Writes a profile.
    pub(super) fn profile(&self, name: &str, text: &str) -> Result<()> {
        let folder = self.path("config").join("profiles");
        fs::create_dir_all(&folder)?;
        Ok(fs::write(folder.join(format!("{name}.toml")), text)?)
    }

    pub(super) fn config_file(&self) -> PathBuf {
        self.path("config").join("config.toml")
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs `curfew` with these words, standard input at its end, no terminal.
    pub(super) async fn run(&self, words: &str) -> Result<Said> {
        self.run_with(words, "").await
    }

    /// The same, with a text on standard input.
    pub(super) async fn run_with(&self, words: &str, input: &str) -> Result<Said> {
        let mut command = Command::new(binaries::curfew()?);
        command.args(words.split_whitespace());
        self.finish(command, input).await
    }

    /// Starts it and goes on; what it says goes to `out`, standard error too. It is killed with the child.
    pub(super) fn start(&self, words: &str, out: &str) -> Result<tokio::process::Child> {
        let said = File::create(self.path(out))?;
        let mut command = tokio::process::Command::new(binaries::curfew()?);
        command.args(words.split_whitespace());
        command.env_clear().env("HOME", self.folder.path()).envs(self.environment());
        command.stdin(Stdio::null()).stdout(said.try_clone()?).stderr(said).kill_on_drop(true);
        Ok(command.spawn()?)
    }

    /// Runs a line of shell in which `curfew` is on the path.
    pub(super) async fn shell(&self, line: &str) -> Result<Said> {
        let mut command = Command::new("sh");
        let program = binaries::curfew()?;
        command.args(["-c", &format!("curfew() {{ '{}' \"$@\"; }}; {line}", program.display())]);
        self.finish(command, "").await
    }

    async fn finish(&self, command: Command, input: &str) -> Result<Said> {
        let typed = self.path("stdin");
        fs::write(&typed, input)?;
        let mut command = tokio::process::Command::from(command);
        command.env_clear().env("HOME", self.folder.path()).envs(self.environment());
        command.stdin(File::open(&typed)?).kill_on_drop(true);
        let output = tokio::time::timeout(BOUND, command.output()).await.context("it does not end")??;
        Ok(Said {
            code: output.status.code().context("it was killed")?,
            out: String::from_utf8(output.stdout)?,
            err: String::from_utf8(output.stderr)?,
        })
    }

    fn environment(&self) -> impl Iterator<Item = (&str, &OsString)> {
        self.variables.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Runs it in a terminal of so many columns.
    pub(super) fn terminal(&self, words: &str, columns: u16) -> Result<Screen> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        tcsetwinsize(&master, Winsize { ws_row: 40, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 })?;
        let name = ptsname(&master, Vec::new())?.into_string()?;
        let slave = File::options().read(true).write(true).open(name)?;
        // setsid gives it a session and a controlling terminal, which asking for a password needs.
        let mut command = Command::new("setsid");
        command.args(["--ctty", "--wait"]).arg(binaries::curfew()?).args(words.split_whitespace());
        command.env_clear().env("HOME", self.folder.path()).env("TERM", "xterm").envs(self.environment());
        command.stdin(Stdio::from(slave.try_clone()?)).stdout(slave.try_clone()?).stderr(slave);
        let child = tokio::process::Command::from(command).kill_on_drop(true).spawn()?;
        Screen::of(master, child)
    }
}

/// A terminal with a program in it.
pub(super) struct Screen {
    keys: File,
    shown: Arc<Mutex<Vec<u8>>>,
    reader: thread::JoinHandle<()>,
    child: tokio::process::Child,
}

impl Screen {
    fn of(master: OwnedFd, child: tokio::process::Child) -> Result<Self> {
        let keys = File::from(master);
        let mut reader = keys.try_clone()?;
        let shown = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&shown);
        // Ends with the terminal: reading fails once nobody holds its other end.
        let reader = thread::spawn(move || {
            let mut some = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut some) {
                seen.lock().unwrap().extend_from_slice(&some[..count]);
            }
        });
        Ok(Self { keys, shown, reader, child })
    }

    /// All that was shown until now.
    pub(super) fn shown(&self) -> String {
        String::from_utf8_lossy(&self.shown.lock().unwrap()).into_owned()
    }

    /// Waits until something is shown.
    pub(super) async fn until(&self, text: &str) -> Result<()> {
        let what = format!("the terminal to show {text:?}");
        wait::until(what, BOUND, async || Ok(self.shown()), |shown| shown.contains(text)).await.map(drop)
    }

    /// Types a line.
    pub(super) fn type_line(&mut self, line: &str) -> Result<()> {
        Ok(self.keys.write_all(format!("{line}\n").as_bytes())?)
    }

    /// Waits for the end; the exit code and all that was shown.
    pub(super) async fn end(mut self) -> Result<(i32, String)> {
        let status = tokio::time::timeout(BOUND, self.child.wait()).await.context("it does not end")??;
        let all_read = async || Ok(self.reader.is_finished());
        wait::until("the terminal to be read to its end", BOUND, all_read, |done| *done).await?;
        Ok((status.code().context("it was killed")?, self.shown()))
    }
}
