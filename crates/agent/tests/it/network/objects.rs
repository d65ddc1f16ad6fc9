//! Objects there and back.

use std::fs::{self, File};
use std::ops::ControlFlow;

use agent::io::aws::Kind;
use agent::io::s3::Condition;
use agent::io::sign::hash::{sha256, sha256_of};

use super::{bucket, noise, soon};
use crate::parts::http::Asked;

const ODD_KEYS: [&str; 12] = [
    "plain/key.txt",
    "a b+c%2B?&=#.bin",
    "line\nbreak\ttab",
    "ü/日本/🐧",
    "dots/../up/./here",
    "double//slash",
    "trailing/",
    "quotes\"'<>&amp;",
    "~tilde-_.!*'()",
    "percent%",
    "$,:;@[]{}|\\^`",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\
     yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\
     zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
];

#[test]
fn every_name_goes_there_and_back() {
    let (bucket, _proxy) = bucket("odd-names");
    for key in ODD_KEYS {
        let etag = bucket.put_bytes(key, key.as_bytes(), &Condition::Always, &soon()).unwrap();
        assert_eq!(bucket.get_bytes(key, 1024, &soon()).unwrap(), (key.as_bytes().to_vec(), etag), "{key:?}");
    }
    let mut expected: Vec<_> = ODD_KEYS.into_iter().collect();
    expected.sort_unstable();
    let listed = bucket.list("", &soon()).unwrap();
    let mut keys: Vec<_> = listed.iter().map(|object| object.key.as_str()).collect();
    keys.sort_unstable();
    assert_eq!(keys, expected);
    assert!(listed.iter().all(|object| object.size == object.key.len() as u64 && object.modified.is_some()));
    for key in ODD_KEYS {
        bucket.delete(key, &soon()).unwrap();
    }
    assert!(bucket.list("", &soon()).unwrap().is_empty());
}

#[test]
fn an_object_is_written_if_it_is_absent_or_the_same() {
    let (bucket, _proxy) = bucket("conditions");
    let put = |bytes: &[u8], condition: &Condition| bucket.put_bytes("lock", bytes, condition, &soon());
    let first = put(b"one", &Condition::Absent).unwrap();
    assert_eq!(put(b"two", &Condition::Absent).unwrap_err().kind, Kind::PreconditionFailed);
    let second = put(b"two", &Condition::Matches(first.clone())).unwrap();
    assert_eq!(put(b"three", &Condition::Matches(first)).unwrap_err().kind, Kind::PreconditionFailed);
    assert_eq!(bucket.get_bytes("lock", 10, &soon()).unwrap(), (b"two".to_vec(), second));
}

#[test]
fn a_head_a_range_and_a_bound() {
    let (bucket, _proxy) = bucket("reading");
    let etag = bucket.put_bytes("digits", b"0123456789", &Condition::Always, &soon()).unwrap();
    let head = bucket.head("digits", &soon()).unwrap();
    assert_eq!((head.size, head.etag.as_str()), (10, etag.as_str()));
    assert!(head.modified.is_some());
    assert_eq!(bucket.get_range("digits", 3..6, &soon()).unwrap(), b"345");
    assert_eq!(bucket.get_range("digits", 8..20, &soon()).unwrap(), b"89");
    assert_eq!(bucket.get_bytes("digits", 9, &soon()).unwrap_err().kind, Kind::TooLarge);
    assert_eq!(bucket.head("nothing", &soon()).unwrap_err().kind, Kind::NotFound);
    assert_eq!(bucket.get_bytes("nothing", 9, &soon()).unwrap_err().kind, Kind::NotFound);
    bucket.delete("nothing", &soon()).unwrap();
}

