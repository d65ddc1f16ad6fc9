//! logind's sessions, by the files that it keeps in `/run/systemd/sessions`.
//!
//! `loginctl` would be a process for each check, and D-Bus a protocol for one question. The files say of themselves that
//! they are private to libsystemd, whose sd_session_get_state(3) reads them. This is one of three witnesses to a terminal:
//! a key that is not understood is left, a file that is not counts as use.

use std::{fs, io, path::Path};

use super::{MOST, is_a_persons};
use crate::{
    decide::idle::{Reading, Terminal},
    io::machine::Root,
};

const SESSIONS: &str = "/run/systemd/sessions";
/// No session's file is larger.
const LARGEST: u64 = 64 * 1024;

/// Who is at a terminal by logind.
pub fn logind(root: &Root) -> Reading<Vec<Terminal>> {
    let folder = root.path(SESSIONS);
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Reading::Absent,
        Err(error) => return Reading::Unreadable(format!("{} cannot be listed: {error}", folder.display())),
    };
    let mut terminals = Vec::new();
    for entry in entries.flatten().take(MOST) {
        // Beside each session lies a pipe, ID.ref, that must not be read; a name with a dot before it is being written.
        let written = !entry.file_name().as_encoded_bytes().starts_with(b".");
        if !written || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        match session(&entry.path()) {
            Ok(terminal) => terminals.extend(terminal),
            Err(fault) => return Reading::Unreadable(fault),
        }
    }
    terminals.sort_unstable();
    Reading::Is(terminals)
}

fn session(path: &Path) -> Result<Option<Terminal>, String> {
    let mut bytes = Vec::new();
    match crate::io::processes::read(path, LARGEST, &mut bytes) {
        Ok(()) => {}
        // It ended since it was listed.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("{} cannot be read: {error}", path.display())),
    }
    let text = String::from_utf8_lossy(&bytes);
    let of = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    let Some(state) = of("STATE") else {
        return Err(format!("{} does not say the session's state", path.display()));
    };
    // What is left of a session that is closing are its processes, and those are seen as such. Managers, greeters and
    // background jobs are sessions without a person.
    let person = state != "closing" && of("CLASS").is_none_or(|class| class.starts_with("user"));
    let line = of("TTY").filter(|line| person && is_a_persons(line));
    Ok(line.map(|line| Terminal { user: of("USER").unwrap_or("?").to_owned(), line: line.to_owned() }))
}
