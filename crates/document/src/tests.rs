//! Every fault of a text, with its key and line.

use super::*;

/// What `read` makes of a document, or its faults as people see them.
fn read<T>(text: &str, read: impl Fn(&Section<'_>) -> Option<T>) -> Result<T, Vec<String>> {
    let document = Document::parse(text);
    let value = document.root().and_then(|root| read(&root));
    document.finish(value).map_err(|faults| faults.iter().map(Fault::to_string).collect())
}

#[test]
fn whole_numbers_are_read_in_every_spelling_and_within_bounds() {
    let number = |text: &str| read(text, |root| root.integer("n", 1..=1000));
    assert_eq!(number("n = 10"), Ok(10));
    assert_eq!(number("n = 1_000"), Ok(1000));
    assert_eq!(number("n = 0x1F"), Ok(31));
    for outside in ["n = 0", "n = 1001", "n = -3", "n = 99999999999999999999"] {
        assert_eq!(number(outside), Err(vec!["line 1: n: must be from 1 to 1000".into()]), "{outside}");
    }
    let quoted = "line 1: n: must be a whole number without quotes, not text";
    assert_eq!(number("n = \"10\""), Err(vec![quoted.into()]));
    assert_eq!(number("n = 1.5").map_err(|faults| faults.len()), Err(1));
}

#[test]
fn of_a_list_every_faulty_text_is_reported() {
    let short = |text: &str| if text.len() < 3 { Ok(text.to_owned()) } else { Err("is too long".to_owned()) };
    let texts = |text: &str| read(text, |root| root.texts("t", short));
    assert_eq!(texts("t = ['a', 'b']"), Ok(vec!["a".into(), "b".into()]));
    let faults =
        ["line 1: t[2]: is too long", "line 1: t[3]: must be text in quotes, not a number without quotes"];
    assert_eq!(texts("t = ['a', 'long', 3]"), Err(faults.map(String::from).into()));
    assert_eq!(texts("t = 'a'"), Err(vec!["line 1: t: must be a list of texts, not text".into()]));
}

#[test]
fn of_a_torn_document_nothing_is_believed() {
    let document = Document::parse("[a]\nkept = 'yes'\n[b]\ntorn = 'n");
    assert!(document.root().is_none());
    assert!(document.finish(Some(())).is_err());
}
