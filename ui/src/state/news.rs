//! The sentence for a screen reader when an instance crosses a threshold.

use std::sync::Arc;

use domain::{
    Alert, Level,
    view::{
        fmt,
        window::{Row, Update, WindowState},
    },
};

/// What of an update is worth saying aloud: alerts that were not there before.
pub(super) fn of(before: &WindowState, update: &Update) -> Option<String> {
    let new: Vec<(&Row, &Alert)> = match update {
        Update::Whole(next) => new_alerts(before, next.rows.values()).collect(),
        Update::Changed(delta) => new_alerts(before, delta.changed.iter()).collect(),
    };
    match new.as_slice() {
        [] => None,
        [(row, alert)] => Some(sentence(row, alert)),
        many => Some(format!("{} need attention", fmt::count(many.len(), "more instance"))),
    }
}

fn new_alerts<'a>(
    before: &'a WindowState,
    rows: impl Iterator<Item = &'a Arc<Row>> + 'a,
) -> impl Iterator<Item = (&'a Row, &'a Alert)> + 'a {
    rows.filter_map(move |row| {
        let known = before.rows.get(&row.target).and_then(|old| old.alert.as_ref()).map(|alert| &alert.id);
        let alert = row.alert.as_ref().filter(|alert| known != Some(&alert.id))?;
        Some((row.as_ref(), alert))
    })
}

fn sentence(row: &Row, alert: &Alert) -> String {
    let level = match alert.level {
        Level::Ok | Level::Warning => "Warning",
        Level::Critical => "Critical",
    };
    format!("{level}: {}, {}", fmt::title(&row.instance), fmt::crossing(alert.crossing))
}
