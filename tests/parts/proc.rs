//! What `/proc` says of running processes: parents and process groups. It only looks; ending is the
//! business of [`crate::process`] and `lifeline`.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// One process that is still running: zombies, which only wait for their parent, are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// Process id.
    pub id: i32,
    /// Name of its executable, at most 15 bytes, as the kernel keeps it.
    pub name: String,
    parent: i32,
    group: i32,
}

/// The running processes that are members of a process group or have `HOME` set to this folder. The
/// second finds those that have left the group, as programs do that start others for good.
#[must_use]
pub fn in_group_or_home(group: i32, home: &Path) -> Vec<Running> {
    let variable = [b"HOME=", home.as_os_str().as_bytes()].concat();
    all().into_iter().filter(|process| process.group == group || has(process, &variable)).collect()
}

/// Whether a process was started with this environment variable, `NAME=VALUE`.
fn has(process: &Running, variable: &[u8]) -> bool {
    let environment = fs::read(format!("/proc/{}/environ", process.id)).unwrap_or_default();
    environment.split(|byte| *byte == 0).any(|entry| entry == variable)
}

/// The running descendants of a process, itself left out, parents before children.
#[must_use]
pub fn descendants(id: i32) -> Vec<Running> {
    let all = all();
    let mut family = vec![id];
    let mut found: Vec<Running> = Vec::new();
    while let Some(parent) = family.pop() {
        let children: Vec<_> = all.iter().filter(|process| process.parent == parent).cloned().collect();
        family.extend(children.iter().map(|child| child.id));
        found.extend(children);
    }
    found
}

/// Whether a process seen before still runs. Process ids are used again, so its name and group must
/// be the same.
#[must_use]
pub(crate) fn is_running(seen: &Running) -> bool {
    read(seen.id).is_some_and(|now| (now.name, now.group) == (seen.name.clone(), seen.group))
}

fn all() -> Vec<Running> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).filter_map(read).collect()
}

fn read(id: i32) -> Option<Running> {
    parse(&fs::read_to_string(format!("/proc/{id}/stat")).ok()?)
}

/// Reads one line of `/proc/ID/stat` (proc(5)): `id (name) state parent group ...`. The name may
/// itself hold spaces and brackets, so it ends at the last one.
fn parse(stat: &str) -> Option<Running> {
    let (id, rest) = stat.split_once(" (")?;
    let (name, rest) = rest.rsplit_once(") ")?;
    let mut fields = rest.split(' ');
    let state = fields.next()?;
    let running = Running {
        id: id.parse().ok()?,
        name: name.to_owned(),
        parent: fields.next()?.parse().ok()?,
        group: fields.next()?.parse().ok()?,
    };
    (!matches!(state, "Z" | "X")).then_some(running)
}

#[cfg(test)]
mod tests {
    use super::{Running, parse};

    #[test]
    fn a_name_may_hold_brackets_and_spaces() {
        let running = parse("42 (a) b (c) S 7 9 9 0 -1").unwrap();
        let expected = Running { id: 42, name: "a) b (c".into(), parent: 7, group: 9 };
        assert_eq!(running, expected);
    }

    #[test]
    fn a_zombie_is_not_running() {
        assert_eq!(parse("42 (sh) Z 7 9 9 0 -1"), None);
    }
}
