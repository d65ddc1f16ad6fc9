//! Reading labels and finding entries.

use super::{Entry, Menu, as_read};

fn entry(label: &str, children: Vec<Entry>) -> Entry {
    let label = label.to_owned();
    Entry { id: 1, label, separator: false, enabled: true, visible: true, ticked: None, icon: None, children }
}

fn menu() -> Menu {
    let stop = || vec![entry("Stop", vec![]), entry("Terminate", vec![])];
    Menu {
        entries: vec![
            entry("train g5.xlarge 3 h", stop()),
            entry("train p4d.24xlarge 9 h", stop()),
            entry("Quit", vec![]),
        ],
    }
}

#[test]
fn underscores_are_read_as_a_host_reads_them() {
    let check = |label, expected: &str| assert_eq!(as_read(label), expected, "{label}");
    check("_Quit", "Quit");
    check("train__7", "train_7");
    check("___x", "_x");
    check("plain", "plain");
}

#[test]
fn a_part_of_a_label_is_enough_if_it_is_the_only_one() {
    assert_eq!(menu().entry(&["p4d", "Stop"]).unwrap().label, "Stop");
    assert_eq!(menu().labels(&["g5"]).unwrap(), ["Stop", "Terminate"]);
}

#[test]
fn a_label_that_fits_several_or_none_shows_the_menu() {
    let several = format!("{:#}", menu().entry(&["train"]).unwrap_err());
    assert!(several.contains("2 menu entries fit \"train\""), "{several}");
    let none = format!("{:#}", menu().entry(&["g5", "Snooze"]).unwrap_err());
    assert!(
        none.contains("no menu entry is called \"Snooze\"") && none.contains("    Terminate\n"),
        "{none}"
    );
}
