//! Which Debian and Ubuntu packages, each with what it is for. Tried on Debian 12 and named the
//! same on Ubuntu 24.04. A C compiler is not listed: without one, xtask itself could not have
//! been linked. Neither is an appindicator library: the Linux tray speaks D-Bus itself.

use super::{Scope, python};

/// One system package.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Package {
    pub(super) name: &'static str,
    pub(super) purpose: &'static str,
}

const BUILD: [Package; 2] = [
    package("libwebkit2gtk-4.1-dev", "the window: GTK 3 and WebKitGTK, which Tauri uses"),
    package("pkg-config", "finds those libraries for Cargo"),
];

const TEST: [Package; 31] = [
    package("xvfb", "a screen without a screen"),
    package("dbus", "a private session bus"),
    package("webkit2gtk-driver", "drives the window as a person would (WebDriver)"),
    package("gnome-keyring", "a real keychain (Secret Service)"),
    package("libsecret-tools", "looks into that keychain"),
    package("dunst", "a real notification daemon"),
    package("xfce4-panel", "a real tray host (StatusNotifier)"),
    package("xfwm4", "a window manager"),
    package("xfconf", "the panel's settings"),
    package("wmctrl", "lists and raises windows"),
    package("xdotool", "clicks and types"),
    package("scrot", "takes screenshots"),
    package("imagemagick", "lays a backdrop behind them"),
    package("libglib2.0-bin", "gio, which starts programs as a desktop does"),
    package("desktop-file-utils", "checks the desktop and autostart entries"),
    package("adwaita-icon-theme", "icons for panel and window"),
    package("fonts-dejavu-core", "letters in screenshots"),
    package("musl-tools", "the agent as a static program"),
    package("gcc-aarch64-linux-gnu", "the C parts of the agent's TLS for arm64"),
    package("libc6-dev-arm64-cross", "and their headers"),
    package("qemu-user-static", "starts the agent for arm64"),
    package("shellcheck", "reads the user data"),
    package("debootstrap", "a small machine in a folder, for cloud-init and systemd"),
    package("iproute2", "that machine's own network"),
    package("qemu-system-x86", "a whole machine with a kernel of its own, for the agent"),
    package("busybox-static", "that machine's programs"),
    package("e2fsprogs", "its disk"),
    package("openssh-server", "sessions that the agent must see"),
    package("openssh-client", "opens them"),
    package("tmux", "a session that outlives its terminal"),
    package("screen", "another"),
];

const PYTHON: Package = package("python3-venv", "Python 3.11 or later for the AWS stand-in");

const fn package(name: &'static str, purpose: &'static str) -> Package {
    Package { name, purpose }
}

pub(super) fn needed(scope: Scope) -> Vec<Package> {
    let mut needed = BUILD.to_vec();
    match scope {
        Scope::Run => {}
        Scope::Test => {
            needed.extend(TEST);
            needed.extend(python::is_lacking().then_some(PYTHON));
        }
    }
    needed
}
