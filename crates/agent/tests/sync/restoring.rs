//! Which checkpoint is put in place, and that nothing else is touched.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    time::Duration,
};

use agent::sync::{bucket::FaultKind, checkpoint::Job, restore::Source};
use protocol::checkpoint::{Entry, Manifest};

use crate::parts::{Deed, Op, Place, content, log};

/// Two checkpoints: the model is "old", then "new".
fn two() -> Place {
    let place = Place::new();
    place.write("model.pt", "old");
    place.write("same.pt", "same");
    place.saved();
    place.pace.advance(Duration::from_secs(3600));
    place.write("model.pt", "new");
    place.saved();
    place
}

fn newest(place: &Place) -> std::path::PathBuf {
    place.path("bucket").join(place.keys("metadata.json").pop().expect("a manifest"))
}

/// What the model is after a restore somewhere else, and the log.
fn restored(place: &Place) -> (String, String) {
    let other = place.elsewhere();
    let restored = place.restore(&other, &place.bucket());
    let model = fs::read_to_string(other.directory.join("model.pt")).unwrap_or_default();
    (model, log(&restored.lines))
}

#[test]
fn the_newest_is_restored() {
    let place = two();
    let (model, log) = restored(&place);
    assert_eq!(model, "new");
    assert!(log.starts_with("STATE: RESTORE_OK source=S3_SOURCE job=train-1 folder=file://"), "{log}");
    assert!(log.ends_with("files=2 bytes=7\n"), "{log}");
}

#[test]
fn a_folder_without_a_manifest_is_no_checkpoint() {
    let place = two();
    fs::remove_file(newest(&place)).expect("removed");
    let (model, log) = restored(&place);
    assert_eq!(model, "old");
    assert!(log.contains("why=\"no metadata.json: it was never finished\""), "{log}");
}

#[test]
fn a_corrupt_one_is_said_and_the_one_before_is_taken() {
    let cut = |text: String| text[..text.len() / 2].to_owned();
    let other_job = |text: String| text.replace("train-1", "train-2");
    let other_size = |text: String| text.replace("\"size\": 3", "\"size\": 4");
    let newer = |text: String| text.replace("\"version\": 1", "\"version\": 9");
    let cases: [(&str, &dyn Fn(String) -> String); 4] = [
        ("metadata.json cannot be read: EOF", &cut),
        ("the checkpoint belongs to job train-2", &other_job),
        ("the checkpoint's manifest is corrupt", &other_size),
        ("metadata.json has version 9", &newer),
    ];
    for (why, change) in cases {
        let place = two();
        let manifest = newest(&place);
        let text = fs::read_to_string(&manifest).expect("read");
        fs::write(&manifest, change(text)).expect("written");
        let (model, log) = restored(&place);
        assert_eq!(model, "old", "{why}");
        assert!(log.starts_with("STATE: SKIPPED") && log.contains(why), "{log}");
    }
}

#[test]
fn an_object_that_is_not_what_the_manifest_says_makes_it_corrupt() {
    for body in [Some("xxx"), Some("longer"), Some(""), None] {
        let place = two();
        let model = place.path("bucket").join(place.keys("model.pt").pop().expect("an object"));
        match body {
            Some(body) => fs::write(model, body).expect("written"),
            None => fs::remove_file(model).expect("removed"),
        }
        let (model, log) = restored(&place);
        assert_eq!(model, "old", "{body:?}");
        assert!(log.starts_with("STATE: SKIPPED"), "{log}");
        let other = place.elsewhere();
        assert_eq!(fs::read_dir(other.directory.parent().expect("a folder")).expect("read").count(), 3);
    }
}

fn signed(good: &Manifest, files: Vec<Entry>) -> Manifest {
    Manifest::new(good.job_id.clone(), None, "manual", good.utc, files)
}

#[test]
fn jobs_are_never_mixed() {
    let place = two();
    let second = Job {
        directory: place.path("work/second"),
        memory: place.path("var/2.json"),
        ..place.job_called("train-2")
    };
    fs::create_dir_all(&second.directory).expect("made");
    let tools = agent::sync::Tools { bucket: &place.bucket(), pace: &place.pace };
    for step in 0..3 {
        fs::write(second.directory.join("model.pt"), format!("second {step}")).expect("written");
        agent::sync::checkpoint::save(&second, "manual", tools, place.within(60));
        place.write("model.pt", format!("first {step}"));
        place.saved();
    }
    assert_eq!(restored(&place).0, "first 2");
    let other = Job { directory: place.path("other/2"), memory: place.path("other/2.json"), ..second };
    place.restore(&other, &place.bucket());
    assert_eq!(fs::read(other.directory.join("model.pt")).expect("read"), b"second 2");
}

