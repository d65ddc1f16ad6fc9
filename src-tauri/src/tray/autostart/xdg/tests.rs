//! The entry is held against the desktop's own tools: one says whether it is valid, the other starts it.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use super::{entry, quoted};

/// Folders' names with everything that quoting can get wrong; the last two are what GLib and the specification do not
/// take for a program's path.
const NASTY: [&str; 3] = [r#"a "b" $HOME `id` \ 'c' ü"#, "100% %f", "a=b"];

#[test]
fn quoting_follows_the_specification() {
    let check = |argument: &str, written: &str| assert_eq!(quoted(argument), written);
    check("/usr/bin/curfew-tray", r#""/usr/bin/curfew-tray""#);
    check("/a b", r#""/a b""#);
    check("/a%f", r#""/a%%f""#);
    check(r#"/a"b"#, r#""/a\\"b""#);
    check("/a$b`", r#""/a\\$b\\`""#);
    check(r"/a\b", r#""/a\\\\b""#);
}

#[test]
fn a_path_that_an_entry_cannot_hold_is_refused() {
    assert!(entry(Path::new("/tmp/a\nb/curfew-tray")).is_err());
}

/// A program at a nasty path that takes down its arguments.
fn program(folder: &Path, name: &str) -> PathBuf {
    let program = folder.join(name).join("curfew-tray");
    fs::create_dir_all(program.parent().expect("it lies in a folder")).expect("a temporary folder");
    let script = "#!/bin/sh\nprintf '%s\\n' \"$0\" \"$@\" >\"$(dirname \"$0\")/new\"\nmv \"$(dirname \"$0\")/new\" \"$(dirname \"$0\")/ran\"\n";
    fs::write(&program, script).expect("a temporary folder");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("our own file");
    program
}

#[tokio::test]
async fn the_entry_is_valid_and_starts_the_program_at_any_path() {
    for name in NASTY {
        starts(name).await;
    }
}

async fn starts(name: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = program(folder.path(), name);
    let file = folder.path().join("curfew.desktop");
    fs::write(&file, entry(&program).expect("text")).expect("a temporary folder");

    let checked = Command::new("desktop-file-validate").arg(&file).output();
    let checked = checked.expect("desktop-file-validate is there: install desktop-file-utils");
    assert!(checked.status.success() && checked.stdout.is_empty(), "{name}: {checked:?}");

    let launched = Command::new("gio").arg("launch").arg(&file).output();
    let launched = launched.expect("gio is there: install libglib2.0-bin");
    assert!(launched.status.success(), "{name}: {launched:?}");
    let ran = written(&program.with_file_name("ran")).await;
    assert_eq!(ran, format!("{}\n--background\n", program.display()), "{name}");
}

/// The file's text once it is there, within five seconds.
async fn written(file: &Path) -> String {
    let there = async {
        while !file.exists() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(5), there).await;
    in_time.unwrap_or_else(|_| panic!("{} was not written", file.display()));
    fs::read_to_string(file).expect("it is there")
}
