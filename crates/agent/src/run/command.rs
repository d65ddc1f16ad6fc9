//! The commands of a run: preflight, repository, setup, the work itself and its checkpoint command.

use std::{ffi::OsString, fs, path::Path, sync::mpsc, time::Duration};

use protocol::config::{AcceleratorKind, Preflight};
use rustix::process::Signal;

use super::{
    hands::{World, guard},
    memory::Work as Known,
    setup::Start,
};
use crate::{
    decide::{exit::Exit, figures, preflight as judgement},
    io::{
        cgroup::Cgroup,
        child::{Running, Work},
        clock,
        container::Inside,
        output::Queue,
    },
    preflight,
};

/// Between SIGTERM and SIGKILL, for commands that took too long.
const GRACE: Duration = Duration::from_secs(5);
/// For the last lines of a command that is over: they belong before its end.
const LAST_LINES: Duration = Duration::from_millis(500);
/// How often a wait looks whether it was called off.
const LOOK: Duration = Duration::from_millis(500);

/// Preflight, repository, setup.
pub(super) fn prepare(world: &World, by: Duration) -> Result<(), String> {
    let Start::Service = world.setup.start else { return Ok(()) };
    let run = &world.config().run;
    let folder = Path::new(&run.workdir);
    fs::create_dir_all(folder).map_err(|error| format!("run.workdir {}: {error}", folder.display()))?;
    check(world, &world.config().preflight, folder)?;
    if let Some(container) = &run.container {
        enter(world, container, folder, by)?;
    }
    if let Some(repository) = &run.repository {
        clone(world, repository, run.revision.as_deref(), folder, by)?;
    }
    match &run.setup {
        Some(line) => must(world, "run.setup", &shell(world, line), by),
        None => Ok(()),
    }
}

pub(super) fn check(world: &World, wanted: &Preflight, folder: &Path) -> Result<(), String> {
    let wants = judgement::Wants {
        accelerator: wanted.accelerator.map(|it| match it.kind {
            AcceleratorKind::Nvidia => judgement::Kind::Nvidia,
            AcceleratorKind::Neuron => judgement::Kind::Neuron,
        }),
        devices: wanted.accelerator.map(|it| it.devices),
        disk_gib: Some(u64::from(wanted.disk_gib)),
        python: wanted.python.as_ref().map(|it| it.interpreter.clone()),
        imports: wanted.python.as_ref().map(|it| it.imports.clone()).unwrap_or_default(),
    };
    let work = preflight::Work { folder, env: &world.config().run.env };
    let checks = judgement::judge(&wants, &preflight::look(&world.setup.root, &wants, work));
    checks.iter().for_each(|check| world.journal.say(&check.to_string()));
    if judgement::passed(&checks) {
        Ok(())
    } else {
        Err("the machine is not fit for the work: see preflight above".into())
    }
}

/// A folder that has a repository already is from an earlier boot: it is left as the work left it.
fn clone(
    world: &World,
    repository: &str,
    revision: Option<&str>,
    folder: &Path,
    by: Duration,
) -> Result<(), String> {
    if folder.join(".git").exists() {
        return Ok(());
    }
    let git = |arguments: &[&str]| Work {
        words: ["git"].iter().chain(arguments).map(OsString::from).collect(),
        folder: folder.to_owned(),
        variables: vec![("GIT_TERMINAL_PROMPT".into(), "0".into())],
        inside: None,
    };
    must(world, "run.repository", &git(&["clone", "--", repository, "."]), by)?;
    match revision {
        Some(revision) => must(world, "run.revision", &git(&["checkout", "--detach", revision, "--"]), by),
        None => Ok(()),
    }
}

/// Starts the work. That it could not be started is an end too.
pub(super) fn start(world: &World, over: impl FnOnce(Exit) + Send + 'static) {
    let work = match (&world.setup.start, &world.config().run.command) {
        (Start::ByHand { words, .. }, _) => by_hand(world, words),
        (Start::Service, command) => shell(world, command.as_deref().unwrap_or_default()),
    };
    let cgroup = Cgroup::make(&world.setup.root, "work", world.setup.agent.clone());
    // The queue has a reader before its writer looks whether there is one.
    let reader = world.output.reader();
    let figures = std::sync::Arc::clone(&world.figures);
    let seen = move |line: &[u8]| figures::record(line, &mut guard(&figures));
    let (last, all) = mpsc::channel::<()>();
    let journal = world.journal.follow(&world.output, seen, move || drop(last));
    if let Err(error) = journal {
        world.journal.say(&format!("what the command prints cannot be kept: {error}"));
    }
    let over = std::sync::Arc::new(std::sync::Mutex::new(Some(over)));
    let told = std::sync::Arc::clone(&over);
    let tell = move |exit| {
        // Its children may hold its output open for as long as they live.
        let _ = all.recv_timeout(LAST_LINES);
        if let Some(over) = guard(&told).take() {
            over(exit);
        }
    };
    guard(&world.memory).work = Known::begun(clock::now().wall);
    match Running::start(&work, cgroup, &world.output, tell) {
        Ok(running) => *guard(&world.running) = Some(running),
        Err(error) => {
            let program =
                work.words.first().map(|word| word.to_string_lossy().into_owned()).unwrap_or_default();
            let sentence = format!("{program} in {} cannot be started: {error}", work.folder.display());
            world.journal.say(&sentence);
            world.fault(&sentence);
            if let Some(over) = guard(&over).take() {
                over(Exit::NotStarted);
            }
        }
    }
    drop(reader);
}

