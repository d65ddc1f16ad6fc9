//! Each signal on its own: what it shows, and whether that keeps the machine up.

use std::fmt;

use protocol::{Phase, config::Idle};

use super::facts::{Accelerator, Facts, Holder, Load, Percent, Reading, SshTitles, Terminal, Watched};

/// How many of several names are written out.
const NAMED: usize = 4;

/// Every signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signal {
    /// The run itself.
    Run,
    /// Terminals in `utmp`.
    Utmp,
    /// Titles of sshd's processes.
    Ssh,
    /// logind's sessions.
    Logind,
    /// The Systems Manager's sessions.
    Ssm,
    /// screen.
    Screen,
    /// tmux.
    Tmux,
    /// Watched processes.
    Watched,
    /// NVIDIA devices.
    Nvidia,
    /// Neuron devices.
    Neuron,
    /// Processors.
    Cpu,
    /// Memory.
    Memory,
}

/// What one signal shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// In words.
    pub value: String,
    /// Why it keeps the machine up, if it does.
    pub why: Option<Why>,
}

/// Why a signal keeps the machine up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It shows use: how, as the part of a sentence.
    InUse(String),
    /// It cannot be read: why.
    Unreadable(String),
}

impl Signal {
    /// In the order in which they are shown.
    pub const ALL: [Self; 12] = [
        Self::Run,
        Self::Utmp,
        Self::Ssh,
        Self::Logind,
        Self::Ssm,
        Self::Screen,
        Self::Tmux,
        Self::Watched,
        Self::Nvidia,
        Self::Neuron,
        Self::Cpu,
        Self::Memory,
    ];

    /// What it shows by these facts and rules.
    pub fn finding(self, facts: &Facts, rules: &Idle) -> Finding {
        match self {
            Self::Run => run(facts.run),
            Self::Utmp => judge(&facts.utmp, |terminals| at_terminals(terminals, "listed in utmp")),
            Self::Ssh => judge(&facts.ssh, by_titles),
            Self::Logind => judge(&facts.logind, |terminals| at_terminals(terminals, "known to logind")),
            Self::Ssm => judge(&facts.ssm, |count| sessions(*count)),
            Self::Screen => judge(&facts.screen, |names| kept("screen", names)),
            Self::Tmux => judge(&facts.tmux, |names| kept("tmux", names)),
            Self::Watched => judge(&facts.watched, |found| watched(found)),
            Self::Nvidia => judge(&facts.nvidia, |device| accelerator("NVIDIA", device, rules)),
            Self::Neuron => judge(&facts.neuron, |device| accelerator("Neuron", device, rules)),
            Self::Cpu => judge(&facts.cpu, |share| above("the CPU is busy", *share, rules.cpu_above_percent)),
            Self::Memory => {
                judge(&facts.memory, |share| above("memory is in use", *share, rules.memory_above_percent))
            }
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Run => "the run",
            Self::Utmp => "utmp",
            Self::Ssh => "ssh sessions",
            Self::Logind => "logind sessions",
            Self::Ssm => "SSM sessions",
            Self::Screen => "screen",
            Self::Tmux => "tmux",
            Self::Watched => "watched processes",
            Self::Nvidia => "NVIDIA devices",
            Self::Neuron => "Neuron devices",
            Self::Cpu => "CPU",
            Self::Memory => "memory",
        })
    }
}

/// The two rules: absent keeps nothing up, unreadable keeps it up.
fn judge<T>(reading: &Reading<T>, value: impl FnOnce(&T) -> Finding) -> Finding {
    match reading {
        Reading::Is(read) => value(read),
        Reading::Absent => quiet("none on this machine"),
        Reading::Unreadable(fault) => {
            Finding { value: format!("not known: {fault}"), why: Some(Why::Unreadable(fault.clone())) }
        }
    }
}

