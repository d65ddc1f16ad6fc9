//! Which row the arrow keys are on. Known by its target, so that it stays on its instance when rows move.

use domain::Target;

use super::sections::Sections;

/// A step of the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
}

impl Step {
    /// The step of a key of the keyboard, if it is one.
    pub(crate) fn of_key(key: &str) -> Option<Self> {
        match key {
            "ArrowUp" => Some(Self::Up),
            "ArrowDown" => Some(Self::Down),
            "PageUp" => Some(Self::PageUp),
            "PageDown" => Some(Self::PageDown),
            "Home" => Some(Self::First),
            "End" => Some(Self::Last),
            _ => None,
        }
    }

    fn from(self, at: usize, page: usize, last: usize) -> usize {
        let to = match self {
            Self::Up => at.saturating_sub(1),
            Self::Down => at.saturating_add(1),
            Self::PageUp => at.saturating_sub(page),
            Self::PageDown => at.saturating_add(page),
            Self::First => 0,
            Self::Last => last,
        };
        to.min(last)
    }
}

/// The row's place, counted through all sections.
pub(crate) fn place(table: &Sections, target: &Target) -> Option<usize> {
    table.rows().position(|row| row.target == *target)
}

/// Where a step leads: to the row's place and target. From nowhere every step leads to the first row, or the last.
pub(crate) fn step(
    table: &Sections,
    from: Option<&Target>,
    step: Step,
    page: usize,
) -> Option<(usize, Target)> {
    let last = table.len().checked_sub(1)?;
    let to = match from.and_then(|target| place(table, target)) {
        Some(at) => step.from(at, page.max(1), last),
        None if step == Step::Last => last,
        None => 0,
    };
    table.rows().nth(to).map(|row| (to, row.target.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{
        options::Options,
        samples::{Sample, ago, by_target},
        sections::sections,
    };

    #[test]
    fn steps_stay_on_the_table() {
        let rows = by_target((0..10).map(|number| Sample::new(number).ran(1_000 - i64::from(number)).row()));
        let table = sections(&rows, &Options::default(), ago(0));
        let target = |at: usize| table.rows().nth(at).unwrap().target.clone();
        let check = |from: Option<usize>, way: Step, to: usize| {
            let from = from.map(target);
            assert_eq!(step(&table, from.as_ref(), way, 4), Some((to, target(to))), "{way:?}");
        };
        check(None, Step::Down, 0);
        check(None, Step::Last, 9);
        check(Some(0), Step::Up, 0);
        check(Some(0), Step::Down, 1);
        check(Some(9), Step::Down, 9);
        check(Some(5), Step::PageUp, 1);
        check(Some(5), Step::PageDown, 9);
        check(Some(5), Step::First, 0);
        check(Some(5), Step::Last, 9);
    }

    #[test]
    fn an_empty_table_has_nowhere_to_go() {
        assert_eq!(step(&Sections::default(), None, Step::Down, 4), None);
    }
}
