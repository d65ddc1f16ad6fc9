//! Files as glibc, systemd and the kernel write them.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use super::*;
use crate::{
    decide::idle::{Reading, Terminal},
    io::signals::stage::Stage,
};

/// A utmp made by utmpdump of util-linux from its own text form.
fn utmp_of(stage: &Stage, place: &str, lines: &str) {
    let mut child = Command::new("utmpdump")
        .arg("--reverse")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("utmpdump of util-linux");
    child.stdin.take().expect("a pipe").write_all(lines.as_bytes()).expect("written");
    let output = child.wait_with_output().expect("an end");
    assert!(output.status.success());
    stage.file(place, output.stdout);
}

fn line(kind: u8, pid: u32, user: &str, line: &str) -> String {
    format!(
        "[{kind}] [{pid:05}] [ts/0] [{user:<8}] [{line:<12}] [10.0.0.1            ] [10.0.0.1       ] \
         [2025-01-15T14:30:22,000000+00:00]\n"
    )
}

fn on(terminals: &[(&str, &str)]) -> Reading<Vec<Terminal>> {
    let one = |(user, line): &(&str, &str)| Terminal { user: (*user).into(), line: (*line).into() };
    Reading::Is(terminals.iter().map(one).collect())
}

#[cfg(target_arch = "x86_64")]
#[test]
fn utmp_lists_people_whose_processes_live() {
    let stage = Stage::new();
    stage.process(500, &["sshd: ubuntu [priv]"]);
    stage.process(501, &["-bash"]);
    let lines = [
        line(2, 0, "reboot", "~"),
        line(1, 53, "runlevel", "~"),
        line(6, 501, "LOGIN", "ttyS0"),
        line(7, 500, "ubuntu", "pts/0"),
        line(7, 501, "root", "ttyS0"),
        // Dead by its kind; dead by its process; a screen before which nobody sits.
        line(8, 500, "ubuntu", "pts/1"),
        line(7, 499, "ubuntu", "pts/2"),
        line(7, 501, "ubuntu", "tty1"),
    ];
    utmp_of(&stage, "/run/utmp", &lines.concat());
    assert_eq!(utmp(&stage.root()), on(&[("ubuntu", "pts/0"), ("root", "ttyS0")]));
}

/// As OpenSSH 9.2 of Debian 12 wrote it for a session with a terminal.
#[cfg(target_arch = "x86_64")]
#[test]
fn the_entry_of_a_real_session_is_read() {
    let stage = Stage::new();
    stage.file("/run/utmp", include_bytes!("openssh-9.2.utmp"));
    assert_eq!(utmp(&stage.root()), on(&[]), "its shell is gone");
    stage.process(11894, &["bash"]);
    assert_eq!(utmp(&stage.root()), on(&[("root", "pts/3")]));
}

#[test]
fn a_system_without_utmp_has_none_and_the_older_place_counts() {
    let stage = Stage::new();
    assert_eq!(utmp(&stage.root()), Reading::Absent);
    stage.file("/var/run/utmp", "");
    assert_eq!(utmp(&stage.root()), on(&[]));
}

#[test]
fn what_is_no_utmp_is_not_read_as_one() {
    let stage = Stage::new();
    for content in [b"short".to_vec(), vec![0xff; 4000], [vec![7, 0], vec![b'\n'; 800]].concat()] {
        stage.file("/run/utmp", content);
        assert!(matches!(utmp(&stage.root()), Reading::Unreadable(_)));
    }
    std::fs::remove_file(stage.path("/run/utmp")).expect("a file");
    std::fs::create_dir(stage.path("/run/utmp")).expect("a folder");
    assert!(matches!(utmp(&stage.root()), Reading::Unreadable(_)));
}

#[test]
fn half_a_record_at_the_end_is_left() {
    let stage = Stage::new();
    let record = if cfg!(target_arch = "x86_64") { 384 } else { 400 };
    stage.file("/run/utmp", vec![0; record + record / 2]);
    assert_eq!(utmp(&stage.root()), on(&[]));
}

