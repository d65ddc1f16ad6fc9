//! What must survive a restart so that nothing is said twice and nothing is forgotten.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{AlertId, Target, Timestamp};

/// Which alerts a person was told of, and which instances are snoozed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// The alerts that were shown, and when.
    pub shown: BTreeMap<AlertId, Timestamp>,
    /// The snoozed instances, and until when.
    pub snoozed: BTreeMap<Target, Timestamp>,
}

/// One change of the memory, small enough to be written at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MemoryChange {
    /// An alert was shown.
    Shown {
        /// Which.
        alert: AlertId,
        /// When.
        at: Timestamp,
    },
    /// An instance was snoozed.
    Snoozed {
        /// Which.
        target: Target,
        /// Until when.
        until: Timestamp,
    },
    /// A snooze was taken back or ran out.
    Woken {
        /// Which.
        target: Target,
    },
    /// Alerts shown before this are forgotten: their instances are long gone.
    ForgetShownBefore(Timestamp),
}

impl Memory {
    /// The memory after a change.
    pub fn apply(&mut self, change: &MemoryChange) {
        match change {
            MemoryChange::Shown { alert, at } => {
                self.shown.insert(alert.clone(), *at);
            }
            MemoryChange::Snoozed { target, until } => {
                self.snoozed.insert(target.clone(), *until);
            }
            MemoryChange::Woken { target } => {
                self.snoozed.remove(target);
            }
            MemoryChange::ForgetShownBefore(before) => self.shown.retain(|_, at| *at >= *before),
        }
    }
}
