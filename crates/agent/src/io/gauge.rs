//! A program that measures for the agent: one long-lived child that writes lines, and a thread that folds them into one
//! value until it is asked for. Nothing is started for each check, and none runs while there is nothing to measure.

use std::{
    io::{self, BufRead, BufReader, Read},
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::Duration,
};

use super::{machine::Root, reap};
use crate::decide::idle::Reading;

/// A line may be no longer. What is, is no measurement.
const LONGEST: u64 = 1024 * 1024;
/// After a program that ended by itself, the next is started only so much later.
const AGAIN: Duration = Duration::from_secs(300);
/// Its end is waited for no longer than this.
const END: Duration = Duration::from_secs(2);
/// The thread does nothing but fold.
const STACK: usize = 128 * 1024;

/// What to start, and what to make of its lines.
#[derive(Clone, Copy, Debug)]
pub struct Program<T> {
    /// Its name, for people.
    pub name: &'static str,
    /// Where it may lie; the first that is there is taken.
    pub places: &'static [&'static str],
    /// Adds one line to what came since the value was last taken.
    pub fold: fn(&mut T, &str),
}

/// One such program, running or not.
#[derive(Debug)]
pub struct Gauge<T> {
    program: Program<T>,
    running: Option<Running<T>>,
    ended: Option<Duration>,
}

#[derive(Debug)]
struct Running<T> {
    pid: u32,
    /// Taken when it is ended.
    child: Option<Child>,
    inbox: Arc<Inbox<T>>,
}

#[derive(Debug)]
struct Inbox<T> {
    came: Mutex<Came<T>>,
    news: Condvar,
}

#[derive(Debug)]
enum Came<T> {
    Nothing,
    Value(T),
    Ended,
}

impl<T: Default + Send + 'static> Gauge<T> {
    /// Not started yet.
    pub fn new(program: Program<T>) -> Self {
        Self { program, running: None, ended: None }
    }

    /// What came since the last time. Starts the program where it does not run; absent where the machine has none.
    pub fn read(&mut self, root: &Root, arguments: &[String], up: Duration) -> Reading<T> {
        let name = self.program.name;
        let Some(running) = &self.running else { return self.start(root, arguments, up) };
        match running.inbox.take() {
            Came::Value(value) => Reading::Is(value),
            Came::Nothing => Reading::Unreadable(format!("{name} has said nothing since the last check")),
            Came::Ended => {
                (self.running, self.ended) = (None, Some(up));
                Reading::Unreadable(format!("{name} has ended"))
            }
        }
    }

    /// Ends the program: there is nothing to measure.
    pub fn rest(&mut self) {
        self.running = None;
    }

    /// The program's process.
    pub fn pid(&self) -> Option<u32> {
        self.running.as_ref().map(|running| running.pid)
    }

    /// Waits until a program that was started has said something, but no longer than this. Whether one runs.
    pub fn settle(&self, bound: Duration) -> bool {
        if let Some(running) = &self.running {
            running.inbox.wait(bound);
        }
        self.running.is_some()
    }

    fn start(&mut self, root: &Root, arguments: &[String], up: Duration) -> Reading<T> {
        let name = self.program.name;
        let Some(path) = self.place(root) else { return Reading::Absent };
        if self.ended.is_some_and(|ended| up < ended + AGAIN) {
            return Reading::Unreadable(format!("{name} has ended and is started again later"));
        }
        match Running::start(path, arguments, self.program.fold) {
            Ok(running) => {
                self.running = Some(running);
                Reading::Unreadable(format!("{name} was started just now"))
            }
            Err(error) => {
                self.ended = Some(up);
                Reading::Unreadable(format!("{name} cannot be started: {error}"))
            }
        }
    }

    fn place(&self, root: &Root) -> Option<PathBuf> {
        self.program.places.iter().map(|place| root.path(place)).find(|path| path.is_file())
    }
}

impl<T: Default + Send + 'static> Running<T> {
    fn start(path: PathBuf, arguments: &[String], fold: fn(&mut T, &str)) -> io::Result<Self> {
        let mut command = Command::new(path);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.process_group(0).spawn()?;
        let inbox = Arc::new(Inbox { came: Mutex::new(Came::Nothing), news: Condvar::new() });
        if let Some(output) = child.stdout.take() {
            let inbox = Arc::clone(&inbox);
            thread::Builder::new()
                .name("gauge".into())
                .stack_size(STACK)
                .spawn(move || listen(output, fold, &inbox))?;
        }
        Ok(Self { pid: child.id(), child: Some(child), inbox })
    }
}

/// The whole group goes.
impl<T> Drop for Running<T> {
    fn drop(&mut self) {
        if let Some(child) = self.child.take() {
            reap::kill(child, END);
        }
    }
}

impl<T: Default> Inbox<T> {
    fn take(&self) -> Came<T> {
        let mut came = self.came.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *came {
            Came::Nothing => Came::Nothing,
            Came::Ended => Came::Ended,
            Came::Value(_) => std::mem::replace(&mut came, Came::Nothing),
        }
    }

    fn put(&self, add: impl FnOnce(Came<T>) -> Came<T>) {
        let mut came = self.came.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *came, Came::Nothing);
        *came = add(before);
        self.news.notify_all();
    }

    fn wait(&self, bound: Duration) {
        let came = self.came.lock().unwrap_or_else(PoisonError::into_inner);
        let nothing = |came: &mut Came<T>| matches!(came, Came::Nothing);
        drop(self.news.wait_timeout_while(came, bound, nothing));
    }
}

fn listen<T: Default>(output: ChildStdout, fold: fn(&mut T, &str), inbox: &Inbox<T>) {
    let mut output = BufReader::new(output);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut output).take(LONGEST).read_until(b'\n', &mut line);
        if !read.is_ok_and(|length| length > 0) {
            return inbox.put(|_| Came::Ended);
        }
        let text = String::from_utf8_lossy(&line);
        inbox.put(|came| {
            let mut value = if let Came::Value(value) = came { value } else { T::default() };
            fold(&mut value, text.trim());
            Came::Value(value)
        });
    }
}

#[cfg(test)]
mod tests;
