//! Starts the interpreter once and has it import what the work will import. Bounded in time and in what it may say.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Read},
    os::unix::process::{CommandExt, ExitStatusExt},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::Duration,
};

use crate::{
    decide::preflight::Python,
    io::{clock, reap},
};

/// For starting and all imports together. Cold imports of torch from a fresh EBS volume take half of it.
const BOUND: Duration = Duration::from_secs(60);
/// After SIGKILL it has so long to go.
const END: Duration = Duration::from_secs(5);
/// What it writes to standard error is kept to this.
const ERRORS: u64 = 4096;
/// A line may be no longer.
const LONGEST: u64 = 4096;
/// Begins the lines that are the probe's and not some module's.
const MARK: &str = "curfew-preflight";

/// Where the work happens, and with which additions to the environment.
#[derive(Clone, Copy, Debug)]
pub struct Work<'a> {
    /// Need not be there yet.
    pub folder: &'a Path,
    /// The run's own.
    pub env: &'a BTreeMap<String, String>,
}

const PROBE: &str = r#"
import sys, importlib
def say(*words): print("curfew-preflight", *words, sep="\t", flush=True)
say("version", sys.version.split()[0])
for name in sys.argv[1:]:
    say("try", name)
    try: importlib.import_module(name)
    except BaseException as error: say("fault", name, type(error).__name__ + ": " + " ".join(str(error).split())[:300])
    else: say("good", name)
torch = sys.modules.get("torch")
if hasattr(torch, "cuda"): say("cuda", torch.cuda.device_count() if torch.cuda.is_available() else 0)
say("end")
"#;

/// What this interpreter shows.
pub(super) fn look(path: &str, imports: &[String], work: Work<'_>) -> Python {
    let program = program(path, work.folder);
    let mut python =
        Python { path: path.to_owned(), broken_venv: broken_venv(&program), ..Python::default() };
    match start(&program, imports, work) {
        Ok(child) => hear(child, &mut python),
        Err(error) => python.fault = Some(format!("it cannot be started: {error}")),
    }
    python
}

/// A path counts from the work's folder; a bare name is looked for in `PATH`.
fn program(path: &str, folder: &Path) -> PathBuf {
    if path.contains('/') { folder.join(path) } else { path.into() }
}

fn start(program: &Path, imports: &[String], work: Work<'_>) -> std::io::Result<Child> {
    let mut command = Command::new(program);
    command.arg("-c").arg(PROBE).args(imports).envs(work.env);
    if work.folder.is_dir() {
        command.current_dir(work.folder);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.process_group(0).spawn()
}

/// Hears it until it has come to its end, or time is up.
fn hear(mut child: Child, python: &mut Python) {
    let lines = lines(&mut child);
    let errors = errors(&mut child);
    let until = clock::now().up + BOUND;
    let ended = loop {
        match lines.recv_timeout(until.saturating_sub(clock::now().up)) {
            Ok(line) if line == "end" => break None,
            Ok(line) => add(python, &line),
            Err(RecvTimeoutError::Timeout) => break Some(None),
            Err(RecvTimeoutError::Disconnected) => {
                break Some(Some(errors.recv_timeout(Duration::from_secs(1))));
            }
        }
    };
    let status = reap::kill(child, END);
    python.fault = ended.map(|said| match said {
        None => format!("it took longer than {} s", BOUND.as_secs()),
        Some(said) => ending(status, said.unwrap_or_default().trim()),
    });
}

fn add(python: &mut Python, line: &str) {
    let words: Vec<&str> = line.splitn(3, '\t').collect();
    match words[..] {
        ["version", version] => python.version = Some(version.to_owned()),
        ["try", module] => drop(python.imports.insert(module.to_owned(), None)),
        ["good", module] => drop(python.imports.insert(module.to_owned(), Some(Ok(())))),
        ["fault", module, fault] => {
            drop(python.imports.insert(module.to_owned(), Some(Err(fault.to_owned()))))
        }
        ["cuda", count] => python.cuda = count.parse().ok(),
        _ => {}
    }
}

fn lines(child: &mut Child) -> Receiver<String> {
    let (sender, receiver) = mpsc::sync_channel(64);
    let output = child.stdout.take();
    thread::spawn(move || {
        let Some(output) = output else { return };
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        while (&mut output).take(LONGEST).read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            let text = String::from_utf8_lossy(&line);
            let ours =
                text.trim_end_matches('\n').strip_prefix(MARK).and_then(|rest| rest.strip_prefix('\t'));
            if ours.is_some_and(|ours| sender.send(ours.to_owned()).is_err()) {
                return;
            }
            line.clear();
        }
    });
    receiver
}

/// The last line that it wrote to standard error, once that is closed. All of it is read, so that nothing blocks.
fn errors(child: &mut Child) -> Receiver<String> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let errors = child.stderr.take();
    thread::spawn(move || {
        let Some(errors) = errors else { return };
        let mut errors = BufReader::new(errors);
        let (mut line, mut last) = (Vec::new(), String::new());
        while (&mut errors).take(ERRORS).read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            let text = String::from_utf8_lossy(&line).trim().to_owned();
            last = if text.is_empty() { last } else { text };
            line.clear();
        }
        let _ = sender.send(last);
    });
    receiver
}

fn ending(status: Option<ExitStatus>, said: &str) -> String {
    let how = match status.map(|status| (status.code(), status.signal())) {
        Some((Some(code), _)) => format!("it ended with exit code {code}"),
        Some((None, Some(signal))) => format!("it was ended by signal {signal}"),
        Some((None, None)) | None => "it ended".to_owned(),
    };
    if said.is_empty() { how } else { format!("{how}, saying {said:?}") }
}

/// A virtual environment names the interpreter that it was made from in `pyvenv.cfg`; copied to another machine, or after
/// an upgrade, that one is not there.
fn broken_venv(python: &Path) -> Option<String> {
    let folder = python.parent()?.parent()?;
    let text = fs::read_to_string(folder.join("pyvenv.cfg")).ok()?;
    let home = text.lines().find_map(|line| line.strip_prefix("home")?.trim().strip_prefix('='));
    match home.map(str::trim) {
        None => Some(format!("{} names no home", folder.join("pyvenv.cfg").display())),
        Some(home) if !Path::new(home).is_dir() => {
            Some(format!("{home}, from which it was made, is not there"))
        }
        Some(_) if !python.exists() => Some(format!("{} leads nowhere", python.display())),
        Some(_) => None,
    }
}
