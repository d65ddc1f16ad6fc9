//! Settings read, edited, and left alone when they are wrong.

use std::time::Duration;

use tempfile::TempDir;

use super::*;

const MINUTE_AND_A_HALF: &str = "[poll]\ninterval = \"90s\"\n";

fn file() -> (TempDir, SettingsFile) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = SettingsFile::at(folder.path().join("config.toml"));
    (folder, file)
}

fn with(text: impl AsRef<[u8]>) -> (TempDir, SettingsFile) {
    let (folder, file) = file();
    fs::write(file.path(), text).expect("it can be written");
    (folder, file)
}

fn text(file: &SettingsFile) -> String {
    fs::read_to_string(file.path()).expect("it can be read")
}

fn interval(text: &str) -> [SettingsEdit; 1] {
    [SettingsEdit::Interval(text.into())]
}

fn names(folder: &TempDir) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn no_file_is_the_default() {
    let (_folder, file) = file();
    assert_eq!(file.read().expect("nothing is wrong"), Config::default());
}

#[test]
fn a_first_edit_writes_only_what_was_set() {
    let parent = tempfile::tempdir().expect("a folder");
    let file = SettingsFile::at(parent.path().join("with space/deep/config.toml"));
    let config = file.edit(&interval("90s")).expect("it can be written");
    assert_eq!(text(&file), MINUTE_AND_A_HALF);
    assert_eq!(config.poll.interval, Duration::from_secs(90));
    assert_eq!(file.read().expect("nothing is wrong"), config);
}

#[test]
fn an_edit_that_changes_nothing_writes_nothing() {
    let (folder, file) = with(MINUTE_AND_A_HALF);
    let before = fs::metadata(file.path()).expect("it is there").modified().expect("a time");
    file.edit(&interval("90s")).expect("nothing to do");
    assert_eq!(fs::metadata(file.path()).expect("it is there").modified().expect("a time"), before);
    assert_eq!(names(&folder), [".config.toml.lock", "config.toml"]);
}

/// Whatever is wrong with the file, it is told and left alone.
fn check_left_alone(bytes: &[u8], part: &str) {
    let (_folder, file) = with(bytes);
    let read = file.read().expect_err("it is wrong");
    let edited = file.edit(&interval("90s")).expect_err("it is wrong");
    for fault in [read, edited] {
        let told = domain::Problem::from(fault);
        assert!(told.message.contains(part) && told.message.contains("config.toml"), "{told:?}");
        assert!(!told.hint.is_empty());
    }
    assert_eq!(fs::read(file.path()).expect("it can be read"), bytes);
}

#[test]
fn a_wrong_file_is_told_and_left_alone() {
    check_left_alone(b"[poll]\ninterval = \"60s\"\nx = \"\xff\"\n", "line 3");
    check_left_alone(b"[poll\n", "line 1: TOML");
    check_left_alone(b"[poll]\nintervall = \"60s\"\n", "did you mean `interval`");
    check_left_alone(b"a = 1\nb = 2\nc = 3\nd = 4\ne = 5\n", "5 faults");
}

#[test]
fn every_fault_is_listed() {
    let (_folder, file) = with("a = 1\nb = 2\n");
    let fault = file.read().expect_err("it is wrong");
    assert_eq!(fault.faults().len(), 2);
    let told = domain::Problem::from(fault);
    assert_eq!(told.message.lines().count(), 3, "{told:?}");
}

#[test]
fn what_cannot_be_read_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = SettingsFile::at(folder.path());
    let fault = file.read().expect_err("a folder is no file");
    assert!(matches!(fault, SettingsFault::Unreadable { .. }), "{fault:?}");
    let faults = fault.faults();
    assert_eq!(faults.len(), 1);
    assert!(faults[0].message.contains("cannot read"), "{faults:?}");
}

#[test]
fn a_refused_edit_writes_nothing_at_all() {
    let (folder, file) = with(MINUTE_AND_A_HALF);
    let edits =
        [SettingsEdit::Repeat("1h".into()), SettingsEdit::Warning("soon".into()), interval("1s")[0].clone()];
    let fault = file.edit(&edits).expect_err("two are wrong");
    assert!(matches!(fault, SettingsFault::Refused { .. }), "{fault:?}");
    let keys: Vec<String> = fault.faults().into_iter().map(|fault| fault.key).collect();
    assert_eq!(keys, ["poll.interval", "alert.warning"]);
    assert_eq!(text(&file), MINUTE_AND_A_HALF);
    assert_eq!(names(&folder), [".config.toml.lock", "config.toml"]);
}

#[test]
fn edits_that_are_right_only_together_are_taken() {
    let (_folder, file) = with("[alert]\nwarning = \"2h\"\ncritical = \"6h\"\n");
    let edits = [SettingsEdit::Warning("8h".into()), SettingsEdit::Critical("9h".into())];
    file.edit(&edits).expect("8h comes before 9h");
}

