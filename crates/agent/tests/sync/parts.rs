//! What the tests stand on: a real bucket in a folder that can be made to fail, a clock that waits for nobody, and trees of
//! files.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use agent::{
    decide::Now,
    io::clock,
    sync::{
        Tools,
        bucket::{Bucket, Condition, Deadline, Depth, Etag, Fault, FaultKind, Object, Page},
        checkpoint::{Job, Saved, save},
        folder::Folder,
        pace::Pace,
        restore::{Restored, restore},
    },
};
use tempfile::TempDir;

/// A clock that begins with the real one and lets a wait pass at once.
pub(crate) struct Quick {
    ahead: Mutex<Duration>,
    pub(crate) waits: Mutex<Vec<u64>>,
}

impl Quick {
    pub(crate) fn advance(&self, span: Duration) {
        *locked(&self.ahead) += span;
    }

    pub(crate) fn now_wall(&self) -> jiff::Timestamp {
        self.now().wall
    }
}

impl Pace for Quick {
    fn now(&self) -> Now {
        let (now, ahead) = (clock::now(), *locked(&self.ahead));
        Now { wall: now.wall + ahead, up: now.up + ahead }
    }

    fn wait(&self, span: Duration) {
        locked(&self.waits).push(span.as_secs());
        self.advance(span);
    }

    fn is_stopped(&self) -> bool {
        false
    }
}

/// A call to the bucket, as a fault sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Put,
    Get,
    Page,
    Delete,
}

/// What befalls a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// It fails, and nothing is done.
    Fail(FaultKind),
    /// It is done, and the answer is lost.
    Lose,
    /// Half of the body comes, as if it were all.
    Cut,
    /// It takes so many seconds.
    Slow(u64),
}

type Plan<'a> = Box<dyn FnMut(usize, Op, &str) -> Option<Deed> + Send + 'a>;

/// The bucket, between which and its caller things go wrong.
pub(crate) struct Rough<'a> {
    inner: Folder,
    pace: &'a Quick,
    plan: Mutex<(usize, Plan<'a>)>,
}

impl<'a> Rough<'a> {
    /// `plan` is asked before each call, with the number of calls before it.
    pub(crate) fn new(
        root: &Path,
        pace: &'a Quick,
        plan: impl FnMut(usize, Op, &str) -> Option<Deed> + Send + 'a,
    ) -> Self {
        Self { inner: Folder::at(root), pace, plan: Mutex::new((0, Box::new(plan))) }
    }

    fn befall<T>(
        &self,
        op: Op,
        key: &str,
        call: impl FnOnce() -> Result<T, Fault>,
        cut: impl FnOnce(T) -> T,
    ) -> Result<T, Fault> {
        let deed = {
            let (count, plan) = &mut *locked(&self.plan);
            *count += 1;
            plan(*count - 1, op, key)
        };
        match deed {
            Some(Deed::Fail(kind)) => Err(Fault::new(kind, format!("made to fail: {kind:?}"))),
            Some(Deed::Lose) => {
                call().and_then(|_| Err(Fault::new(FaultKind::Unreachable, "the answer was lost")))
            }
            Some(Deed::Cut) => call().map(cut),
            Some(Deed::Slow(seconds)) => {
                self.pace.advance(Duration::from_secs(seconds));
                call()
            }
            None => call(),
        }
    }
}

impl Bucket for Rough<'_> {
    fn name(&self) -> String {
        self.inner.name()
    }

    fn put_bytes(&self, key: &str, body: &[u8], condition: &Condition, by: Deadline) -> Result<Etag, Fault> {
        self.befall(Op::Put, key, || self.inner.put_bytes(key, body, condition, by), |etag| etag)
    }

    fn put_file(&self, key: &str, path: &Path, by: Deadline) -> Result<Etag, Fault> {
        self.befall(Op::Put, key, || self.inner.put_file(key, path, by), |etag| etag)
    }

    fn get_bytes(&self, key: &str, most: u64, by: Deadline) -> Result<(Vec<u8>, Etag), Fault> {
        let half = |(mut body, etag): (Vec<u8>, Etag)| {
            body.truncate(body.len() / 2);
            (body, etag)
        };
        self.befall(Op::Get, key, || self.inner.get_bytes(key, most, by), half)
    }

    fn get_file(&self, key: &str, size: u64, path: &Path, by: Deadline) -> Result<Etag, Fault> {
        let half = |etag| {
            let file = fs::File::options().write(true).open(path).expect("there");
            file.set_len(file.metadata().expect("there").len() / 2).expect("cut");
            etag
        };
        self.befall(Op::Get, key, || self.inner.get_file(key, size, path, by), half)
    }

    fn page(&self, prefix: &str, after: &str, depth: Depth, by: Deadline) -> Result<Page, Fault> {
        self.befall(Op::Page, prefix, || self.inner.page(prefix, after, depth, by), |page| page)
    }

    fn delete(&self, key: &str, by: Deadline) -> Result<(), Fault> {
        self.befall(Op::Delete, key, || self.inner.delete(key, by), |()| ())
    }
}

