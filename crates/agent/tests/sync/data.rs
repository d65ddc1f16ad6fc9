//! Data down, results up.

use std::{fs, os::unix::fs::symlink, time::Duration};

use agent::{
    decide::sync::Why,
    sync::{
        Tools,
        bucket::{Bucket, Condition, FaultKind},
        data::{Data, Fetched, fetch},
        results::{Mirrored, Results, mirror},
    },
};

use crate::parts::{Deed, Op, Place, log};

fn put(place: &Place, key: &str, body: &[u8]) {
    place.bucket().put_bytes(key, body, &Condition::Always, place.within(60)).expect("written");
}

fn fetched(place: &Place, prefix: &str, bucket: &dyn Bucket) -> Fetched {
    let data = Data { prefix: prefix.into(), directory: place.path("data") };
    fetch(&data, Tools { bucket, pace: &place.pace }, place.within(60))
}

#[test]
fn every_object_becomes_a_file_and_is_fetched_once() {
    let place = Place::new();
    for index in 0..1200 {
        put(&place, &format!("sets/x/{index}"), index.to_string().as_bytes());
    }
    put(&place, "sets/x/sub/100%.bin", &[5; 300_000]);
    put(&place, "sets/y", b"another");
    let first = fetched(&place, "sets/x/", &place.bucket());
    assert_eq!((first.short, first.fetched.0, first.kept), (None, 1201, 0));
    assert_eq!(fs::read(place.path("data/sub/100%.bin")).expect("read"), [5; 300_000]);
    assert_eq!(fs::read_dir(place.path("data")).expect("a folder").count(), 1201, "and nothing half-done");
    put(&place, "sets/x/7", b"changed");
    fs::remove_file(place.path("data/8")).expect("removed");
    let second = fetched(&place, "sets/x/", &place.bucket());
    assert_eq!((second.short, second.fetched.0, second.kept), (None, 2, 1199));
    assert_eq!(fs::read(place.path("data/7")).expect("read"), b"changed");
    assert!(log(&second.lines).starts_with("STATE: DATA_OK from=file://"), "{}", log(&second.lines));
}

#[test]
fn an_object_without_a_place_is_said_and_the_rest_goes_on() {
    let place = Place::new();
    put(&place, "d/good", b"x");
    put(&place, "d/sub/good", b"x");
    fs::create_dir_all(place.path("data/good/in-the-way")).expect("made");
    let fetched = fetched(&place, "d/", &place.bucket());
    assert_eq!(fetched.fetched.0, 1);
    let [left] = &fetched.left[..] else { panic!("{fetched:?}") };
    assert_eq!(left.name, "d/good");
    assert!(matches!(left.why, Why::NoPlace(_)));
    assert!(fetched.short.is_some(), "a run should not begin without a part of its data");
}

#[test]
fn a_prefix_without_objects_is_a_fault() {
    let place = Place::new();
    let nothing = fetched(&place, "none/", &place.bucket());
    assert!(nothing.short.expect("a fault").starts_with("nothing begins with \"none/\" in file://"));
    let none = agent::sync::folder::Folder::at("/nonexistent/bucket");
    assert!(fetched(&place, "none/", &none).short.is_some());
}

#[test]
fn a_bucket_that_stutters_is_tried_again() {
    let place = Place::new();
    for index in 0..100 {
        put(&place, &format!("d/{index}"), b"x");
    }
    let waits = &place.pace.waits;
    let bucket = place.rough(|count, op, _| {
        let is_back = !waits.lock().expect("no panic").is_empty();
        (op == Op::Get && count > 20 && !is_back).then_some(Deed::Fail(FaultKind::Throttled))
    });
    let through = fetched(&place, "d/", &bucket);
    assert_eq!((through.short, through.fetched.0), (None, 100));
    let down = place.rough(|_, _, _| Some(Deed::Fail(FaultKind::Unreachable)));
    place.waits();
    assert!(fetched(&place, "d/", &down).short.is_some());
    assert_eq!(place.waits(), [1, 2, 4]);
}

fn mirrored(place: &Place, bucket: &dyn Bucket) -> Mirrored {
    let results = Results {
        directory: place.path("work/ckpt"),
        prefix: "dev/2025-01-15-143022/models/".into(),
        memory: place.path("var/results.json"),
    };
    place.pace.advance(Duration::from_secs(10));
    mirror(&results, Tools { bucket, pace: &place.pace }, place.within(60))
}

#[test]
fn results_are_kept_by_their_names() {
    let place = Place::new();
    place.write("model.pt", vec![1; 400_000]);
    place.write("metadata.json", "{}");
    symlink("model.pt", place.path("work/ckpt/best.pt")).expect("linked");
    symlink("/etc", place.path("work/ckpt/etc")).expect("linked");
    let first = mirrored(&place, &place.bucket());
    assert_eq!((first.short, first.sent), (None, (3, 800_002)));
    assert!(log(&first.lines).contains("STATE: LEFT_OUT file=etc"));
    assert_eq!(mirrored(&place, &place.bucket()).sent, (0, 0));
    place.write("model.pt", vec![2; 400_000]);
    fs::remove_file(place.path("work/ckpt/metadata.json")).expect("removed");
    assert_eq!(mirrored(&place, &place.bucket()).sent, (2, 800_000), "the file, and by its link");
    let keys = place.keys("");
    assert_eq!(keys.len(), 3, "what was once left stays: {keys:?}");
    assert!(keys.contains(&"dev/2025-01-15-143022/models/metadata.json".to_owned()));
}

#[test]
fn a_result_that_is_being_written_is_sent_the_next_time() {
    let place = Place::new();
    place.write("log.txt", "0");
    place.write("model.pt", "x");
    let mut count = 0;
    let bucket = place.rough(|_, op, key| {
        if op == Op::Put && key.ends_with("log.txt") {
            count += 1;
            place.write("log.txt", "0".repeat(count + 1));
        }
        None
    });
    let mirrored_now = mirrored(&place, &bucket);
    assert_eq!(mirrored_now.short, None);
    assert!(matches!(&mirrored_now.left[..], [left] if left.why == Why::Changing), "{mirrored_now:?}");
    assert!(place.waits().is_empty());
    drop(bucket);
    let then = mirrored(&place, &place.bucket());
    assert_eq!((then.sent.0, then.left.len()), (1, 0));
}

#[test]
fn a_result_whose_key_would_be_too_long_is_said_and_the_rest_goes_on() {
    let place = Place::new();
    let deep = format!("{0}/{0}/{0}/{0}/{0}/f", "d".repeat(220));
    place.write(&deep, "x");
    place.write("model.pt", "x");
    let mirrored = mirrored(&place, &place.bucket());
    assert_eq!((mirrored.short, mirrored.sent.0), (None, 1));
    assert!(log(&mirrored.lines).contains("its name is too long for S3"));
}
