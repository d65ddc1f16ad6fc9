//! The deciders: functions of facts and `now`. Nothing here reads, writes, waits or asks for the time.

pub mod cost;
pub mod ending;
pub mod exit;
pub mod figures;
pub mod idle;
pub mod limit;
pub mod line;
pub mod preflight;
pub mod restore;
pub mod spot;
pub mod sync;

use std::time::Duration;

use jiff::Timestamp;

/// A moment on both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// What is written down. It may jump.
    pub wall: Timestamp,
    /// Since boot, standby included. What is waited by: it never jumps.
    pub up: Duration,
}
