//! What one PutLogEvents takes: pure.
//!
//! Source: CloudWatch Logs API reference, PutLogEvents: 1,048,576 bytes with 26 for each event, 10,000 events, in
//! chronological order, no more than 24 hours apart, not older than 14 days, not more than 2 hours ahead.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::Line;

const MOST_BYTES: usize = 1_048_576;
const EVENT_COSTS: usize = 26;
const MOST_EVENTS: usize = 10_000;
/// AWS takes a megabyte since 2025; 256 KiB, what it took before, other ends of the protocol still hold to.
const LONGEST: usize = 256 * 1024 - EVENT_COSTS;
const SPAN_MS: i64 = 24 * 3600 * 1000;
const OLDEST: SignedDuration = SignedDuration::from_hours(14 * 24);
const NEWEST: SignedDuration = SignedDuration::from_hours(2);

/// Lines that were not kept, or not whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Older than fourteen days, or than the group keeps.
    pub too_old: usize,
    /// More than two hours ahead.
    pub too_new: usize,
    /// Cut to 256 KiB.
    pub cut: usize,
}

/// An event as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event<'a> {
    /// Milliseconds since 1970.
    pub(super) at: i64,
    pub(super) text: &'a str,
}

impl Left {
    pub(super) fn add(&mut self, other: &Self) {
        self.too_old += other.too_old;
        self.too_new += other.too_new;
        self.cut += other.cut;
    }

    /// Reads `rejectedLogEventsInfo` of a batch: indices of the first and past the last that were kept.
    pub(super) fn read(info: &Value, events: usize) -> Self {
        let index = |name: &str| info[name].as_u64().and_then(|index| usize::try_from(index).ok());
        let old = index("tooOldLogEventEndIndex").max(index("expiredLogEventEndIndex")).unwrap_or(0);
        let new = index("tooNewLogEventStartIndex").unwrap_or(events);
        Self { too_old: old.min(events), too_new: events.saturating_sub(new), cut: 0 }
    }
}

/// Puts lines in order and parts them; what cannot be sent is left and counted. Lines without text are nothing.
pub(super) fn batches(lines: &[Line], now: Timestamp) -> (Vec<Vec<Event<'_>>>, Left) {
    let mut left = Left::default();
    let mut events: Vec<_> = lines.iter().filter_map(|line| event(line, now, &mut left)).collect();
    events.sort_by_key(|event| event.at);
    let (mut batches, mut bytes) = (Vec::<Vec<Event<'_>>>::new(), 0);
    for event in events {
        let cost = event.text.len() + EVENT_COSTS;
        let fits = batches.last().is_some_and(|batch| {
            let first = batch.first().map_or(event.at, |first| first.at);
            batch.len() < MOST_EVENTS && bytes + cost <= MOST_BYTES && event.at - first < SPAN_MS
        });
        match batches.last_mut().filter(|_| fits) {
            Some(batch) => {
                batch.push(event);
                bytes += cost;
            }
            None => {
                batches.push(vec![event]);
                bytes = cost;
            }
        }
    }
    (batches, left)
}

fn event<'a>(line: &'a Line, now: Timestamp, left: &mut Left) -> Option<Event<'a>> {
    let age = now.duration_since(line.at);
    if age > OLDEST {
        left.too_old += 1;
    } else if age < -NEWEST {
        left.too_new += 1;
    } else if !line.text.is_empty() {
        let at = line.at.as_millisecond();
        if line.text.len() <= LONGEST {
            return Some(Event { at, text: &line.text });
        }
        left.cut += 1;
        return Some(Event { at, text: &line.text[..line.text.floor_char_boundary(LONGEST)] });
    }
    None
}

#[cfg(test)]
mod tests;
