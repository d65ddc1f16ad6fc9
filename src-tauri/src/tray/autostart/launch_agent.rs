//! A launch agent of the user's (`man launchd.plist`). Compiled and not tried.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use super::BACKGROUND;

pub(super) const HINT: &str =
    "Look at ~/Library/LaunchAgents, or use System Settings > General > Login Items.";

pub(super) fn is_on() -> bool {
    file().is_ok_and(|file| file.exists())
}

pub(super) fn add(program: &Path) -> io::Result<()> {
    let file = file()?;
    fs::create_dir_all(file.parent().unwrap_or(&file))?;
    fs::write(file, agent(program))
}

pub(super) fn remove() -> io::Result<()> {
    match fs::remove_file(file()?) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn file() -> io::Result<PathBuf> {
    let home = env::var_os("HOME").ok_or_else(|| io::Error::other("HOME is not set"))?;
    Ok(PathBuf::from(home).join("Library/LaunchAgents/dev.curfew.Curfew.plist"))
}

fn agent(program: &Path) -> String {
    let program =
        program.display().to_string().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key><string>dev.curfew.Curfew</string>
  <key>ProgramArguments</key><array><string>{program}</string><string>{BACKGROUND}</string></array>
  <key>RunAtLoad</key><true/>
</dict>
</plist>
"#
    )
}
