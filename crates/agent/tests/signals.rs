//! The signals of use against the real things: sshd, tmux, screen, and processes of this machine.
//!
//! Needs root, since sshd gives out terminals only as root, and openssh-server, openssh-client, tmux and screen. Everything is started here and ended by its process id, and other
//! sessions on the machine do not matter: what is looked for bears a name of its own.

#[path = "signals/holders.rs"]
mod holders;
#[path = "signals/parts.rs"]
mod parts;
#[path = "signals/processes.rs"]
mod processes;
#[path = "signals/screen.rs"]
mod screen;
#[path = "signals/ssh.rs"]
mod ssh;
#[path = "signals/tmux.rs"]
mod tmux;
