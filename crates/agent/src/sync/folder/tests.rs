//! A folder as a bucket, held to what a bucket promises.

use std::{thread, time::Duration};

use super::*;

fn soon() -> Deadline {
    Deadline(clock::now().up + Duration::from_secs(30))
}

fn bucket() -> (tempfile::TempDir, Folder) {
    let root = tempfile::tempdir().expect("a folder");
    let folder = Folder::at(root.path());
    (root, folder)
}

#[test]
fn what_is_written_is_read() {
    let (root, bucket) = bucket();
    let etag = bucket.put_bytes("a/b", b"one", &Condition::Always, soon()).expect("written");
    assert_eq!(bucket.get_bytes("a/b", 3, soon()).expect("read"), (b"one".to_vec(), etag.clone()));
    assert_eq!(bucket.get_bytes("a/b", 2, soon()).expect_err("too large").kind, FaultKind::TooLarge);
    assert_eq!(bucket.get_bytes("a/c", 2, soon()).expect_err("none").kind, FaultKind::NotFound);
    assert_eq!(bucket.get_bytes("a", 2, soon()).expect_err("a folder").kind, FaultKind::NotFound);
    let again = bucket.put_bytes("a/b", b"one", &Condition::Always, soon()).expect("written");
    assert_ne!(etag, again, "each write is a version");
    let into = root.path().join("copy");
    bucket.get_file("a/b", 3, &into, soon()).expect("read");
    assert_eq!(fs::read(into).expect("read"), b"one");
    bucket.delete("a/b", soon()).expect("removed");
    bucket.delete("a/b", soon()).expect("removed already");
}

#[test]
fn a_write_that_fails_leaves_what_was_there() {
    let (root, bucket) = bucket();
    bucket.put_bytes("a", b"old", &Condition::Always, soon()).expect("written");
    let fault = bucket.put_file("a", &root.path().join("none"), soon()).expect_err("no file");
    assert_eq!(fault.kind, FaultKind::Local);
    let files = fs::read_dir(root.path()).expect("readable").count();
    assert_eq!(files, 2, "the object and the lock");
    let late = bucket.put_bytes("a", b"new", &Condition::Always, Deadline(Duration::ZERO));
    assert_eq!(late.expect_err("late").kind, FaultKind::Expired);
    assert_eq!(bucket.get_bytes("a", 9, soon()).expect("read").0, b"old");
}

#[test]
fn conditions_are_held_between_threads() {
    let (_root, bucket) = bucket();
    let bucket = &bucket;
    let put =
        |body: &'static [u8]| move || bucket.put_bytes("lock", body, &Condition::IfAbsent, soon()).is_ok();
    let won: usize = thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(put(b"mine"))).collect();
        threads.into_iter().map(|thread| usize::from(thread.join().expect("no panic"))).sum()
    });
    assert_eq!(won, 1);
    let (_, etag) = bucket.get_bytes("lock", 9, soon()).expect("read");
    let next = bucket.put_bytes("lock", b"next", &Condition::IfMatch(etag.clone()), soon()).expect("mine");
    let stale = bucket.put_bytes("lock", b"late", &Condition::IfMatch(etag), soon()).expect_err("stale");
    assert_eq!(stale.kind, FaultKind::PreconditionFailed);
    assert_eq!(bucket.get_bytes("lock", 9, soon()).expect("read").1, next);
}

#[test]
fn lists_come_in_pages_in_order() {
    let (_root, bucket) = bucket();
    for index in 0..PAGE + 5 {
        bucket.put_bytes(&format!("p/{index:05}"), b"", &Condition::Always, soon()).expect("written");
    }
    bucket.put_bytes("p/sub/x", b"", &Condition::Always, soon()).expect("written");
    bucket.put_bytes("q", b"", &Condition::Always, soon()).expect("written");
    let first = bucket.page("p/", "", Depth::All, soon()).expect("listed");
    assert_eq!((first.objects.len(), first.next.as_deref()), (PAGE, Some("p/00999")));
    let all = bucket.list("p/", 2000, soon()).expect("listed");
    assert_eq!(all.len(), PAGE + 6);
    assert!(all.is_sorted_by(|one, other| one.key < other.key));
    assert_eq!(bucket.list("p/", 1000, soon()).expect_err("too many").kind, FaultKind::TooLarge);
    assert_eq!(bucket.folders("p/", 9, soon()).expect("listed"), ["p/sub/"]);
    assert_eq!(bucket.list("p/0000", 20, soon()).expect("listed").len(), 10);
    assert!(bucket.list("none/", 9, soon()).expect("listed").is_empty());
}

#[test]
fn keys_stay_below_the_folder() {
    let (_root, bucket) = bucket();
    for key in ["../x", "/etc/x", "a/../../x", "a//b", "", "."] {
        let fault = bucket.put_bytes(key, b"", &Condition::Always, soon()).expect_err("refused");
        assert_eq!(fault.kind, FaultKind::Garbled, "{key}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_no_bucket() {
    let bucket = Folder::at("/nonexistent/bucket");
    let put = bucket.put_bytes("a", b"", &Condition::Always, soon()).expect_err("no bucket");
    let get = bucket.get_bytes("a", 1, soon()).expect_err("no bucket");
    let list = bucket.list("", 1, soon()).expect_err("no bucket");
    assert_eq!([put.kind, get.kind, list.kind], [FaultKind::NoBucket; 3]);
}
