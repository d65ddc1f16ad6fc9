//! Going on from where a launch stands: after a person's yes, or after a crash.

use std::time::Duration;

use domain::{LaunchId, Timestamp, time::elapsed};
use protocol::Environment;

use super::{Course, Move, Ordering, State, Step, find};
use crate::{Order, survey::Survey};

/// What was looked at longer ago is looked at again: prices move, and the agent's URLs expire.
const HOLDS: Duration = Duration::from_secs(5 * 60);

impl Course {
    /// Goes on where a dry run stopped, with what it found: what was seen is what is launched.
    pub fn confirm(&mut self, now: Timestamp) -> Vec<Move> {
        if !matches!(self.state, State::Checked) {
            return Vec::new();
        }
        self.dry_run = false;
        if elapsed(now, self.begun) < HOLDS {
            return self.request_next(now);
        }
        self.refused.clear();
        self.look_around()
    }

    /// Goes on with an order that a crash left open: first of all, what became of it?
    pub fn take_up(&mut self, kept_as: LaunchId, order: Order, sent: Timestamp, now: Timestamp) -> Vec<Move> {
        let find = find(&order);
        self.dry_run = false;
        self.kept_as = kept_as;
        self.places = vec![order.place.clone()];
        let order = Box::new(order);
        let ordering = Ordering { order, sent, since: now, tries: 1, step: Step::Finding, cancelled: false };
        self.state = State::Ordering(Box::new(ordering));
        vec![Move::Ask(find)]
    }

    /// Everything is asked, as at the beginning.
    pub(super) fn look_around(&mut self) -> Vec<Move> {
        let (survey, calls) = Survey::begin(&self.profile);
        self.survey = survey;
        self.state = State::Surveying;
        calls.into_iter().map(Move::Ask).collect()
    }

    /// Whose state and lock the run takes: two of a profile at once are meant if they differ in this.
    pub fn environment(&self) -> &Environment {
        &self.profile.agent.run.environment
    }
}
