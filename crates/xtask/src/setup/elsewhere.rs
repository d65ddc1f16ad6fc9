//! Where apt-get is not: what a person has to install by hand. Said honestly: only Debian 12 and
//! Ubuntu 24.04 are tested.

use anyhow::{Result, bail};

use crate::command;

/// For macOS and Windows.
pub(super) const ADVICE: &str = if cfg!(target_os = "macos") {
    "Setup: on macOS (untested) install Xcode's command line tools: xcode-select --install\n\
     The desktop end-to-end tests run on Linux only."
} else {
    "Setup: on Windows (untested) install the Visual Studio Build Tools with \"Desktop development \
     with C++\"; WebView2 is part of Windows 11.\n\
     The desktop end-to-end tests run on Linux only."
};

/// A Linux without apt-get: only the one library that everything stands on can be looked for.
pub(super) fn check_other_linux() -> Result<()> {
    if command::succeeds(command::program("pkg-config").args(["--exists", "webkit2gtk-4.1"])) {
        println!("Setup: this is neither Debian nor Ubuntu: the test packages are not checked");
        return Ok(());
    }
    bail!(
        "WebKitGTK 4.1 (development files) or pkg-config is missing. Debian and Ubuntu are set up by \
         themselves; elsewhere (untested) install by hand: Fedora `webkit2gtk4.1-devel pkgconf`, \
         Arch `webkit2gtk-4.1 pkgconf`"
    )
}
