//! What is said and what the command prints: to the journal, to files of the run, and to CloudWatch; each on its own, so that
//! none waits for another. A full disk never costs the run, and lines only when there are many.

mod log;

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::Unit;

use self::log::Log;
use super::{cloud::Waiting, hands::guard};
use crate::io::{
    child, clock,
    output::{Batch, Queue, Stream},
};

/// What the agent says.
pub(super) const AGENT_LOG: &str = "agent.log";
/// What the command prints.
pub(super) const OUTPUT_LOG: &str = "output.log";

/// Who reads what is said on standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    /// Its journal: all of it, with its time.
    Systemd,
    /// At a terminal, between what the command prints: what a person has to know, and no more.
    Person,
}

/// The files of one run.
#[derive(Clone, Debug)]
pub(super) struct Journal(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    folder: PathBuf,
    audience: Audience,
    agent: Mutex<Log>,
    output: Mutex<Log>,
    told: AtomicU64,
    unwritten: AtomicU64,
    to_cloud: Option<Waiting>,
}

impl Journal {
    /// Files below this folder. Where they cannot be written, the lines still go to the journal.
    pub(super) fn in_folder(folder: &Path, audience: Audience, to_cloud: bool) -> Self {
        let open = |name: &str| {
            fs::create_dir_all(folder)
                .and_then(|()| Log::open(&folder.join(name)))
                .inspect_err(|error| {
                    eprintln!("curfew-agent: {} cannot be written: {error}", folder.join(name).display());
                })
                .unwrap_or_default()
        };
        Self(Arc::new(Shared {
            folder: folder.to_owned(),
            audience,
            agent: Mutex::new(open(AGENT_LOG)),
            output: Mutex::new(open(OUTPUT_LOG)),
            told: AtomicU64::new(0),
            unwritten: AtomicU64::new(0),
            to_cloud: to_cloud.then(Waiting::default),
        }))
    }

    /// Where they are.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.folder.join(name)
    }

    /// What of it the disk had no room for.
    pub(super) fn unwritten(&self, name: &str) -> Vec<u8> {
        let log = if name == AGENT_LOG { &self.0.agent } else { &self.0.output };
        guard(log).waiting().to_vec()
    }

    /// How many bytes there were so far: whether there is something new.
    pub(super) fn told(&self) -> u64 {
        self.0.told.load(Ordering::Relaxed)
    }

    /// What waits for CloudWatch, if anything goes there.
    pub(super) fn to_cloud(&self) -> Option<&Waiting> {
        self.0.to_cloud.as_ref()
    }

    /// Says a line.
    pub(super) fn say(&self, text: &str) {
        if self.0.audience == Audience::Person {
            show(&mut io::stderr(), format!("curfew-agent: {text}").as_bytes());
        }
        self.note(text);
    }

    /// Writes a line down that a person at a terminal has no use for.
    pub(super) fn note(&self, text: &str) {
        let now = clock::now().wall;
        let second = now.round(Unit::Second).unwrap_or(now);
        let line = format!("[UTC {second}] {}\n", text.replace('\n', "\\n"));
        if self.0.audience == Audience::Systemd {
            // A journal that takes nothing is no reason to fall.
            io::stderr().write_all(line.as_bytes()).ok();
        }
        self.0.write(&self.0.agent, line.as_bytes());
        if let Some(waiting) = self.to_cloud() {
            waiting.push(line.trim_end());
        }
    }

    /// Writes what a queue brings until its last reader is gone, and calls `done` then. Each line is shown to `seen`.
    pub(super) fn follow(
        &self,
        queue: &Queue,
        mut seen: impl FnMut(&[u8]) + Send + 'static,
        done: impl FnOnce() + Send + 'static,
    ) -> io::Result<()> {
        let (journal, queue) = (self.clone(), queue.clone());
        child::spawn("output", move || {
            loop {
                let batch = queue.take(Duration::from_secs(60));
                batch.lines.iter().for_each(|line| seen(&line.text));
                journal.print(&batch);
                if batch.is_last {
                    break;
                }
            }
            done();
        })
    }

    fn print(&self, batch: &Batch) {
        let mut text = Vec::new();
        for line in &batch.lines {
            text.extend_from_slice(&line.text);
            text.push(b'\n');
            if let Some(waiting) = self.to_cloud() {
                waiting.push(&String::from_utf8_lossy(&line.text));
            }
            match line.stream {
                Stream::Out => show(&mut io::stdout(), &line.text),
                Stream::Err => show(&mut io::stderr(), &line.text),
            }
        }
        self.0.write(&self.0.output, &text);
        if batch.dropped.lines > 0 {
            let (lines, bytes) = (batch.dropped.lines, batch.dropped.bytes);
            self.say(&format!(
                "the command printed faster than it could be written: {lines} lines ({bytes} bytes) are lost"
            ));
        }
    }
}

impl Shared {
    fn write(&self, log: &Mutex<Log>, bytes: &[u8]) {
        if let Err(error) = guard(log).write(bytes) {
            self.missing(&error);
        }
        self.told.fetch_add(bytes.len() as u64, Ordering::Relaxed);
    }

    /// Says once that lines are missing, where it can still be said.
    fn missing(&self, error: &io::Error) {
        if self.unwritten.fetch_add(1, Ordering::Relaxed) == 0 {
            eprintln!(
                "curfew-agent: a log cannot be written ({error}): from here on only the newest lines are kept, in memory"
            );
        }
    }
}

fn show(to: &mut impl Write, line: &[u8]) {
    // Nobody reads it: the file has it.
    to.write_all(&[line, b"\n"].concat()).ok();
}