/// A session file as systemd 252 writes it.
fn session(stage: &Stage, id: &str, state: &str, class: &str, tty: &str) {
    let tty = if tty.is_empty() { String::new() } else { format!("TTY={tty}\nTTY_VALIDITY=from-pam\n") };
    stage.file(
        &format!("/run/systemd/sessions/{id}"),
        format!(
            "# This is private data. Do not parse.\nUID=1000\nUSER=ubuntu\nACTIVE=1\nIS_DISPLAY=0\nSTATE={state}\nREMOTE=1\n\
             LEADER_FD_SAVED=1\nTYPE=tty\nORIGINAL_TYPE=tty\nCLASS={class}\nSCOPE=session-{id}.scope\n\
             FIFO=/run/systemd/sessions/{id}.ref\n{tty}REMOTE_HOST=10.0.0.1\nSERVICE=sshd\nLEADER=812\nAUDIT={id}\n"
        ),
    );
}

#[test]
fn logind_knows_who_is_at_a_terminal() {
    let stage = Stage::new();
    assert_eq!(logind(&stage.root()), Reading::Absent);
    session(&stage, "1", "active", "user", "pts/0");
    session(&stage, "2", "closing", "user", "pts/1");
    session(&stage, "3", "online", "user", "");
    session(&stage, "4", "active", "manager", "");
    session(&stage, "5", "online", "user-early", "pts/4");
    session(&stage, "6", "active", "greeter", "tty7");
    session(&stage, "7", "active", "user", "ttyS0");
    stage.file("/run/systemd/sessions/.#8Xb1c2", "# This is private data. Do not");
    let pipe = stage.path("/run/systemd/sessions/1.ref");
    let made = Command::new("mkfifo").arg(pipe).status().expect("mkfifo of coreutils");
    assert!(made.success());
    assert_eq!(logind(&stage.root()), on(&[("ubuntu", "pts/0"), ("ubuntu", "pts/4"), ("ubuntu", "ttyS0")]));
}

#[test]
fn a_session_file_of_another_kind_is_not_read_as_nobody() {
    let stage = Stage::new();
    stage.file("/run/systemd/sessions/1", "{\"state\": \"active\"}");
    assert!(matches!(logind(&stage.root()), Reading::Unreadable(fault) if fault.contains("state")));
}

#[test]
fn only_sockets_on_which_somebody_listens_are_sessions() {
    let stage = Stage::new();
    assert_eq!(sockets(&stage.root()), Sockets::default());
    stage.file(
        "/proc/net/unix",
        "Num       RefCount Protocol Flags    Type St Inode Path\n\
         00000000587c9926: 00000003 00000000 00000000 0001 03 1525624\n\
         00000000587c9927: 00000002 00000000 00010000 0001 01 30001 /tmp/tmux-1000/my work\n\
         00000000587c9928: 00000003 00000000 00000000 0001 03 30002 /tmp/tmux-1000/my work\n\
         00000000587c9929: 00000002 00000000 00010000 0001 01 30003 /run/screen/S-ubuntu/4242.pts-0.host\n\
         00000000587c9930: 00000002 00000000 00010000 0001 01 30004 /run/systemd/private\n\
         00000000587c9931: 00000002 00000000 00010000 0001 01 30005 @/tmp/.X11-unix/X0\n\
         00000000587c9932: 00000002 00000000 00010000 0001 01 30006 /tmp/tmux-plugin/default\n\
         00000000587c9933: 00000002 00000000 00010000 0001 01 30007 /home/u/.screen/77.train\n",
    );
    let expect = Sockets {
        screen: vec!["4242.pts-0.host".into(), "77.train".into()],
        tmux: vec!["/tmp/tmux-1000/my work".into()],
    };
    assert_eq!(sockets(&stage.root()), expect);
}
