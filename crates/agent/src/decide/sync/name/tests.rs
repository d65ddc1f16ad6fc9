//! Names there and back, as bytes and as keys.

use std::ffi::OsStr;

use proptest::prelude::*;

use super::*;

#[test]
fn names_are_text_that_can_be_read() {
    for (bytes, text) in [
        (&b"model.pt"[..], "model.pt"),
        ("été 😀.bin".as_bytes(), "été 😀.bin"),
        (b"two\nlines", "two%0Alines"),
        (b"100%", "100%25"),
        (b"latin-\xe9", "latin-%E9"),
        (b" out ", "%20out%20"),
        (b"  ", "%20%20"),
        (b"\xff\xfe", "%FF%FE"),
    ] {
        let name = Name::of_part(OsStr::from_bytes(bytes));
        assert_eq!(name.as_str(), text);
        assert_eq!(Name::parse(text).expect("its own text").to_path().as_os_str().as_bytes(), bytes);
    }
}

#[test]
fn what_leads_out_of_the_folder_is_no_name() {
    for text in [
        "",
        "/",
        "/etc/passwd",
        "../x",
        "a/../x",
        "a/./b",
        "a//b",
        "a/",
        ".",
        "..",
        "%2E%2E/x",
        "%2e",
        "a%2Fb",
        "a%00b",
    ] {
        assert!(Name::parse(text).is_err(), "{text}");
    }
    for text in ["", "/x", "a//b", "a/", "../x", "a/../b", "a\0b"] {
        assert!(Name::of_key(text).is_err(), "{text}");
    }
    assert_eq!(Name::of_key("a%20b/c").expect("a name").to_path(), Path::new("a%20b/c"));
}

#[test]
fn a_link_may_lead_to_what_is_inside() {
    for (target, depth, inside) in [
        ("last.ckpt", 0, true),
        ("./last.ckpt", 0, true),
        ("checkpoint-5/model.pt", 0, true),
        ("../checkpoint-5", 1, true),
        ("..", 1, true),
        ("../x", 0, false),
        ("../../x", 1, false),
        ("/etc/passwd", 3, false),
        ("a/../b", 1, false),
        ("s/s/../../..", 0, false),
        ("", 0, false),
    ] {
        assert_eq!(is_inside(Path::new(target), depth), inside, "{target} at {depth}");
    }
}

fn part() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 1..40).prop_filter("a name of Linux", |bytes| is_part(bytes))
}

proptest! {
    #[test]
    fn every_name_of_linux_has_one_text(parts in proptest::collection::vec(part(), 1..5)) {
        let path: PathBuf = parts.iter().map(|bytes| OsStr::from_bytes(bytes)).collect();
        let (first, rest) = parts.split_first().expect("one at least");
        let first = Name::of_part(OsStr::from_bytes(first));
        let name = rest.iter().fold(first, |name, part| name.child(OsStr::from_bytes(part)));
        prop_assert_eq!(name.to_path(), path);
        prop_assert!(!name.as_str().contains(char::is_control));
        prop_assert_eq!(name.depth(), parts.len() - 1);
        prop_assert_eq!(Name::parse(name.as_str()), Ok(name));
    }

    #[test]
    fn what_parses_is_below_the_folder(text in "[a./%25EFx]{0,12}") {
        if let Ok(name) = Name::parse(&text) {
            let path = name.to_path();
            prop_assert!(path.components().all(|part| matches!(part, std::path::Component::Normal(_))));
            prop_assert_eq!(path.components().count(), name.depth() + 1);
        }
    }
}
