//! What a session shall be made of. It only says; [`super::parts`] starts.

use super::Part;

/// What a session is made of. The default is a whole desktop.
#[derive(Clone, Debug)]
pub struct SessionParts {
    /// The Secret Service.
    pub keyring: Keyring,
    /// Who shows notifications.
    pub notifications: NotificationDaemon,
    /// Who shows tray icons.
    pub tray_host: TrayHost,
    /// What the desktop asks applications to look like.
    pub theme: Theme,
    /// Width and height of the screen in pixels.
    pub screen: (u16, u16),
}

impl Default for SessionParts {
    fn default() -> Self {
        Self {
            keyring: Keyring::Unlocked,
            notifications: NotificationDaemon::Dunst,
            tray_host: TrayHost::Xfce4Panel,
            theme: Theme::Light,
            screen: (1280, 800),
        }
    }
}

impl SessionParts {
    /// A display, a bus and a window manager, and nothing else.
    #[must_use]
    pub fn bare() -> Self {
        Self {
            keyring: Keyring::Absent,
            notifications: NotificationDaemon::Absent,
            tray_host: TrayHost::Absent,
            ..Self::default()
        }
    }

    /// The parts that can be left out and are not.
    pub(super) fn optional(&self) -> impl Iterator<Item = Part> + use<> {
        let keyring = match self.keyring {
            Keyring::Absent => None,
            Keyring::Locked | Keyring::Unlocked => Some(Part::Keyring),
        };
        let notifications = match self.notifications {
            NotificationDaemon::Absent => None,
            NotificationDaemon::Dunst => Some(Part::NotificationDaemon),
        };
        let tray_host = match self.tray_host {
            TrayHost::Absent => None,
            TrayHost::Xfce4Panel => Some(Part::TrayHost),
        };
        [keyring, notifications, tray_host].into_iter().flatten()
    }
}

/// How the session starts its Secret Service, gnome-keyring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyring {
    /// No Secret Service on the bus.
    Absent,
    /// There is a default keyring; reading it raises a prompt that nobody answers.
    Locked,
    /// As after a login.
    Unlocked,
}

/// Who shows notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotificationDaemon {
    /// Nobody.
    Absent,
    /// dunst.
    Dunst,
}

/// Who shows tray icons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrayHost {
    /// Nobody.
    Absent,
    /// xfce4-panel with its systray plugin, a StatusNotifier host.
    Xfce4Panel,
}

/// What the desktop asks applications to look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}
