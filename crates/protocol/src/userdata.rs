//! The user data that puts the agent on an instance: a shell script for people to read, rendered from
//! `bundle/agent/`. What goes into it is checked here, so that nothing can break out of its quotes.

use std::{collections::BTreeMap, fmt::Write, ops::RangeInclusive, time::Duration};

use document::duration::spell_duration;
use serde::{Deserialize, Serialize};

/// What EC2 takes as user data, in bytes before base64 (EC2 user guide, "Add user data").
pub const MOST_BYTES: usize = 16 * 1024;

/// The grace between a failure and the power-off, unless told otherwise.
pub const GRACE: Duration = Duration::from_secs(300);

/// Longer than systemd takes to start a crashed agent again (3 s), short enough to cost little.
const GRACES: RangeInclusive<Duration> = Duration::from_secs(5)..=Duration::from_secs(3600);

const SCRIPT: &str = include_str!("../../../bundle/agent/user-data.sh");
const AGENT_UNIT: &str = include_str!("../../../bundle/agent/curfew-agent.service");
const POWER_OFF_UNIT: &str = include_str!("../../../bundle/agent/curfew-power-off@.service");

/// Ends `agent.toml` in the script, and so must not be a line of it.
const END_OF_CONFIG: &str = "END_OF_AGENT_TOML";

/// What the script is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserData {
    /// The text of `agent.toml`.
    pub agent_toml: String,
    /// The agent for each architecture that the machine may turn out to have.
    pub downloads: BTreeMap<Architecture, Download>,
    /// Between a failure and the power-off.
    pub grace: Duration,
}

/// What a machine computes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Architecture {
    /// Intel and AMD.
    X86_64,
    /// Graviton.
    Aarch64,
}

/// Where one build of the agent comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Download {
    /// Presigned. Without its query it is the object's own URL, which the machine's role is tried on.
    pub url: String,
    /// The bucket's region.
    pub region: String,
    /// Of the build, in hexadecimal.
    pub sha256: String,
}

/// Why there is no script.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UserDataFault {
    /// It would power off every machine.
    #[error(
        "the user data names no build of the agent: give it one for each architecture that may be launched"
    )]
    NoDownload,
    /// It would not be one word in the script.
    #[error("the agent's {what} {text:?} cannot stand in a script: {rule}")]
    Word {
        /// Of what.
        what: &'static str,
        /// As it was given.
        text: String,
        /// What would be right.
        rule: &'static str,
    },
    /// It would not arrive as it is.
    #[error("agent.toml cannot stand in a script: it has a zero character or a line {END_OF_CONFIG}")]
    Config,
    /// Too short to be seen, or too long to be paid for.
    #[error("the grace before a power-off is from {} to {}, not {}",
        spell_duration(*GRACES.start()), spell_duration(*GRACES.end()), spell_duration(*.0))]
    Grace(Duration),
    /// EC2 would refuse it.
    #[error(
        "the user data has {bytes} bytes, and EC2 takes {MOST_BYTES}: put long commands into a file of the repository"
    )]
    TooLong {
        /// So many.
        bytes: usize,
    },
}

impl Architecture {
    /// As `uname -m` prints it.
    pub fn machine(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Aarch64 => "aarch64",
        }
    }
}

impl UserData {
    /// The script.
    ///
    /// # Errors
    /// [`UserDataFault`]: there is none that EC2 would take or that would do what it says.
    pub fn render(&self) -> Result<String, UserDataFault> {
        self.check()?;
        let grace = self.grace.as_secs().to_string();
        let agent_unit =
            compact(AGENT_UNIT).replace("curfew-power-off@300s.", &format!("curfew-power-off@{grace}s."));
        let script = SCRIPT
            .replace("@GRACE@", &grace)
            .replace("@AGENT_UNIT@", &agent_unit)
            .replace("@POWER_OFF_UNIT@", &compact(POWER_OFF_UNIT))
            .replace("    # @DOWNLOADS@", &self.choices())
            // Last, because what is in it is not ours to replace anything in.
            .replace("@AGENT_TOML@", self.agent_toml.trim_end());
        if script.len() > MOST_BYTES {
            return Err(UserDataFault::TooLong { bytes: script.len() });
        }
        Ok(script)
    }

    fn check(&self) -> Result<(), UserDataFault> {
        if self.downloads.is_empty() {
            return Err(UserDataFault::NoDownload);
        }
        if !GRACES.contains(&self.grace) {
            return Err(UserDataFault::Grace(self.grace));
        }
        if self.agent_toml.contains('\0') || self.agent_toml.lines().any(|line| line == END_OF_CONFIG) {
            return Err(UserDataFault::Config);
        }
        self.downloads.values().try_for_each(Download::check)
    }

    /// The arms of the script's `case`.
    fn choices(&self) -> String {
        let mut arms = String::new();
        for (architecture, Download { url, region, sha256 }) in &self.downloads {
            // Writing to a String cannot fail.
            let _ = writeln!(
                arms,
                "    {})\n        url='{url}'\n        region='{region}'\n        sha256='{sha256}'\n        ;;",
                architecture.machine(),
            );
        }
        arms.truncate(arms.trim_end().len());
        arms
    }
}

impl Download {
    fn check(&self) -> Result<(), UserDataFault> {
        let fault = |what, text: &String, rule| UserDataFault::Word { what, text: text.clone(), rule };
        let printable = |b: u8| b.is_ascii_graphic() && b != b'\'';
        let http = ["https://", "http://"].iter().any(|scheme| self.url.starts_with(scheme));
        if !http || !self.url.bytes().all(printable) {
            return Err(fault("URL", &self.url, "it begins with https:// and has neither spaces nor quotes"));
        }
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if self.region.is_empty() || !self.region.bytes().all(plain) {
            return Err(fault("region", &self.region, "one is written like us-east-1"));
        }
        let digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        if self.sha256.len() != 64 || !self.sha256.bytes().all(digit) {
            return Err(fault("SHA-256", &self.sha256, "it has 64 hexadecimal digits in lower case"));
        }
        Ok(())
    }
}

/// A unit without what is said in it to those who read it in the bundle.
fn compact(unit: &str) -> String {
    let lines: Vec<&str> = unit.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests;
