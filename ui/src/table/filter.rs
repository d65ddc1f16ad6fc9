//! The filter box: words that must all be found in a row, and `key=value` for tags.

use domain::view::window::Row;

/// What was typed, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    terms: Vec<Term>,
}

/// One word of it, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    /// Somewhere in the name, id, type, market, zone, region or account.
    Word(String),
    /// The tag `key` is there and its value contains `value`.
    Tag { key: String, value: String },
}

impl Filter {
    /// Takes the text apart at its blanks.
    pub(crate) fn parse(text: &str) -> Self {
        let term = |word: &str| match word.split_once('=') {
            Some((key, value)) if !key.is_empty() => {
                Term::Tag { key: key.to_lowercase(), value: value.to_lowercase() }
            }
            Some(_) | None => Term::Word(word.to_lowercase()),
        };
        Self { terms: text.split_whitespace().map(term).collect() }
    }

    /// Whether every term is found in the row.
    pub(crate) fn matches(&self, row: &Row) -> bool {
        self.terms.iter().all(|term| term.matches(row))
    }
}

impl Term {
    fn matches(&self, row: &Row) -> bool {
        let (instance, target) = (&row.instance, &row.target);
        match self {
            Self::Word(word) => [
                instance.name().unwrap_or_default(),
                instance.id.as_str(),
                instance.kind.as_str(),
                instance.zone.as_str(),
                instance.market.as_str(),
                target.region.as_str(),
                target.account.as_str(),
            ]
            .iter()
            .any(|text| text.to_lowercase().contains(word)),
            Self::Tag { key, value } => instance
                .tags
                .iter()
                .any(|(name, text)| name.to_lowercase() == *key && text.to_lowercase().contains(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::samples::Sample;

    #[test]
    fn words_and_tags_must_all_be_found() {
        let row = Sample::new(1).named("Nightly Train").kind("g5.xlarge").tag("Project", "crpbot").row();
        let check = |text: &str, found: bool| {
            assert_eq!(Filter::parse(text).matches(&row), found, "{text:?}");
        };
        check("", true);
        check("   ", true);
        check("nightly", true);
        check("TRAIN", true);
        check("nightly train", true);
        check("nightly weekly", false);
        check("g5.", true);
        check("us-east-1", true);
        check("us-east-1a", true);
        check("i-0000", true);
        check("on-demand", true);
        check("personal", true);
        check("project=crp", true);
        check("Project=CRPBOT", true);
        check("Project=", true);
        check("proj=crp", false);
        check("project=other", false);
        check("project=crp nightly", true);
        check("=crp", false);
        check("crpbot", false);
    }
}