#[test]
fn a_manifest_does_not_write_outside() {
    let place = two();
    let path = newest(&place);
    let good: Manifest = serde_json::from_slice(&fs::read(&path).expect("read")).expect("JSON");
    for outside in ["../../evil", "/tmp/evil-of-curfew", "a/../../evil"] {
        let files = vec![Entry {
            path: outside.into(),
            key: Some(place.keys("same.pt").remove(0)),
            ..good.files[0].clone()
        }];
        let bad = signed(&good, files);
        fs::write(&path, serde_json::to_vec(&bad).expect("JSON")).expect("written");
        let (model, log) = restored(&place);
        assert_eq!(model, "old");
        assert!(log.contains("no path below a directory"), "{log}");
    }
    assert!(!place.path("evil").exists() && !place.path("other/evil").exists());
}

#[test]
fn without_a_bucket_the_disk_is_taken_if_it_is_as_it_was_saved() {
    let place = two();
    let down = |kind| place.rough(move |_, _, _| Some(Deed::Fail(kind)));
    for kind in [FaultKind::Unreachable, FaultKind::Expired, FaultKind::Denied, FaultKind::NoBucket] {
        let restored = place.restore(&place.job(), &down(kind));
        assert_eq!(restored.source, Source::Local, "{kind:?}");
        assert!(log(&restored.lines).contains("source=LOCAL_SOURCE"));
    }
    place.write("model.pt", "half");
    let restored = place.restore(&place.job(), &down(FaultKind::Unreachable));
    let Source::Failed(why) = restored.source else { panic!("{restored:?}") };
    assert!(why.contains("model.pt is missing or not as it was when it was saved"), "{why}");
    let nothing = place.restore(&place.elsewhere(), &down(FaultKind::Unreachable));
    assert!(matches!(nothing.source, Source::Failed(_)));
}

#[test]
fn what_could_not_be_sent_is_still_good_on_the_disk() {
    let place = two();
    place.write("model.pt", "newer");
    let down = place.rough(|_, _, _| Some(Deed::Fail(FaultKind::Unreachable)));
    place.save(&down);
    assert_eq!(place.restore(&place.job(), &down).source, Source::Local);
    assert_eq!(fs::read(place.job().directory.join("model.pt")).expect("read"), b"newer");
}

#[test]
fn a_workloads_own_manifest_is_taken_at_its_word_without_a_bucket() {
    let place = Place::new();
    place.write("metadata.json", r#"{"job_id": "train-1", "utc": "x"}"#);
    let down = place.rough(|_, _, _| Some(Deed::Fail(FaultKind::Unreachable)));
    assert_eq!(place.restore(&place.job(), &down).source, Source::Local);
    place.write("metadata.json", r#"{"job_id": "train-2"}"#);
    assert!(matches!(place.restore(&place.job(), &down).source, Source::Failed(_)));
}

#[test]
fn an_empty_bucket_has_none_and_the_directory_stays() {
    let place = Place::new();
    place.write("mine", "x");
    let restored = place.restore(&place.job(), &place.bucket());
    assert_eq!(restored.source, Source::None);
    assert!(log(&restored.lines).starts_with("STATE: RESTORE_NONE job=train-1 looked_in=file://"));
    assert_eq!(fs::read(place.job().directory.join("mine")).expect("read"), b"x");
}

#[test]
fn the_old_files_are_gone_unless_they_were_never_saved() {
    let place = two();
    // Everything of the directory is in the bucket or older than it.
    let restored = place.restore(&place.job(), &place.bucket());
    assert!(log(&restored.lines).contains("already_there=true"));
    place.pace.advance(Duration::from_secs(3600));
    let other = place.elsewhere();
    place.restore(&other, &place.bucket());
    fs::remove_file(other.directory.join("same.pt")).expect("removed");
    place.restore(&other, &place.bucket());
    assert_eq!(content(&other.directory), content(&place.job().directory));
    assert_eq!(fs::read_dir(other.directory.parent().expect("a folder")).expect("read").count(), 3);
    // A file of a time after the checkpoint, which nobody saved.
    let later = fs::File::create(other.directory.join("unsaved")).expect("made");
    later.set_modified((place.pace.now_wall() + Duration::from_secs(60)).into()).expect("set");
    let restored = place.restore(&other, &place.bucket());
    let kept = other.directory.with_file_name(".curfew-replaced-ckpt");
    assert!(log(&restored.lines).contains(&format!("unsaved_files_kept_in={}", kept.display())));
    assert!(kept.join("unsaved").exists());
    assert_eq!(content(&other.directory), content(&place.job().directory));
}

#[test]
fn modes_and_the_order_of_times_are_kept() {
    let place = Place::new();
    for (index, name) in ["c", "a", "b"].into_iter().enumerate() {
        place.write(name, name);
        let path = place.job().directory.join(name);
        let file = fs::File::options().write(true).open(&path).expect("open");
        file.set_modified((place.pace.now_wall() + Duration::from_secs(index as u64 * 60)).into())
            .expect("set");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600 + index as u32)).expect("set");
    }
    place.saved();
    let other = place.elsewhere();
    place.restore(&other, &place.bucket());
    let time =
        |name: &str| fs::metadata(other.directory.join(name)).expect("there").modified().expect("a time");
    assert!(time("c") < time("a") && time("a") < time("b"));
    assert_eq!(content(&other.directory), content(&place.job().directory));
}

