//! The command: started in a process group of its own, its output read, its end told. It has no opinion on when to end it.

use std::{
    ffi::OsString,
    fs, io,
    os::unix::process::{CommandExt, ExitStatusExt},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};

use super::{
    cgroup::Cgroup,
    container::Inside,
    http::Deadline,
    output::{Queue, Stream},
};
use crate::decide::exit::Exit;

/// Docker may start a command so long after whoever asked for it was killed.
const LATE: Duration = Duration::from_secs(5);
/// How often that is looked for.
const LOOK: Duration = Duration::from_millis(500);

/// What is to be run.
#[derive(Clone, Debug)]
pub struct Work {
    /// Program and arguments.
    pub words: Vec<OsString>,
    /// Where.
    pub folder: PathBuf,
    /// Added to the agent's own environment.
    pub variables: Vec<(OsString, OsString)>,
    /// Where the program only passes a command on to a container: that command's processes.
    pub inside: Option<Inside>,
}

impl Work {
    /// A line for the shell, as `agent.toml` has them.
    pub fn shell(line: &str, folder: impl Into<PathBuf>) -> Self {
        Self {
            words: ["sh", "-c", line].map(OsString::from).into(),
            folder: folder.into(),
            variables: Vec::new(),
            inside: None,
        }
    }
}

/// A command that was started.
#[derive(Clone, Debug)]
pub struct Running {
    group: Pid,
    cgroup: Option<Cgroup>,
    inside: Option<Inside>,
}

impl Running {
    /// Starts it. Its lines go into the queue, and its end to `over`, once.
    ///
    /// # Errors
    /// It cannot be started: no such program, no such folder.
    pub fn start(
        work: &Work,
        cgroup: Option<Cgroup>,
        output: &Queue,
        over: impl FnOnce(Exit) + Send + 'static,
    ) -> io::Result<Self> {
        let mut child = command(work, cgroup.as_ref())?.spawn()?;
        let group = Pid::from_child(&child);
        read(&mut child, output)?;
        let running = Self { group, cgroup, inside: work.inside.clone() };
        let (same, killed_before) = (running.clone(), running.killed_for_memory());
        spawn("command", move || {
            let status = child.wait();
            let killed = same.killed_for_memory() > killed_before;
            over(exit(status, killed, same.inside.is_some()));
        })?;
        Ok(running)
    }

    fn killed_for_memory(&self) -> u64 {
        match (&self.inside, &self.cgroup) {
            (Some(inside), _) => inside.killed_for_memory(),
            (None, Some(cgroup)) => cgroup.killed_for_memory(),
            (None, None) => 0,
        }
    }

    /// The process that was started, and its group's number.
    pub fn id(&self) -> u32 {
        u32::try_from(self.group.as_raw_nonzero().get()).unwrap_or(0)
    }

    /// Sends a signal to all of its processes; those that left the group are met where there is a cgroup. A group that
    /// is gone already is no failure. Does not wait.
    pub fn signal(&self, signal: Signal) {
        let Some(inside) = self.inside.clone() else { return self.signal_here(signal) };
        let here = self.clone();
        // The program outside ends with the command inside, and tells how that did: to end it first would tell nothing.
        let pass_on = move || {
            if signal == Signal::KILL {
                inside.kill();
                here.signal_here(signal);
                // What Docker was still about to start.
                let late = Deadline::after(LATE);
                while late.pause(LOOK) {
                    inside.kill();
                }
            } else {
                inside.signal(signal);
            }
        };
        // In a thread, for to read of others may take its time.
        if spawn("signal", pass_on).is_err() {
            self.signal_here(signal);
        }
    }

    fn signal_here(&self, signal: Signal) {
        // Fails only when nobody is left.
        kill_process_group(self.group, signal).ok();
        if let Some(cgroup) = &self.cgroup {
            cgroup.signal(signal);
        }
    }
}

fn command(work: &Work, cgroup: Option<&Cgroup>) -> io::Result<Command> {
    let words = match cgroup {
        Some(cgroup) => cgroup.enter(&work.words),
        None => work.words.clone(),
    };
    let (program, arguments) = words.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    // A missing folder would be reported as a missing program.
    fs::metadata(&work.folder)?;
    let mut command = Command::new(program);
    // They are the agent's own talk with systemd.
    for name in ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"] {
        command.env_remove(name);
    }
    command
        .args(arguments)
        .current_dir(&work.folder)
        .envs(work.variables.iter().map(|(name, value)| (name, value)))
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Ok(command)
}

fn read(child: &mut Child, output: &Queue) -> io::Result<()> {
    if let Some(out) = child.stdout.take() {
        let (queue, reader) = (output.clone(), output.reader());
        // A pipe that cannot be read is at its end.
        spawn("stdout", move || queue.read(reader, Stream::Out, out).unwrap_or(()))?;
    }
    if let Some(err) = child.stderr.take() {
        let (queue, reader) = (output.clone(), output.reader());
        spawn("stderr", move || queue.read(reader, Stream::Err, err).unwrap_or(()))?;
    }
    Ok(())
}

fn exit(status: io::Result<ExitStatus>, killed_for_memory: bool, in_container: bool) -> Exit {
    let Ok(status) = status else { return Exit::NotStarted };
    match (status.code(), status.signal()) {
        (_, Some(9)) if killed_for_memory => Exit::OutOfMemory,
        // What a shell says of a child that was killed.
        (Some(137), _) if killed_for_memory => Exit::OutOfMemory,
        // What Docker says of a command that was.
        (Some(code @ 129..=192), _) if in_container => Exit::Signal(code - 128),
        (Some(code), _) => Exit::Code(code),
        (None, signal) => Exit::Signal(signal.unwrap_or_default()),
    }
}

/// A thread with a small stack: the agent is to be small.
pub fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.to_owned()).stack_size(128 << 10).spawn(work).map(drop)
}
