//! The folder of a session: its layout and the settings files in it. It starts nothing.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;

use super::Theme;

/// Services that the bus may start by itself: the settings store of the panel and the window manager,
/// and the prompt of the keyring. Everything else is there only if the test asked for it.
const STARTED_BY_BUS: [&str; 3] = [
    "org.xfce.Xfconf.service",
    "org.gnome.keyring.SystemPrompter.service",
    "org.gnome.keyring.PrivatePrompter.service",
];
/// Where Debian and its kin keep them.
const SYSTEM_SERVICES: &str = "/usr/share/dbus-1/services";

/// Makes the folder with all settings files in place.
pub(super) fn create(theme: Theme) -> Result<TempDir> {
    let folder = TempDir::with_prefix("curfew-").context("cannot make a folder for the session")?;
    let root = folder.path();
    for kept_private in [runtime(root), home(root)] {
        fs::create_dir(&kept_private).with_context(|| format!("cannot make {}", kept_private.display()))?;
        fs::set_permissions(&kept_private, Permissions::from_mode(0o700))
            .context("cannot protect the session's folder")?;
    }
    for plain in [logs(root), temporary(root), services(root)] {
        fs::create_dir(&plain).with_context(|| format!("cannot make {}", plain.display()))?;
    }
    write_settings(root, theme)?;
    copy_services(root)?;
    Ok(folder)
}

pub(super) fn home(root: &Path) -> PathBuf {
    root.join("home")
}

pub(super) fn runtime(root: &Path) -> PathBuf {
    root.join("run")
}

pub(super) fn temporary(root: &Path) -> PathBuf {
    root.join("tmp")
}

pub(super) fn log(root: &Path, name: &str) -> PathBuf {
    logs(root).join(format!("{name}.log"))
}

pub(super) fn bus_socket(root: &Path) -> PathBuf {
    runtime(root).join("bus")
}

pub(super) fn bus_settings(root: &Path) -> PathBuf {
    root.join("bus.xml")
}

pub(super) fn display_name(root: &Path) -> PathBuf {
    root.join("display")
}

pub(super) fn dunst_settings(root: &Path) -> PathBuf {
    root.join("dunstrc")
}

/// Where a test writes down which action the picker shall choose.
pub(super) fn choice(root: &Path) -> PathBuf {
    root.join("choice")
}

fn picker(root: &Path) -> PathBuf {
    root.join("pick-action.sh")
}

fn logs(root: &Path) -> PathBuf {
    root.join("logs")
}

fn services(root: &Path) -> PathBuf {
    root.join("services")
}

fn write_settings(root: &Path, theme: Theme) -> Result<()> {
    let (dark, gtk_theme) = match theme {
        Theme::Light => ("false", "Adwaita"),
        Theme::Dark => ("true", "Adwaita-dark"),
    };
    let config = home(root).join(".config");
    let panel = config.join("xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml");
    let (socket, services) = (bus_socket(root), services(root));
    fill(&bus_settings(root), include_str!("bus.xml"), &[("@SOCKET@", &socket), ("@SERVICES@", &services)])?;
    fill(&dunst_settings(root), include_str!("dunstrc"), &[("@PICKER@", &picker(root))])?;
    fill(&picker(root), include_str!("pick-action.sh"), &[("@CHOICE@", &choice(root))])?;
    fill(&panel, include_str!("xfce4-panel.xml"), &[("@DARK@", Path::new(dark))])?;
    fill(
        &config.join("gtk-3.0/settings.ini"),
        include_str!("gtk-settings.ini"),
        &[("@DARK@", Path::new(dark)), ("@THEME@", Path::new(gtk_theme))],
    )?;
    fs::set_permissions(picker(root), Permissions::from_mode(0o700))
        .context("cannot make the action picker runnable")
}

/// Writes a settings file, its `@NAMES@` replaced.
fn fill(path: &Path, template: &str, names: &[(&str, &Path)]) -> Result<()> {
    let text = names
        .iter()
        .fold(template.to_owned(), |text, (name, value)| text.replace(name, &value.display().to_string()));
    let parent = path.parent().context("a settings file lives in a folder")?;
    fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// A service that is not installed is left out: the part that needs it says so when it starts.
fn copy_services(root: &Path) -> Result<()> {
    for service in STARTED_BY_BUS {
        let installed = Path::new(SYSTEM_SERVICES).join(service);
        if installed.exists() {
            fs::copy(&installed, services(root).join(service))
                .with_context(|| format!("cannot copy {}", installed.display()))?;
        }
    }
    Ok(())
}
