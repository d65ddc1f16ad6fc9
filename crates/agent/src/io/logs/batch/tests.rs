//! Batches that AWS takes.

use super::*;

use proptest::prelude::*;
use serde_json::json;

const NOW: i64 = 1_767_225_600_000;

fn line(after_ms: i64, text: &str) -> Line {
    Line { at: Timestamp::from_millisecond(NOW + after_ms).expect("a time"), text: text.into() }
}

fn now() -> Timestamp {
    Timestamp::from_millisecond(NOW).expect("a time")
}

#[test]
fn lines_are_put_in_order_and_those_that_none_would_take_are_counted() {
    const DAY: i64 = 24 * 3600 * 1000;
    let lines = [
        line(0, "c"),
        line(-5, "b"),
        line(-14 * DAY - 1, "old"),
        line(2 * 3600 * 1000 + 1, "new"),
        line(-2, ""),
        line(-13 * DAY, "a"),
    ];
    let (batches, left) = batches(&lines, now());
    let texts: Vec<Vec<_>> =
        batches.iter().map(|batch| batch.iter().map(|event| event.text).collect()).collect();
    assert_eq!(texts, [vec!["a"], vec!["b", "c"]]);
    assert_eq!(left, Left { too_old: 1, too_new: 1, cut: 0 });
}

#[test]
fn a_line_too_long_is_cut_between_characters() {
    let long = "ü".repeat(LONGEST);
    let lines = [line(0, &long)];
    let (batches, left) = batches(&lines, now());
    assert_eq!(batches[0][0].text.len(), LONGEST);
    assert_eq!(left.cut, 1);
}

#[test]
fn what_aws_refused_of_a_batch_is_counted() {
    assert_eq!(Left::read(&Value::Null, 9), Left::default());
    let info =
        json!({ "tooOldLogEventEndIndex": 2, "tooNewLogEventStartIndex": 8, "expiredLogEventEndIndex": 3 });
    assert_eq!(Left::read(&info, 9), Left { too_old: 3, too_new: 1, cut: 0 });
}

proptest! {
    #[test]
    fn no_batch_is_more_than_aws_takes_and_no_line_is_lost(
        lines in prop::collection::vec((-3 * SPAN_MS..1000, 1_usize..300_000), 0..60)
    ) {
        let lines: Vec<_> = lines.into_iter().map(|(at, len)| line(at, &"x".repeat(len))).collect();
        let (batches, left) = batches(&lines, now());
        prop_assert_eq!(batches.iter().map(Vec::len).sum::<usize>(), lines.len());
        prop_assert_eq!(left.too_old + left.too_new, 0);
        for batch in &batches {
            let bytes: usize = batch.iter().map(|event| event.text.len() + EVENT_COSTS).sum();
            prop_assert!(!batch.is_empty() && batch.len() <= MOST_EVENTS && bytes <= MOST_BYTES);
            prop_assert!(batch.is_sorted_by_key(|event| event.at));
            prop_assert!(batch[batch.len() - 1].at - batch[0].at < SPAN_MS);
        }
    }
}
