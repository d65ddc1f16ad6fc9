//! What a process calls itself.

use std::{fs, path::Path};

use crate::decide::idle::{SshTitles, Terminal};

/// Of a name, no more than this is shown.
const SHOWN: usize = 40;

/// The file name of a command line's first word. A title that a process wrote over it has none.
pub(super) fn program(command: &[u8]) -> &str {
    let end = command.iter().position(|byte| *byte == 0).unwrap_or(command.len());
    let path = std::str::from_utf8(&command[..end]).unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default()
}

/// A name as it may be written to a terminal and a log.
pub(super) fn shown(name: &str) -> String {
    let plain = |letter: char| if letter.is_control() { '?' } else { letter };
    name.chars().take(SHOWN).map(plain).collect()
}

/// A server calls itself so by the name of its thread and keeps the command line of the client that started it.
pub(super) fn is_tmux_server(folder: &Path) -> bool {
    fs::read_to_string(folder.join("comm")).is_ok_and(|name| name.trim_end() != "tmux: client")
}

/// Adds what sshd says of its sessions: `sshd: u@pts/0`, from OpenSSH 9.8 on `sshd-session: u@pts/0`, with several
/// terminals over one connection `u@pts/0,pts/1`, and without any `u@notty`.
pub(super) fn add_ssh(titles: &mut SshTitles, command: &[u8], most: usize) {
    let end = command.iter().position(|byte| *byte == 0).unwrap_or(command.len());
    let title = String::from_utf8_lossy(&command[..end]);
    let Some(rest) = ["sshd: ", "sshd-session: "].iter().find_map(|word| title.strip_prefix(word)) else {
        return;
    };
    // A user of a directory service may have an @ of their own.
    let Some((user, lines)) = rest.trim_end().rsplit_once('@') else { return };
    for line in lines.split(',') {
        if is_terminal(line) && titles.terminals.len() < most {
            titles.terminals.push(Terminal { user: shown(user), line: shown(line) });
        } else if line == "notty" || line == "internal-sftp" {
            titles.without = titles.without.saturating_add(1);
        }
    }
}

fn is_terminal(line: &str) -> bool {
    line.starts_with("pts/") || line.starts_with("tty")
}
