//! One program that a test started: its log, its exit, its end. It does not know what the program is for.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use rustix::process::{Pid, Signal, kill_process};

use crate::{proc, wait};

/// How long a program may take to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(3);
/// Lines of the log that an error quotes.
const TAIL: usize = 25;

/// A running program; dropping it ends the program and what it started.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `command`; all it prints goes to the file `log`.
    ///
    /// # Errors
    /// The program is missing or cannot be started, or the log cannot be written.
    pub fn start(name: &str, mut command: Command, log: &Path) -> Result<Self> {
        let stderr = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        let stdout = stderr.try_clone().context("cannot share the log file")?;
        command.stdout(stdout).stderr(stderr);
        Self::spawn(name, command, log)
    }

    /// The same, but standard output goes to a file of its own, for programs that announce there
    /// what others need to know.
    pub(crate) fn start_announcing(
        name: &str,
        mut command: Command,
        log: &Path,
        stdout: &Path,
    ) -> Result<Self> {
        command.stderr(File::create(log).with_context(|| format!("cannot write {}", log.display()))?);
        command.stdout(File::create(stdout).with_context(|| format!("cannot write {}", stdout.display()))?);
        Self::spawn(name, command, log)
    }

    fn spawn(name: &str, mut command: Command, log: &Path) -> Result<Self> {
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {name} ({})", command.get_program().display()))?;
        Ok(Self { name: name.to_owned(), child, log: log.to_owned() })
    }

    /// What errors call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// All it has printed until now.
    #[must_use]
    pub fn log(&self) -> String {
        let bytes = fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The last lines it has printed, for an error message.
    #[must_use]
    pub fn log_tail(&self) -> String {
        let log = self.log();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(TAIL)..].join("\n")
    }

    /// Its exit status once it has ended by itself.
    ///
    /// # Errors
    /// The system cannot say.
    pub fn exited(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().with_context(|| format!("cannot look after {}", self.name))
    }

    /// Waits until it ends, at most for `bound`.
    ///
    /// # Errors
    /// Still running after `bound`; says so with the tail of the log.
    pub async fn wait(&mut self, bound: Duration) -> Result<ExitStatus> {
        let ended =
            wait::until(format!("{} to end", self.name), bound, async || self.exited(), Option::is_some)
                .await;
        match ended {
            Ok(Some(status)) => Ok(status),
            Ok(None) => Err(anyhow!("{} is still running", self.name)),
            Err(failure) => Err(failure.context(self.said())),
        }
    }

    /// Waits until it has printed `text`, at most for `bound`.
    ///
    /// # Errors
    /// It has not, or it ended first; with the tail of the log.
    pub async fn wait_for_log(&mut self, text: &str, bound: Duration) -> Result<()> {
        let name = self.name.clone();
        self.ready(bound, &format!("{name} to print {text:?}"), async |log: String| {
            log.contains(text).then_some(()).context("not printed yet")
        })
        .await
    }

    /// Waits until `look` succeeds, and gives up as soon as the program has ended. The look is given
    /// the log as it stands.
    pub(crate) async fn ready<T: std::fmt::Debug>(
        &mut self,
        bound: Duration,
        what: &str,
        mut look: impl AsyncFnMut(String) -> Result<T>,
    ) -> Result<T> {
        let outcome = wait::until_ok(what, bound, async || match look(self.log()).await {
            Ok(value) => Ok(Ok(value)),
            Err(failure) => match self.exited()? {
                Some(status) => Ok(Err(failure.context(format!("{} ended early: {status}", self.name)))),
                None => Err(failure),
            },
        })
        .await;
        outcome.flatten().map_err(|failure| failure.context(self.said()))
    }

    /// Asks it to end (SIGTERM), as a logout does.
    ///
    /// # Errors
    /// It cannot be signalled.
    pub fn terminate(&self) -> Result<()> {
        self.signal(Signal::TERM)
    }

    /// Kills it on the spot (SIGKILL), as the kernel does when memory runs out.
    ///
    /// # Errors
    /// It cannot be signalled.
    pub fn kill(&self) -> Result<()> {
        self.signal(Signal::KILL)
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        kill_process(Pid::from_child(&self.child), signal)
            .with_context(|| format!("cannot signal {}", self.name))
    }

    fn said(&self) -> String {
        format!("{} printed:\n{}\n(end of its log)", self.name, self.log_tail())
    }

    fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let id = Pid::from_child(&self.child).as_raw_nonzero().get();
        let family = proc::descendants(id);
        if self.is_running() {
            let _ = self.terminate();
            wait::until_blocking(GRACE, || !self.is_running());
        }
        // Harmless once it has been reaped: the standard library then refuses to signal.
        let _ = self.child.kill();
        let _ = self.child.wait();
        end_survivors(&family);
    }
}

/// Ends what a program left behind. A process id may have passed to a stranger meanwhile, so only
/// those that still carry the name that was seen are meant.
fn end_survivors(family: &[proc::Running]) {
    for member in family.iter().filter(|member| proc::is_running(member)) {
        if let Some(id) = Pid::from_raw(member.id) {
            let _ = kill_process(id, Signal::TERM);
        }
    }
}
