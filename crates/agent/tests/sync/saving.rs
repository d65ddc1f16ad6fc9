//! What a checkpoint sends, and what it leaves in the bucket.

use std::{
    fs,
    os::unix::{
        ffi::OsStrExt,
        fs::{PermissionsExt, symlink},
    },
    path::PathBuf,
    time::Duration,
};

use agent::{
    decide::sync::REFERENCE_LIFE,
    sync::{checkpoint::End, restore::Source},
};
use proptest::prelude::*;

use crate::parts::{Deed, Op, Place, content, log};

#[test]
fn only_what_changed_is_sent_again() {
    let place = Place::new();
    place.write("model.pt", vec![1; 1_000_000]);
    place.write("sub/state.json", "{}");
    let first = place.saved();
    assert!(matches!(first.end, End::Whole(_)), "{first:?}");
    assert_eq!(first.sent, (2, 1_000_002));
    let second = place.saved();
    assert!(matches!(second.end, End::Unchanged(_)), "{second:?}");
    assert_eq!(second.sent, (0, 0));
    place.write("sub/state.json", "{1}");
    let third = place.saved();
    assert_eq!(third.sent, (1, 3), "{third:?}");
    // Touched, but the same: read, and not sent.
    place.write("sub/state.json", "{1}");
    let fourth = place.saved();
    assert!(matches!(fourth.end, End::Unchanged(_)), "{fourth:?}");
    assert_eq!(place.keys("metadata.json").len(), 2);
    assert_eq!(place.keys("model.pt").len(), 1, "the second manifest refers to the first one's object");
    let other = place.elsewhere();
    assert!(matches!(place.restore(&other, &place.bucket()).source, Source::S3(_)));
    assert_eq!(content(&other.directory), content(&place.job().directory));
}

#[test]
fn an_agent_that_starts_again_sends_nothing_twice_and_one_that_forgot_sends_all() {
    let place = Place::new();
    place.write("model.pt", "weights");
    place.saved();
    place.write("more.pt", "more");
    assert_eq!(place.saved().sent, (1, 4));
    fs::write(place.job().memory, "{half").expect("written");
    assert_eq!(place.saved().sent, (2, 11));
}

#[test]
fn references_end_after_their_life() {
    let place = Place::new();
    place.write("model.pt", "weights");
    place.saved();
    place.pace.advance(REFERENCE_LIFE.unsigned_abs() - Duration::from_secs(60));
    assert!(matches!(place.saved().end, End::Unchanged(_)));
    place.pace.advance(Duration::from_secs(60));
    assert_eq!(place.saved().sent, (1, 7));
    assert_eq!(place.keys("model.pt").len(), 2);
}

#[test]
fn what_was_removed_from_the_bucket_is_sent_again() {
    let place = Place::new();
    place.write("model.pt", "weights");
    place.write("log.txt", "1");
    place.saved();
    let [model] = &place.keys("model.pt")[..] else { panic!("one object") };
    fs::remove_file(place.path("bucket").join(model)).expect("removed");
    place.write("log.txt", "22");
    let saved = place.saved();
    assert!(matches!(saved.end, End::Whole(_)), "{saved:?}");
    assert_eq!(saved.sent, (2, 9));
    let other = place.elsewhere();
    assert!(matches!(place.restore(&other, &place.bucket()).source, Source::S3(_)));
    // The manifest itself, too.
    let newest = place.keys("metadata.json").pop().expect("a manifest");
    fs::remove_file(place.path("bucket").join(newest)).expect("removed");
    assert!(matches!(place.saved().end, End::Whole(_)));
}

#[test]
fn nothing_is_saved_where_there_is_nothing() {
    let place = Place::new();
    let saved = place.saved();
    assert_eq!(saved.end, End::Nothing);
    assert!(log(&saved.lines).contains("is empty or missing: nothing to save"));
    fs::remove_dir(place.job().directory).expect("removed");
    assert_eq!(place.saved().end, End::Nothing);
    assert!(place.objects().is_empty());
}

