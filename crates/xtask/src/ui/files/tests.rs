//! What a mirrored folder holds, and which of its files are touched.

use std::fs;
use std::time::{Duration, SystemTime};

use super::{fingerprint, list, mirror};

#[test]
fn a_mirror_holds_what_its_sources_hold_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let [code, page, dist] = ["code", "page", "dist"].map(|name| dir.path().join(name));
    fs::create_dir_all(page.join("style")).unwrap();
    fs::create_dir_all(&code).unwrap();
    fs::write(code.join("a.js"), "1").unwrap();
    fs::write(page.join("style/b.css"), "2").unwrap();
    mirror(&[&code, &page], &dist).unwrap();
    fs::write(dist.join("left-over.js"), "old").unwrap();
    mirror(&[&code, &page], &dist).unwrap();
    let held: Vec<_> = list(&dist).unwrap().into_iter().collect();
    assert_eq!(held, [dist.join("a.js"), dist.join("style/b.css")]);
}

#[test]
fn only_a_file_that_differs_gets_a_new_time() {
    let dir = tempfile::tempdir().unwrap();
    let [code, dist] = ["code", "dist"].map(|name| dir.path().join(name));
    fs::create_dir_all(&code).unwrap();
    for name in ["same.js", "changed.js"] {
        fs::write(code.join(name), "1").unwrap();
    }
    mirror(&[&code], &dist).unwrap();
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1);
    for path in list(&dist).unwrap() {
        fs::File::open(path).unwrap().set_modified(long_ago).unwrap();
    }
    fs::write(code.join("changed.js"), "2").unwrap();
    mirror(&[&code], &dist).unwrap();
    let time = |name| fs::metadata(dist.join(name)).unwrap().modified().unwrap();
    assert_eq!(time("same.js"), long_ago);
    assert!(time("changed.js") > long_ago);
}

#[test]
fn a_fingerprint_follows_content_and_circumstances() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.wasm");
    fs::write(&path, "1").unwrap();
    let first = fingerprint(&path, "dev").unwrap();
    assert_eq!(fingerprint(&path, "dev").unwrap(), first);
    assert_ne!(fingerprint(&path, "release").unwrap(), first);
    fs::write(&path, "2").unwrap();
    assert_ne!(fingerprint(&path, "dev").unwrap(), first);
}
