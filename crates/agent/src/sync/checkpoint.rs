//! A checkpoint to the bucket: the files first, the manifest last and only when all of them are there.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::Timestamp;
use protocol::{
    InstanceId, JobId,
    checkpoint::{self as layout, Entry, MANIFEST, Manifest},
};

use super::{
    Tools,
    bucket::{Bucket, Condition, Deadline, Depth, Fault, FaultKind},
    gather::{Errand, Gathered, Purpose, Short, gather},
    lines_of, local,
    memory::{Last, Memory},
    patience::persist,
    whole_text,
};
use crate::{
    decide::{
        line::{Line, State},
        restore::LINK,
        sync::{self, Index, Tree, What, name::Name},
    },
    io::files,
};

/// More folders than this are looked through by listing all of the job's.
const FEW: usize = 4;

/// How often references are mended before everything is sent.
const MENDINGS: usize = 2;

/// One job's checkpoints.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// The prefix in the bucket that all jobs share.
    pub prefix: String,
    /// Where the work keeps its checkpoint.
    pub directory: PathBuf,
    /// Where what the bucket has is remembered: a file below `/var/lib/curfew`. `local.json` is written beside it.
    pub memory: PathBuf,
    /// This machine, on EC2.
    pub instance: Option<InstanceId>,
}

impl Job {
    /// `{prefix}/{job}/`.
    pub(super) fn home(&self) -> String {
        layout::job_folder(&self.prefix, &self.id)
    }

    pub(super) fn place(&self, bucket: &dyn Bucket) -> String {
        format!("{} in {}/{}", self.directory.display(), bucket.name(), self.home())
    }
}

/// What came of a checkpoint.
#[derive(Debug)]
pub struct Saved {
    /// How it ended.
    pub end: End,
    /// Files and bytes that were sent for it.
    pub sent: (usize, u64),
    /// Files and bytes of the whole directory.
    pub whole: (usize, u64),
    /// For the log, in order.
    pub lines: Vec<Line>,
}

/// How a checkpoint ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// It is whole, in this folder of the bucket.
    Whole(String),
    /// Nothing changed since the one in this folder.
    Unchanged(String),
    /// There was nothing to save: the directory is empty or missing.
    Nothing,
    /// It is not whole, for this reason. What was sent is remembered and need not be sent again.
    Short(String),
}

/// Saves the directory for `action`: `terminate`, `periodic`, `manual`, ...
pub fn save(job: &Job, action: &str, tools: Tools<'_>, by: Deadline) -> Saved {
    let began = tools.pace.now();
    let memory = Memory::load(&job.memory, &job.place(tools.bucket));
    let mut saving = Saving { job, action, tools, by, memory, gathered: Gathered::default() };
    let end = saving.go().unwrap_or_else(|short| End::Short(whole_text(&short)));
    saving.remember(&end);
    saving.told(end, tools.pace.now().up.saturating_sub(began.up))
}

struct Saving<'a> {
    job: &'a Job,
    action: &'a str,
    tools: Tools<'a>,
    by: Deadline,
    memory: Memory,
    gathered: Gathered,
}

