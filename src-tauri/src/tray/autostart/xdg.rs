//! A desktop entry in the user's autostart folder.
//!
//! Specifications: <https://specifications.freedesktop.org/autostart-spec/latest/> and
//! <https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html>.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use super::BACKGROUND;

pub(super) const HINT: &str =
    "Look at curfew.desktop in the folder autostart of ~/.config, or use the desktop's own settings.";

pub(super) fn is_on() -> bool {
    file().and_then(fs::read_to_string).is_ok_and(|entry| !entry.lines().any(|line| line == "Hidden=true"))
}

pub(super) fn add(program: &Path) -> io::Result<()> {
    let file = file()?;
    let entry = entry(program)?;
    fs::create_dir_all(file.parent().unwrap_or(&file))?;
    // Written beside and moved: a session that starts at this moment sees a whole entry or none.
    let whole = file.with_extension("desktop.new");
    fs::write(&whole, entry)?;
    fs::rename(whole, file)
}

pub(super) fn remove() -> io::Result<()> {
    match fs::remove_file(file()?) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// `$XDG_CONFIG_HOME/autostart/curfew.desktop`. A relative folder there counts as none, says the base directory
/// specification.
fn file() -> io::Result<PathBuf> {
    let set = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let config = set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|home| home.join(".config")));
    let config = config.ok_or_else(|| io::Error::other("neither XDG_CONFIG_HOME nor HOME is set"))?;
    Ok(config.join("autostart/curfew.desktop"))
}

fn entry(program: &Path) -> io::Result<String> {
    let program = program.to_str().filter(|path| !path.contains(char::is_control));
    let program = program.ok_or_else(|| {
        io::Error::other("the program's path has characters that a desktop entry cannot hold")
    })?;
    Ok(format!(
        "[Desktop Entry]\n\
         Type=Application\n\
         Name=Curfew\n\
         Comment=Shows what runs on EC2 and what it costs, and switches it off\n\
         Exec={}{} {BACKGROUND}\n\
         Icon=curfew\n\
         Terminal=false\n\
         X-GNOME-Autostart-enabled=true\n",
        through(program),
        quoted(program)
    ))
}

/// What stands before the program. GLib looks for the program before it undoubles a per cent sign, and the
/// specification has no equals sign in a program's path: such a path is handed to a shell as an argument.
fn through(program: &str) -> String {
    if program.contains(['%', '=']) {
        format!("sh -c {} ", quoted(r#"exec "$0" "$@""#))
    } else {
        String::new()
    }
}

/// An argument of `Exec`, written so that any path arrives as it is: the argument is quoted, field codes are doubled,
/// and then the whole is a string of a desktop entry, in which a backslash is written twice.
fn quoted(argument: &str) -> String {
    let mut quoted = String::from('"');
    for letter in argument.chars() {
        match letter {
            '"' | '`' | '$' => quoted.extend(["\\\\", letter.encode_utf8(&mut [0; 4])]),
            '\\' => quoted.push_str(r"\\\\"),
            '%' => quoted.push_str("%%"),
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests;