/// A machine with a bucket, in a folder that is removed at the end.
pub(crate) struct Place {
    pub(crate) root: TempDir,
    pub(crate) pace: Quick,
}

impl Place {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().expect("a folder");
        for folder in ["bucket", "work/ckpt"] {
            fs::create_dir_all(root.path().join(folder)).expect("made");
        }
        let pace = Quick { ahead: Mutex::default(), waits: Mutex::default() };
        Self { root, pace }
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root.path().join(below)
    }

    /// A file in the checkpoint directory.
    pub(crate) fn write(&self, name: &str, body: impl AsRef<[u8]>) {
        let path = self.path("work/ckpt").join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, body).expect("written");
    }

    pub(crate) fn job(&self) -> Job {
        self.job_called("train-1")
    }

    pub(crate) fn job_called(&self, id: &str) -> Job {
        Job {
            id: id.parse().expect("a job id"),
            prefix: "checkpoints".into(),
            directory: self.path("work/ckpt"),
            memory: self.path("var/checkpoint.json"),
            instance: Some("i-0f09e5bb081e72ae1".parse().expect("an instance")),
        }
    }

    /// The same job on another machine, which has nothing yet.
    pub(crate) fn elsewhere(&self) -> Job {
        Job { directory: self.path("other/ckpt"), memory: self.path("other/checkpoint.json"), ..self.job() }
    }

    pub(crate) fn within(&self, seconds: u64) -> Deadline {
        Deadline(self.pace.now().up + Duration::from_secs(seconds))
    }

    pub(crate) fn bucket(&self) -> Folder {
        Folder::at(self.path("bucket"))
    }

    pub(crate) fn rough<'a>(
        &'a self,
        plan: impl FnMut(usize, Op, &str) -> Option<Deed> + Send + 'a,
    ) -> Rough<'a> {
        Rough::new(&self.path("bucket"), &self.pace, plan)
    }

    pub(crate) fn save(&self, bucket: &dyn Bucket) -> Saved {
        save(&self.job(), "manual", Tools { bucket, pace: &self.pace }, self.within(60))
    }

    /// Saves with nothing in the way, some time after the last change.
    pub(crate) fn saved(&self) -> Saved {
        self.pace.advance(Duration::from_secs(10));
        self.save(&self.bucket())
    }

    pub(crate) fn restore(&self, job: &Job, bucket: &dyn Bucket) -> Restored {
        restore(job, Tools { bucket, pace: &self.pace }, self.within(60))
    }

    pub(crate) fn objects(&self) -> Vec<Object> {
        self.bucket().list("", 100_000, self.within(60)).expect("listed")
    }

    /// The keys of the objects that end like this.
    pub(crate) fn keys(&self, end: &str) -> Vec<String> {
        self.objects().into_iter().map(|object| object.key).filter(|key| key.ends_with(end)).collect()
    }

    pub(crate) fn waits(&self) -> Vec<u64> {
        std::mem::take(&mut locked(&self.pace.waits))
    }
}

/// What lies below a directory: modes and bytes, or targets of links.
pub(crate) fn content(directory: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    use std::os::unix::ffi::OsStrExt;
    let (mut found, mut open) = (BTreeMap::new(), vec![directory.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let metadata = path.symlink_metadata().expect("there");
            let below = path.strip_prefix(directory).expect("below").to_owned();
            if metadata.is_symlink() {
                let target = fs::read_link(&path).expect("a link");
                found.insert(below, (0o120_000, target.as_os_str().as_bytes().to_vec()));
            } else if metadata.is_dir() {
                open.push(path);
            } else {
                found.insert(below, (metadata.permissions().mode() & 0o777, fs::read(&path).expect("read")));
            }
        }
    }
    found
}

/// The lines as they would be logged, without their times.
pub(crate) fn log(lines: &[agent::decide::line::Line]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
