//! The newest checkpoint of a job back into its directory: from the bucket, or, where that cannot be read, as it lies on this
//! machine's disk.

use jiff::Timestamp;
use protocol::checkpoint::time_of;

use super::{
    Tools,
    bucket::{Deadline, Fault, FaultKind},
    checkpoint::{self, Job},
    fetch::{self, Broken},
    gather::Gathered,
    local,
    memory::{Last, Memory},
    patience::persist,
    place::Place,
    whole_text,
};
use crate::{
    decide::{
        line::{Line, State},
        restore::{self, Choice, Level},
        sync::{Index, Known},
    },
    io::files::{
        self, Links,
        tree::{self, Scan},
    },
};

/// More checkpoints are not tried: if so many are broken, something else is wrong.
const MOST_TRIED: usize = 50;
/// A job has no more folders of one level than this: there are 86,400 seconds in a day.
const MOST_FOLDERS: usize = 100_000;
/// A manifest of [`crate::decide::sync::MOST_FILES`] files with long names.
const LONGEST_MANIFEST: u64 = 64 * 1024 * 1024;

/// What came of a restore.
#[derive(Debug)]
pub struct Restored {
    /// Where the directory's files are from.
    pub source: Source,
    /// For the log, in order.
    pub lines: Vec<Line>,
}

/// Where the directory's files are from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// From this folder of the bucket.
    S3(String),
    /// From this machine's disk: the bucket cannot be read.
    Local,
    /// The bucket has no checkpoint. The directory is as it was.
    None,
    /// There may be one, but for this reason it is not in place. The directory is as it was.
    Failed(String),
}

/// Puts the newest good checkpoint in place.
pub fn restore(job: &Job, tools: Tools<'_>, by: Deadline) -> Restored {
    let mut restoring = Restoring { job, tools, by, lines: Vec::new() };
    let source = match restoring.try_bucket() {
        Ok(Some(folder)) => Source::S3(folder),
        Ok(None) => restoring.none(),
        Err(Broken::Fault(fault)) => restoring.try_disk(&fault),
        Err(Broken::Here(why) | Broken::Corrupt(why)) => restoring.failed(why),
    };
    Restored { source, lines: restoring.lines }
}

struct Restoring<'a> {
    job: &'a Job,
    tools: Tools<'a>,
    by: Deadline,
    lines: Vec<Line>,
}

