//! What a restore falls back on when the bucket cannot be read: the directory as it lies on this machine's disk, if it is
//! what a manifest says that was written beside the memory when it was last saved, or tried to be.

use std::{
    fs, io,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use serde::Deserialize;

use super::{
    Tools,
    bucket::Deadline,
    checkpoint::{self, Job, entries},
    gather::Gathered,
    pool::{self, Flow},
    whole_text,
};
use crate::{
    decide::{
        restore::{self, Choice, Fetch},
        sync::{self, Index, Known, References, Step, What, name::Name},
    },
    io::files::{self, Links, tree},
};

/// The folder that a local manifest's files lie in: none.
const NOWHERE: &str = "";

fn path(job: &Job) -> PathBuf {
    job.memory.with_extension("local.json")
}

/// Writes down what lies in the directory. What was not sent is hashed for it, as long as there is time.
pub(super) fn write(
    job: &Job,
    action: &str,
    gathered: &Gathered,
    tools: Tools<'_>,
    by: Deadline,
) -> io::Result<()> {
    let mut index = gathered.sent.clone();
    for (name, file) in &gathered.tree {
        if index.contains_key(name) {
            continue;
        }
        let read = tools.pace.now().wall;
        let Some(sha256) = hash(job, name, &file.what, tools, by)? else { return Ok(()) };
        index
            .insert(name.clone(), Known { facts: file.facts, read, sha256, key: String::new(), since: read });
    }
    let files = entries(NOWHERE, &gathered.tree, &without_keys(index));
    let manifest = checkpoint::manifest(job, action, tools.pace.now().wall, files);
    files::write_whole(&path(job), manifest.render().as_bytes())
}

fn without_keys(index: Index) -> Index {
    let bare = |(name, known): (_, Known)| {
        let key = format!("{NOWHERE}{name}");
        (name, Known { key, ..known })
    };
    crate::ordered::map(index.into_iter().map(bare))
}

fn hash(job: &Job, name: &Name, what: &What, tools: Tools<'_>, by: Deadline) -> io::Result<Option<String>> {
    use std::os::unix::ffi::OsStrExt;
    let path = job.directory.join(name.to_path());
    match what {
        What::Link(target) => Ok(Some(files::sha256(target.as_os_str().as_bytes()))),
        What::Regular => {
            let (file, _) = files::open(&path, Links::Record)?;
            Ok(files::sha256_of(file, || tools.pace.may_go_on(by))?.map(|(_, sha256)| sha256))
        }
    }
}

/// Whether the directory is whole, or what is wrong with it. Extra files are wrong, too: they belong to a later state.
pub(super) fn check(job: &Job, tools: Tools<'_>, by: Deadline) -> Result<(), String> {
    match fs::read(path(job)) {
        Ok(bytes) => {
            let choice =
                restore::check(&bytes, &job.id, NOWHERE, NOWHERE).map_err(|refused| whole_text(&refused))?;
            compare(job, &choice, &Index::new(), tools, by)
        }
        Err(_) => check_own(job),
    }
}

/// The workload may keep a `metadata.json` of its own in the directory, which is taken at its word.
fn check_own(job: &Job) -> Result<(), String> {
    #[derive(Deserialize)]
    struct Own {
        job_id: String,
    }
    let directory = job.directory.display();
    let bytes = fs::read(job.directory.join(protocol::checkpoint::MANIFEST)).map_err(|_| {
        format!("no checkpoint was saved on this machine, and {directory} has no metadata.json")
    })?;
    let own: Own =
        serde_json::from_slice(&bytes).map_err(|error| format!("metadata.json in {directory}: {error}"))?;
    if own.job_id == job.id.as_str() {
        Ok(())
    } else {
        Err(format!("{directory} belongs to job {:?}", own.job_id))
    }
}

/// Whether the directory holds this checkpoint and nothing else, going by `index` where that can be trusted and reading the
/// other files.
pub(super) fn compare(
    job: &Job,
    choice: &Choice,
    index: &Index,
    tools: Tools<'_>,
    by: Deadline,
) -> Result<(), String> {
    let tree = tree::scan(&job.directory, Links::Record).map_err(|fault| whole_text(&fault))?.tree;
    let names = crate::ordered::set(choice.files.iter().map(|file| &file.name));
    if let Some(extra) = tree.keys().find(|name| !names.contains(name)) {
        return Err(format!("{extra} is no part of it"));
    }
    let steps = sync::plan(&tree, index, References::Stay, tools.pace.now().wall);
    let wrong = Mutex::new(None);
    pool::each(choice.files.iter().map(|file| (1, file)), |file: &Fetch| {
        let there = tree.get(&file.name).filter(|there| there.facts.size == file.size);
        let sha256 = there.and_then(|there| match steps.get(&file.name) {
            Some(Step::Keep(known)) => Some(known.sha256.clone()),
            Some(Step::Compare(_) | Step::Send) | None => {
                hash(job, &file.name, &there.what, tools, by).ok().flatten()
            }
        });
        if sha256.as_ref() == Some(&file.sha256) {
            return Flow::GoOn;
        }
        wrong.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| file.name.to_string());
        Flow::Halt
    });
    let wrong = wrong.into_inner().unwrap_or_else(PoisonError::into_inner);
    wrong.map_or(Ok(()), |name| Err(format!("{name} is missing or not as it was when it was saved")))
}
