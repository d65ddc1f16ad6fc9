//! What is sent and what is referenced, on tables and by properties.

use proptest::prelude::*;

use super::*;

const HOUR: i64 = 3600;
const NANOS: i64 = 1_000_000_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).expect("a time")
}

fn facts(size: u64, changed: i64) -> Facts {
    let nanos = (1_700_000_000 + changed) * NANOS;
    Facts { size, mtime: nanos, ctime: nanos, inode: 7 }
}

fn file(facts: Facts) -> File {
    File { facts, mode: 0o644, what: What::Regular }
}

fn known(facts: Facts, read: i64, since: i64) -> Known {
    Known { facts, read: at(read), sha256: "00".into(), key: "k".into(), since: at(since) }
}

fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

fn step_of(now: Facts, known: Option<Known>, references: References, wall: i64) -> Step {
    let tree = Tree::from([(name("f"), file(now))]);
    let index = known.map(|known| (name("f"), known)).into_iter().collect();
    plan(&tree, &index, references, at(wall)).remove(&name("f")).expect("a step for each file")
}

#[test]
fn a_file_is_sent_kept_or_compared() {
    let same = known(facts(5, 0), 10, 10);
    let expire = References::Expire;
    assert_eq!(step_of(facts(5, 0), None, expire, 20), Step::Send, "new");
    assert_eq!(step_of(facts(5, 0), Some(same.clone()), expire, 20), Step::Keep(same.clone()), "untouched");
    assert_eq!(step_of(facts(6, 0), Some(same.clone()), expire, 20), Step::Send, "another size");
    assert_eq!(step_of(facts(5, 3), Some(same.clone()), expire, 20), Step::Compare(same.clone()), "touched");
    let set_back = Facts { ctime: facts(5, 9).ctime, ..facts(5, 0) };
    assert_eq!(
        step_of(set_back, Some(same.clone()), expire, 20),
        Step::Compare(same.clone()),
        "mtime set back"
    );
    let replaced = Facts { inode: 8, ..facts(5, 0) };
    assert_eq!(step_of(replaced, Some(same.clone()), expire, 20), Step::Compare(same), "another inode");
}

#[test]
fn a_file_that_changed_just_before_it_was_read_is_read_again() {
    let hot = known(facts(5, 9), 10, 10);
    assert_eq!(step_of(facts(5, 9), Some(hot.clone()), References::Expire, 20), Step::Compare(hot));
    let future = known(facts(5, HOUR), 10, 10);
    assert_eq!(step_of(facts(5, HOUR), Some(future.clone()), References::Expire, 20), Step::Compare(future));
}

#[test]
fn a_reference_has_an_end() {
    let week = REFERENCE_LIFE.as_secs();
    let old = known(facts(5, 0), 10, 10);
    assert_eq!(
        step_of(facts(5, 0), Some(old.clone()), References::Expire, week + 9),
        Step::Keep(old.clone())
    );
    assert_eq!(step_of(facts(5, 0), Some(old.clone()), References::Expire, week + 10), Step::Send);
    assert_eq!(step_of(facts(5, 0), Some(old.clone()), References::Stay, week + 10), Step::Keep(old));
    let future = known(facts(5, 0), 10, 25 * HOUR);
    assert_eq!(step_of(facts(5, 0), Some(future), References::Expire, 20), Step::Send);
}

#[test]
fn checkpoints_are_in_the_order_of_their_times_also_by_a_clock_that_was_set_back() {
    assert_eq!(time_of_next(None, at(5)), at(5));
    assert_eq!(time_of_next(Some(at(3)), at(5)), at(5));
    assert_eq!(time_of_next(Some(at(5)), at(5)), at(6));
    assert_eq!(time_of_next(Some(at(HOUR)), at(5)), at(HOUR + 1));
}

#[test]
fn what_cannot_lie_at_its_name_lies_elsewhere() {
    let hash = |text: &str| format!("hash-of-{}", text.len());
    assert_eq!(key_in("p/", &name("a/b"), hash), "p/a/b");
    assert_eq!(key_in("p/", &name("metadata.json"), hash), "p/%by-hash/hash-of-13");
    assert_eq!(key_in("p/", &name("a/metadata.json"), hash), "p/a/metadata.json");
    let long = name(&"x".repeat(1023));
    assert_eq!(key_in("p/", &long, hash), "p/%by-hash/hash-of-1023");
    assert_eq!(key_of_result("p/", &long), None);
    assert!(Name::parse("%by-hash").is_err(), "no file can be called that");
}

#[test]
fn a_difference_is_what_is_new_gone_or_changed() {
    let tree = Tree::from([
        (name("same"), file(facts(1, 0))),
        (name("changed"), file(facts(1, 1))),
        (name("new"), file(facts(1, 0))),
    ]);
    let sent = Index::from(["same", "changed", "gone"].map(|text| (name(text), known(facts(1, 0), 10, 10))));
    let names: Vec<_> = difference(&tree, &sent).map(Name::as_str).collect();
    assert_eq!(names, ["changed", "new", "gone"]);
}

/// A file's life in a few steps: each rewrites it, touches it, or leaves it.
#[derive(Clone, Debug)]
enum Deed {
    Write { byte: u8, keep_mtime: bool },
    Touch,
    Wait(i64),
    Sync,
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        (any::<u8>(), any::<bool>()).prop_map(|(byte, keep_mtime)| Deed::Write { byte, keep_mtime }),
        Just(Deed::Touch),
        (0_i64..4 * 24 * HOUR).prop_map(Deed::Wait),
        (0_i64..3).prop_map(Deed::Wait),
        Just(Deed::Sync),
    ]
}

proptest! {
    /// However a file is written, also several times in one second and with its mtime set back: after a sync, what the
    /// bucket is believed to hold is what the file holds, and no object is older than references live.
    #[test]
    fn after_a_sync_the_bucket_holds_the_file(deeds in proptest::collection::vec(deed(), 0..40)) {
        let (mut byte, mut now, mut facts) = (0, 100, facts(1, 0));
        let mut index = Index::new();
        let mut held: Option<(u8, i64)> = None;
        for deed in deeds {
            match deed {
                Deed::Write { byte: next, keep_mtime } => {
                    byte = next;
                    facts.ctime = at(now).as_nanosecond() as i64;
                    facts.mtime = if keep_mtime { facts.mtime } else { facts.ctime };
                }
                Deed::Touch => {
                    facts.ctime = at(now).as_nanosecond() as i64;
                    facts.mtime = facts.ctime;
                }
                Deed::Wait(seconds) => now += seconds,
                Deed::Sync => {
                    let before = index.get(&name("f")).cloned();
                    let since = match step_of(facts, before.clone(), References::Expire, now) {
                        Step::Keep(known) => known.since,
                        Step::Compare(known) if held.map(|held| held.0) == Some(byte) => known.since,
                        Step::Compare(_) | Step::Send => {
                            held = Some((byte, now));
                            at(now)
                        }
                    };
                    index.insert(name("f"), Known { facts, read: at(now), sha256: String::new(), key: String::new(), since });
                    let (held_byte, written) = held.expect("the first sync sends");
                    prop_assert_eq!(held_byte, byte);
                    prop_assert!(now - written < REFERENCE_LIFE.as_secs());
                    prop_assert_eq!(since, at(written));
                }
            }
        }
    }
}
