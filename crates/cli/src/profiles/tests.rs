//! What `list` and `check` say of a good and of a faulty profile.

use super::*;

fn noon() -> domain::Timestamp {
    crate::samples::noon()
}

#[test]
fn a_row_says_what_it_launches_and_what_that_costs_at_worst() {
    let source = source::example("g5-training").expect("an example");
    let cells = cells(&card(&source.name, &source.text, &[], noon()));
    assert_eq!(cells[0], "g5-training");
    assert_eq!(cells[1], "g5.xlarge or g4dn.2xlarge");
    assert_eq!(cells[2], "spot, at most $0.60/h");
    assert!(cells[4].starts_with('$') && cells[5] == "0", "{cells:?}");
}

#[test]
fn a_faulty_one_is_a_row_too() {
    let cells = cells(&card("torn", "regions = [", &[], noon()));
    assert_eq!((cells[1].as_str(), cells[4].as_str(), cells[5].as_str()), ("-", "-", "1"), "{cells:?}");
}

#[test]
fn faults_and_warnings_are_lines_of_their_own() {
    let text =
        source::example("g5-training").expect("an example").text + "\n[run.env]\nHF_TOKEN = \"hf_x\"\n";
    let source = Source { name: "a".into(), text, shown: "a.toml".into() };
    let card = card(&source.name, &source.text, &[], noon());
    let said = lines(&source, card.faults(), card.warnings());
    assert!(said.contains(": warning: run.env.HF_TOKEN: "), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}