#[test]
fn what_somebody_else_wrote_meanwhile_stays() {
    let (_folder, file) = with(MINUTE_AND_A_HALF);
    file.edit(&[SettingsEdit::Repeat("1h".into())]).expect("it can be written");
    fs::write(file.path(), format!("# by hand\n{}", text(&file))).expect("it can be written");
    file.edit(&interval("45s")).expect("it can be written");
    assert_eq!(text(&file), "# by hand\n[poll]\ninterval = \"45s\"\n\n[alert]\nrepeat = \"1h\"\n");
}

#[test]
fn edits_at_the_same_time_all_stay() {
    let (_folder, file) = file();
    let put = |name: String| SettingsEdit::PutAccount {
        name,
        source: "keychain".into(),
        assume_role: None,
        mfa_serial: None,
    };
    std::thread::scope(|scope| {
        for number in 0..8 {
            let file = &file;
            scope.spawn(move || file.edit(&[put(format!("a{number}"))]).expect("it can be written"));
        }
    });
    assert_eq!(file.read().expect("nothing is wrong").accounts.len(), 8);
}

#[test]
fn what_a_killed_writer_left_is_no_hindrance() {
    let (folder, file) = with(MINUTE_AND_A_HALF);
    fs::write(folder.path().join(".config.toml.new"), "[po").expect("it can be written");
    file.edit(&interval("45s")).expect("it can be written");
    assert_eq!(names(&folder), [".config.toml.lock", "config.toml"]);
}

#[test]
fn what_cannot_be_written_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let in_the_way = folder.path().join("file");
    fs::write(&in_the_way, "").expect("it can be written");
    let file = SettingsFile::at(in_the_way.join("config.toml"));
    let fault = file.edit(&interval("45s")).expect_err("a file has no files");
    let told = domain::Problem::from(fault);
    assert!(told.message.contains("cannot write") && told.hint.contains("as it was"), "{told:?}");
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    #[test]
    fn permissions_stay() {
        let (_folder, file) = with(MINUTE_AND_A_HALF);
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o640)).expect("it is ours");
        file.edit(&interval("45s")).expect("it can be written");
        assert_eq!(fs::metadata(file.path()).expect("it is there").mode() & 0o777, 0o640);
    }

    #[test]
    fn a_link_stays_a_link() {
        let (folder, file) = file();
        let (first, second) = (folder.path().join("first"), folder.path().join("dotfiles/mine.toml"));
        fs::create_dir(folder.path().join("dotfiles")).expect("a folder");
        symlink("first", file.path()).expect("a link");
        symlink(Path::new("dotfiles/mine.toml"), &first).expect("a link");
        file.edit(&interval("90s")).expect("a link to nothing yet");
        assert_eq!(fs::read_to_string(&second).expect("it is there"), MINUTE_AND_A_HALF);
        file.edit(&interval("45s")).expect("it can be written");
        assert!(file.path().is_symlink() && first.is_symlink());
        assert_eq!(fs::read_to_string(second).expect("it is there"), MINUTE_AND_A_HALF.replace("90", "45"));
    }

    #[test]
    fn names_that_are_no_text_work() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().expect("a folder");
        let name = std::ffi::OsStr::from_bytes(b"\xff \n/config.toml");
        let file = SettingsFile::at(folder.path().join(name));
        file.edit(&interval("90s")).expect("it can be written");
        assert_eq!(text(&file), MINUTE_AND_A_HALF);
    }
}

/// The file that is shipped for people to begin with.
const SHIPPED: &str = include_str!("../../../../bundle/config.toml");

#[test]
fn the_shipped_file_says_the_defaults() {
    assert_eq!(Config::parse(SHIPPED), Ok(Config::default()));
    let lines = SHIPPED.lines().filter(|line| !line.is_empty());
    assert!(lines.clone().all(|line| line.starts_with('#')), "it sets nothing");
    let defaults: String =
        lines.filter_map(|line| line.strip_prefix("#= ")).map(|line| format!("{line}\n")).collect();
    assert_eq!(Config::parse(&defaults), Ok(Config::default()), "{defaults}");
}

#[test]
fn the_shipped_file_is_right_with_everything_in_it() {
    let all: String = SHIPPED
        .lines()
        .filter_map(|line| line.strip_prefix("#= ").or_else(|| line.strip_prefix("#: ")))
        .map(|line| format!("{line}\n"))
        .collect();
    let config = Config::parse(&all).unwrap_or_else(|faults| panic!("{faults:?}\n{all}"));
    assert!(config.spend.monthly_budget.is_some() && config.accounts.len() == 2, "{config:?}");
    assert_eq!(config.alert.rules.len(), 2);
}
