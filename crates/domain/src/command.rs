//! What a person, or a view on a person's behalf, can ask of the engine. Closed: every view speaks in these.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{AccountName, Actor, AlertId, LaunchId, Target, Verb, launch::Wish};

/// A wish. Its effect shows in the next fleet; its answer says only whether it was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Stop, start or terminate one instance.
    Act {
        /// What to do.
        verb: Verb,
        /// To which instance.
        target: Target,
        /// Who asks.
        actor: Actor,
        /// At once, or after the time for an Undo.
        pace: Pace,
    },
    /// Launch from a profile.
    Launch(Box<Wish>),
    /// Go on with a launch that was only checked: a person saw what was found, and said yes.
    ConfirmLaunch {
        /// Which.
        id: LaunchId,
    },
    /// Call a launch off; what it made is removed.
    CancelLaunch {
        /// Which.
        id: LaunchId,
    },
    /// Put a launch that is over away.
    DismissLaunch {
        /// Which.
        id: LaunchId,
    },
    /// Take back an action that is still counting down.
    Undo {
        /// Of which instance.
        target: Target,
        /// Who asks.
        actor: Actor,
    },
    /// Say nothing of an instance for a while.
    Snooze {
        /// Of which instance.
        target: Target,
        /// For how long.
        time: Duration,
    },
    /// Take a snooze back.
    Unsnooze {
        /// Of which instance.
        target: Target,
    },
    /// Put a failed action's report away.
    Dismiss {
        /// Of which instance.
        target: Target,
    },
    /// These alerts were shown to a person.
    Shown {
        /// Which.
        alerts: Vec<AlertId>,
    },
    /// Poll everything now.
    Refresh,
    /// Try an account's credentials again: the keychain was unlocked, somebody signed in.
    Reconnect {
        /// Which account.
        account: AccountName,
    },
    /// The second factor's code.
    Code {
        /// For which account.
        account: AccountName,
        /// The six digits.
        code: String,
    },
}

/// When an action is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pace {
    /// At once: stop and start, and `--yes` on the command line.
    AtOnce,
    /// After [`UNDO_TIME`](crate::action::UNDO_TIME), within which it can be undone.
    WithUndo,
}

/// One change to `config.toml`, made from the settings page; comments and everything else in the file stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SettingsEdit {
    /// `poll.interval`.
    Interval(String),
    /// `poll.regions`; `None` is `"enabled"`.
    Regions(Option<Vec<String>>),
    /// `alert.warning`.
    Warning(String),
    /// `alert.critical`.
    Critical(String),
    /// `alert.repeat`.
    Repeat(String),
    /// A new `[[account]]`, or the same one anew.
    PutAccount {
        /// Its name.
        name: String,
        /// `keychain`, `environment` or `profile:NAME`.
        source: String,
        /// A role to assume.
        assume_role: Option<String>,
        /// The role's second factor.
        mfa_serial: Option<String>,
    },
    /// Take an `[[account]]` out.
    RemoveAccount(String),
}
