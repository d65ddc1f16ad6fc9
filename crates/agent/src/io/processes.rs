//! One pass over `/proc` for everything that processes show: sshd's titles, SSM, screen, tmux, watched commands and who
//! holds an accelerator open. It starts no process and keeps no command line.

mod open;
mod own;
mod pattern;
mod title;

pub use open::Device;
pub use own::Own;
pub(super) use own::parent;
pub use pattern::Patterns;

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use super::machine::Root;
use crate::decide::idle::{Holder, Reading, SshTitles, Watched};

/// Of a command line, no more than this is read.
const COMMAND_BYTES: u64 = 16 * 1024;
/// No list below grows beyond this.
const MOST: usize = 128;

/// What to look for.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// Commands to watch for.
    pub patterns: &'a Patterns,
    /// Devices whose holders are wanted: none, where the machine has none.
    pub devices: &'a [Device],
    /// The agent's own.
    pub own: &'a Own,
}

/// What one pass saw.
#[derive(Clone, Debug)]
pub struct Seen {
    /// sshd's titles.
    pub ssh: SshTitles,
    /// Workers of SSM sessions.
    pub ssm: u32,
    /// Processes of screen's servers.
    pub screen: Vec<u32>,
    /// Processes of tmux's servers.
    pub tmux: Vec<u32>,
    /// Processes that match a pattern.
    pub watched: Vec<Watched>,
    /// Who holds which kind of device open.
    pub holders: Reading<Vec<(Device, Holder)>>,
}

/// Looks at every process once.
pub fn pass(root: &Root, look: Look<'_>) -> Reading<Seen> {
    let proc = root.path("/proc");
    let entries = match fs::read_dir(&proc) {
        Ok(entries) => entries,
        Err(error) => return Reading::Unreadable(format!("{} cannot be listed: {error}", proc.display())),
    };
    let mut seen = Seen::nothing();
    let mut buffer = Vec::with_capacity(1024);
    let mut first = false;
    for entry in entries.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        first |= pid == 1;
        seen.add(&entry.path(), pid, look, &mut buffer);
    }
    if first { Reading::Is(seen.sorted()) } else { Reading::Unreadable(HIDDEN.to_owned()) }
}

const HIDDEN: &str =
    "process 1 is not to be seen, so /proc hides the processes of others (hidepid); run the agent as root";

impl Seen {
    fn nothing() -> Self {
        Self {
            ssh: SshTitles::default(),
            ssm: 0,
            screen: Vec::new(),
            tmux: Vec::new(),
            watched: Vec::new(),
            holders: Reading::Is(Vec::new()),
        }
    }

    /// A process may be gone at any moment; then it does not count.
    fn add(&mut self, folder: &Path, pid: u32, look: Look<'_>, buffer: &mut Vec<u8>) {
        if read(&folder.join("cmdline"), COMMAND_BYTES, buffer).is_err() {
            return;
        }
        let name = title::program(buffer);
        self.add_title(folder, pid, name, buffer);
        if !look.devices.is_empty() && !look.own.is_gauge(pid) && !open::only_looks(name) {
            self.add_held(folder, pid, name, look.devices);
        }
        self.add_watched(pid, buffer, look);
    }

    fn add_title(&mut self, folder: &Path, pid: u32, name: &str, command: &[u8]) {
        match name {
            "ssm-session-worker" => self.ssm = self.ssm.saturating_add(1),
            "SCREEN" => push(&mut self.screen, pid),
            "tmux" if title::is_tmux_server(folder) => push(&mut self.tmux, pid),
            _ => title::add_ssh(&mut self.ssh, command, MOST),
        }
    }

    fn add_watched(&mut self, pid: u32, command: &mut [u8], look: Look<'_>) {
        if look.patterns.is_empty() || look.own.is_own(pid) || command.is_empty() {
            return;
        }
        let name = title::shown(title::program(command));
        if let Some(pattern) = look.patterns.matching(command) {
            push(&mut self.watched, Watched { pid, name, pattern: pattern.to_owned() });
        }
    }

    fn add_held(&mut self, folder: &Path, pid: u32, name: &str, devices: &[Device]) {
        let Reading::Is(holders) = &mut self.holders else { return };
        match open::held(folder, devices) {
            Ok(held) => {
                for device in held {
                    push(holders, (device, Holder { pid, name: title::shown(name) }));
                }
            }
            Err(error) => {
                let fault = format!(
                    "whether process {pid} holds one open cannot be seen: {error}; run the agent as root"
                );
                self.holders = Reading::Unreadable(fault);
            }
        }
    }

    fn sorted(mut self) -> Self {
        self.ssh.terminals.sort_unstable();
        self.screen.sort_unstable();
        self.tmux.sort_unstable();
        self.watched.sort_unstable_by_key(|process| process.pid);
        self
    }
}

/// Reads a small file of the kernel's into `buffer`.
pub(super) fn read(path: &Path, most: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
    buffer.clear();
    File::open(path)?.take(most).read_to_end(buffer).map(drop)
}

fn push<T>(list: &mut Vec<T>, item: T) {
    if list.len() < MOST {
        list.push(item);
    }
}

#[cfg(test)]
mod tests;
