//! Whether anybody or anything uses the machine, and when it has been idle for long enough.
//!
//! Two rules hold everywhere here: what the machine does not have keeps nothing up, and what cannot be read keeps it up.
//! Reading is `io::signals`' part; this module sees values.

mod facts;
mod finding;
mod watch;

pub use facts::{Accelerator, Facts, Holder, Load, Percent, Reading, SshTitles, Terminal, Watched};
pub use finding::{Finding, Signal, Why};
pub use watch::{Step, Watch};

use protocol::config::Idle;

/// What one check came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Something keeps the machine up.
    Active {
        /// At least one reason.
        because: Vec<Because>,
    },
    /// Nobody and nothing uses it.
    Idle,
}

/// One reason for the machine to stay up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Because {
    /// What showed it.
    pub signal: Signal,
    /// What it showed.
    pub why: Why,
}

/// Judges one check.
pub fn verdict(facts: &Facts, rules: &Idle) -> Verdict {
    let reason = |signal: Signal| signal.finding(facts, rules).why.map(|why| Because { signal, why });
    let because: Vec<Because> = Signal::ALL.into_iter().filter_map(reason).collect();
    if because.is_empty() { Verdict::Idle } else { Verdict::Active { because } }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Idle => f.write_str("Nobody and nothing uses this machine."),
            Self::Active { because } => {
                f.write_str("This machine is in use: ")?;
                for (place, reason) in because.iter().enumerate() {
                    write!(f, "{}{reason}", if place == 0 { "" } else { "; " })?;
                }
                f.write_str(".")
            }
        }
    }
}

impl std::fmt::Display for Because {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.why {
            Why::InUse(what) => f.write_str(what),
            Why::Unreadable(fault) => {
                write!(f, "{} cannot be read, which counts as use ({fault})", self.signal)
            }
        }
    }
}

#[cfg(test)]
mod tests;
