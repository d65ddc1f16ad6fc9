//! Profiles are read, saved and doubled, and nobody's text is lost.

use std::fs;

use super::*;

const GOOD: &str = EXAMPLES[2].1;

fn desk() -> (tempfile::TempDir, Folders) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folders = Folders::for_tests(folder.path());
    (folder, folders)
}

fn write(folders: &Folders, name: &str, text: &[u8]) {
    fs::create_dir_all(folder(folders)).expect("a temporary folder");
    fs::write(path(folders, name), text).expect("a temporary folder");
}

#[test]
fn every_example_is_good_and_named_as_its_file() {
    for (name, text) in EXAMPLES {
        let parsed = Profile::parse(name.parse().expect("a name"), text);
        assert!(parsed.is_ok(), "{name}: {:?}", parsed.err());
    }
}

#[test]
fn what_is_saved_is_listed_and_nothing_else() {
    let (_folder, folders) = desk();
    assert_eq!(list(&folders).expect("no folder is no profile"), []);
    save(&folders, "train", GOOD, None).expect("it is good");
    fs::write(folder(&folders).join("notes.txt"), "not a profile").expect("a temporary folder");
    write(&folders, ".hidden", GOOD.as_bytes());
    assert_eq!(list(&folders).expect("a folder"), [("train".to_owned(), GOOD.to_owned())]);
    assert_eq!(read(&folders, "train").expect("it is there"), GOOD);
}

#[test]
fn a_faulty_text_is_not_written() {
    let (_folder, folders) = desk();
    save(&folders, "train", GOOD, None).expect("it is good");
    let refused = save(&folders, "train", "regions = []", Some(GOOD));
    assert!(matches!(refused, Err(ProfileFault::Refused { .. })), "{refused:?}");
    assert_eq!(read(&folders, "train").expect("it is there"), GOOD);
}

#[test]
fn what_somebody_else_wrote_is_never_overwritten() {
    let (_folder, folders) = desk();
    let mine = format!("{GOOD}\n# mine\n");
    write(&folders, "train", b"# theirs\n");
    assert!(matches!(save(&folders, "train", &mine, Some(GOOD)), Err(ProfileFault::Changed { .. })));
    assert!(matches!(save(&folders, "train", &mine, None), Err(ProfileFault::Taken { .. })));
    assert_eq!(read(&folders, "train").expect("it is there"), "# theirs\n");
    save(&folders, "train", &mine, Some("# theirs\n")).expect("it is as its writer knew it");
    assert_eq!(read(&folders, "train").expect("it is there"), mine);
}

#[test]
fn a_text_that_is_not_utf_8_is_shown_and_kept() {
    let (_folder, folders) = desk();
    write(&folders, "odd", b"# gr\xfc\xdfe\n");
    let shown = read(&folders, "odd").expect("it is there");
    assert!(matches!(save(&folders, "odd", GOOD, Some(&shown)), Err(ProfileFault::Changed { .. })));
}

#[test]
fn a_double_has_a_name_of_its_own() {
    let (_folder, folders) = desk();
    save(&folders, "train", GOOD, None).expect("it is good");
    assert_eq!(duplicate(&folders, "train").expect("it is there"), "train-2");
    assert_eq!(duplicate(&folders, "train").expect("it is there"), "train-3");
    assert_eq!(names(&folders).expect("a folder"), ["train", "train-2", "train-3"]);
    assert!(matches!(duplicate(&folders, "nothing"), Err(ProfileFault::Absent { .. })));
}

#[test]
fn no_name_leads_out_of_the_folder() {
    let (_folder, folders) = desk();
    for name in ["../config", "a/b", "", "a.b"] {
        assert!(matches!(save(&folders, name, GOOD, None), Err(ProfileFault::Name(_))), "{name}");
        assert!(matches!(read(&folders, name), Err(ProfileFault::Absent { .. })), "{name}");
    }
}
