//! Who holds an environment, and what a second run may do about it. Pure: how long the holder has been silent and what
//! EC2 knows of its instance come in as facts.

use std::{fmt, time::Duration};

use document::duration::spell_duration;
use serde::{Deserialize, Serialize};

use crate::{
    file::FileFault,
    ids::{Environment, InstanceId},
};

/// Between two beats of a holder.
pub const HEARTBEAT: Duration = Duration::from_secs(30);

/// A holder that has missed so many beats, and of whose instance nothing can be learnt, is taken for dead: 5 minutes,
/// longer than a reboot.
pub const MISSED_BEATS: u32 = 10;

/// Who holds an environment, as far as its state file can be read: also that of a newer version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Holder {
    /// Its run.
    pub run_id: Option<String>,
    /// Its instance; none off EC2.
    pub instance_id: Option<InstanceId>,
    /// Its instance's type.
    pub instance_type: Option<String>,
    /// Its phase.
    pub status: Option<String>,
    /// Its last beat.
    pub heartbeat: u64,
}

/// What EC2 knows of the holder's instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instance {
    /// It is this very one: the run goes on after a restart.
    Here,
    /// Terminated.
    Gone,
    /// Any other state, also stopped: it can come back and go on.
    There,
    /// EC2 could not be asked or does not know it: it forgets the terminated after an hour, and knows nothing of other
    /// regions. Or there is no instance to ask about.
    Unknown,
}

/// What a run that finds the environment held may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is its own lock: go on.
    Ours,
    /// Take it over, and say why.
    TakeOver(Abandoned),
    /// Leave it alone.
    Held(Held),
}

/// Why a lock may be taken over; its text is for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Abandoned {
    /// Its instance is gone.
    InstanceGone(Holder),
    /// Nothing was heard of it for so long, and nothing is known of its instance.
    Silent(Holder, Duration),
}

/// Why a second run is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "environment {environment} is held by {holder}, last heard of {} ago: wait until it has ended, end it, or use another environment",
    spell_duration(Duration::from_secs(.silent.as_secs()))
)]
pub struct Held {
    environment: Environment,
    holder: Holder,
    silent: Duration,
}

impl Holder {
    /// Reads who holds the lock out of any `system-state.json`, of whatever version.
    ///
    /// # Errors
    /// [`FileFault::Malformed`]: a lock that cannot be read is not to be taken over.
    pub fn parse(json: &[u8]) -> Result<Self, FileFault> {
        serde_json::from_slice(json).map_err(|source| FileFault::Malformed { file: super::FILE, source })
    }

    /// What may be done about this lock. `silent` is the time since it was last written, by one clock: S3's `Date`
    /// less `Last-Modified`, or this machine's own while it watched the beat stand still.
    pub fn judge(self, environment: &Environment, silent: Duration, instance: Instance) -> Verdict {
        let held = |holder| Verdict::Held(Held { environment: environment.clone(), holder, silent });
        match instance {
            Instance::Here => Verdict::Ours,
            Instance::Gone => Verdict::TakeOver(Abandoned::InstanceGone(self)),
            Instance::There => held(self),
            Instance::Unknown if silent > HEARTBEAT * MISSED_BEATS => {
                Verdict::TakeOver(Abandoned::Silent(self, silent))
            }
            Instance::Unknown => held(self),
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.run_id {
            Some(run) => write!(f, "run {run}")?,
            None => f.write_str("an unnamed run")?,
        }
        if let Some(instance) = &self.instance_id {
            write!(f, " on {instance}")?;
        }
        let known: Vec<&str> =
            [&self.instance_type, &self.status].into_iter().flatten().map(String::as_str).collect();
        if known.is_empty() { Ok(()) } else { write!(f, " ({})", known.join(", ")) }
    }
}

impl fmt::Display for Abandoned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InstanceGone(holder) => {
                write!(f, "the lock of {holder} is taken over: its instance is gone")
            }
            Self::Silent(holder, silent) => {
                let silent = spell_duration(Duration::from_secs(silent.as_secs()));
                write!(f, "the lock of {holder} is taken over: nothing was heard of it for {silent}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"{"version": 9, "run_id": "2025-01-15-143022", "status": "resting", "instance_id":
        "i-0123456789abcdef0", "instance_type": "g4dn.2xlarge", "heartbeat": 7, "mood": {"new": true}}"#;

    fn judge(silent: u64, instance: Instance) -> Verdict {
        let holder = Holder::parse(JSON.as_bytes()).expect("a lock");
        holder.judge(&"dev".parse().expect("a name"), Duration::from_secs(silent), instance)
    }

    #[test]
    fn a_second_run_is_told_who_holds_the_environment_even_by_a_newer_version() {
        let Verdict::Held(held) = judge(12, Instance::There) else { panic!("not held") };
        assert_eq!(
            held.to_string(),
            "environment dev is held by run 2025-01-15-143022 on i-0123456789abcdef0 (g4dn.2xlarge, resting), last \
             heard of 12s ago: wait until it has ended, end it, or use another environment"
        );
    }

    #[test]
    fn a_lock_whose_instance_is_gone_is_taken_over_and_says_so() {
        let Verdict::TakeOver(why) = judge(1, Instance::Gone) else { panic!("not taken") };
        assert_eq!(
            why.to_string(),
            "the lock of run 2025-01-15-143022 on i-0123456789abcdef0 (g4dn.2xlarge, resting) is taken over: its \
             instance is gone"
        );
    }

    #[test]
    fn silence_alone_counts_only_where_nothing_can_be_learnt() {
        assert!(matches!(judge(300, Instance::Unknown), Verdict::Held(_)));
        assert!(matches!(judge(301, Instance::Unknown), Verdict::TakeOver(Abandoned::Silent(..))));
        assert!(
            matches!(judge(100_000, Instance::There), Verdict::Held(_)),
            "a stopped machine may come back"
        );
        assert_eq!(judge(100_000, Instance::Here), Verdict::Ours);
    }

    #[test]
    fn a_torn_lock_is_nobodys_to_take() {
        assert!(Holder::parse(b"{\"run_id\": \"2025").is_err());
        assert_eq!(Holder::parse(b"{}").map(|it| it.to_string()).ok(), Some("an unnamed run".into()));
    }
}
