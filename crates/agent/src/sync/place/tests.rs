//! A directory that is replaced is never missing.

use super::*;

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("text")).collect();
    names.sort();
    names
}

/// `old` is in the directory, `new` is to take its place.
fn filled(directory: &Path) -> Place {
    fs::create_dir_all(directory).expect("made");
    fs::write(directory.join("old"), "").expect("written");
    let place = Place::prepare(directory).expect("prepared");
    fs::write(place.new.join("new"), "").expect("written");
    place
}

#[test]
fn a_directory_is_replaced_whole() {
    let root = tempfile::tempdir().expect("a folder");
    let directory = root.path().join("ckpt");
    let old = filled(&directory).swap().expect("swapped").expect("there was one");
    assert_eq!((names(&directory), names(&old)), (vec!["new".into()], vec!["old".into()]));
    // What is still there from the last time does not stand in the way.
    filled(&directory).swap().expect("swapped again");
    assert_eq!((names(&directory), names(&old)), (vec!["new".into()], vec!["new".into(), "old".into()]));
}

#[test]
fn a_directory_that_is_not_there_is_made() {
    let root = tempfile::tempdir().expect("a folder");
    let directory = root.path().join("deep/er/ckpt");
    let place = Place::prepare(&directory).expect("prepared");
    fs::write(place.new.join("new"), "").expect("written");
    assert_eq!(place.swap().expect("swapped"), None);
    assert_eq!(names(&directory), ["new"]);
}

#[test]
fn a_mount_keeps_its_place_and_changes_its_content() {
    let root = tempfile::tempdir().expect("a folder");
    let directory = root.path().to_owned();
    fs::write(directory.join("old"), "").expect("written");
    let (new, old) = (directory.join(".curfew-restoring"), directory.join(".curfew-replaced"));
    fs::create_dir(&new).expect("made");
    fs::write(new.join("new"), "").expect("written");
    let place = Place { directory: directory.clone(), new, old: old.clone(), what: Target::Mounted };
    assert_eq!(place.swap().expect("swapped"), Some(old.clone()));
    assert_eq!(names(&directory), [".curfew-replaced", "new"]);
    assert_eq!(names(&old), ["old"]);
}

#[test]
fn a_file_in_the_way_is_a_fault_and_stays() {
    let root = tempfile::tempdir().expect("a folder");
    let directory = root.path().join("ckpt");
    fs::write(&directory, "mine").expect("written");
    let place = Place::prepare(&directory);
    assert!(place.is_err(), "{place:?}");
    assert_eq!(fs::read(&directory).expect("read"), b"mine");
}

#[test]
fn whoever_looks_meanwhile_finds_the_old_or_the_new() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let root = tempfile::tempdir().expect("a folder");
    let directory = root.path().join("ckpt");
    fs::create_dir_all(&directory).expect("made");
    let (is_over, was_missing) = (AtomicBool::new(false), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                was_missing.fetch_or(!directory.is_dir(), Ordering::Relaxed);
            }
        });
        for _ in 0..300 {
            Place::prepare(&directory).and_then(|place| place.swap()).expect("swapped");
        }
        is_over.store(true, Ordering::Relaxed);
    });
    assert!(!was_missing.into_inner());
}
