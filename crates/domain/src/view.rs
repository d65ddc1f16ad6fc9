//! What each view shows: functions of the fleet and `now`, with values that compare, so that a view redraws only on change.
//!
//! Nothing here knows a toolkit, a bus or a terminal.

pub mod check;
pub mod fmt;
pub mod launched;
pub mod launcher;
pub mod listing;
pub mod notice;
pub mod settings;
pub mod tray;
pub mod window;
