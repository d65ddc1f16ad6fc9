//! The agent's command line: what was asked for, and its help. Reads no file.

use std::{ffi::OsString, path::PathBuf, time::Duration};

use document::duration::parse_duration;
use protocol::config::OnEnd;

/// Where the configuration lies unless another place is named.
pub const CONFIG: &str = "/etc/curfew/agent.toml";

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// The service.
    Up(PathBuf),
    /// A command, by hand.
    Run(ByHand),
    /// What this machine's run is doing.
    Status,
    /// Whether the machine is in use.
    Idle {
        /// Where the rules are.
        config: PathBuf,
        /// Each signal with its value.
        explain: bool,
    },
    /// Whether the machine is fit for the work.
    Preflight(PathBuf),
    /// Save a checkpoint now.
    Checkpoint(PathBuf),
    /// Put the newest checkpoint in place.
    Restore(PathBuf),
    /// Enter a control group and become a program; the agent itself asks for it.
    Enter(Vec<OsString>),
    /// Text for standard output.
    Say(&'static str),
}

/// A command that is wrapped by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByHand {
    /// Program and arguments.
    pub words: Vec<OsString>,
    /// Its time limit.
    pub max_runtime: Option<Duration>,
    /// What becomes of the machine; none if it was not said.
    pub then: Option<OnEnd>,
}

/// The help of all.
pub const HELP: &str = "\
Curfew's agent: runs the work on an instance and sees to it that the machine ends with it.

Usage: curfew-agent COMMAND [OPTIONS]

Commands:
  up          The service: does what agent.toml says, from the first boot to the power-off
  run         Wraps any command: a hard time limit, and then the end of the machine
  status      What this machine's run is doing
  idle        Whether anybody or anything uses this machine
  preflight   Whether this machine is fit for the work of agent.toml
  checkpoint  Saves a checkpoint to the bucket now
  restore     Puts the newest checkpoint in place

Options:
  --config FILE   agent.toml, for all but run and status [default: /etc/curfew/agent.toml]
  --help          This text; after a command, more about it
  --version       The version

Exit codes: 0 done, 1 failed, 64 wrong usage, 78 agent.toml is faulty; run has those of its command.
";

const HELP_RUN: &str = "\
Runs a command and sees to it that it ends; then, if asked, the machine.

Usage: curfew-agent run [--max-runtime TIME] [--then terminate|stop|nothing] -- COMMAND...

  --max-runtime TIME   It is ended after this time: SIGTERM, and 30 s later SIGKILL [default: 4h]
  --then WHAT          What becomes of the machine then: terminate (shutdown, then the EC2 API, then by force),
                       stop, or nothing [default: nothing]

  curfew-agent run --max-runtime 4h --then terminate -- python train.py --epochs 15

With terminate and stop the machine goes down however the command ends: well, badly, by a signal, or by the limit. What
`shutdown` does to the instance is the instance's shutdown behaviour; set it to terminate to be rid of it.

Exit codes: those of the command; 128 and the number of the signal that ended it; 127 if it could not be started.
";

const HELP_IDLE: &str = "\
Looks once whether anybody or anything uses this machine.

Usage: curfew-agent idle [--once] [--explain] [--config FILE]

  --explain   Every signal with its value, and whether it keeps the machine up

Exit codes: 0 idle, 1 in use.
";

/// Reads the words after the program's name.
///
/// # Errors
/// What is wrong with them: a sentence.
pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Order, String> {
    let words: Vec<OsString> = words.into_iter().collect();
    let Some((command, rest)) = words.split_first() else { return Ok(Order::Say(HELP)) };
    match command.to_str().unwrap_or_default() {
        "up" => Ok(options(rest, HELP)?.order(Order::Up)),
        "preflight" => Ok(options(rest, HELP)?.order(Order::Preflight)),
        "checkpoint" => Ok(options(rest, HELP)?.order(Order::Checkpoint)),
        "restore" => Ok(options(rest, HELP)?.order(Order::Restore)),
        "status" => Ok(options(rest, HELP)?.order(|_| Order::Status)),
        "idle" => idle(rest),
        "run" => run(rest),
        crate::io::cgroup::ENTER => Ok(Order::Enter(rest.to_vec())),
        "help" | "--help" | "-h" => Ok(Order::Say(HELP)),
        "--version" | "-V" => Ok(Order::Say(concat!("curfew-agent ", env!("CARGO_PKG_VERSION"), "\n"))),
        other => Err(format!(
            "there is no command {other:?}; there are up, run, status, idle, preflight, checkpoint, restore"
        )),
    }
}

