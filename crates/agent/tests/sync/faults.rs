//! The bucket at its worst, at every call.

use std::{
    fs,
    sync::atomic::{AtomicUsize, Ordering},
};

use agent::sync::{bucket::FaultKind, checkpoint::End, restore::Source};
use proptest::prelude::*;

use crate::parts::{Deed, Op, Place, content, log};

#[test]
fn a_bucket_that_is_down_is_tried_three_times_more_and_not_for_every_file() {
    let place = Place::new();
    for index in 0..500 {
        place.write(&index.to_string(), "x");
    }
    let calls = AtomicUsize::new(0);
    let bucket = place.rough(|_, _, _| {
        calls.fetch_add(1, Ordering::Relaxed);
        Some(Deed::Fail(FaultKind::Unreachable))
    });
    let saved = place.save(&bucket);
    assert!(matches!(&saved.end, End::Short(why) if why == "made to fail: Unreachable"), "{saved:?}");
    assert_eq!(place.waits(), [1, 2, 4]);
    let calls = calls.load(Ordering::Relaxed);
    assert!(calls <= 4 * 64, "{calls} calls");
}

#[test]
fn what_cannot_be_mended_is_not_tried_again() {
    for kind in [FaultKind::NoBucket, FaultKind::WrongRegion] {
        let place = Place::new();
        place.write("a", "x");
        let saved = place.save(&place.rough(|_, _, _| Some(Deed::Fail(kind))));
        assert!(matches!(saved.end, End::Short(_)), "{saved:?}");
        assert!(place.waits().is_empty());
    }
}

#[test]
fn a_bucket_that_comes_back_gets_it_all() {
    for kind in [FaultKind::Unreachable, FaultKind::Throttled, FaultKind::Denied, FaultKind::Conflict] {
        let place = Place::new();
        for index in 0..50 {
            place.write(&index.to_string(), "x");
        }
        let waited = &place.pace;
        let bucket = place.rough(|count, _, _| {
            let is_back = waited.waits.lock().expect("no panic").len() >= 2;
            (count >= 20 && !is_back).then_some(Deed::Fail(kind))
        });
        let saved = place.save(&bucket);
        assert!(matches!(saved.end, End::Whole(_)), "{saved:?}");
        assert_eq!(saved.sent.0, 50, "{kind:?}");
        assert_eq!(place.waits(), [1, 2]);
    }
}

#[test]
fn a_listing_that_is_not_allowed_costs_references_and_nothing_else() {
    let place = Place::new();
    place.write("a", "x");
    place.saved();
    place.write("b", "y");
    let saved =
        place.save(&place.rough(|_, op, _| (op == Op::Page).then_some(Deed::Fail(FaultKind::Denied))));
    assert!(matches!(saved.end, End::Whole(_)), "{saved:?}");
    assert_eq!(saved.sent.0, 2, "b, and a once more");
}

#[test]
fn a_manifest_whose_answer_was_lost_is_known_again() {
    let place = Place::new();
    place.write("a", "x");
    let mut lost = false;
    let bucket = place.rough(|_, op, key| {
        let is_first = op == Op::Put && key.ends_with("metadata.json") && !std::mem::replace(&mut lost, true);
        is_first.then_some(Deed::Lose)
    });
    let saved = place.save(&bucket);
    assert!(matches!(saved.end, End::Whole(_)), "{saved:?}");
    assert_eq!(place.keys("metadata.json").len(), 1);
}

#[test]
fn a_body_that_is_cut_once_is_fetched_again() {
    for size in [1000, 300_000] {
        let place = Place::new();
        place.write("model.pt", vec![3; size]);
        place.saved();
        let mut is_cut = false;
        let bucket = place.rough(|_, op, key| {
            let is_first =
                op == Op::Get && key.ends_with("model.pt") && !std::mem::replace(&mut is_cut, true);
            is_first.then_some(Deed::Cut)
        });
        let other = place.elsewhere();
        let restored = place.restore(&other, &bucket);
        assert!(matches!(restored.source, Source::S3(_)), "{restored:?}");
        assert_eq!(content(&other.directory), content(&place.job().directory));
    }
}