#[test]
fn every_name_is_saved_and_restored() {
    let place = Place::new();
    let directory = place.job().directory;
    let deep: PathBuf = (0..6).map(|index| format!("{index}{}", "d".repeat(199))).collect();
    fs::create_dir_all(directory.join(&deep)).expect("made");
    for name in [
        &b"new\nline"[..],
        "😀 été".as_bytes(),
        b"\xff\xfe",
        b"100%",
        &[b'x'; 255],
        b" out ",
        b"metadata.json",
    ] {
        fs::write(directory.join(std::ffi::OsStr::from_bytes(name)), name).expect("written");
    }
    fs::write(directory.join(&deep).join("f"), "a key of more than 1024 bytes").expect("written");
    fs::write(directory.join("empty"), "").expect("written");
    fs::set_permissions(directory.join("empty"), fs::Permissions::from_mode(0o400)).expect("set");
    symlink("loop", directory.join("loop")).expect("linked");
    symlink("empty", directory.join("last")).expect("linked");
    let whole = content(&directory);
    assert_eq!(whole.len(), 11);
    symlink("/etc/passwd", directory.join("out")).expect("linked");
    let saved = place.saved();
    assert!(matches!(saved.end, End::Whole(_)), "{saved:?}");
    assert!(
        log(&saved.lines).starts_with("STATE: LEFT_OUT file=out why=\"it is a link to"),
        "{}",
        log(&saved.lines)
    );
    let other = place.elsewhere();
    let restored = place.restore(&other, &place.bucket());
    assert!(matches!(restored.source, Source::S3(_)), "{restored:?}");
    assert_eq!(content(&other.directory), whole);
}

#[test]
fn a_large_sparse_file_is_streamed() {
    let place = Place::new();
    let file = fs::File::create(place.job().directory.join("sparse")).expect("made");
    file.set_len(300 << 20).expect("set");
    let saved = place.saved();
    assert_eq!(saved.sent, (1, 300 << 20), "{saved:?}");
}

#[test]
fn a_file_that_changes_while_it_is_sent_is_taken_again() {
    for size in [100, 400_000] {
        let place = Place::new();
        place.write("model.pt", vec![9; size]);
        place.write("other.pt", vec![7; 400_000]);
        let mut times = 0;
        let bucket = place.rough(|_, op, key| {
            if op == Op::Put && key.ends_with("model.pt") && times < 2 {
                times += 1;
                place.write("model.pt", vec![times; size]);
            }
            None
        });
        let saved = place.save(&bucket);
        assert!(matches!(saved.end, End::Whole(_)), "{saved:?}");
        let other = place.elsewhere();
        assert!(matches!(place.restore(&other, &place.bucket()).source, Source::S3(_)));
        assert_eq!(fs::read(other.directory.join("model.pt")).expect("read"), vec![2; size]);
    }
}

#[test]
fn a_file_that_never_rests_is_said_and_makes_no_checkpoint() {
    let place = Place::new();
    place.write("model.pt", "weights");
    place.write("hot.db", "0");
    let mut count = 0;
    let bucket = place.rough(|_, op, key| {
        if op == Op::Put && key.ends_with("hot.db") {
            count += 1;
            place.write("hot.db", count.to_string());
        }
        None
    });
    let saved = place.save(&bucket);
    let End::Short(why) = &saved.end else { panic!("{saved:?}") };
    assert_eq!(
        why,
        "hot.db: it was written to each time while it was read: write it elsewhere and rename it when it is whole"
    );
    assert_eq!(place.waits(), [1, 2, 4]);
    assert!(place.keys("metadata.json").is_empty());
    drop(bucket);
    // What rested is in the bucket and known.
    assert_eq!(place.saved().sent, (1, 1));
}

