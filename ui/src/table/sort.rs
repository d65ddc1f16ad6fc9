//! The order of rows within a group. What is not known stands last, whichever way the column is sorted.

use std::{cmp::Ordering, sync::Arc};

use domain::{Timestamp, spend, time::elapsed, view::window::Row};

/// A column that can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    State,
    Name,
    Kind,
    Market,
    Zone,
    Running,
    Rate,
    Spend,
}

impl Column {
    /// All of them, from left to right.
    pub(crate) const ALL: [Self; 8] = [
        Self::State,
        Self::Name,
        Self::Kind,
        Self::Market,
        Self::Zone,
        Self::Running,
        Self::Rate,
        Self::Spend,
    ];

    /// The column's heading.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::State => "State",
            Self::Name => "Name",
            Self::Kind => "Type",
            Self::Market => "Market",
            Self::Zone => "Zone",
            Self::Running => "Running",
            Self::Rate => "Rate",
            Self::Spend => "Spend",
        }
    }

    /// Its name in the style sheet.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::State => "c-state",
            Self::Name => "c-name",
            Self::Kind => "c-kind",
            Self::Market => "c-market",
            Self::Zone => "c-zone",
            Self::Running => "c-running",
            Self::Rate => "c-rate",
            Self::Spend => "c-spend",
        }
    }

    /// The direction of the first click: figures from the largest, texts from A.
    fn first_direction(self) -> Direction {
        match self {
            Self::State | Self::Name | Self::Kind | Self::Market | Self::Zone => Direction::Ascending,
            Self::Running | Self::Rate | Self::Spend => Direction::Descending,
        }
    }
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Ascending,
    Descending,
}

/// A column and which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sort {
    pub(crate) column: Column,
    pub(crate) direction: Direction,
}

impl Default for Sort {
    /// What has run longest first: that is what was forgotten.
    fn default() -> Self {
        Self { column: Column::Running, direction: Direction::Descending }
    }
}

impl Sort {
    /// After a click on a column's heading: a second one turns the order around.
    pub(crate) fn clicked(self, column: Column) -> Self {
        let direction = match self.direction {
            _ if self.column != column => column.first_direction(),
            Direction::Ascending => Direction::Descending,
            Direction::Descending => Direction::Ascending,
        };
        Self { column, direction }
    }

    /// Puts rows in order as they are at `now`; equals stay in order of account, region and id.
    pub(crate) fn sort(self, rows: Vec<Arc<Row>>, now: Timestamp) -> Vec<Arc<Row>> {
        let mut keyed: Vec<(Key, Arc<Row>)> =
            rows.into_iter().map(|row| (Key::of(self.column, &row, now), row)).collect();
        keyed.sort_by(|(a, left), (b, right)| {
            a.compare(b, self.direction).then_with(|| left.target.cmp(&right.target))
        });
        keyed.into_iter().map(|(_, row)| row).collect()
    }
}

/// What a row is compared by.
enum Key {
    Text(String),
    Figure(i64),
    Unknown,
}

impl Key {
    fn of(column: Column, row: &Row, now: Timestamp) -> Self {
        let instance = &row.instance;
        match column {
            Column::State => Self::Text(instance.lifecycle.as_str().to_owned()),
            Column::Name => instance.name().map_or(Self::Unknown, |name| Self::Text(name.to_lowercase())),
            Column::Kind => Self::Text(instance.kind.as_str().to_owned()),
            Column::Market => Self::Text(instance.market.as_str().to_owned()),
            Column::Zone => Self::Text(instance.zone.as_str().to_owned()),
            Column::Running if instance.lifecycle.is_up() => {
                Self::figure(elapsed(now, instance.launched_at).as_secs())
            }
            Column::Running => Self::Unknown,
            Column::Rate => {
                row.rates.total().map_or(Self::Unknown, |rate| Self::Figure(rate.hourly().micros()))
            }
            Column::Spend => spend::so_far(instance, &row.rates, now)
                .map_or(Self::Unknown, |spent| Self::Figure(spent.micros())),
        }
    }

    fn figure(figure: u64) -> Self {
        Self::Figure(i64::try_from(figure).unwrap_or(i64::MAX))
    }

    fn compare(&self, other: &Self, direction: Direction) -> Ordering {
        let ascending = match (self, other) {
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Figure(a), Self::Figure(b)) => a.cmp(b),
            (Self::Unknown, Self::Unknown) => Ordering::Equal,
            (Self::Unknown, Self::Text(_) | Self::Figure(_)) => return Ordering::Greater,
            (Self::Text(_) | Self::Figure(_), Self::Unknown) => return Ordering::Less,
            (Self::Text(_), Self::Figure(_)) => Ordering::Less,
            (Self::Figure(_), Self::Text(_)) => Ordering::Greater,
        };
        match direction {
            Direction::Ascending => ascending,
            Direction::Descending => ascending.reverse(),
        }
    }
}

#[cfg(test)]
mod tests;