#[test]
fn nothing_restored_is_sent_again() {
    let place = two();
    let other = place.elsewhere();
    place.restore(&other, &place.bucket());
    place.pace.advance(Duration::from_secs(10));
    let tools = agent::sync::Tools { bucket: &place.bucket(), pace: &place.pace };
    let saved = agent::sync::checkpoint::save(&other, "periodic", tools, place.within(60));
    assert_eq!(saved.sent, (0, 0), "{saved:?}");
    assert!(matches!(saved.end, agent::sync::checkpoint::End::Unchanged(_)), "{saved:?}");
}

#[test]
fn the_newest_of_many_is_found_without_listing_their_files() {
    let place = two();
    let mut calls = 0;
    let bucket = place.rough(|_, op, _| {
        calls += usize::from(op == Op::Page);
        None
    });
    let restored = place.restore(&place.elsewhere(), &bucket);
    assert!(matches!(restored.source, Source::S3(_)));
    drop(bucket);
    assert_eq!(calls, 4, "year, month, day, second");
}

#[test]
fn a_checkpoint_that_does_not_fit_is_not_begun() {
    let place = two();
    let path = newest(&place);
    let good: Manifest = serde_json::from_slice(&fs::read(&path).expect("read")).expect("JSON");
    let files = vec![Entry { size: 1 << 60, ..good.files[0].clone() }];
    let huge = signed(&good, files);
    fs::write(&path, serde_json::to_vec(&huge).expect("JSON")).expect("written");
    let (_, log) = restored(&place);
    assert!(log.contains("RESTORE_FAIL") && log.contains("use a larger disk"), "{log}");
}

#[test]
fn the_directory_keeps_its_owner_and_mode_and_links_to_it_stay() {
    let place = two();
    let other = place.elsewhere();
    let real = place.path("other/disk");
    fs::create_dir_all(&real).expect("made");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o750)).expect("set");
    // Only root can give a directory away.
    let is_root = std::os::unix::fs::chown(&real, Some(1234), Some(1234)).is_ok();
    std::os::unix::fs::symlink(&real, &other.directory).expect("linked");
    place.restore(&other, &place.bucket());
    assert!(other.directory.is_symlink());
    assert_eq!(fs::metadata(&real).expect("there").permissions().mode() & 0o777, 0o750);
    assert_eq!(content(&real), content(&place.job().directory));
    let owner = fs::metadata(real.join("model.pt")).expect("there").uid();
    assert_eq!(owner == 1234, is_root);
}

#[test]
fn what_a_restore_left_that_was_cut_short_is_cleared_away() {
    let place = two();
    let other = place.elsewhere();
    let left = other.directory.with_file_name(".curfew-restoring-ckpt");
    fs::create_dir_all(left.join("half")).expect("made");
    fs::write(left.join("half/model.pt"), "half").expect("written");
    place.restore(&other, &place.bucket());
    assert_eq!(content(&other.directory), content(&place.job().directory));
    assert!(!left.exists());
}
