//! Data from a bucket to this machine: every object below a prefix becomes a file below a directory. What is there already,
//! with the object's size and time, is not fetched again.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{
    Tools,
    bucket::{Deadline, Depth, Fault, FaultKind, Object},
    gather::LARGE,
    lines_of,
    patience::{Patience, persist},
    pool::{self, Flow},
};
use crate::{
    decide::{
        line::{Line, State},
        sync::{LeftOut, Why, name::Name},
    },
    io::files::{self, HALF_DONE},
};

/// More files that have no place are not remembered, only counted.
const MOST_LEFT: usize = 1000;

/// One set of data.
#[derive(Clone, Debug)]
pub struct Data {
    /// In the bucket: all keys that begin with it, usually with a `/` at its end.
    pub prefix: String,
    /// On this machine.
    pub directory: PathBuf,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Fetched {
    /// Why not everything is there, if so.
    pub short: Option<String>,
    /// Files and bytes that were fetched.
    pub fetched: (usize, u64),
    /// Files that were there already.
    pub kept: usize,
    /// Objects that cannot be files here, each for a reason of its own.
    pub left: Vec<LeftOut>,
    /// For the log, in order.
    pub lines: Vec<Line>,
}

/// Fetches what is not there. Objects are listed page by page, so that memory does not grow with them.
pub fn fetch(data: &Data, tools: Tools<'_>, by: Deadline) -> Fetched {
    let mut fetched = Fetched::default();
    let next = AtomicU64::new(0);
    let end = Fetching { data, tools, by, next: &next }.go(&mut fetched);
    let short = end.err().map(|fault| fault.what);
    fetched.short = short.or_else(|| harm_of(&fetched));
    fetched.lines = lines(data, &fetched, tools);
    fetched
}

/// Without a part of its data a run should not begin.
fn harm_of(fetched: &Fetched) -> Option<String> {
    let harm = fetched.left.iter().find(|left| left.why.is_harm())?;
    Some(format!("{}: {}", harm.name, harm.why))
}

fn lines(data: &Data, fetched: &Fetched, tools: Tools<'_>) -> Vec<Line> {
    let line = Line::new(if fetched.short.is_none() { State::DataOk } else { State::DataFail });
    let line = line.with("from", format_args!("{}/{}", tools.bucket.name(), data.prefix));
    let line = line.with("to", data.directory.display()).with("fetched_files", fetched.fetched.0);
    let line = line.with("fetched_bytes", fetched.fetched.1).with("kept_files", fetched.kept);
    let line = line.with("left_out", fetched.left.len());
    let line = fetched.short.iter().fold(line, |line, why| line.with("why", why));
    lines_of(&fetched.left).chain([line]).collect()
}

struct Fetching<'a> {
    data: &'a Data,
    tools: Tools<'a>,
    by: Deadline,
    /// Numbers the half-done files.
    next: &'a AtomicU64,
}

/// What became of one object.
enum Got {
    Fetched,
    Kept,
    /// A key that ends in `/`: a mark of some programs for an empty folder.
    Mark,
    Not(Why),
    Fault(Fault),
}

