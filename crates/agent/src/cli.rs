//! The agent's command line: what was asked for. Reads no file.

use std::{ffi::OsString, path::PathBuf, time::Duration};

use document::duration::parse_duration;
use protocol::config::OnEnd;

mod help;

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

/// Reads the words after the program's name.
///
/// # Errors
/// What is wrong with them: a sentence.
pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Order, String> {
    let words: Vec<OsString> = words.into_iter().collect();
    let Some((command, rest)) = words.split_first() else { return Ok(Order::Say(help::ALL)) };
    match command.to_str().unwrap_or_default() {
        "up" => Ok(options(rest, help::UP)?.order(Order::Up)),
        "preflight" => Ok(options(rest, help::PREFLIGHT)?.order(Order::Preflight)),
        "checkpoint" => Ok(options(rest, help::CHECKPOINT)?.order(Order::Checkpoint)),
        "restore" => Ok(options(rest, help::RESTORE)?.order(Order::Restore)),
        "status" => Ok(options(rest, help::STATUS)?.order(|_| Order::Status)),
        "idle" => idle(rest),
        "run" => run(rest),
        crate::io::cgroup::ENTER => Ok(Order::Enter(rest.to_vec())),
        "help" | "--help" | "-h" => Ok(Order::Say(help::ALL)),
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
            other => {
                return Err(format!("there is no option {other:?} here; there are --config FILE and --help"));
            }
        }
    }
    Ok(Options::Config(config))
}

fn idle(words: &[OsString]) -> Result<Order, String> {
    let own = |word: &&OsString| *word == "--explain" || *word == "--once";
    let explain = words.iter().any(|word| word == "--explain");
    let rest: Vec<OsString> = words.iter().filter(|word| !own(word)).cloned().collect();
    Ok(options(&rest, help::IDLE)?.order(|config| Order::Idle { config, explain }))
}

fn run(words: &[OsString]) -> Result<Order, String> {
    let (mut max_runtime, mut then) = (None, None);
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match word.to_str().unwrap_or_default() {
            "--help" | "-h" => return Ok(Order::Say(help::RUN)),
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

    /// What the help shows can be copied.
    #[test]
    fn the_file_in_the_help_is_in_order() {
        let (_, file) = help::UP.split_once("for example:\n\n").expect("an example");
        let file: String = file
            .lines()
            .take_while(|line| !line.starts_with("Exit"))
            .map(|line| format!("{line}\n"))
            .collect();
        let config = protocol::AgentConfig::parse(&file).expect("in order");
        assert!(config.run.command.is_some() && config.checkpoint.is_some());
    }

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
        for command in ["up", "run", "status", "idle", "preflight", "checkpoint", "restore"] {
            let Ok(Order::Say(text)) = order(&format!("{command} --help")) else {
                panic!("{command} has none")
            };
            let usage = format!("\nUsage: curfew-agent {command} ");
            assert!(text.contains(&usage) && text.contains("\nExit codes: "), "{text}");
            assert!(text.lines().all(|line| line.len() <= 120), "{text}");
        }
        assert_eq!(order("idle --once --explain"), Ok(Order::Idle { config: CONFIG.into(), explain: true }));
    }
}
