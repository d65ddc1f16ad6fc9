//! Groups of rows as the table shows them: filtered, sorted, the most urgent group first.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    HourlyRate, Target, Timestamp,
    view::window::{Group, Row},
};

use super::options::Options;

/// A group's rows; the only section has no group when the table is not grouped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) group: Option<Group>,
    pub(crate) rows: Vec<Arc<Row>>,
    /// What they cost an hour, as far as it is known.
    pub(crate) hourly: HourlyRate,
    /// How many have no known price.
    pub(crate) unpriced: usize,
}

impl Section {
    pub(crate) fn of(group: Option<Group>, rows: Vec<Arc<Row>>) -> Self {
        let hourly = rows.iter().filter_map(|row| row.rates.total()).sum();
        let unpriced = rows.iter().filter(|row| row.rates.total().is_none()).count();
        Self { group, rows, hourly, unpriced }
    }
}

/// What the table shows, and what its options keep back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sections {
    /// None is empty.
    pub(crate) sections: Vec<Section>,
    /// Rows in the stopped group that pass the filter, shown or not.
    pub(crate) stopped: usize,
    /// Rows in the terminated group that pass the filter, shown or not.
    pub(crate) gone: usize,
}

impl Sections {
    /// How many rows are shown.
    pub(crate) fn len(&self) -> usize {
        self.sections.iter().map(|section| section.rows.len()).sum()
    }

    /// The rows from top to bottom.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Arc<Row>> {
        self.sections.iter().flat_map(|section| &section.rows)
    }
}

/// The table for `rows` at `now`.
pub(crate) fn sections(rows: &BTreeMap<Target, Arc<Row>>, options: &Options, now: Timestamp) -> Sections {
    let filter = options.filter();
    let mut groups: BTreeMap<Group, Vec<Arc<Row>>> = BTreeMap::new();
    for row in rows.values().filter(|row| filter.matches(row)) {
        groups.entry(row.group(now)).or_default().push(Arc::clone(row));
    }
    let count = |group: Group| groups.get(&group).map_or(0, Vec::len);
    let (stopped, gone) = (count(Group::Stopped), count(Group::Gone));
    for (group, rows) in &mut groups {
        rows.retain(|row| options.shows(*group, row));
    }
    Sections { sections: arrange(groups, options, now), stopped, gone }
}

fn arrange(groups: BTreeMap<Group, Vec<Arc<Row>>>, options: &Options, now: Timestamp) -> Vec<Section> {
    let section = |(group, rows)| Section::of(group, options.sort.sort(rows, now));
    let parts: Vec<(Option<Group>, Vec<Arc<Row>>)> = if options.grouped {
        groups.into_iter().map(|(group, rows)| (Some(group), rows)).collect()
    } else {
        vec![(None, groups.into_values().flatten().collect())]
    };
    parts.into_iter().filter(|(_, rows)| !rows.is_empty()).map(section).collect()
}

#[cfg(test)]
mod tests;
