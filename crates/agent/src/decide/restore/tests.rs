//! Which checkpoint is taken, on tables and by properties.

use proptest::prelude::*;

use super::*;

const HOME: &str = "checkpoints/train-1/";
const FOLDER: &str = "checkpoints/train-1/2025/01/11/143012Z/";

fn job() -> JobId {
    "train-1".parse().expect("a job id")
}

fn entry(path: &str) -> Entry {
    Entry { path: path.into(), size: 3, sha256: "ab".repeat(32), key: None, mode: Some(0o640) }
}

fn manifest(files: Vec<Entry>) -> Manifest {
    Manifest::new(job(), None, "manual", "2025-01-11T14:30:12Z".parse().expect("a time"), files)
}

fn checked(manifest: &Manifest) -> Result<Choice, String> {
    check(manifest.render().as_bytes(), &job(), HOME, FOLDER).map_err(|refused| refused.to_string())
}

#[test]
fn a_manifest_says_what_to_fetch() {
    let link = Entry { mode: Some(LINK | 0o777), ..entry("last") };
    let kept =
        Entry { key: Some(format!("{HOME}2025/01/10/000000Z/b")), mode: Some(0o104_755), ..entry("a/b") };
    let choice = checked(&manifest(vec![kept, link])).expect("good");
    let [b, last] = &choice.files[..] else { panic!("two files") };
    assert_eq!(
        (b.key.as_str(), b.mode, b.is_link),
        ("checkpoints/train-1/2025/01/10/000000Z/b", 0o755, false)
    );
    assert_eq!((last.key.as_str(), last.is_link), ("checkpoints/train-1/2025/01/11/143012Z/last", true));
    assert_eq!(choice.size(), 6);
}

#[test]
fn a_manifest_that_cannot_be_believed_is_refused() {
    let refused = |manifest: &Manifest| checked(manifest).expect_err("refused");
    let good = manifest(vec![entry("a")]);
    let other = "train-2".parse().expect("a job id");
    assert!(refused(&Manifest { job_id: other, ..good.clone() }).contains("belongs to job train-2"));
    let mut changed = good;
    changed.files[0].size = 4;
    assert!(refused(&changed).contains("corrupt"));
    assert_eq!(refused(&manifest(vec![])), "it has no files");
}

#[test]
fn no_path_leads_out() {
    for path in ["../x", "/etc/passwd", "a/../../x", "", "a//b", "%2e%2e/x", "%2E%2E/x", "."] {
        let refused = checked(&manifest(vec![entry(path)])).expect_err("refused");
        assert!(refused.contains("no path below a directory"), "{path}: {refused}");
    }
}

#[test]
fn no_file_is_two() {
    let twice = checked(&manifest(vec![entry("a"), entry("a")])).expect_err("refused");
    assert!(twice.contains("is there twice"), "{twice}");
    let folder = checked(&manifest(vec![entry("a/b/c"), entry("a/b")])).expect_err("refused");
    assert!(folder.contains("\"a/b/c\", which lies below another of its files"), "{folder}");
}

#[test]
fn no_other_job_is_read() {
    for key in ["checkpoints/train-2/2025/01/11/143012Z/a", "checkpoints/train-1/../train-2/a", "secret"] {
        let taken = Entry { key: Some(key.into()), ..entry("a") };
        let refused = checked(&manifest(vec![taken])).expect_err("refused");
        assert!(refused.contains("outside of the job's folder"), "{key}: {refused}");
    }
}

#[test]
fn a_link_is_as_long_as_linux_takes() {
    let long = Entry { mode: Some(LINK), size: LONGEST_TARGET + 1, ..entry("a") };
    assert!(checked(&manifest(vec![long])).expect_err("refused").contains("longer than"));
}

#[test]
fn the_newest_comes_first_and_others_are_passed_over() {
    let folders = ["2024/", "2025/", "latest/", "20255/"].map(|part| format!("{HOME}{part}")).to_vec();
    let newest = newest_first(folders, Level::Year);
    assert_eq!(newest, ["checkpoints/train-1/2025/", "checkpoints/train-1/2024/"]);
    let seconds = ["143012Z/", "143012/", "235959Z/"].map(String::from).to_vec();
    assert_eq!(newest_first(seconds, Level::Second), ["235959Z/", "143012Z/"]);
}

proptest! {
    #[test]
    fn no_bytes_make_the_check_panic(bytes in any::<Vec<u8>>()) {
        prop_assert!(check(&bytes, &job(), HOME, FOLDER).is_err());
    }
}
