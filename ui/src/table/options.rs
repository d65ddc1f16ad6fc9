//! What a person chose about the table: filter, order, groups, which states.

use domain::view::window::{Group, Row};

use super::{
    filter::Filter,
    sort::{Column, Sort},
};

/// The choices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// The filter box as typed.
    pub(crate) text: String,
    /// The order within groups.
    pub(crate) sort: Sort,
    /// Whether rows stand in groups.
    pub(crate) grouped: bool,
    /// Whether stopped instances are shown.
    pub(crate) stopped: bool,
    /// Whether terminated instances are shown.
    pub(crate) gone: bool,
}

/// One choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Typed(String),
    Sorted(Column),
    Grouped(bool),
    Stopped(bool),
    Gone(bool),
}

impl Default for Options {
    /// Stopped instances still cost, terminated ones do not.
    fn default() -> Self {
        Self { text: String::new(), sort: Sort::default(), grouped: true, stopped: true, gone: false }
    }
}

impl Options {
    /// The choices after one more.
    #[must_use]
    pub(crate) fn after(self, change: Change) -> Self {
        match change {
            Change::Typed(text) => Self { text, ..self },
            Change::Sorted(column) => Self { sort: self.sort.clicked(column), ..self },
            Change::Grouped(grouped) => Self { grouped, ..self },
            Change::Stopped(stopped) => Self { stopped, ..self },
            Change::Gone(gone) => Self { gone, ..self },
        }
    }

    /// The filter box, taken apart.
    pub(crate) fn filter(&self) -> Filter {
        Filter::parse(&self.text)
    }

    /// Whether a row of this group is shown: one that something is being done to always is.
    pub(crate) fn shows(&self, group: Group, row: &Row) -> bool {
        let wanted = match group {
            Group::Critical | Group::Warning | Group::Running => true,
            Group::Stopped => self.stopped,
            Group::Gone => self.gone,
        };
        wanted || row.progress.is_some()
    }
}
