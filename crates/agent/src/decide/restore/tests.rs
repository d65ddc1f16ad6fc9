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
    let utc = "2025-01-11T14:30:12Z".parse().expect("a time");
    let sha256 = digest_of(&files);
    Manifest { version: 1, job_id: job(), instance_id: None, action: "manual".into(), utc, files, sha256 }
}

fn checked(manifest: &Manifest) -> Result<Choice, Refused> {
    check(&serde_json::to_vec(manifest).expect("JSON"), &job(), HOME, FOLDER)
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
    let refused = |manifest: &Manifest| checked(manifest).expect_err("refused").to_string();
    let good = manifest(vec![entry("a")]);
    let said = check(b"{\"version\": 1,", &job(), HOME, FOLDER).expect_err("cut").to_string();
    assert!(said.starts_with("metadata.json is not readable"), "{said}");
    assert_eq!(
        refused(&Manifest { version: 2, ..good.clone() }),
        "metadata.json has version 2, this agent reads 1: a newer agent made it"
    );
    let other = "train-2".parse().expect("a job id");
    assert_eq!(refused(&Manifest { job_id: other, ..good.clone() }), "it belongs to job train-2");
    let mut changed = good;
    changed.files[0].size = 4;
    assert!(refused(&changed).contains("do not match its sha256"));
    assert_eq!(refused(&manifest(vec![])), "it has no files");
}

#[test]
fn no_path_leads_out() {
    for path in ["../x", "/etc/passwd", "a/../../x", "", "a//b", "%2e%2e/x", "."] {
        let refused = checked(&manifest(vec![entry(path)]));
        assert_eq!(refused, Err(Refused::Outside(path.into())), "{path}");
    }
}

#[test]
fn no_file_is_two() {
    let twice = checked(&manifest(vec![entry("a"), entry("a")]));
    assert_eq!(twice, Err(Refused::Twice("a".into())));
    let folder = checked(&manifest(vec![entry("a/b/c"), entry("a/b")]));
    assert_eq!(folder, Err(Refused::Twice("a/b/c".into())));
}

#[test]
fn no_other_job_is_read() {
    for key in ["checkpoints/train-2/2025/01/11/143012Z/a", "checkpoints/train-1/../train-2/a", "secret"] {
        let taken = Entry { key: Some(key.into()), ..entry("a") };
        assert_eq!(checked(&manifest(vec![taken])), Err(Refused::OtherKey("a".into(), key.into())), "{key}");
    }
}

#[test]
fn the_newest_comes_first_and_others_are_passed_over() {
    let folders = ["2024/", "2025/", "latest/", "20255/"].map(|part| format!("{HOME}{part}")).to_vec();
    let newest = newest_first(folders, Level::Year);
    assert_eq!(newest, ["checkpoints/train-1/2025/", "checkpoints/train-1/2024/"]);
    let seconds = ["143012Z/", "143012/", "235959Z/"].map(String::from).to_vec();
    assert_eq!(newest_first(seconds, Level::Second), ["235959Z/", "143012Z/"]);
}

#[test]
fn a_folder_tells_its_time() {
    let time = "2025-01-11T14:30:12Z".parse().ok();
    assert_eq!(time_of(HOME, FOLDER), time);
    assert_eq!(time_of(HOME, &format!("{FOLDER}a/b")), time);
    assert_eq!(time_of(HOME, "checkpoints/train-1/2025/13/11/143012Z/"), None);
    assert_eq!(time_of(HOME, "checkpoints/train-1/2025/"), None);
    assert_eq!(home("/checkpoints/", &job()), HOME);
    assert_eq!(home("", &job()), "train-1/");
}

#[test]
fn the_digest_is_as_documented() {
    let files = [entry("b"), entry("a")];
    let ab = "ab".repeat(32);
    let whole = digest::digest(&digest::SHA256, format!("{ab}  3  a\n{ab}  3  b\n").as_bytes());
    assert_eq!(digest_of(&files), hexadecimal(whole.as_ref()));
}

proptest! {
    #[test]
    fn folders_of_a_job_are_ordered_as_their_times(one in 0_i64..4_000_000_000, other in 0_i64..4_000_000_000) {
        let folder = |second| {
            let utc = Timestamp::from_second(second).expect("a time");
            protocol::checkpoint::folder("checkpoints", &job(), utc)
        };
        prop_assert_eq!(one.cmp(&other), folder(one).cmp(&folder(other)));
        prop_assert_eq!(time_of(HOME, &folder(one)).map(Timestamp::as_second), Some(one));
    }

    #[test]
    fn no_bytes_make_the_check_panic(bytes in any::<Vec<u8>>()) {
        prop_assert!(check(&bytes, &job(), HOME, FOLDER).is_err());
    }
}
