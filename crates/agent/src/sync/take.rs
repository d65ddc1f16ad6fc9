//! One file to the bucket. It may be written to at any time: what the system says of it is compared before and after, and if
//! that differs the file is to be taken again.
//!
//! What this cannot see is a program that goes on writing through memory it has mapped, to pages it wrote before: Linux does
//! not stamp the file again until they reach the disk. Such a file's hash will not match, and restoring takes the
//! checkpoint before.

use std::{
    fs,
    io::{self, Read},
    os::unix::ffi::OsStrExt,
    path::Path,
};

use jiff::Timestamp;

use super::{
    Tools,
    bucket::{Condition, Deadline, Fault, FaultKind},
};
use crate::{
    decide::sync::{Facts, File, Known, Step, What, Why, name::Name},
    io::files::{self, Links},
};

/// Up to this size a file is read once, into memory, and those very bytes are hashed and sent.
pub(super) const SMALL: u64 = 256 * 1024;

/// What became of a file.
pub(super) enum Taken {
    /// The bucket has it; so many bytes were sent for that, if it was sent.
    There(Known, Option<u64>),
    /// It changed or went away meanwhile.
    Again,
    /// It cannot be taken.
    Not(Why),
    /// The bucket would not have it.
    Fault(Fault),
    /// There was no time left.
    Late,
}

/// What to take, and where to.
pub(super) struct Order<'a> {
    pub(super) directory: &'a Path,
    pub(super) links: Links,
    pub(super) name: &'a Name,
    pub(super) file: &'a File,
    pub(super) step: &'a Step,
    pub(super) key: String,
    /// When the round began: before the file is opened.
    pub(super) wall: Timestamp,
}

/// Takes one file.
pub(super) fn take(order: &Order<'_>, tools: Tools<'_>, by: Deadline) -> Taken {
    if !tools.pace.may_go_on(by) {
        return Taken::Late;
    }
    let taken = match (order.step, &order.file.what) {
        (Step::Keep(known), _) => Ok(Taken::There(known.clone(), None)),
        (Step::Compare(_) | Step::Send, What::Link(target)) => {
            Ok(bytes(order, order.file.facts, target.as_os_str().as_bytes(), tools, by))
        }
        (Step::Compare(_) | Step::Send, What::Regular) => regular(order, tools, by),
    };
    taken.unwrap_or_else(|error| {
        let is_gone = error.kind() == io::ErrorKind::NotFound;
        if is_gone { Taken::Again } else { Taken::Not(Why::Unreadable(error.to_string())) }
    })
}

fn regular(order: &Order<'_>, tools: Tools<'_>, by: Deadline) -> io::Result<Taken> {
    let path = order.directory.join(order.name.to_path());
    let (file, facts) = files::open(&path, order.links)?;
    if facts.size > SMALL {
        return large(order, &path, file, facts, tools, by);
    }
    let mut body = Vec::new();
    file.take(facts.size + 1).read_to_end(&mut body)?;
    if body.len() as u64 != facts.size || changed(&path, facts, order.links)? {
        return Ok(Taken::Again);
    }
    Ok(bytes(order, facts, &body, tools, by))
}

fn bytes(order: &Order<'_>, facts: Facts, body: &[u8], tools: Tools<'_>, by: Deadline) -> Taken {
    let known = known(order, facts, files::sha256(body));
    if is_same(order.step, &known) {
        return Taken::There(known, None);
    }
    match tools.bucket.put_bytes(&order.key, body, &Condition::Always, by) {
        Ok(_) => Taken::There(known, Some(body.len() as u64)),
        Err(fault) => Taken::Fault(fault),
    }
}

fn large(
    order: &Order<'_>,
    path: &Path,
    file: fs::File,
    facts: Facts,
    tools: Tools<'_>,
    by: Deadline,
) -> io::Result<Taken> {
    let Some((size, sha256)) = files::sha256_of(file.take(facts.size), || tools.pace.may_go_on(by))? else {
        return Ok(Taken::Late);
    };
    if size != facts.size || changed(path, facts, order.links)? {
        return Ok(Taken::Again);
    }
    let known = known(order, facts, sha256);
    if is_same(order.step, &known) {
        return Ok(Taken::There(known, None));
    }
    let put = tools.bucket.put_file(&order.key, path, by);
    // A file that was cut short meanwhile fails to be put, and that is no fault of the bucket's.
    match put {
        _ if changed(path, facts, order.links)? => Ok(Taken::Again),
        Ok(_) => Ok(Taken::There(known, Some(size))),
        Err(fault) if fault.kind == FaultKind::Local => Ok(Taken::Not(Why::Unreadable(fault.what))),
        Err(fault) => Ok(Taken::Fault(fault)),
    }
}

/// By its path: a file that was put in the place of the one that was read is another.
fn changed(path: &Path, facts: Facts, links: Links) -> io::Result<bool> {
    let metadata = match links {
        Links::Record => fs::symlink_metadata(path)?,
        Links::Read => fs::metadata(path)?,
    };
    Ok(files::facts_of(&metadata) != facts)
}

/// The bucket's new object, or the one that it had if the bytes are the same.
fn known(order: &Order<'_>, facts: Facts, sha256: String) -> Known {
    match order.step {
        Step::Compare(old) if old.sha256 == sha256 => Known { facts, read: order.wall, ..old.clone() },
        Step::Keep(_) | Step::Compare(_) | Step::Send => {
            Known { facts, read: order.wall, sha256, key: order.key.clone(), since: order.wall }
        }
    }
}

fn is_same(step: &Step, known: &Known) -> bool {
    matches!(step, Step::Compare(old) if old.sha256 == known.sha256)
}