impl Saving<'_> {
    fn go(&mut self) -> Result<End, Short> {
        if is_missing(&self.job.directory) {
            return Ok(End::Nothing);
        }
        let last = self.memory.last.as_ref();
        let utc = sync::time_of_next(last.map(|last| last.utc), self.tools.pace.now().wall);
        let folder = layout::folder(&self.job.prefix, &self.job.id, utc);
        self.send(&folder)?;
        if self.gathered.tree.is_empty() {
            return Ok(End::Nothing);
        }
        let manifest = self.manifest(&folder, utc);
        let fingerprint = fingerprint(&folder, &manifest.files);
        if let Some(last) = self.memory.last.as_ref().filter(|last| last.fingerprint == fingerprint) {
            return Ok(End::Unchanged(last.folder.clone()));
        }
        self.publish(&folder, &manifest)?;
        self.memory.last = Some(Last { folder: folder.clone(), utc, fingerprint });
        Ok(End::Whole(folder))
    }

    /// Sends what is missing until everything that the manifest will refer to is known to be there.
    fn send(&mut self, folder: &str) -> Result<(), Short> {
        let job = self.job;
        let key_of = |name: &Name| Some(sync::key_in(folder, name, |text| files::sha256(text.as_bytes())));
        let errand = Errand { directory: &job.directory, purpose: Purpose::Checkpoint, key_of: &key_of };
        for _ in 0..MENDINGS {
            self.gather(&errand)?;
            let missing = self.missing(folder)?;
            if missing.is_empty() {
                return Ok(());
            }
            let is_there = |known: &sync::Known| !missing.contains(&known.key);
            self.memory.files.retain(|_, known| is_there(known));
            self.gathered.sent.retain(|_, known| is_there(known));
            // Also the last manifest may be what is missing.
            self.memory.last =
                self.memory.last.take().filter(|last| !missing.contains(&manifest_key(&last.folder)));
        }
        self.memory.files.clear();
        self.gather(&errand)
    }

    fn gather(&mut self, errand: &Errand<'_>) -> Result<(), Short> {
        let (mut gathered, end) = gather(errand, &self.memory.files, self.tools, self.by);
        gathered.files += self.gathered.files;
        gathered.bytes += self.gathered.bytes;
        self.memory.files.extend(gathered.sent.clone());
        self.gathered = gathered;
        end
    }

    /// Which objects of earlier folders, among those that the manifest would refer to, are not there any more. Where that
    /// cannot be asked, all of them are taken for missing.
    fn missing(&self, folder: &str) -> Result<BTreeSet<String>, Fault> {
        let referred = self.gathered.sent.values().filter(|known| !known.key.starts_with(folder));
        let mut missing: BTreeMap<String, Option<u64>> =
            crate::ordered::map(referred.map(|known| (known.key.clone(), Some(known.facts.size))));
        missing.extend(self.memory.last.iter().map(|last| (manifest_key(&last.folder), None)));
        for prefix in self.places(missing.keys()) {
            match persist(self.tools, self.by, || self.strike_off(&prefix, &missing)) {
                Ok(rest) => missing = rest,
                Err(fault) if fault.kind == FaultKind::Denied => break,
                Err(fault) => return Err(fault),
            }
        }
        Ok(missing.into_keys().collect())
    }

    /// The folders of these keys, or the job's if they are many.
    fn places<'k>(&self, keys: impl Iterator<Item = &'k String>) -> Vec<String> {
        let home = self.job.home();
        let length = home.len() + "YYYY/MM/DD/HHMMSSZ/".len();
        let folders = crate::ordered::set(keys.filter_map(|key| Some(key.get(..length)?.to_owned())));
        if folders.len() > FEW { vec![home] } else { folders.into_iter().collect() }
    }

    fn strike_off(
        &self,
        prefix: &str,
        missing: &BTreeMap<String, Option<u64>>,
    ) -> Result<BTreeMap<String, Option<u64>>, Fault> {
        let (mut rest, mut after) = (missing.clone(), String::new());
        loop {
            let page = self.tools.bucket.page(prefix, &after, Depth::All, self.by)?;
            for object in page.objects {
                if rest.get(&object.key).is_some_and(|size| size.is_none_or(|size| size == object.size)) {
                    rest.remove(&object.key);
                }
            }
            match page.next {
                Some(next) if !rest.is_empty() => after = next,
                Some(_) | None => return Ok(rest),
            }
        }
    }

    fn manifest(&self, folder: &str, utc: Timestamp) -> Manifest {
        manifest(self.job, self.action, utc, entries(folder, &self.gathered.tree, &self.gathered.sent))
    }

    /// The manifest is what makes it a checkpoint. One that is there already is this one, whose answer was lost, or another
    /// machine's of the very same second.
    fn publish(&self, folder: &str, manifest: &Manifest) -> Result<(), Short> {
        let body = manifest.render().into_bytes();
        let key = manifest_key(folder);
        let put = persist(self.tools, self.by, || {
            self.tools.bucket.put_bytes(&key, &body, &Condition::IfAbsent, self.by)
        });
        match put {
            Err(fault) if fault.kind == FaultKind::PreconditionFailed => {
                let most = body.len() as u64;
                let there = persist(self.tools, self.by, || self.tools.bucket.get_bytes(&key, most, self.by));
                let is_ours = there.is_ok_and(|(there, _)| there == body);
                if is_ours { Ok(()) } else { Err(Short::Fault(fault)) }
            }
            put => put.map(drop).map_err(Short::Fault),
        }
    }

    fn remember(&mut self, end: &End) {
        match end {
            // What is gone from the directory need not be remembered.
            End::Whole(_) | End::Unchanged(_) => self.memory.files.clone_from(&self.gathered.sent),
            End::Short(_) => self.memory.files.retain(|name, _| self.gathered.tree.contains_key(name)),
            End::Nothing => return,
        }
        // Without the memory the next sync sends more, and that is all.
        let _ = self.memory.store(&self.job.memory);
        let _ = local::write(self.job, self.action, &self.gathered, self.tools, self.by);
    }

    fn told(self, end: End, took: Duration) -> Saved {
        let size = self.gathered.tree.values().fold(0, |sum: u64, file| sum.saturating_add(file.facts.size));
        let whole = (self.gathered.tree.len(), size);
        let sent = (self.gathered.files, self.gathered.bytes);
        let line = match &end {
            End::Whole(folder) => Line::new(State::UploadOk).with("folder", self.full(folder)),
            End::Unchanged(folder) => {
                Line::new(State::UploadOk).with("folder", self.full(folder)).with("unchanged", true)
            }
            End::Nothing => Line::new(State::UploadFail).with(
                "why",
                format_args!("{} is empty or missing: nothing to save", self.job.directory.display()),
            ),
            End::Short(why) => Line::new(State::UploadFail).with("why", why),
        };
        let line = line.with("job", &self.job.id).with("action", self.action);
        let line = line.with("files", whole.0).with("bytes", whole.1);
        let line = line.with("sent_files", sent.0).with("sent_bytes", sent.1);
        let line = line.with("seconds", format_args!("{:.1}", took.as_secs_f64()));
        let lines = lines_of(&self.gathered.left).chain([line]).collect();
        Saved { end, sent, whole, lines }
    }

    fn full(&self, folder: &str) -> String {
        format!("{}/{folder}", self.tools.bucket.name())
    }
}

