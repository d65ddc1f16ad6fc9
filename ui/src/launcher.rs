//! What a person has in hand at the launcher: checks that wait for a yes, and a profile being written.
//! Kept for the whole window, so that a look at another page loses neither.

use std::{collections::BTreeSet, rc::Rc};

use domain::{
    LaunchId,
    launch::{Launch, Launches},
};
use yew::Reducible;

/// What is in hand.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Desk {
    /// Checks after which the same is to be launched, if the person says yes.
    pub(crate) wanted: BTreeSet<LaunchId>,
    /// The profile that is being written.
    pub(crate) draft: Option<Draft>,
}

/// A profile being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) text: String,
    /// What the file said; none for a new one.
    pub(crate) before: Option<String>,
}

/// What a person does at the launcher.
pub(crate) enum Hand {
    /// Wants this, once it is checked.
    Want(LaunchId),
    /// Said yes or no to it.
    Settle(LaunchId),
    /// Writes.
    Write(Draft),
    /// Lays the draft away.
    LayAway,
}

impl Draft {
    /// A profile that is there already.
    pub(crate) fn of(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), text: unix(text), before: Some(text.to_owned()) }
    }

    /// A new one.
    pub(crate) fn new(name: String, text: &str) -> Self {
        Self { name, text: unix(text), before: None }
    }

    /// Whether nothing would be lost with it.
    pub(crate) fn is_untouched(&self) -> bool {
        self.before.as_deref().is_some_and(|before| unix(before) == self.text)
    }

    /// The text for the file, with the line ends that it had: a page knows only one kind.
    pub(crate) fn for_file(&self) -> String {
        let windows = self.before.as_deref().is_some_and(|before| before.contains("\r\n"));
        if windows { self.text.replace('\n', "\r\n") } else { self.text.clone() }
    }
}

fn unix(text: &str) -> String {
    text.replace("\r\n", "\n")
}

impl Reducible for Desk {
    type Action = Hand;

    fn reduce(self: Rc<Self>, hand: Hand) -> Rc<Self> {
        let mut desk = Rc::unwrap_or_clone(self);
        match hand {
            Hand::Want(id) => {
                desk.wanted.insert(id);
            }
            Hand::Settle(id) => {
                desk.wanted.remove(&id);
            }
            Hand::Write(draft) => desk.draft = Some(draft),
            Hand::LayAway => desk.draft = None,
        }
        Rc::new(desk)
    }
}

/// The newest first.
pub(crate) fn newest_first(launches: &Launches) -> Vec<(&LaunchId, &Launch)> {
    let mut launches: Vec<_> = launches.iter().collect();
    launches.sort_by_key(|(_, launch)| std::cmp::Reverse(launch.begun));
    launches
}

/// Where a line begins, in the units that a text field counts in, and where it ends. Lines count from 1.
pub(crate) fn line_bounds(text: &str, line: usize) -> (u32, u32) {
    let units = |text: &str| u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
    let mut start = 0;
    for (number, content) in text.split('\n').enumerate() {
        if number + 1 == line {
            return (start, start + units(content));
        }
        start += units(content) + 1;
    }
    let end = units(text);
    (end, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_where_the_field_has_it() {
        let text = "a\nüber 😀\n\nend";
        let check = |line, bounds| assert_eq!(line_bounds(text, line), bounds, "line {line}");
        check(1, (0, 1));
        check(2, (2, 9));
        check(3, (10, 10));
        check(4, (11, 14));
        check(9, (14, 14));
    }

    #[test]
    fn a_file_keeps_its_line_ends() {
        let draft = Draft::of("train", "a\r\nb\r\n");
        assert!(draft.is_untouched());
        let changed = Draft { text: "a\nc\n".into(), ..draft };
        assert_eq!((changed.is_untouched(), changed.for_file().as_str()), (false, "a\r\nc\r\n"));
        let new = Draft::new("train".into(), "a\n");
        assert_eq!((new.is_untouched(), new.for_file().as_str()), (false, "a\n"));
    }
}
