//! One event is one line, whatever is in it.

use proptest::prelude::*;

use super::*;

fn written(value: &str) -> String {
    Line::new(State::UploadOk).with("v", value).to_string()
}

#[test]
fn a_line_reads_as_documented() {
    let line = Line::new(State::CheckpointStart).with("job", "train-001").with("deadline_s", 60);
    let wall = "2025-01-11T14:30:12.4Z".parse().expect("a time");
    assert_eq!(
        line.at(wall),
        "[UTC 2025-01-11T14:30:12Z] STATE: CHECKPOINT_START job=train-001 deadline_s=60"
    );
}

#[test]
fn values_are_quoted_where_they_must_be() {
    for (value, expected) in [
        ("plain", "v=plain"),
        ("", "v=\"\""),
        ("two words", "v=\"two words\""),
        ("a=b", "v=\"a=b\""),
        ("say \"no\"", "v=\"say \\\"no\\\"\""),
        ("two\nlines\r", "v=\"two\\nlines\\r\""),
        ("back\\slash", "v=\"back\\\\slash\""),
        ("bell\u{7}", "v=\"bell\\u{7}\""),
        ("right\u{202e}left", "v=\"right\\u{202e}left\""),
        ("😀", "v=😀"),
    ] {
        assert_eq!(written(value), format!("STATE: UPLOAD_OK {expected}"));
    }
    assert!(written(&"x".repeat(5000)).len() < 700);
}

proptest! {
    #[test]
    fn an_event_is_one_line(value in any::<String>()) {
        let line = written(&value);
        prop_assert!(!line.chars().any(char::is_control));
        prop_assert_eq!(line.lines().count(), 1);
    }
}
