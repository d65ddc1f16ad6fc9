//! curfew-agent: does what the command line asks for. What it does is in the library.

use std::{
    env,
    ffi::OsString,
    fs,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use agent::{
    cli::{self, ByHand, Order},
    decide::exit::Exit,
    explain::{Detail, idle_once},
    io::{cgroup, machine::Root},
    run::{
        self,
        setup::{STATE, Setup, Start},
    },
};
use document::duration::spell_duration;
use protocol::{
    AgentConfig, Environment,
    config::{Limits, OnEnd},
};

/// The line is not one of ours, as sysexits(3) has it.
const USAGE: u8 = 64;
/// The configuration is faulty. systemd does not start the agent again after it.
const CONFIG: u8 = 78;

fn main() -> ExitCode {
    match cli::read(env::args_os().skip(1)) {
        Ok(order) => obey(order).unwrap_or_else(|(code, sentence)| {
            eprintln!("curfew-agent: {sentence}");
            ExitCode::from(code)
        }),
        Err(sentence) => {
            eprintln!("curfew-agent: {sentence}\nSee curfew-agent --help.");
            ExitCode::from(USAGE)
        }
    }
}

type Failed = (u8, String);

fn obey(order: Order) -> Result<ExitCode, Failed> {
    match order {
        Order::Say(text) => {
            print!("{text}");
            Ok(ExitCode::SUCCESS)
        }
        Order::Enter(words) => Ok(enter(&words)),
        Order::Up(path) => up(&path),
        Order::Run(by_hand) => run_by_hand(by_hand),
        Order::Status => status(),
        Order::Idle { config, explain } => idle(&config, explain),
        Order::Preflight(path) => once(&path, run::once::preflight),
        Order::Checkpoint(path) => once(&path, run::once::checkpoint),
        Order::Restore(path) => once(&path, run::once::restore),
    }
}

fn up(path: &Path) -> Result<ExitCode, Failed> {
    let config = read(path)?;
    // However the command did: to systemd, an agent that was told to end and did has done well.
    run::live(setup(config, Start::Service)).map_err(failed)?;
    Ok(ExitCode::SUCCESS)
}

fn run_by_hand(by_hand: ByHand) -> Result<ExitCode, Failed> {
    let environment: Environment = "by-hand".parse().map_err(|fault| failed(format!("{fault}")))?;
    let max_runtime = by_hand.max_runtime.unwrap_or(Limits::default().max_runtime);
    let config = AgentConfig {
        limits: Limits { max_runtime, on_end: by_hand.then.unwrap_or(OnEnd::Nothing), ..Limits::default() },
        idle: None,
        ..AgentConfig::bare(environment)
    };
    let becomes = match config.limits.on_end {
        OnEnd::Terminate => "however it ends, this machine is terminated",
        OnEnd::Stop => "however it ends, this machine is stopped",
        OnEnd::Nothing => "this machine stays",
    };
    eprintln!("curfew-agent: the command has {}; {becomes}", spell_duration(max_runtime));
    let asked = by_hand.then.is_some_and(|then| then != OnEnd::Nothing);
    let start = Start::ByHand { words: by_hand.words, asked };
    Ok(code(run::live(setup(config, start)).map_err(failed)?))
}

/// What a shell would say.
fn code(exit: Option<Exit>) -> ExitCode {
    let code = match exit {
        Some(Exit::Code(code)) => code,
        Some(Exit::Signal(signal)) => 128 + signal,
        Some(Exit::OutOfMemory) => 137,
        Some(Exit::NotStarted) => 127,
        // It was ended and never told its end.
        None => 1,
    };
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

fn status() -> Result<ExitCode, Failed> {
    match run::once::status(&state(&Start::Service)) {
        Some(text) => {
            print!("{text}");
            Ok(ExitCode::SUCCESS)
        }
        None => Err(failed(format!("no run has begun on this machine: there is no {STATE}/run.json"))),
    }
}

fn idle(path: &Path, explain: bool) -> Result<ExitCode, Failed> {
    // Without a file: the rules that are in force where it says nothing.
    let rules = if path.exists() { read(path)?.idle } else { None };
    let detail = if explain { Detail::Signals } else { Detail::Verdict };
    let phase = run::once::phase(&state(&Start::Service));
    let answer = idle_once(root(), &rules.unwrap_or_default(), detail, phase);
    print!("{}", answer.text);
    Ok(ExitCode::from(answer.code))
}

fn once(path: &Path, what: fn(Setup) -> Result<String, String>) -> Result<ExitCode, Failed> {
    print!("{}", what(setup(read(path)?, Start::Service)).map_err(failed)?);
    Ok(ExitCode::SUCCESS)
}

fn failed(sentence: String) -> Failed {
    (1, sentence)
}

/// The configuration; every fault of it at once.
fn read(path: &Path) -> Result<AgentConfig, Failed> {
    let text = fs::read_to_string(path)
        .map_err(|error| (CONFIG, format!("{} cannot be read: {error}", path.display())))?;
    AgentConfig::parse(&text).map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(|fault| format!("  {fault}")).collect();
        (CONFIG, format!("{} is faulty:\n{}", path.display(), faults.join("\n")))
    })
}

fn setup(config: AgentConfig, start: Start) -> Setup {
    Setup {
        config,
        state: state(&start),
        start,
        root: root(),
        variable: |name| env::var(name).ok(),
        agent: env::current_exe().unwrap_or_else(|_| "/proc/self/exe".into()),
    }
}

/// In a container the machine's own files can be mounted in another place: `CURFEW_ROOT` says where.
fn root() -> Root {
    env::var_os("CURFEW_ROOT").map_or_else(Root::real, Root::at)
}

/// systemd says where; by hand it is a folder of its own, so that a service on the same machine is not disturbed.
fn state(start: &Start) -> PathBuf {
    match start {
        Start::Service => env::var_os("STATE_DIRECTORY").map_or_else(|| STATE.into(), PathBuf::from),
        Start::ByHand { .. } => env::temp_dir().join(format!("curfew-run-{}", std::process::id())),
    }
}

/// Enters a control group and becomes another program. Only the agent itself asks for it.
fn enter(words: &[OsString]) -> ExitCode {
    let [folder, program, arguments @ ..] = words else { return ExitCode::from(USAGE) };
    if let Err(error) = cgroup::enter(Path::new(folder)) {
        eprintln!("curfew-agent: the control group cannot be entered: {error}");
    }
    let error = Command::new(program).args(arguments).exec();
    eprintln!("curfew-agent: {} cannot be started: {error}", Path::new(program).display());
    ExitCode::from(127)
}