fn is_missing(directory: &Path) -> bool {
    directory.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

pub(super) fn manifest_key(folder: &str) -> String {
    format!("{folder}{MANIFEST}")
}

/// A manifest whose files stay in the order that they are given in; its digest is the same in any.
pub(super) fn manifest(job: &Job, action: &str, utc: Timestamp, files: Vec<Entry>) -> Manifest {
    let manifest = Manifest::new(job.id.clone(), job.instance.clone(), action, utc, files.clone());
    Manifest { files, ..manifest }
}

/// The manifest's files, in the order in which they were last written. Restoring sets their times in that order, for
/// programs that look for the newest.
pub(super) fn entries(folder: &str, tree: &Tree, sent: &Index) -> Vec<Entry> {
    let mut files: Vec<_> =
        tree.iter().filter_map(|(name, file)| Some((name, file, sent.get(name)?))).collect();
    files.sort_unstable_by_key(|(name, file, _)| (file.facts.mtime, *name));
    files.into_iter().map(|(name, file, known)| entry(folder, name, file, known)).collect()
}

fn entry(folder: &str, name: &Name, file: &sync::File, known: &sync::Known) -> Entry {
    let is_here = known.key.strip_prefix(folder) == Some(name.as_str());
    let link = match file.what {
        What::Regular => 0,
        What::Link(_) => LINK,
    };
    Entry {
        path: name.to_string(),
        size: known.facts.size,
        sha256: known.sha256.clone(),
        key: (!is_here).then(|| known.key.clone()),
        mode: Some(file.mode | link),
    }
}

/// Tells whether two manifests say the same of their files, down to the objects.
pub(super) fn fingerprint(folder: &str, files: &[Entry]) -> String {
    let mut files: Vec<&Entry> = files.iter().collect();
    files.sort_unstable_by(|one, other| one.path.cmp(&other.path));
    let line = |entry: &&Entry| {
        let Entry { path, size, sha256, key, mode } = entry;
        let key = key.clone().unwrap_or_else(|| format!("{folder}{path}"));
        format!("{path}\n{size} {sha256} {mode:?} {key}\n")
    };
    files::sha256(files.iter().map(line).collect::<String>().as_bytes())
}
