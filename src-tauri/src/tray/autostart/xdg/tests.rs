//! The entry is held against the desktop's own tools: one says whether it is valid, the other starts it.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command, time::Duration};

use super::{entry, quoted};

/// A folder's name with everything that quoting can get wrong.
const NASTY: &str = r#"a "b" $HOME `id` \ 100% %f 'c' ü"#;

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
fn program(folder: &Path) -> std::path::PathBuf {
    let program = folder.join(NASTY).join("curfew-tray");
    fs::create_dir_all(program.parent().expect("it lies in a folder")).expect("a temporary folder");
    let script = "#!/bin/sh\nprintf '%s\\n' \"$0\" \"$@\" >\"$(dirname \"$0\")/new\"\nmv \"$(dirname \"$0\")/new\" \"$(dirname \"$0\")/ran\"\n";
    fs::write(&program, script).expect("a temporary folder");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("our own file");
    program
}

#[tokio::test]
async fn the_entry_is_valid_and_starts_the_program_at_any_path() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = program(folder.path());
    let file = folder.path().join("curfew.desktop");
    fs::write(&file, entry(&program).expect("text")).expect("a temporary folder");

    let checked = Command::new("desktop-file-validate").arg(&file).output();
    let checked = checked.expect("desktop-file-validate is there: install desktop-file-utils");
    assert!(checked.status.success() && checked.stdout.is_empty(), "{checked:?}");

    let launched = Command::new("gio").arg("launch").arg(&file).output();
    let launched = launched.expect("gio is there: install libglib2.0-bin");
    assert!(launched.status.success(), "{launched:?}");
    let ran = program.with_file_name("ran");
    for _ in 0..500 {
        if ran.exists() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let ran = fs::read_to_string(ran).expect("the program ran within five seconds");
    assert_eq!(ran, format!("{}\n--background\n", program.display()));
}
