//! The files of a checkpoint into a folder of their own, each one verified. What the bucket holds is not believed until its
//! hash says so.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs::{self, OpenOptions, Permissions},
    io::{self, Write},
    os::unix::{
        ffi::OsStrExt,
        fs::{OpenOptionsExt, PermissionsExt, symlink},
    },
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use super::{
    Tools,
    bucket::{Deadline, Fault, FaultKind},
    gather::LARGE,
    patience::Patience,
    pool::{self, Flow},
    take::SMALL,
};
use crate::{
    decide::restore::{Choice, Fetch, may_link},
    io::files,
};

/// Why a checkpoint is not there.
#[derive(Debug)]
pub(super) enum Broken {
    /// It is not what its manifest says: the one before may be.
    Corrupt(String),
    /// The bucket cannot be read.
    Fault(Fault),
    /// This machine cannot take it.
    Here(String),
}

/// What became of one file.
enum Got {
    File,
    Link(PathBuf),
    Not(Broken),
}

/// Fetches all files of `choice` into the empty folder `into`.
pub(super) fn all(choice: &Choice, into: &Path, tools: Tools<'_>, by: Deadline) -> Result<(), Broken> {
    for folder in
        choice.files.iter().filter_map(|file| into.join(file.name.to_path()).parent().map(Path::to_owned))
    {
        fs::create_dir_all(&folder).map_err(|error| here("creating", &folder, &error))?;
    }
    let mut open: BTreeMap<usize, &Fetch> = crate::ordered::map(choice.files.iter().enumerate());
    let (mut links, mut patience) = (Vec::new(), Patience::default());
    while !open.is_empty() {
        let mut fault = None;
        for (index, got) in attempt(&open, into, tools, by) {
            match got {
                Got::File => {}
                Got::Link(target) => links.push((&choice.files[index], target)),
                Got::Not(Broken::Fault(new)) if new.kind.may_pass() => {
                    fault.get_or_insert(new);
                    continue;
                }
                Got::Not(broken) => return Err(broken),
            }
            open.remove(&index);
        }
        match fault {
            Some(fault) if !patience.wait(tools, by) => return Err(given_up(fault)),
            Some(_) => {}
            None if open.is_empty() => {}
            None => return Err(late()),
        }
    }
    finish(choice, links, into).map_err(|error| here("finishing", into, &error))
}

fn attempt(open: &BTreeMap<usize, &Fetch>, into: &Path, tools: Tools<'_>, by: Deadline) -> Vec<(usize, Got)> {
    let done = Mutex::new(Vec::new());
    let weight = |file: &Fetch| if file.size > LARGE { pool::HEAVY } else { 1 };
    pool::each(open.iter().map(|(index, file)| (weight(file), (*index, *file))), |(index, file)| {
        if !tools.pace.may_go_on(by) {
            return Flow::Halt;
        }
        // A body that was damaged on its way is whole the second time; one that lies damaged in the bucket is not.
        let mut got = one(file, into, tools, by);
        if matches!(got, Got::Not(Broken::Corrupt(_))) {
            got = one(file, into, tools, by);
        }
        let flow = if matches!(got, Got::Not(_)) { Flow::Halt } else { Flow::GoOn };
        done.lock().unwrap_or_else(PoisonError::into_inner).push((index, got));
        flow
    });
    done.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn one(file: &Fetch, into: &Path, tools: Tools<'_>, by: Deadline) -> Got {
    let path = into.join(file.name.to_path());
    let got = if file.is_link {
        link(file, tools, by)
    } else if file.size <= SMALL {
        bytes(file, tools, by).and_then(|body| write(&path, &body).map(|()| Got::File))
    } else {
        large(file, &path, tools, by)
    };
    got.unwrap_or_else(Got::Not)
}

fn link(file: &Fetch, tools: Tools<'_>, by: Deadline) -> Result<Got, Broken> {
    let body = bytes(file, tools, by)?;
    let target = PathBuf::from(OsStr::from_bytes(&body));
    if may_link(&file.name, &target) {
        return Ok(Got::Link(target));
    }
    Err(Broken::Corrupt(format!("the link {} leads to {target:?}, outside of the directory", file.name)))
}

fn bytes(file: &Fetch, tools: Tools<'_>, by: Deadline) -> Result<Vec<u8>, Broken> {
    let (body, _) = tools.bucket.get_bytes(&file.key, file.size, by).map_err(|fault| sorted(file, fault))?;
    verify(file, body.len() as u64, &files::sha256(&body)).map(|()| body)
}

fn large(file: &Fetch, path: &Path, tools: Tools<'_>, by: Deadline) -> Result<Got, Broken> {
    let hashed = tools.bucket.get_hashed(&file.key, file.size, path, by);
    let (size, sha256) = hashed.map_err(|fault| sorted(file, fault))?;
    verify(file, size, &sha256).map(|()| Got::File)
}

fn verify(file: &Fetch, size: u64, sha256: &str) -> Result<(), Broken> {
    if (size, sha256) == (file.size, &file.sha256) {
        return Ok(());
    }
    let Fetch { name, key, size: expected, .. } = file;
    Err(Broken::Corrupt(format!(
        "{name}: {key:?} holds {size} bytes whose hash is not the manifest's ({expected} bytes)"
    )))
}

/// An object that is missing or of another size belongs to a checkpoint that is broken.
fn sorted(file: &Fetch, fault: Fault) -> Broken {
    match fault.kind {
        FaultKind::NotFound | FaultKind::TooLarge => {
            Broken::Corrupt(format!("{}: {}", file.name, fault.what))
        }
        FaultKind::Local => Broken::Here(fault.what),
        FaultKind::Denied
        | FaultKind::Conflict
        | FaultKind::PreconditionFailed
        | FaultKind::WrongRegion
        | FaultKind::NoBucket
        | FaultKind::Throttled
        | FaultKind::Unreachable
        | FaultKind::Garbled
        | FaultKind::Expired => Broken::Fault(fault),
    }
}

/// A body that comes garbled each time lies garbled in the bucket.
fn given_up(fault: Fault) -> Broken {
    if fault.kind == FaultKind::Garbled { Broken::Corrupt(fault.what) } else { Broken::Fault(fault) }
}

fn write(path: &Path, body: &[u8]) -> Result<(), Broken> {
    let open = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
    open.and_then(|mut file| file.write_all(body)).map_err(|error| here("writing", path, &error))
}

/// Modes, times in the manifest's order, and the links, through which nothing can be written any more.
fn finish(choice: &Choice, links: Vec<(&Fetch, PathBuf)>, into: &Path) -> io::Result<()> {
    let count = choice.files.len();
    for (index, file) in choice.files.iter().enumerate().filter(|(_, file)| !file.is_link) {
        let path = into.join(file.name.to_path());
        let before = jiff::SignedDuration::from_millis(i64::try_from(count - index).unwrap_or(i64::MAX));
        let time = choice.utc.checked_sub(before).unwrap_or(choice.utc);
        fs::File::options().write(true).open(&path)?.set_modified(time.into())?;
        fs::set_permissions(&path, Permissions::from_mode(file.mode))?;
    }
    links.into_iter().try_for_each(|(file, target)| symlink(target, into.join(file.name.to_path())))
}

fn late() -> Broken {
    Broken::Fault(Fault::new(FaultKind::Expired, "time is up"))
}

fn here(deed: &str, path: &Path, error: &io::Error) -> Broken {
    Broken::Here(format!("{deed} {}: {error}", path.display()))
}
