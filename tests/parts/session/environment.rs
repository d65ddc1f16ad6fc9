//! The environment variables of a session's programs. Only `PATH` comes from the test's own.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use super::folder;

/// All variables but `DISPLAY`, which is known only once the display runs.
pub(super) fn of(root: &Path) -> BTreeMap<&'static str, OsString> {
    let home = folder::home(root);
    let paths = [
        ("XDG_CONFIG_HOME", home.join(".config")),
        ("XDG_DATA_HOME", home.join(".local/share")),
        ("XDG_STATE_HOME", home.join(".local/state")),
        ("XDG_CACHE_HOME", home.join(".cache")),
        ("XDG_RUNTIME_DIR", folder::runtime(root)),
        ("TMPDIR", folder::temporary(root)),
        ("HOME", home),
    ];
    let fixed = [
        ("LANG", "C.UTF-8"),
        ("XDG_CURRENT_DESKTOP", "XFCE"),
        ("XDG_SESSION_TYPE", "x11"),
        ("GDK_BACKEND", "x11"),
        // No settings daemon and no accessibility bus: either would be started through the bus.
        ("GSETTINGS_BACKEND", "memory"),
        ("NO_AT_BRIDGE", "1"),
        ("LIBGL_ALWAYS_SOFTWARE", "1"),
    ];
    let bus = format!("unix:path={}", folder::bus_socket(root).display());
    paths
        .into_iter()
        .map(|(name, path)| (name, path.into_os_string()))
        .chain(fixed.map(|(name, value)| (name, value.into())))
        .chain([("DBUS_SESSION_BUS_ADDRESS", bus.into())])
        .chain(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .collect()
}
