//! `/run/utmp`: utmp(5), read by hand. glibc keeps 32-bit times in it on x86_64 for compatibility and 64-bit ones on
//! aarch64, so a record has 384 bytes there and 400 here; the fields that matter lie at the same places.

use std::{fs, io, path::Path};

use super::{MOST, is_a_persons};
use crate::{
    decide::idle::{Reading, Terminal},
    io::machine::Root,
};

/// The newer place first; the older one is a link to it where both are.
const PLACES: [&str; 2] = ["/run/utmp", "/var/run/utmp"];
/// No utmp of a real machine is larger.
const LARGEST: u64 = 16 * 1024 * 1024;
/// A record, in bytes.
const RECORD: usize = if cfg!(target_arch = "x86_64") { 384 } else { 400 };
/// `USER_PROCESS`: somebody is logged in.
const USER_PROCESS: i16 = 7;
/// `ACCOUNTING`: the greatest kind that there is.
const ACCOUNTING: i16 = 9;

/// Where the fields lie, by bits/utmp.h: type 0, pid 4, line 8..40, id 40..44, user 44..76.
const PID: usize = 4;
const LINE: std::ops::Range<usize> = 8..40;
const USER: std::ops::Range<usize> = 44..76;

/// Who is at a terminal by utmp. Newer systems keep none, which is no fault: logind and sshd's titles remain.
pub fn utmp(root: &Root) -> Reading<Vec<Terminal>> {
    for place in PLACES.map(|place| root.path(place)) {
        match read(&place) {
            Ok(bytes) => return terminals(root, &place, &bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Reading::Unreadable(format!("{} cannot be read: {error}", place.display())),
        }
    }
    Reading::Absent
}

fn read(place: &Path) -> io::Result<Vec<u8>> {
    if fs::metadata(place)?.len() > LARGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is larger than any utmp"));
    }
    fs::read(place)
}

fn terminals(root: &Root, place: &Path, bytes: &[u8]) -> Reading<Vec<Terminal>> {
    if !sound(bytes, RECORD) {
        return Reading::Unreadable(format!("{} is no utmp: its records have another form", place.display()));
    }
    let records = bytes.chunks_exact(RECORD).filter_map(|record| user(root, record));
    Reading::Is(records.take(MOST).collect())
}

fn sound(bytes: &[u8], size: usize) -> bool {
    // A file in the middle of being written ends within a record, which is left.
    bytes.is_empty() || bytes.len() >= size && bytes.chunks_exact(size).all(is_sound)
}

fn is_sound(record: &[u8]) -> bool {
    let line = &record[LINE];
    let text = line.iter().position(|byte| *byte == 0).unwrap_or(line.len());
    (0..=ACCOUNTING).contains(&kind(record)) && line[..text].iter().all(|byte| byte.is_ascii_graphic())
}

fn kind(record: &[u8]) -> i16 {
    i16::from_le_bytes([record[0], record[1]])
}

/// A person at a terminal, unless the process that wrote the entry is gone: a crash leaves entries behind.
fn user(root: &Root, record: &[u8]) -> Option<Terminal> {
    let pid = i32::from_le_bytes(record[PID..PID + 4].try_into().ok()?);
    let line = text(&record[LINE]);
    let lives = || root.path(format!("/proc/{pid}")).exists();
    (kind(record) == USER_PROCESS && is_a_persons(&line) && lives())
        .then(|| Terminal { user: text(&record[USER]), line })
}

fn text(field: &[u8]) -> String {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    String::from_utf8_lossy(&field[..end]).chars().filter(|letter| !letter.is_control()).collect()
}