/// The checkpoint command: 0 is well, 10 says that the workload could not be reached, 11 that it reported an error.
pub(super) fn checkpoint(world: &World, line: &str, by: Duration) -> Checkpointed {
    match bounded(world, &shell(world, line), by, false) {
        Bounded::Ended(Exit::Code(0)) => Checkpointed::Well,
        Bounded::Ended(Exit::Code(10)) => {
            Checkpointed::Badly("the workload could not be reached (exit code 10)".into())
        }
        Bounded::Ended(Exit::Code(11)) => {
            Checkpointed::Badly("the workload reported an error (exit code 11)".into())
        }
        Bounded::Ended(exit) => Checkpointed::Badly(exit.to_string()),
        Bounded::TooLate => Checkpointed::TooLate,
        Bounded::NotStarted(why) => Checkpointed::Badly(why),
    }
}

/// What came of a checkpoint command.
pub(super) enum Checkpointed {
    Well,
    Badly(String),
    TooLate,
}

enum Bounded {
    Ended(Exit),
    TooLate,
    NotStarted(String),
}

fn must(world: &World, what: &str, work: &Work, by: Duration) -> Result<(), String> {
    match bounded(world, work, by, true) {
        Bounded::Ended(exit) if exit.is_success() => Ok(()),
        Bounded::Ended(exit) => Err(format!("{what} failed: {exit}; the log says more")),
        Bounded::TooLate => Err(format!("{what} did not come to its end in time")),
        Bounded::NotStarted(why) => Err(format!("{what} cannot be started: {why}")),
    }
}

/// Runs a command until its end or the bound; `beside` ones also end when the work is over.
fn bounded(world: &World, work: &Work, by: Duration, beside: bool) -> Bounded {
    let (tell, told) = mpsc::channel();
    let output = Queue::default();
    let reader = output.reader();
    // It is seen by nobody who does not look at the journal.
    world.journal.follow(&output, |_| (), || ()).ok();
    // The channel's end is here until the wait is over.
    let running = match Running::start(work, None, &output, move |exit| tell.send(exit).unwrap_or(())) {
        Ok(running) => running,
        Err(error) => return Bounded::NotStarted(error.to_string()),
    };
    drop(reader);
    loop {
        let left = by.saturating_sub(clock::now().up);
        match told.recv_timeout(left.min(LOOK)) {
            Ok(exit) => return Bounded::Ended(exit),
            Err(_) if left.is_zero() || (beside && world.beside.is_set()) => break,
            Err(_) => {}
        }
    }
    running.signal(Signal::TERM);
    // Ended or not: nothing of it is to stay.
    let _ = told.recv_timeout(GRACE);
    running.signal(Signal::KILL);
    Bounded::TooLate
}

/// A line of `agent.toml`, by a shell, in the container if there is one.
fn shell(world: &World, line: &str) -> Work {
    let run = &world.config().run;
    let work = Work::shell(line, &run.workdir);
    let Some(container) = &run.container else { return Work { variables: variables(world), ..work } };
    let inside = Inside::new(&world.setup.root, &world.setup.state);
    Work { words: inside.exec(container, &variables(world), line), inside: Some(inside), ..work }
}

/// Starts the container, which a reboot may have ended. What a killed agent has left running in it is ended first.
fn enter(world: &World, container: &str, folder: &Path, by: Duration) -> Result<(), String> {
    if Inside::left(&world.setup.root, &world.setup.state).kill() {
        world.journal.say("what an earlier life of the agent had left in the container was killed");
    }
    let words = ["docker", "start", container].map(OsString::from).into();
    let start = Work { words, folder: folder.to_owned(), variables: Vec::new(), inside: None };
    must(world, "run.container", &start, by)
}

fn by_hand(world: &World, words: &[OsString]) -> Work {
    let folder = std::env::current_dir().unwrap_or_else(|_| "/".into());
    Work { words: words.to_vec(), folder, variables: variables(world), inside: None }
}

/// What every command finds in its environment.
fn variables(world: &World) -> Vec<(OsString, OsString)> {
    let config = world.config();
    let own = config.run.env.iter().map(|(name, value)| (name.into(), value.into()));
    let run = ("CURFEW_RUN_ID".into(), guard(&world.memory).run_id.as_str().into());
    let checkpoints = config.checkpoint.as_ref();
    let directory = checkpoints.map(|it| ("CURFEW_CHECKPOINT_DIR".into(), (&it.directory).into()));
    let place = guard(&world.memory).place;
    let place = place.map(|place| ("CURFEW_MEMBER".into(), place.to_string().into()));
    own.chain([run]).chain(directory).chain(place).collect()
}
