//! Sessions over Debian's own sshd, on loopback, with a key of their own.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    process::{Command, Stdio},
};

use agent::decide::idle::{SshTitles, Terminal};
use tempfile::TempDir;

use crate::parts::{Ended, look, reader, run, until, value};

struct Server {
    folder: TempDir,
    port: u16,
    user: String,
    _daemon: Ended,
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for key in ["host", "user"] {
            run(Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(folder.path().join(key)));
        }
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
        let at = folder.path().display();
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {at}/host\nAuthorizedKeysFile {at}/user.pub\nPidFile none\n\
             UsePAM no\nPermitRootLogin yes\nPasswordAuthentication no\nStrictModes no\nPrintMotd no\n\
             Subsystem sftp internal-sftp\n"
        );
        fs::write(folder.path().join("config"), config).expect("a file");
        if rustix::process::getuid().is_root() {
            // Debian's unit makes it; sshd does not start without.
            fs::create_dir_all("/run/sshd").expect("a folder");
        }
        let mut daemon = Command::new("/usr/sbin/sshd");
        daemon.args(["-D", "-e", "-f"]).arg(folder.path().join("config")).stderr(Stdio::null());
        let daemon = Ended::start(&mut daemon);
        until("sshd listens", || TcpStream::connect(("127.0.0.1", port)).ok());
        let user = run(Command::new("id").arg("-un"));
        Self { folder, port, user, _daemon: daemon }
    }

    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.arg("-i").arg(self.folder.path().join("user"));
        for option in [
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null",
            "LogLevel=ERROR",
            "IdentitiesOnly=yes",
        ] {
            command.args(["-o", option]);
        }
        command
    }

    /// A session in which `tty` is asked and then nothing happens until it is ended. Its first line.
    fn session(&self, terminal: &str) -> (Ended, String) {
        let mut command = self.client("ssh");
        command.arg(terminal).args(["-p", &self.port.to_string()]).arg(format!("{}@127.0.0.1", self.user));
        command.arg("tty; cat >/dev/null").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut session = Ended::start(&mut command);
        let mut line = String::new();
        let output = session.0.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut line).expect("the terminal's name");
        (session, line.trim().to_owned())
    }
}

fn titles() -> SshTitles {
    value(look(&mut reader(&[])).ssh)
}

#[test]
fn a_session_with_a_terminal_is_seen_until_it_ends() {
    let server = Server::start();
    let (mut session, tty) = server.session("-tt");
    let line = tty.strip_prefix("/dev/").expect("a terminal").to_owned();
    let here = Terminal { user: server.user.clone(), line };
    until("the session is seen", || titles().terminals.contains(&here).then_some(()));
    session.end();
    until("the session is gone", || (!titles().terminals.contains(&here)).then_some(()));
}

#[test]
fn a_session_without_a_terminal_is_counted_apart() {
    let server = Server::start();
    let before = titles();
    let (mut session, tty) = server.session("-T");
    assert_eq!(tty, "not a tty");
    until("it is counted", || (titles().without > before.without).then_some(()));
    session.0.stdin.take().expect("a pipe").flush().expect("flushed");
    let mut copy = server.client("sftp");
    copy.args(["-P", &server.port.to_string(), "-b", "-"]).arg(format!("{}@127.0.0.1", server.user));
    let mut copy = Ended::start(copy.stdin(Stdio::piped()).stdout(Stdio::null()));
    until("a copy is counted as well", || (titles().without > before.without + 1).then_some(()));
    copy.end();
    session.end();
}
