//! Sessions of a real screen.

use std::process::Command;

use crate::parts::{look, name, reader, run, until, value};

fn screen(arguments: &[&str]) -> String {
    run(Command::new("screen").args(arguments).env_remove("STY"))
}

fn sessions() -> Vec<String> {
    value(look(&mut reader(&[])).screen)
}

#[test]
fn a_detached_session_is_seen_until_it_ends() {
    let name = name("screen");
    let seen = || sessions().iter().any(|session| session.ends_with(&format!(".{name}")));
    screen(&["-dmS", &name, "cat"]);
    until("it is seen", || seen().then_some(()));
    screen(&["-S", &name, "-X", "quit"]);
    until("it is gone", || (!seen()).then_some(()));
}
