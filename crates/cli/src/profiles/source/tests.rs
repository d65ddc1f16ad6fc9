//! What a word means, and what is set in it.

use super::*;

fn set(key: &str, value: &str) -> Setting {
    Setting { key: key.into(), value: value.into() }
}

#[test]
fn a_word_with_a_slash_or_an_ending_is_a_path() {
    assert!(["./a", "a.toml", "/x/b.toml", "..\\a"].iter().all(|word| is_path(word)));
    assert!(["g5-training", "a", "dev_2"].iter().all(|word| !is_path(word)));
}

#[test]
fn in_the_demo_a_name_is_an_example() {
    let source = Source::find("g5-training", true).expect("an example");
    assert!(source.parse().is_ok());
    let failure = Source::find("nightly", true).expect_err("no example");
    assert!(failure.text().contains("checkpointing-spot, fleet, g5-training"), "{}", failure.text());
}

#[test]
fn what_is_set_is_in_the_text_and_later_ones_win() {
    let source = example("g5-training").expect("an example");
    let sets = [set("limits.max_runtime", "1h"), set("limits.max_runtime", "2h")];
    let changed = source.clone().with(&sets).expect("a text");
    let profile = changed.parse().expect("a profile");
    assert_eq!(profile.agent.limits.max_runtime.as_secs(), 7200);
    assert_eq!(source.clone().with(&[]), Ok(source.clone()));
    let failure = source.with(&[set("market", "spot")]).expect_err("a table");
    assert!(failure.text().contains("--set market=spot: market is a table"), "{}", failure.text());
}

#[test]
fn a_fault_names_its_file_and_line() {
    let source = Source { name: "a".into(), text: "regions = 1\n".into(), shown: "x/a.toml".into() };
    let faults = source.parse().expect_err("faults");
    let failure = faulty(&source, &faults);
    assert!(failure.text().starts_with("curfew: x/a.toml:1: "), "{}", failure.text());
    assert_eq!(failure.code(), 2);
    let unnamed = Source { name: "a b".into(), ..source };
    assert!(unnamed.parse().expect_err("a name").first().is_some_and(|it| it.message.contains("rename")));
}
