//! What the desktop offers, system by system, behind one shape: a tray icon, notifications, presence.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
pub(crate) use linux::Desktop;
#[cfg(not(target_os = "linux"))]
pub(crate) use other::{Desktop, Shown, TrayIcon};

use crate::notifier::Orders;
#[cfg(target_os = "linux")]
pub(crate) use crate::sni::{Shown, TrayIcon};

/// What was joined of it.
pub(crate) struct Joined {
    /// The icon, if the desktop can have one.
    pub(crate) tray: Option<TrayIcon>,
    /// Where notifications are ordered.
    pub(crate) orders: Option<Orders>,
    /// Why there is no icon.
    pub(crate) problem: Option<anyhow::Error>,
}