#[test]
fn files_of_every_size_go_there_and_back() {
    const MIB: usize = 1024 * 1024;
    let (bucket, proxy) = bucket("files");
    let folder = tempfile::tempdir().unwrap();
    for len in [0, 1, 8 * MIB, 8 * MIB + 1, 16 * MIB, 16 * MIB + 1, 40 * MIB] {
        let (up, down, key) = (folder.path().join("up"), folder.path().join("down"), format!("file-{len}"));
        let content = noise(len);
        fs::write(&up, &content).unwrap();
        let etag = bucket.put_file(&key, &up, &soon()).unwrap();
        assert_eq!(etag.contains('-'), len > 16 * MIB, "{len}: {etag}");
        assert_eq!(bucket.get_file(&key, &down, &soon()).unwrap(), etag, "{len}");
        let (found, found_len) = sha256_of(&mut File::open(&down).unwrap()).unwrap();
        assert_eq!((found, found_len), (sha256(&content), len as u64));
        let hashed = bucket.get_hashed(&key, &down, &soon()).unwrap();
        assert_eq!(hashed, (etag, sha256(&content), len as u64), "{len}");
        let mut streamed = Vec::new();
        assert_eq!(bucket.get_to(&key, &mut streamed, &soon()).unwrap(), hashed.0);
        assert_eq!(sha256(&streamed), sha256(&content), "{len}");
    }
    let parts =
        proxy.seen().iter().filter(|asked| asked.target.contains("file-41943040?partNumber=")).count();
    assert_eq!(parts, 5);
    // A few connections are made and used again: eight workers, and one before them.
    assert!(proxy.connections() <= 20, "{}", proxy.connections());
}

#[test]
fn what_is_no_file_is_not_written_and_an_old_file_stays_for_what_is_not_there() {
    let (bucket, proxy) = bucket("no-file");
    let folder = tempfile::tempdir().unwrap();
    let fault = bucket.put_file("k", folder.path(), &soon()).unwrap_err();
    assert_eq!(fault.kind, Kind::Local);
    let fault = bucket.put_file("k", &folder.path().join("absent"), &soon()).unwrap_err();
    assert!(fault.kind == Kind::Local && fault.to_string().contains("absent"), "{fault}");
    assert!(proxy.seen().is_empty());
    let old = folder.path().join("old");
    fs::write(&old, "kept").unwrap();
    assert_eq!(bucket.get_file("nothing", &old, &soon()).unwrap_err().kind, Kind::NotFound);
    assert_eq!(fs::read(&old).unwrap(), b"kept");
    let nowhere = folder.path().join("no/such/folder");
    bucket.put_bytes("k", b"x", &Condition::Always, &soon()).unwrap();
    assert_eq!(bucket.get_file("k", &nowhere, &soon()).unwrap_err().kind, Kind::Local);
}

#[test]
fn a_listing_goes_over_pages_and_can_be_left() {
    const OBJECTS: usize = 1_203;
    let (bucket, proxy) = bucket("pages");
    for number in 0..OBJECTS {
        bucket.put_bytes(&format!("run/{number:05}"), b"", &Condition::Always, &soon()).unwrap();
    }
    bucket.put_bytes("other", b"", &Condition::Always, &soon()).unwrap();
    let listed = bucket.list("run/", &soon()).unwrap();
    assert_eq!(listed.len(), OBJECTS);
    assert!(listed.is_sorted_by_key(|object| object.key.clone()));
    let mut seen = 0;
    let pages = |proxy: &crate::parts::proxy::Proxy| {
        proxy.seen().iter().filter(|asked| asked.target.contains("list-type=2")).count()
    };
    let before = pages(&proxy);
    let each = |_| {
        seen += 1;
        if seen == 10 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    bucket.list_each("run/", &soon(), each).unwrap();
    assert_eq!((seen, pages(&proxy) - before, before), (10, 1, 2));
}

#[test]
fn logs_are_marked_for_the_rule_that_removes_them_and_results_are_not() {
    let (bucket, proxy) = bucket("curfew-keeping");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    for len in [10, 20 << 20] {
        File::create(&file).and_then(|file| file.set_len(len)).unwrap();
        for key in ["dev/2026-01-02-030405/logs/agent.log", "dev/2026-01-02-030405/models/logs/a"] {
            bucket.put_file(key, &file, &soon()).unwrap();
        }
    }
    let begun = |asked: &&Asked| !asked.target.contains("uploadId=");
    let marked = |part: &str| -> Vec<Option<String>> {
        let seen = proxy.seen();
        let begun = seen.iter().filter(begun).filter(|asked| asked.target.contains(part));
        begun.map(|asked| asked.header("x-amz-tagging").map(str::to_owned)).collect()
    };
    let tag = Some("curfew%3Akeep=14d".to_owned());
    assert_eq!(marked("agent.log"), [tag.clone(), tag], "in one piece and in parts");
    assert_eq!(marked("models/logs/a"), [None, None]);
}
