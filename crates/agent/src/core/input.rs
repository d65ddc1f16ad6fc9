//! What the core hears and what it asks for: both closed, so that a match over them is the whole story.

use std::time::Duration;

use protocol::{Phase, config::OnEnd};

use super::closing::{End, Outcome};
use crate::decide::{ending::Way, exit::Exit, idle::Verdict, spot::Notice};

/// Something happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Time passed: what the core asked to be woken for is due.
    Tick,
    /// A task ended by itself.
    Ended(Ended),
    /// IMDS announced an interruption.
    Noticed(Notice),
    /// The agent itself is told to end: by systemd, or by a person.
    Signalled,
}

/// A task's end. What went wrong is a sentence: the core only decides what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// IMDS was asked who this machine is.
    Identified(Whereabouts),
    /// The state file was created, or taken over, or another run has it.
    Locked(Lock),
    /// Preflight, repository and setup command.
    Prepared(Result<(), String>),
    /// Data, and the newest checkpoint.
    Fetched(Result<(), String>),
    /// The command is over.
    Command(Exit),
    /// The checkpoint command is over, and what it left is in the bucket or is not.
    Checkpointed(Why, Result<(), String>),
    /// Results are in the bucket.
    Saved(Why, Result<(), String>),
    /// `training.json` and the log are.
    Recorded(Result<(), String>),
    /// The state file is gone.
    Released(Result<(), String>),
    /// A heartbeat was written.
    Beaten(Beat),
    /// The idle signals were read.
    Looked(Verdict),
    /// A way to power off was tried.
    PoweredOff(Way, Result<(), String>),
}

/// Where the agent runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// IMDS said so.
    OnEc2,
    /// Nobody answers as IMDS: a laptop, another cloud.
    Elsewhere,
}

/// Whether this run may go on in its environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lock {
    /// It is ours.
    Held,
    /// No bucket is configured: there is no state and no lock.
    Unneeded,
    /// Another run has it; the sentence names it.
    Refused(String),
    /// The bucket could not be asked.
    Unknown(String),
}

/// What became of a heartbeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beat {
    /// Written.
    Heard,
    /// Not written; the next one may be.
    Missed(String),
    /// Another run has taken the environment over.
    Lost(String),
}

/// Something to do. Each is begun at once and reports by [`Ended`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Begin a task; `by` is when it must have given up, on the clock that counts since boot.
    Begin {
        /// Which.
        task: Task,
        /// Since boot.
        by: Duration,
    },
    /// Send the command's processes this signal.
    Signal(Signal),
    /// Remember this phase, here and in the state file.
    Report(Phase),
    /// Remember why the run ends: an agent that comes back goes on with this end.
    Conclude(End),
    /// Say it: to the journal, the log and whoever looks.
    Say(Line),
    /// End the agent, and leave the machine as it is.
    Leave,
}

/// A task of a thread of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// See [`Ended::Identified`].
    Identify,
    /// See [`Ended::Locked`].
    Lock,
    /// See [`Ended::Prepared`].
    Prepare,
    /// See [`Ended::Fetched`].
    Fetch,
    /// See [`Ended::Command`].
    Command,
    /// The checkpoint command has until `command_by`; without that it is not run. A checkpoint for an end takes the place
    /// of one that is under way.
    Checkpoint {
        /// What for.
        why: Why,
        /// Since boot.
        command_by: Option<Duration>,
    },
    /// See [`Ended::Saved`]. The last one waits for one that is under way.
    Save {
        /// What for.
        why: Why,
    },
    /// See [`Ended::Recorded`].
    Record(Outcome),
    /// See [`Ended::Released`].
    Release,
    /// See [`Ended::Beaten`].
    Beat,
    /// See [`Ended::Looked`].
    Look,
    /// See [`Ended::PoweredOff`].
    PowerOff(Way, OnEnd),
}

/// Why something is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its time has come again.
    Periodic,
    /// The run ends.
    End,
    /// The instance is about to be taken away.
    Interruption,
}

/// What a process group is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGTERM.
    Term,
    /// SIGKILL.
    Kill,
}

/// A line for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line(pub String);
