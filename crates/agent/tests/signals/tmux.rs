//! Sessions of a real tmux.

use std::{fs, os::unix::fs::symlink, path::Path, process::Command};

use agent::io::{machine::Root, signals::Reader};
use tempfile::TempDir;

use crate::parts::{look, name, reader, rules, run, until, value};

/// A folder of its own for the sockets: a server leaves its socket behind when its last session ends.
fn tmux(folder: &TempDir, socket: &[&str], arguments: &[&str]) -> String {
    let mut command = Command::new("tmux");
    command.args(["-f", "/dev/null"]).args(socket).args(arguments);
    run(command.env("TMUX_TMPDIR", folder.path()).env_remove("TMUX"))
}

fn servers() -> Vec<String> {
    value(look(&mut reader(&[])).tmux)
}

#[test]
fn a_detached_session_is_seen_until_it_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let name = name("tmux");
    let socket = ["-L", name.as_str()];
    tmux(&folder, &socket, &["new-session", "-d", "-s", "work", "cat"]);
    until("it is seen", || {
        servers().iter().any(|server| server.ends_with(&format!("/{name}"))).then_some(())
    });
    tmux(&folder, &socket, &["kill-session", "-t", "work"]);
    until("it is gone", || (!servers().iter().any(|server| server.contains(&name))).then_some(()));
}

#[test]
fn a_socket_that_a_dead_server_left_is_no_session() {
    let folder = tempfile::tempdir().expect("a folder");
    let name = name("tmux-dead");
    let socket = ["-L", name.as_str()];
    tmux(&folder, &socket, &["new-session", "-d", "cat"]);
    let told = tmux(&folder, &socket, &["display-message", "-p", "#{pid} #{socket_path}"]);
    let (pid, path) = told.split_once(' ').expect("pid and path");
    until("it is seen", || servers().contains(&path.to_owned()).then_some(()));
    run(Command::new("kill").args(["-KILL", pid]));
    until("it is gone", || (!servers().contains(&path.to_owned())).then_some(()));
    assert!(Path::new(path).exists(), "the socket is still there");
}

#[test]
fn a_server_whose_socket_lies_elsewhere_is_seen_by_its_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("own").display().to_string();
    let socket = ["-S", path.as_str()];
    tmux(&folder, &socket, &["new-session", "-d", "cat"]);
    let pid = tmux(&folder, &socket, &["display-message", "-p", "#{pid}"]);
    // A machine on which nothing else runs, and whose sockets are not listed.
    let machine = tempfile::tempdir().expect("a folder");
    fs::create_dir(machine.path().join("proc")).expect("a folder");
    for process in ["1", pid.as_str()] {
        symlink(format!("/proc/{process}"), machine.path().join("proc").join(process)).expect("a link");
    }
    let mut reader = Reader::new(Root::at(machine.path()), &rules(&[]));
    assert_eq!(value(look(&mut reader).tmux), [format!("pid {pid}")]);
    tmux(&folder, &socket, &["kill-server"]);
    until("it is gone", || value(look(&mut reader).tmux).is_empty().then_some(()));
}