impl Restoring<'_> {
    fn try_bucket(&mut self) -> Result<Option<String>, Broken> {
        let mut newest = Newest::of(self.job);
        for _ in 0..MOST_TRIED {
            let Some(folder) = newest.next(self.tools, self.by).map_err(Broken::Fault)? else {
                return Ok(None);
            };
            match self.attempt(&folder) {
                Ok(()) => return Ok(Some(folder)),
                Err(Broken::Corrupt(why)) => {
                    let line = Line::new(State::Skipped).with("folder", &folder).with("why", why);
                    self.lines.push(line.with("job", &self.job.id));
                }
                Err(broken) => return Err(broken),
            }
        }
        Err(Broken::Corrupt(format!(
            "the newest {MOST_TRIED} checkpoints are broken or without metadata.json"
        )))
    }

    fn attempt(&mut self, folder: &str) -> Result<(), Broken> {
        let choice = self.choice(folder)?;
        let memory = Memory::load(&self.job.memory, &self.job.place(self.tools.bucket));
        let in_place = local::compare(self.job, &choice, &memory.files, self.tools, self.by).is_ok();
        let kept = if in_place { None } else { self.fetch(&choice, &memory)? };
        self.remember(&choice, memory);
        let line = Line::new(State::RestoreOk).with("source", "S3_SOURCE").with("job", &self.job.id);
        let line = line.with("folder", format_args!("{}/{folder}", self.tools.bucket.name()));
        let line = line.with("files", choice.files.len()).with("bytes", choice.size());
        let line = if in_place { line.with("already_there", true) } else { line };
        self.lines.push(kept.into_iter().fold(line, |line, kept| line.with("unsaved_files_kept_in", kept)));
        Ok(())
    }

    fn choice(&self, folder: &str) -> Result<Choice, Broken> {
        let key = checkpoint::manifest_key(folder);
        let read =
            persist(self.tools, self.by, || self.tools.bucket.get_bytes(&key, LONGEST_MANIFEST, self.by));
        let bytes = match read {
            Ok((bytes, _)) => bytes,
            Err(fault) if fault.kind == FaultKind::NotFound => {
                return Err(Broken::Corrupt("no metadata.json: it was never finished".into()));
            }
            Err(fault) if matches!(fault.kind, FaultKind::TooLarge | FaultKind::Garbled) => {
                return Err(Broken::Corrupt(fault.what));
            }
            Err(fault) => return Err(Broken::Fault(fault)),
        };
        restore::check(&bytes, &self.job.id, &self.job.home(), folder)
            .map_err(|refused| Broken::Corrupt(whole_text(&refused)))
    }

    /// Where the old files are kept, if the bucket does not have them all.
    fn fetch(&self, choice: &Choice, memory: &Memory) -> Result<Option<String>, Broken> {
        let directory = &self.job.directory;
        let here =
            |error: std::io::Error| Broken::Here(format!("replacing {}: {error}", directory.display()));
        let unsaved = self.has_unsaved(choice, memory);
        let place = Place::prepare(directory).map_err(here)?;
        let fetched =
            self.room(choice, &place).and_then(|()| fetch::all(choice, &place.new, self.tools, self.by));
        // The way out must not fill the disk.
        fetched.inspect_err(|_| drop(files::remove(&place.new)))?;
        let old = place.swap().map_err(here).inspect_err(|_| drop(files::remove(&place.new)))?;
        match old {
            Some(old) if unsaved => Ok(Some(old.display().to_string())),
            // What cannot be removed now is removed before the next restore.
            Some(old) => {
                let _ = files::remove(&old);
                Ok(None)
            }
            None => Ok(None),
        }
    }

    fn room(&self, choice: &Choice, place: &Place) -> Result<(), Broken> {
        let (size, room) = (choice.size(), place.room().unwrap_or(u64::MAX));
        if size <= room {
            return Ok(());
        }
        let directory = self.job.directory.display();
        Err(Broken::Here(format!(
            "{directory} has room for {room} bytes, the checkpoint has {size}: use a larger disk"
        )))
    }

    /// Whether the directory holds something newer than the checkpoint that was never sent.
    fn has_unsaved(&self, choice: &Choice, memory: &Memory) -> bool {
        let Ok(Scan { tree, .. }) = tree::scan(&self.job.directory, Links::Record) else { return false };
        let is_newer = |mtime: i64| i128::from(mtime) > choice.utc.as_nanosecond();
        let is_sent = |name, facts| memory.files.get(name).is_some_and(|known| known.facts == facts);
        tree.iter().any(|(name, file)| is_newer(file.facts.mtime) && !is_sent(name, file.facts))
    }

    /// What was restored need not be sent again.
    fn remember(&self, choice: &Choice, mut memory: Memory) {
        let Ok(Scan { tree, .. }) = tree::scan(&self.job.directory, Links::Record) else { return };
        let read = self.tools.pace.now().wall;
        let made = |key: &str| time_of(&self.job.prefix, &self.job.id, key).unwrap_or(choice.utc);
        let known = |file: &restore::Fetch| {
            let facts = tree.get(&file.name)?.facts;
            let (sha256, key) = (file.sha256.clone(), file.key.clone());
            Some((file.name.clone(), Known { facts, read, sha256, since: made(&key), key }))
        };
        let sent: Index = choice.files.iter().filter_map(known).collect();
        let fingerprint =
            checkpoint::fingerprint(&choice.folder, &checkpoint::entries(&choice.folder, &tree, &sent));
        let folder = choice.folder.clone();
        let utc = memory.last.map_or(Timestamp::MIN, |last| last.utc).max(made(&folder));
        memory.last = Some(Last { folder, utc, fingerprint });
        memory.files.clone_from(&sent);
        // Without the memory the next checkpoint sends more, and that is all.
        let _ = memory.store(&self.job.memory);
        let gathered = Gathered { tree, sent, ..Gathered::default() };
        let _ = local::write(self.job, "restore", &gathered, self.tools, self.by);
    }

    fn try_disk(&mut self, fault: &Fault) -> Source {
        match local::check(self.job, self.tools, self.by) {
            Ok(()) => {
                let line =
                    Line::new(State::RestoreOk).with("source", "LOCAL_SOURCE").with("job", &self.job.id);
                let line = line.with("directory", self.job.directory.display());
                self.lines.push(line.with("why", whole_text(fault)));
                Source::Local
            }
            Err(why) => self.failed(format!("{}; and on this machine: {why}", whole_text(fault))),
        }
    }

    fn none(&mut self) -> Source {
        let line = Line::new(State::RestoreNone).with("job", &self.job.id);
        self.lines
            .push(line.with("looked_in", format_args!("{}/{}", self.tools.bucket.name(), self.job.home())));
        Source::None
    }

    fn failed(&mut self, why: String) -> Source {
        self.lines.push(Line::new(State::RestoreFail).with("job", &self.job.id).with("why", &why));
        Source::Failed(why)
    }
}

/// The folders of a job's checkpoints, the newest first, looked up as they are asked for.
struct Newest {
    /// What is still to be looked into, the next one last.
    open: Vec<(Option<Level>, String)>,
}

impl Newest {
    fn of(job: &Job) -> Self {
        Self { open: vec![(Some(Level::Year), job.home())] }
    }

    fn next(&mut self, tools: Tools<'_>, by: Deadline) -> Result<Option<String>, Fault> {
        while let Some((level, folder)) = self.open.pop() {
            let Some(level) = level else { return Ok(Some(folder)) };
            let inside = persist(tools, by, || tools.bucket.folders(&folder, MOST_FOLDERS, by))?;
            let newest_last = restore::newest_first(inside, level).into_iter().rev();
            self.open.extend(newest_last.map(|folder| (level.inner(), folder)));
        }
        Ok(None)
    }
}
