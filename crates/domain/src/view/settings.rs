//! What the settings and first-run pages show. Never a secret.

use serde::{Deserialize, Serialize};

use crate::{AccountConfig, config::ConfigFault};

/// The settings as they are in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Where `config.toml` is.
    pub path: String,
    /// What is wrong with the file; while this is not empty the file is not written.
    pub faults: Vec<ConfigFault>,
    /// `poll.interval`, as `config.toml` would write it.
    pub interval: String,
    /// `poll.regions`; `None` is `"enabled"`.
    pub regions: Option<Vec<String>>,
    /// `alert.warning`'s running time, or `off`.
    pub warning: String,
    /// `alert.critical`'s running time, or `off`.
    pub critical: String,
    /// `alert.repeat`, or `off`.
    pub repeat: String,
    /// How many `[[alert.rule]]` there are: the page only counts them.
    pub rules: usize,
    /// The accounts.
    pub accounts: Vec<AccountConfig>,
    /// Whether Curfew starts at login.
    pub autostart: bool,
    /// The AWS profiles found on this computer.
    pub profiles: Vec<String>,
}