/// From setup until the results are saved. What remains after that is the ending's own work, which has its own bounds.
fn run(phase: Option<Phase>) -> Finding {
    let step = match phase {
        None => return quiet("none"),
        Some(Phase::Cleanup) => return quiet("over"),
        Some(Phase::Initialization) => "is being set up",
        Some(Phase::DataSync) => "fetches its data",
        Some(Phase::Training) => "is at work",
        Some(Phase::ResultsSync) => "saves its results",
        Some(Phase::Failed) => "failed and saves what it has",
        Some(Phase::Killed) => "was ended and saves what it has",
    };
    in_use(step.to_owned(), format!("the run {step}"))
}

fn at_terminals(terminals: &[Terminal], how: &str) -> Finding {
    if terminals.is_empty() {
        return quiet("nobody");
    }
    let names = listed(terminals.iter().map(|terminal| format!("{} on {}", terminal.user, terminal.line)));
    in_use(names.clone(), format!("{names} ({how})"))
}

fn by_titles(titles: &SshTitles) -> Finding {
    let without = match titles.without {
        0 => String::new(),
        1 => " and 1 session without a terminal, which keeps nothing up".to_owned(),
        count => format!(" and {count} sessions without a terminal, which keep nothing up"),
    };
    let mut finding = at_terminals(&titles.terminals, "connected by ssh");
    finding.value.push_str(&without);
    finding
}

fn sessions(count: u32) -> Finding {
    match count {
        0 => quiet("none"),
        1 => in_use("1 session".to_owned(), "1 SSM session is open".to_owned()),
        count => in_use(format!("{count} sessions"), format!("{count} SSM sessions are open")),
    }
}

fn kept(program: &str, names: &[String]) -> Finding {
    if names.is_empty() {
        return quiet("none");
    }
    let names = listed(names.iter().cloned());
    in_use(names.clone(), format!("a {program} session is open ({names})"))
}

fn watched(found: &[Watched]) -> Finding {
    if found.is_empty() {
        return quiet("none runs");
    }
    let one = |process: &Watched| format!("{} (pid {}, {:?})", process.name, process.pid, process.pattern);
    let names = listed(found.iter().map(one));
    in_use(names.clone(), format!("a watched process runs: {names}"))
}

fn above(what: &str, share: Percent, limit: u8) -> Finding {
    let value = format!("{share} of at most {limit} %");
    if share.above(limit) { in_use(value, format!("{what}, {share}")) } else { quiet(&value) }
}

/// A measured load decides; where there is none, whoever holds a device open does.
fn accelerator(kind: &str, device: &Accelerator, rules: &Idle) -> Finding {
    let limit = rules.accelerator_above_percent;
    match &device.load {
        Reading::Is(Load::Percent(share)) => above(&format!("an {kind} device is busy"), *share, limit),
        Reading::Is(Load::Worked(shown)) => {
            in_use(format!("works: {shown}"), format!("a device of the kind {kind} works ({shown})"))
        }
        Reading::Absent => by_holders(kind, device, "its load cannot be measured here"),
        Reading::Unreadable(fault) => by_holders(kind, device, fault),
    }
}

fn by_holders(kind: &str, device: &Accelerator, fault: &str) -> Finding {
    judge(&device.holders, |holders| {
        if holders.is_empty() {
            return quiet("no process holds it open");
        }
        let names = listed(holders.iter().map(|Holder { pid, name }| format!("{name} (pid {pid})")));
        let value = format!("held open by {names}; {fault}");
        in_use(value, format!("a device of the kind {kind} is held open by {names}, and {fault}"))
    })
}

fn quiet(value: &str) -> Finding {
    Finding { value: value.to_owned(), why: None }
}

fn in_use(value: String, how: String) -> Finding {
    Finding { value, why: Some(Why::InUse(how)) }
}

/// The first few, and how many more.
fn listed(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(NAMED);
    let shown = names.take(NAMED).collect::<Vec<_>>().join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}
