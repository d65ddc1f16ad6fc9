//! Everything that a life takes from outside, gathered in one value.

use std::{ffi::OsString, path::PathBuf};

use protocol::AgentConfig;

use crate::io::machine::Root;

/// Where the agent keeps what must outlive it.
pub const STATE: &str = "/var/lib/curfew";

/// A life to be.
#[derive(Clone, Debug)]
pub struct Setup {
    /// What `agent.toml` says, or what the command line makes of it.
    pub config: AgentConfig,
    /// Who started it.
    pub start: Start,
    /// Where the machine's files are.
    pub root: Root,
    /// Where the agent keeps what must outlive it.
    pub state: PathBuf,
    /// The environment's variables.
    pub variable: fn(&str) -> Option<String>,
    /// The agent's own program.
    pub agent: PathBuf,
}

/// Who started it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// systemd, with `agent.toml`: the run goes on after a restart.
    Service,
    /// A person, with a command: its words are run as they are, and the end is theirs to choose.
    ByHand {
        /// Program and arguments.
        words: Vec<OsString>,
        /// `--then` was given: off EC2 too.
        asked: bool,
    },
}