/// `--config`, or a call for help.
enum Options {
    Config(PathBuf),
    Help(&'static str),
}

impl Options {
    fn order(self, order: impl FnOnce(PathBuf) -> Order) -> Order {
        match self {
            Self::Config(config) => order(config),
            Self::Help(text) => Order::Say(text),
        }
    }
}

fn options(words: &[OsString], help: &'static str) -> Result<Options, String> {
    let mut config = PathBuf::from(CONFIG);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.to_str().unwrap_or_default() {
            "--config" => config = words.next().ok_or("--config needs a file")?.into(),
            "--help" | "-h" => return Ok(Options::Help(help)),
            other => return Err(format!("there is no option {other:?} here")),
        }
    }
    Ok(Options::Config(config))
}

fn idle(words: &[OsString]) -> Result<Order, String> {
    let own = |word: &&OsString| *word == "--explain" || *word == "--once";
    let explain = words.iter().any(|word| word == "--explain");
    let rest: Vec<OsString> = words.iter().filter(|word| !own(word)).cloned().collect();
    Ok(options(&rest, HELP_IDLE)?.order(|config| Order::Idle { config, explain }))
}

fn run(words: &[OsString]) -> Result<Order, String> {
    let (mut max_runtime, mut then) = (None, None);
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match word.to_str().unwrap_or_default() {
            "--help" | "-h" => return Ok(Order::Say(HELP_RUN)),
            "--max-runtime" => max_runtime = Some(time(rest.next())?),
            "--then" => then = Some(on_end(rest.next())?),
            "--" => {
                let words: Vec<OsString> = rest.cloned().collect();
                if words.is_empty() {
                    return Err("after -- there is no command".into());
                }
                return Ok(Order::Run(ByHand { words, max_runtime, then }));
            }
            other => return Err(format!("{other:?} is no option of run; the command comes after --")),
        }
    }
    Err("there is no command: curfew-agent run --max-runtime 4h -- COMMAND...".into())
}

fn time(word: Option<&OsString>) -> Result<Duration, String> {
    let text = word.and_then(|word| word.to_str()).ok_or("--max-runtime needs a time, for example 4h")?;
    let time = parse_duration(text).map_err(|why| format!("--max-runtime {text}: {why}"))?;
    if time.is_zero() { Err("--max-runtime must be more than nothing".into()) } else { Ok(time) }
}

fn on_end(word: Option<&OsString>) -> Result<OnEnd, String> {
    match word.and_then(|word| word.to_str()) {
        Some("terminate") => Ok(OnEnd::Terminate),
        Some("stop") => Ok(OnEnd::Stop),
        Some("nothing") => Ok(OnEnd::Nothing),
        Some(_) | None => Err("--then needs one of terminate, stop, nothing".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(line: &str) -> Result<Order, String> {
        read(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn a_command_is_wrapped_with_its_own_options() {
        let wanted = ByHand {
            words: ["python", "train.py", "--epochs", "15"].map(OsString::from).into(),
            max_runtime: Some(Duration::from_secs(4 * 3600)),
            then: Some(OnEnd::Terminate),
        };
        let line = "run --max-runtime 4h --then terminate -- python train.py --epochs 15";
        assert_eq!(order(line), Ok(Order::Run(wanted)));
    }

    #[test]
    fn wrong_words_are_told() {
        for (line, says) in [
            ("fly", "there are up, run"),
            ("run python", "the command comes after --"),
            ("run", "there is no command"),
            ("run --", "after -- there is no command"),
            ("run --max-runtime soon -- true", "--max-runtime soon"),
            ("run --max-runtime 0s -- true", "more than nothing"),
            ("run --then explode -- true", "terminate, stop, nothing"),
            ("up --config", "needs a file"),
            ("status --loud", "--loud"),
        ] {
            let fault = order(line).expect_err(line);
            assert!(fault.contains(says), "{line}: {fault}");
        }
    }

    #[test]
    fn everybody_has_help() {
        for line in ["", "--help", "up --help", "run --help", "idle --help"] {
            assert!(matches!(order(line), Ok(Order::Say(_))), "{line}");
        }
        assert_eq!(order("idle --once --explain"), Ok(Order::Idle { config: CONFIG.into(), explain: true }));
    }
}
