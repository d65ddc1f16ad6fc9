//! Asking one place after another, each exactly once however often the network fails.

use domain::{
    CloudFault, Problem, Timestamp,
    launch::{Place, Refused},
    time::elapsed,
};

use super::{Course, FRESH, Move, Ordering, PATIENCE, State, Step, distinct, find, later};
use crate::{
    Answer, Call, Order,
    call::Found,
    order::RecordState,
    refusal::{self, Meaning},
};

impl Ordering {
    /// When it wants to be woken.
    pub(super) fn next(&self) -> Option<Timestamp> {
        match self.step {
            Step::FindAt(at) | Step::RequestAt(at) => Some(at),
            Step::Requested | Step::Finding => None,
        }
    }

    /// The call that time has made due.
    pub(super) fn due(&mut self, now: Timestamp) -> Option<Call> {
        match self.step {
            Step::FindAt(at) if at <= now => {
                self.step = Step::Finding;
                Some(find(&self.order))
            }
            Step::RequestAt(at) if at <= now => {
                self.step = Step::Requested;
                self.tries += 1;
                Some(Call::Request(self.order.clone()))
            }
            Step::FindAt(_) | Step::RequestAt(_) | Step::Finding | Step::Requested => None,
        }
    }

    fn is_over(&self, now: Timestamp) -> bool {
        elapsed(now, self.since) >= PATIENCE
    }
}

impl Course {
    /// The next place's order, on its way to the disk.
    pub(super) fn request_next(&mut self, now: Timestamp) -> Vec<Move> {
        let tried = self.refused.len();
        let Some(place) = self.places.first().cloned() else {
            return if self.is_resumed() { self.start_over() } else { self.nowhere() };
        };
        // A new token for every place: the same one with other parameters is refused.
        match self.draft(&place, tried + 1, now) {
            Ok(order) => {
                let record = self.keep(RecordState::Sent(Box::new(order.clone())));
                self.state = State::Keeping(Box::new(order));
                vec![record]
            }
            Err(problem) => self.fail(problem),
        }
    }

    /// The order is on disk and may go.
    pub(super) fn send(&mut self, order: Box<Order>, now: Timestamp) -> Vec<Move> {
        let call = Call::Request(order.clone());
        let step = Step::Requested;
        let ordering = Ordering { order, sent: now, since: now, tries: 1, step, cancelled: false };
        self.state = State::Ordering(Box::new(ordering));
        vec![Move::Ask(call)]
    }

    /// What came of an order, or of asking what came of it.
    pub(super) fn ordered(&mut self, result: Result<Answer, CloudFault>, now: Timestamp) -> Vec<Move> {
        let State::Ordering(ordering) = &self.state else { return Vec::new() };
        let ordering = (**ordering).clone();
        match (result, ordering.step) {
            (Ok(Answer::Request(found) | Answer::Find(Some(found))), _) => {
                self.arrived(&ordering, found, now)
            }
            (Ok(Answer::Grown(facts) | Answer::FindGroup(Some(facts))), _) => {
                self.grown(&ordering, facts, now)
            }
            (Ok(Answer::Find(None) | Answer::FindGroup(None)), _) => self.not_there(ordering, now),
            (Ok(_), _) => self.wait(ordering, now),
            (Err(fault), Step::Requested) => self.refused(ordering, &fault, now),
            (Err(_), Step::Finding | Step::FindAt(_) | Step::RequestAt(_)) => self.wait(ordering, now),
        }
    }

    fn arrived(&mut self, ordering: &Ordering, found: Found, now: Timestamp) -> Vec<Move> {
        if found.lifecycle.is_over() {
            return self.came_and_went(ordering, &found);
        }
        let mut moves = self.made(&ordering.order, found, now);
        if ordering.cancelled {
            // Without the alarm, which would be made only to be removed.
            moves.truncate(1);
            moves.extend(self.cancel());
        }
        moves
    }

    /// EC2 took it back at once, for want of capacity or a volume; or it has ended since a crash.
    fn came_and_went(&mut self, ordering: &Ordering, found: &Found) -> Vec<Move> {
        if self.is_resumed() && !ordering.cancelled {
            return self.start_over();
        }
        let message = format!(
            "{} in {} was launched and is {} already",
            found.id,
            ordering.order.place.zone,
            found.lifecycle.as_str()
        );
        let ended = self.forget(&message);
        self.state = State::Failed(Problem::new(
            "went-at-once",
            message,
            "Its state reason in the AWS console says why.",
        ));
        vec![ended]
    }

