//! Every example profile, good and bad, as a person would write them: the good ones are taken without a warning, and each
//! bad one gets exactly the one sentence that it deserves.

use std::{fs, path::Path};

use launch::{Profile, profile::Fill};
use protocol::userdata::{Architecture, Download};

/// The name and text of every profile in a folder below the checkout, by name.
fn profiles(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
    let mut profiles: Vec<_> = fs::read_dir(&folder)
        .expect("the folder is part of the checkout")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).expect("a text"))
        })
        .collect();
    assert!(!profiles.is_empty(), "there is no profile in {}", folder.display());
    profiles.sort();
    profiles
}

fn faults(name: &str, text: &str) -> Vec<String> {
    let parsed = Profile::parse(name.parse().expect("a profile's name"), text);
    parsed.err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

#[test]
fn every_good_profile_is_taken_without_a_warning() {
    for folder in ["bundle/profiles", "tests/configs/valid"] {
        for (name, text) in profiles(folder) {
            let profile = Profile::parse(name.parse().expect("a profile's name"), &text);
            let warnings = profile.map(|profile| profile.warnings());
            assert_eq!(warnings, Ok(Vec::new()), "{folder}/{name}.toml");
        }
    }
}

/// With URLs as long as the credentials of a role make them.
#[test]
fn every_example_fits_into_user_data() {
    let url = format!("https://my-bucket.s3.us-east-2.amazonaws.com/agent/x?{}", "A%2F".repeat(450));
    let download = Download { url, region: "us-east-2".into(), sha256: "0".repeat(64) };
    let both = [Architecture::X86_64, Architecture::Aarch64].map(|it| (it, download.clone()));
    for (name, text) in profiles("bundle/profiles") {
        let profile =
            Profile::parse(name.parse().expect("a profile's name"), &text).expect("a whole profile");
        let fill = Fill { bucket: Some("prepared-bucket".into()), ..Fill::default() };
        let script = profile.user_data(&fill, both.clone().into());
        assert!(script.is_ok(), "{name}: {script:?}");
    }
}

#[test]
fn every_bad_profile_gets_its_one_sentence() {
    let mut sentences = String::new();
    let mut wrong = Vec::new();
    for (name, text) in profiles("tests/configs/invalid") {
        let faults = faults(&name, &text);
        if faults.len() != 1 {
            wrong.push(format!("{name}: {faults:#?}"));
        }
        sentences += &format!("{name}\n    {}\n", faults.join("\n    "));
    }
    insta::assert_snapshot!("sentences", sentences);
    assert!(wrong.is_empty(), "not exactly one fault:\n{}", wrong.join("\n"));
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let text = r#"regions = ["nowhere"]
types = ["g5xlarge", "g5.xlarge"]
[market]
kind = "spot"
[disk]
type = "gp2"
[limits]
on_end = "stop"
max_spend_usd = "0"
[run]
environment = "a b"
[checkpoint]
[tags]
"aws:x" = 3
[fleets]
"#;
    insta::assert_snapshot!("at_once", faults("many", text).join("\n"));
}