#[test]
fn a_disk_that_is_full_leaves_the_old_files() {
    let place = Place::new();
    place.write("model.pt", vec![3; 300_000]);
    place.saved();
    place.write("model.pt", "local");
    let bucket = place.rough(|_, op, key| {
        (op == Op::Get && key.ends_with("model.pt")).then_some(Deed::Fail(FaultKind::Local))
    });
    let restored = place.restore(&place.job(), &bucket);
    assert!(matches!(restored.source, Source::Failed(_)), "{restored:?}");
    assert_eq!(fs::read(place.job().directory.join("model.pt")).expect("read"), b"local");
    assert_eq!(fs::read_dir(place.path("work")).expect("a folder").count(), 1, "nothing half-done is left");
}

fn kind() -> impl Strategy<Value = FaultKind> {
    prop::sample::select(vec![
        FaultKind::NotFound,
        FaultKind::Denied,
        FaultKind::Conflict,
        FaultKind::PreconditionFailed,
        FaultKind::WrongRegion,
        FaultKind::NoBucket,
        FaultKind::Throttled,
        FaultKind::Unreachable,
        FaultKind::Garbled,
        FaultKind::Expired,
        FaultKind::TooLarge,
        FaultKind::Local,
    ])
}

fn deed() -> impl Strategy<Value = Option<Deed>> {
    prop_oneof![
        6 => Just(None),
        3 => kind().prop_map(|kind| Some(Deed::Fail(kind))),
        1 => Just(Some(Deed::Lose)),
        1 => Just(Some(Deed::Cut)),
        1 => (0..40_u64).prop_map(|seconds| Some(Deed::Slow(seconds))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    /// Whatever befalls which call: a checkpoint that says it is whole is restored byte by byte, one that does not leaves the
    /// one before, and a restore puts one of the two in place or leaves the directory as it was.
    #[test]
    fn no_fault_makes_half_a_checkpoint(
        saving in proptest::collection::vec(deed(), 0..30),
        restoring in proptest::collection::vec(deed(), 0..30),
        killed in any::<bool>(),
    ) {
        let place = Place::new();
        place.write("model.pt", vec![1; 300_000]);
        place.write("state/step", "1");
        prop_assert!(matches!(place.saved().end, End::Whole(_)));
        let before = content(&place.job().directory);

        place.write("model.pt", vec![2; 300_001]);
        place.write("state/new", "2");
        place.pace.advance(std::time::Duration::from_secs(10));
        let memory = fs::read(place.job().memory).expect("remembered");
        let saved = place.save(&place.rough(|count, _, _| saving.get(count).copied().flatten()));
        let after = content(&place.job().directory);
        let is_whole = matches!(saved.end, End::Whole(_));
        if killed {
            // As if the agent had been killed before it wrote down what it knows.
            fs::write(place.job().memory, memory).expect("written");
        }
        let newest = if is_whole { &after } else { &before };
        prop_assert!(log(&saved.lines).lines().count() >= 1);

        let other = place.elsewhere();
        fs::create_dir_all(&other.directory).expect("made");
        fs::write(other.directory.join("old"), "old").expect("written");
        let old = content(&other.directory);
        let restored = place.restore(&other, &place.rough(|count, _, _| restoring.get(count).copied().flatten()));
        let found = content(&other.directory);
        match &restored.source {
            Source::S3(_) => prop_assert!(found == before || found == after, "{:?}", restored),
            Source::Local | Source::None | Source::Failed(_) => prop_assert_eq!(&found, &old, "{:?}", restored),
        }

        // Without faults, the newest whole one; or the one whose manifest arrived although its answer did not.
        let restored = place.restore(&other, &place.bucket());
        prop_assert!(matches!(restored.source, Source::S3(_)), "{:?}", restored);
        let found = content(&other.directory);
        prop_assert!(&found == newest || (!is_whole && found == after), "{:?}", saved);

        let next = place.saved();
        prop_assert!(matches!(next.end, End::Whole(_) | End::Unchanged(_)), "{:?}", next);
        place.restore(&other, &place.bucket());
        prop_assert_eq!(content(&other.directory), after);
    }
}
