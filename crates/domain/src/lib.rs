//! Curfew's words: instances, money, rules, the fleet, and what each view shows of it.
//!
//! Everything here is a value or a function of values and `now`. Nothing here reads a clock,
//! a file, a socket or an environment variable, and nothing here may learn to: the same code
//! runs in the tray, in the command line and, compiled to wasm, in the window.

pub mod account;
pub mod action;
pub mod alert;
pub mod command;
pub mod config;
pub mod fault;
#[cfg(test)]
mod fixtures;
pub mod fleet;
pub mod ids;
pub mod instance;
pub mod journal;
pub mod launch;
pub mod memory;
pub mod money;
pub mod price;
pub mod region;
pub mod spend;
pub mod time;
pub mod view;

pub use account::{AccountConfig, AccountState, CredentialSource, Identity};
pub use action::{Actor, Verb};
pub use alert::{Alert, AlertId, Level};
pub use command::Command;
pub use config::Config;
pub use fault::{CloudFault, FaultKind, Problem};
pub use fleet::{Fleet, Seen};
pub use ids::{AccountName, GroupName, InstanceId, InstanceType, Region, SpotRequestId, Target, Zone};
pub use instance::{Instance, Lifecycle, Market};
pub use launch::{Launch, LaunchId};
pub use memory::{Memory, MemoryChange};
pub use money::{HourlyRate, Money};
pub use region::{Freshness, RegionKey};
pub use time::Timestamp;
