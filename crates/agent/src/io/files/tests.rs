//! A directory as it is on a real disk.

use std::{
    ffi::OsStr,
    os::unix::{ffi::OsStrExt, fs::symlink},
};

use super::{tree::scan, *};
use crate::decide::sync::{What, name::Name};

fn names(directory: &Path, links: Links) -> (Vec<String>, Vec<String>) {
    let scan = scan(directory, links).expect("readable");
    let left = scan.left.iter().map(|left| format!("{}: {}", left.name, left.why)).collect();
    (scan.tree.keys().map(Name::to_string).collect(), left)
}

#[test]
fn every_name_that_linux_takes_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    for bytes in [&b"new\nline"[..], "😀".as_bytes(), b"\xff\xfe", b"100%", &[b'x'; 255]] {
        fs::write(folder.path().join(OsStr::from_bytes(bytes)), "x").expect("written");
    }
    let (found, left) = names(folder.path(), Links::Record);
    assert_eq!(found, ["%FF%FE", "100%25", "new%0Aline", &"x".repeat(255), "😀"]);
    assert!(left.is_empty());
    for name in scan(folder.path(), Links::Record).expect("readable").tree.keys() {
        assert!(open(&folder.path().join(name.to_path()), Links::Record).is_ok(), "{name}");
    }
}

#[test]
fn loops_of_links_end_and_nothing_outside_is_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("a/b")).expect("made");
    fs::write(at("a/model.pt"), "weights").expect("written");
    symlink("..", at("a/b/up")).expect("linked");
    symlink("loop", at("loop")).expect("linked");
    symlink("a/model.pt", at("last")).expect("linked");
    symlink(at("a/model.pt").canonicalize().expect("real"), at("a/b/whole")).expect("linked");
    symlink("/etc/passwd", at("out")).expect("linked");
    symlink("../../x", at("a/out")).expect("linked");
    let (found, left) = names(folder.path(), Links::Record);
    assert_eq!(found, ["a/b/up", "a/b/whole", "a/model.pt", "last", "loop"]);
    assert_eq!(left.len(), 2, "{left:?}");
    let tree = scan(folder.path(), Links::Record).expect("readable").tree;
    let whole = &tree[&Name::parse("a/b/whole").expect("a name")];
    assert_eq!(whole.what, What::Link("../../a/model.pt".into()));
    let (found, left) = names(folder.path(), Links::Read);
    assert_eq!(found, ["a/b/whole", "a/model.pt", "last"]);
    assert_eq!(left.len(), 4, "{left:?}");
}

#[test]
fn pipes_and_sockets_are_said_and_the_agents_own_files_are_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).expect("a pipe");
    fs::write(folder.path().join(".curfew-new-x"), "").expect("written");
    let (found, left) = names(folder.path(), Links::Record);
    assert!(found.is_empty());
    assert_eq!(left, ["pipe: it is no file, no folder and no link"]);
    assert!(open(&pipe, Links::Record).is_err(), "and opening it does not wait for a writer");
}

#[test]
fn a_directory_that_is_not_there_is_a_fault() {
    let fault = scan(Path::new("/nonexistent/x"), Links::Record).expect_err("not there");
    assert_eq!(fault.to_string(), "/nonexistent/x cannot be read");
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("deep/er/index.json");
    write_whole(&path, b"one").expect("written");
    write_whole(&path, b"two").expect("written over");
    assert_eq!(fs::read(&path).expect("read"), b"two");
    let left = fs::read_dir(path.parent().expect("a folder")).expect("readable").count();
    assert_eq!(left, 1, "nothing half-done is left");
    fs::remove_dir_all(folder.path().join("deep")).expect("removed");
    fs::write(folder.path().join("deep"), "a file in the way").expect("written");
    assert!(write_whole(&path, b"three").is_err());
}

#[test]
fn hashing_is_sha256() {
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(sha256(b""), empty);
    assert_eq!(sha256_of(&b""[..], || true).expect("read"), Some((0, empty.into())));
    assert_eq!(sha256_of(&b"abc"[..], || true).expect("read"), Some((3, sha256(b"abc"))));
    assert_eq!(sha256_of(&b"abc"[..], || false).expect("read"), None);
}
