//! Sockets of screen and tmux on which somebody listens, by `/proc/net/unix`. A socket that a crash left behind is not in
//! there, so a dead one is no session, and nothing has to be connected to.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
};

use super::MOST;
use crate::io::machine::Root;

/// Of the list, no more is read.
const LARGEST: u64 = 8 * 1024 * 1024;
/// `__SO_ACCEPTCON`: it listens (unix(7)).
const LISTENS: u32 = 0x1_0000;

/// Live sockets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sockets {
    /// `1234.name`.
    pub screen: Vec<String>,
    /// `/tmp/tmux-1000/default`.
    pub tmux: Vec<String>,
}

/// Looks them up. Where the list cannot be read, the processes tell as much.
pub fn sockets(root: &Root) -> Sockets {
    let mut sockets = Sockets::default();
    let Ok(file) = File::open(root.path("/proc/net/unix")) else { return sockets };
    let mut lines = BufReader::new(file.take(LARGEST));
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
        if let Some(path) = std::str::from_utf8(&line).ok().and_then(listening) {
            sockets.add(path);
        }
        line.clear();
    }
    sockets.screen.sort_unstable();
    sockets.tmux.sort_unstable();
    sockets
}

impl Sockets {
    fn add(&mut self, path: &str) {
        let path = Path::new(path);
        let above = |path: &Path| Some(path.parent()?.file_name()?.to_str()?.to_owned());
        let (Some(name), Some(folder)) = (path.file_name().and_then(|name| name.to_str()), above(path))
        else {
            return;
        };
        let owner = folder.strip_prefix("tmux-").unwrap_or_default();
        if self.tmux.len() < MOST && !owner.is_empty() && owner.bytes().all(|byte| byte.is_ascii_digit()) {
            self.tmux.push(path.display().to_string());
        } else if self.screen.len() < MOST && is_screens(&folder, path.parent()) && is_session(name) {
            self.screen.push(name.to_owned());
        }
    }
}

/// `/run/screen/S-user`, `/tmp/screens/S-user`, `/tmp/uscreens/S-user` and `~/.screen`.
fn is_screens(folder: &str, path: Option<&Path>) -> bool {
    let above = path.and_then(Path::parent).and_then(Path::file_name).and_then(|name| name.to_str());
    folder == ".screen"
        || folder.starts_with("S-") && matches!(above, Some("screen" | "screens" | "uscreens"))
}

/// `1234.pts-0.host`: the server's process comes first.
fn is_session(name: &str) -> bool {
    name.split_once('.').is_some_and(|(pid, _)| pid.parse::<u32>().is_ok())
}

/// The path of a line `Num RefCount Protocol Flags Type St Inode Path`, if it listens.
fn listening(line: &str) -> Option<&str> {
    let flags = u32::from_str_radix(line.split_whitespace().nth(3)?, 16).ok()?;
    let path = &line[line.find('/')?..];
    (flags & LISTENS != 0).then_some(path.trim_end_matches('\n'))
}
