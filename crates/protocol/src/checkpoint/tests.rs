//! Manifests and folders, good and tampered with.

use proptest::prelude::*;

use super::*;

fn job() -> JobId {
    "train-001".parse().expect("a job")
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn entry(path: &str) -> Entry {
    Entry { path: path.into(), size: 3, sha256: "ab".into(), key: None, mode: Some(0o644) }
}

fn manifest(files: Vec<Entry>) -> Manifest {
    Manifest::new(job(), None, "periodic", at("2025-01-15T14:30:22Z"), files)
}

#[test]
fn a_checkpoint_lies_under_its_job_and_second() {
    let folder = folder("checkpoints/", &job(), at("2025-01-15T14:30:22.9Z"));
    assert_eq!(folder, "checkpoints/train-001/2025/01/15/143022Z/");
    assert_eq!(super::folder("", &job(), at("2025-01-15T14:30:22Z")), "train-001/2025/01/15/143022Z/");
}

#[test]
fn a_folder_tells_its_time_and_nothing_else_does() {
    let time = |key: &str| time_of("checkpoints", &job(), key);
    let utc = Some(at("2025-01-15T14:30:22Z"));
    assert_eq!(time("checkpoints/train-001/2025/01/15/143022Z/"), utc);
    assert_eq!(time("checkpoints/train-001/2025/01/15/143022Z/a/b.pt"), utc);
    for other in [
        "checkpoints/train-001/2025/01/15/143022Z",
        "checkpoints/train-001/2025/13/15/143022Z/",
        "checkpoints/train-001/2025/01/15/143022X/",
        "checkpoints/train-001/notes.txt",
        "checkpoints/train-0011/2025/01/15/143022Z/",
        "other/train-001/2025/01/15/143022Z/",
        "checkpoints/train-001/2025/01/15/1430é2Z/",
        "",
    ] {
        assert_eq!(time(other), None, "{other}");
    }
}

#[test]
fn the_newest_is_the_newest_with_a_manifest_of_this_job() {
    let keys = [
        "checkpoints/train-001/2025/01/15/143022Z/metadata.json",
        "checkpoints/train-001/2025/01/15/143022Z/model.pt",
        "checkpoints/train-001/2025/01/16/000000Z/metadata.json",
        "checkpoints/train-001/2025/01/17/000000Z/model.pt",
        "checkpoints/train-001/2025/01/18/000000Z/deep/metadata.json",
        "checkpoints/train-002/2025/01/19/000000Z/metadata.json",
    ];
    let expected = [at("2025-01-16T00:00:00Z"), at("2025-01-15T14:30:22Z")];
    assert_eq!(newest_first("checkpoints", &job(), keys), expected);
    assert_eq!(newest("checkpoints", &job(), keys), Some(expected[0]));
    assert_eq!(newest("checkpoints", &job(), []), None);
}

#[test]
fn a_manifest_is_read_back() {
    let made = manifest(vec![entry("b"), entry("a/c")]);
    let read = Manifest::parse(made.render().as_bytes(), &job()).expect("a manifest");
    assert_eq!(read, made);
    assert_eq!(read.files[0].path, "a/c", "in the order of their names");
}

#[test]
fn a_manifest_of_another_job_is_refused() {
    let json = manifest(vec![]).render();
    let refused = Manifest::parse(json.as_bytes(), &"other".parse().expect("a job"));
    assert!(matches!(refused, Err(ManifestFault::Job { .. })));
}

#[test]
fn what_was_changed_in_a_manifest_is_noticed() {
    let change = |change: fn(&mut Entry)| {
        let mut changed = manifest(vec![entry("a"), entry("b")]);
        change(&mut changed.files[1]);
        changed.verify(&job())
    };
    assert!(change(|_| {}).is_ok());
    assert!(change(|it| it.path = "c".into()).is_err());
    assert!(change(|it| it.size = 4).is_err());
    assert!(change(|it| it.sha256 = "ac".into()).is_err());
    assert!(change(|it| it.mode = None).is_err());
    assert!(change(|it| it.key = Some("elsewhere".into())).is_err());
}

#[test]
fn a_manifest_cannot_write_outside_its_directory() {
    for path in ["../a", "/etc/passwd", "a/../../b", "", "a//b", "./a", "a\0b"] {
        let refused = manifest(vec![entry(path)]).verify(&job());
        assert!(matches!(refused, Err(ManifestFault::Path { .. })), "{path:?}");
    }
    assert!(matches!(manifest(vec![entry("a"), entry("a")]).verify(&job()), Err(ManifestFault::Path { .. })));
    assert!(manifest(vec![entry("a\nb/..c/🙂")]).verify(&job()).is_ok());
}

#[test]
fn a_newer_manifest_says_what_it_needs() {
    let json = manifest(vec![]).render().replace("\"version\": 1", "\"version\": 2");
    let refused = Manifest::parse(json.as_bytes(), &job()).map_err(|fault| fault.to_string());
    assert_eq!(
        refused.err().as_deref(),
        Some("metadata.json has version 2, and this program reads versions up to 1: it needs a newer Curfew")
    );
}

proptest! {
    #[test]
    fn every_folder_tells_its_time(seconds in 0..4_102_444_800i64) {
        let utc = Timestamp::from_second(seconds).expect("in this century");
        let folder = folder("some/prefix", &job(), utc);
        prop_assert_eq!(time_of("some/prefix", &job(), &folder), Some(utc));
    }

    #[test]
    fn later_folders_sort_later(one in 0..4_102_444_800i64, other in 0..4_102_444_800i64) {
        let name = |seconds| folder("", &job(), Timestamp::from_second(seconds).expect("in this century"));
        prop_assert_eq!(one.cmp(&other), name(one).cmp(&name(other)));
    }

    #[test]
    fn any_torn_manifest_is_refused(cut in 0usize..400) {
        let whole = manifest(vec![entry("a"), entry("b")]).render();
        let torn: String = whole.trim_end().chars().take(cut).collect();
        prop_assume!(torn.len() < whole.trim_end().len());
        prop_assert!(Manifest::parse(torn.as_bytes(), &job()).is_err());
    }
}