impl Fetching<'_> {
    fn go(&self, fetched: &mut Fetched) -> Result<(), Fault> {
        fs::create_dir_all(&self.data.directory).map_err(|error| local(&self.data.directory, &error))?;
        let (mut after, mut seen) = (String::new(), 0);
        loop {
            let page = persist(self.tools, self.by, || {
                self.tools.bucket.page(&self.data.prefix, &after, Depth::All, self.by)
            })?;
            seen += page.objects.len();
            self.page(page.objects, fetched)?;
            match page.next {
                Some(next) => after = next,
                None if seen == 0 => return Err(self.nothing()),
                None => return Ok(()),
            }
        }
    }

    fn nothing(&self) -> Fault {
        let what = format!("nothing begins with {:?} in {}", self.data.prefix, self.tools.bucket.name());
        Fault::new(FaultKind::NotFound, what)
    }

    fn page(&self, objects: Vec<Object>, fetched: &mut Fetched) -> Result<(), Fault> {
        let mut open: BTreeMap<String, Object> =
            crate::ordered::map(objects.into_iter().map(|object| (object.key.clone(), object)));
        let mut patience = Patience::default();
        while !open.is_empty() {
            let mut fault = None;
            for (key, got) in self.attempt(&open) {
                let size = open.get(&key).map_or(0, |object| object.size);
                match got {
                    Got::Fetched => fetched.fetched = (fetched.fetched.0 + 1, fetched.fetched.1 + size),
                    Got::Kept => fetched.kept += 1,
                    Got::Mark => {}
                    Got::Not(why) if fetched.left.len() < MOST_LEFT => {
                        fetched.left.push(LeftOut { name: key.clone(), why });
                    }
                    Got::Not(_) => {}
                    Got::Fault(new) if new.kind.may_pass() && new.kind != FaultKind::Local => {
                        fault.get_or_insert(new);
                        continue;
                    }
                    Got::Fault(new) => return Err(new),
                }
                open.remove(&key);
            }
            match fault {
                Some(fault) if !patience.wait(self.tools, self.by) => return Err(fault),
                Some(_) => {}
                None if open.is_empty() => {}
                None => return Err(Fault::new(FaultKind::Expired, "time is up")),
            }
        }
        Ok(())
    }

    fn attempt(&self, open: &BTreeMap<String, Object>) -> Vec<(String, Got)> {
        let done = Mutex::new(Vec::new());
        let weight = |object: &Object| if object.size > LARGE { pool::HEAVY } else { 1 };
        pool::each(open.values().map(|object| (weight(object), object)), |object| {
            if !self.tools.pace.may_go_on(self.by) {
                return Flow::Halt;
            }
            let got = self.one(object);
            let flow = if matches!(got, Got::Fault(_)) { Flow::Halt } else { Flow::GoOn };
            done.lock().unwrap_or_else(PoisonError::into_inner).push((object.key.clone(), got));
            flow
        });
        done.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn one(&self, object: &Object) -> Got {
        let Some(below) = object.key.strip_prefix(&self.data.prefix) else { return Got::Mark };
        if below.is_empty() && object.key.ends_with('/') || below.ends_with('/') {
            return Got::Mark;
        }
        // A prefix that is a whole key, or ends within a name, gives the name's last part.
        let below = if below.is_empty() { object.key.rsplit('/').next().unwrap_or_default() } else { below };
        match Name::of_key(below.trim_start_matches('/')) {
            Ok(name) => self.file(object, &self.data.directory.join(name.to_path())),
            Err(not_below) => Got::Not(Why::NoPlace(not_below.to_string())),
        }
    }

    fn file(&self, object: &Object, path: &Path) -> Got {
        if is_there(object, path) {
            return Got::Kept;
        }
        let half = self
            .data
            .directory
            .join(format!("{HALF_DONE}data-{}", self.next.fetch_add(1, Ordering::Relaxed)));
        let got = self.write(object, path, &half);
        let _ = files::remove(&half);
        got
    }

    fn write(&self, object: &Object, path: &Path, half: &Path) -> Got {
        let no_place = |error: io::Error| {
            let is_full = matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
            if is_full { Got::Fault(local(path, &error)) } else { Got::Not(Why::NoPlace(error.to_string())) }
        };
        if let Err(error) = files::parent_of(path).and_then(fs::create_dir_all) {
            return no_place(error);
        }
        match self.tools.bucket.get_file(&object.key, object.size, half, self.by) {
            Err(fault) if fault.kind == FaultKind::NotFound => Got::Mark,
            Err(fault) => Got::Fault(fault),
            // Written to since it was listed: whole, but of a time that is not known, so that it is fetched again next time.
            Ok(etag) if etag != object.etag => {
                fs::rename(half, path).map_or_else(no_place, |()| Got::Fetched)
            }
            Ok(_) => stamp(object, half)
                .and_then(|()| fs::rename(half, path))
                .map_or_else(no_place, |()| Got::Fetched),
        }
    }
}

fn is_there(object: &Object, path: &Path) -> bool {
    let Ok(metadata) = fs::symlink_metadata(path) else { return false };
    let facts = files::facts_of(&metadata);
    metadata.is_file()
        && facts.size == object.size
        && i128::from(facts.mtime) == object.modified.as_nanosecond()
}

fn stamp(object: &Object, path: &Path) -> io::Result<()> {
    fs::File::options().write(true).open(path)?.set_modified(object.modified.into())
}

fn local(path: &Path, error: &io::Error) -> Fault {
    Fault::new(FaultKind::Local, format!("writing {}: {error}", path.display()))
}
