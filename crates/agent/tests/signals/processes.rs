//! Processes of this machine: watched commands and SSM's workers.

use std::{
    fs,
    process::{Command, Stdio},
};

use agent::{
    explain::{Detail, idle_once},
    io::machine::Root,
};

use crate::parts::{Ended, look, name, reader, rules, until, value};

/// A program of that name that does nothing until it is ended.
fn program(folder: &tempfile::TempDir, name: &str) -> Command {
    let path = folder.path().join(name);
    fs::copy("/bin/sleep", &path).expect("a copy of sleep");
    let mut command = Command::new(path);
    command.arg("600").stdin(Stdio::null());
    command
}

#[test]
fn an_ssm_session_is_seen_until_it_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let sessions = || value(look(&mut reader(&[])).ssm);
    let before = sessions();
    let mut worker = Ended::start(&mut program(&folder, "ssm-session-worker"));
    until("it is seen", || (sessions() > before).then_some(()));
    worker.end();
    until("it is gone", || (sessions() <= before).then_some(()));
}

#[test]
fn a_watched_process_is_seen_until_it_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let pattern = format!("{}.*/torchrun .*00$", folder.path().display());
    let watched = || value(look(&mut reader(&[&pattern])).watched);
    assert_eq!(watched(), [], "the pattern stands in no other command line");
    let mut process = Ended::start(&mut program(&folder, "torchrun"));
    let found = until("it is seen", || watched().pop());
    assert_eq!(
        (found.pid, found.name.as_str(), found.pattern),
        (process.0.id(), "torchrun", pattern.clone())
    );
    process.end();
    until("it is gone", || watched().is_empty().then_some(()));
}

#[test]
fn the_answer_names_what_keeps_this_machine_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let mark = name("held");
    let process = Ended::start(&mut program(&folder, &mark));
    let pid = process.0.id();
    until("it runs", || value(look(&mut reader(&[&mark])).watched).pop());
    let answer = idle_once(Root::real(), &rules(&[&mark]), Detail::Signals, None);
    assert_eq!(answer.code, 1);
    assert!(
        answer.text.contains(&format!("watched processes yes              {mark} (pid {pid}, ")),
        "{}",
        answer.text
    );
    assert!(answer.text.contains(&format!("a watched process runs: {mark} (pid {pid}, ")), "{}", answer.text);
}