#[test]
fn a_directory_that_changes_while_it_is_sent_is_saved_as_it_was_at_the_end() {
    let place = Place::new();
    place.write("step-1/model.pt", "one");
    let mut is_done = false;
    let bucket = place.rough(|_, op, _| {
        if op == Op::Put && !std::mem::replace(&mut is_done, true) {
            place.write("step-2/model.pt", "two");
            fs::remove_dir_all(place.job().directory.join("step-1")).expect("removed");
        }
        None
    });
    let saved = place.save(&bucket);
    assert!(matches!(saved.end, End::Whole(_)), "{saved:?}");
    let other = place.elsewhere();
    assert!(matches!(place.restore(&other, &place.bucket()).source, Source::S3(_)));
    assert_eq!(content(&other.directory), content(&place.job().directory));
}

#[test]
fn at_the_deadline_what_is_there_stays_and_there_is_no_manifest() {
    let place = Place::new();
    for index in 0..100 {
        place.write(&format!("{index:03}"), "x");
    }
    let bucket = place.rough(|_, _, _| Some(Deed::Slow(1)));
    let saved = place.save(&bucket);
    assert_eq!(saved.end, End::Short("time is up".into()));
    assert!(log(&saved.lines).contains("STATE: UPLOAD_FAIL why=\"time is up\""), "{}", log(&saved.lines));
    let sent = saved.sent.0;
    assert!((10..100).contains(&sent), "{sent}");
    assert!(place.keys("metadata.json").is_empty());
    let rest = place.saved();
    assert!(matches!(rest.end, End::Whole(_)));
    assert_eq!(rest.sent.0, 100 - sent, "what was sent is not sent again");
}

#[test]
fn two_checkpoints_of_one_second_do_not_share_a_folder() {
    let place = Place::new();
    place.write("a", "1");
    place.save(&place.bucket());
    place.write("a", "2");
    place.save(&place.bucket());
    place.write("a", "3");
    place.save(&place.bucket());
    assert_eq!(place.keys("metadata.json").len(), 3);
    let other = place.elsewhere();
    place.restore(&other, &place.bucket());
    assert_eq!(fs::read(other.directory.join("a")).expect("read"), b"3");
}

/// A file of a tree: its parts, its bytes, its mode.
fn file() -> impl Strategy<Value = (Vec<Vec<u8>>, usize, u8, u32)> {
    let part = proptest::collection::vec(
        any::<u8>().prop_filter("no / and no NUL", |byte| !b"/\0".contains(byte)),
        1..12,
    );
    let part = part.prop_filter("a name", |part| !matches!(&part[..], b"." | b".."));
    let size = prop_oneof![Just(0), 1..2000_usize, Just(300_000)];
    (proptest::collection::vec(part, 1..4), size, any::<u8>(), 0..0o1000_u32)
}

fn plant(place: &Place, files: &[(Vec<Vec<u8>>, usize, u8, u32)]) {
    for (parts, size, byte, mode) in files {
        let parts = parts.iter().map(|part| std::ffi::OsStr::from_bytes(part));
        let path = parts.fold(place.job().directory, |path, part| path.join(part));
        // A name may be in the way as a file or as a folder: then there is one file fewer.
        let planted = path.parent().map(fs::create_dir_all).is_some_and(|made| made.is_ok());
        if planted && !path.exists() && fs::write(&path, vec![*byte; *size]).is_ok() {
            // Readable by its owner: the tests may not run as root.
            fs::set_permissions(&path, fs::Permissions::from_mode(mode | 0o400)).expect("set");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn what_is_saved_is_restored(
        first in proptest::collection::vec(file(), 1..12),
        then in proptest::collection::vec(file(), 0..6),
    ) {
        let place = Place::new();
        for files in [first, then] {
            plant(&place, &files);
            let saved = place.saved();
            prop_assert!(matches!(saved.end, End::Whole(_) | End::Unchanged(_)), "{:?}", saved);
            let other = place.elsewhere();
            let restored = place.restore(&other, &place.bucket());
            prop_assert!(matches!(restored.source, Source::S3(_)), "{:?}", restored);
            prop_assert_eq!(content(&other.directory), content(&place.job().directory));
        }
    }
}