    /// Nothing has come of the order so far: the same again, as long as it can be the same.
    fn not_there(&mut self, mut ordering: Ordering, now: Timestamp) -> Vec<Move> {
        if ordering.cancelled {
            return self.call_off();
        }
        if elapsed(now, ordering.sent) >= FRESH {
            return self.start_over();
        }
        if ordering.is_over(now) {
            return self.unknown(&ordering.order);
        }
        let call = Call::Request(ordering.order.clone());
        ordering.step = Step::Requested;
        ordering.tries += 1;
        self.state = State::Ordering(Box::new(ordering));
        vec![Move::Ask(call)]
    }

    /// Nothing has come of the order, and nothing is to come.
    fn call_off(&mut self) -> Vec<Move> {
        let swept = self.sweep();
        self.state = State::Cancelled;
        [self.forget("called off")].into_iter().chain(swept).collect()
    }

    fn refused(&mut self, mut ordering: Ordering, fault: &CloudFault, now: Timestamp) -> Vec<Move> {
        let meaning = refusal::meaning(fault);
        match meaning {
            Meaning::NotHere(why) | Meaning::NotThisType(why) | Meaning::NotThisFamily(why)
                if ordering.order.fleet.is_none() =>
            {
                self.strike(&meaning, &ordering.order.place, why, now);
                if ordering.cancelled {
                    return self.call_off();
                }
                self.request_next(now)
            }
            Meaning::SlowDown if !ordering.is_over(now) => {
                ordering.step = Step::RequestAt(later(now, ordering.tries));
                self.state = State::Ordering(Box::new(ordering));
                Vec::new()
            }
            Meaning::Lost => self.wait(ordering, now),
            // A group has all places already: there is no next one.
            Meaning::NotHere(_)
            | Meaning::NotThisType(_)
            | Meaning::NotThisFamily(_)
            | Meaning::SlowDown
            | Meaning::End => {
                let problem = self
                    .fleet_there(&ordering.order, fault)
                    .unwrap_or_else(|| fault.problem(&format!("launching {}", ordering.order.place)));
                let message = self.with_tried(&problem.message);
                let problem = Problem { message, ..problem };
                if let Some(fleet) = &ordering.order.fleet {
                    let group = self.group(&ordering.order, fleet);
                    return self.remove_refused(group, ordering.order.token.clone(), problem);
                }
                let ended = self.forget(&problem.message);
                self.state = State::Failed(problem);
                vec![ended]
            }
        }
    }

    /// The answer was lost: in a moment it is asked what became of it.
    fn wait(&mut self, mut ordering: Ordering, now: Timestamp) -> Vec<Move> {
        if ordering.is_over(now) {
            return self.unknown(&ordering.order);
        }
        ordering.step = Step::FindAt(later(now, ordering.tries));
        ordering.tries += 1;
        self.state = State::Ordering(Box::new(ordering));
        Vec::new()
    }

    /// Takes a place out, and the others that the refusal speaks of.
    fn strike(&mut self, meaning: &Meaning, place: &Place, why: &str, now: Timestamp) {
        let (out, left): (Vec<Place>, Vec<Place>) = std::mem::take(&mut self.places)
            .into_iter()
            .partition(|other| other == place || refusal::rules_out(meaning, place, other));
        self.places = left;
        for other in out {
            if matches!(meaning, Meaning::NotHere(_)) {
                self.refusals.remember(other.clone(), now);
            }
            let asked = other == *place;
            self.refused.push(Refused { place: other, at: now, why: why.to_owned(), asked });
        }
    }

    fn nowhere(&mut self) -> Vec<Move> {
        let message = self.with_tried("there is no place left to launch in");
        let hint = "Try again in some minutes, or add regions, types or a market to the profile.";
        let ended = self.forget(&message);
        self.state = State::Failed(Problem::new("no-capacity", message, hint));
        vec![ended]
    }

    /// `...: tried 5 of 12: g5.xlarge in us-east-1a: no capacity; ...`.
    fn with_tried(&self, message: &str) -> String {
        if self.refused.is_empty() {
            return message.to_owned();
        }
        let all = distinct(self.refused.iter().map(|it| &it.place).chain(&self.places));
        let each: Vec<String> = self.refused.iter().map(|it| format!("{}: {}", it.place, it.why)).collect();
        let asked = self.refused.iter().filter(|it| it.asked).count();
        format!("{message}: tried {asked} of {all}: {}", each.join("; "))
    }

    /// Kept open: the next launch of the profile begins by asking what became of this one.
    fn unknown(&mut self, order: &Order) -> Vec<Move> {
        let problem = Problem::new(
            "unknown-outcome",
            format!(
                "AWS was asked for {} and its answer was lost: whether it launched is not known",
                order.place
            ),
            "Launch the profile again: it finds what this launch made, or makes it, and never a second one.",
        );
        self.fail(problem)
    }
}
