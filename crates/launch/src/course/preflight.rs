//! The part of a launch that creates nothing: questions, the agent's way to the bucket, and the launch that is only tried.

use std::collections::BTreeMap;

use domain::{
    CloudFault, Region, Timestamp,
    launch::{Check, CheckState, Estimate, Place, Refused},
};

use super::{Course, Move, State};
use crate::{Answer, Call, survey::judge};

impl Course {
    pub(super) fn surveyed(
        &mut self,
        call: &Call,
        result: Result<Answer, CloudFault>,
        now: Timestamp,
    ) -> Vec<Move> {
        let next = self.survey.answered(&self.profile, call, result);
        if !self.survey.is_complete() {
            return next.into_iter().map(Move::Ask).collect();
        }
        self.survey.check_needs(&self.profile);
        self.places = self.spare(self.survey.places(&self.profile), now);
        if self.places.is_empty() {
            return self.fail(self.survey.why_nowhere());
        }
        self.price(now);
        let deliveries = self.survey.deliveries(&self.profile, &self.places);
        self.survey.set(Check::Agent, None, CheckState::Asking);
        self.state = State::Delivering(deliveries.len());
        deliveries.into_iter().map(Move::Ask).collect()
    }

    /// Leaves out what had no capacity a moment ago, unless nothing else is left.
    fn spare(&mut self, places: Vec<Place>, now: Timestamp) -> Vec<Place> {
        let (fresh, left): (Vec<Place>, Vec<Place>) =
            places.into_iter().partition(|place| self.refusals.is_fresh(place, now));
        if left.is_empty() {
            return fresh;
        }
        let refused = |place| Refused { place, at: now, why: "refused a moment ago".into(), asked: false };
        self.refused.extend(fresh.into_iter().map(refused));
        left
    }

    pub(super) fn delivered(
        &mut self,
        region: &Region,
        call: &Call,
        result: Result<Answer, CloudFault>,
        now: Timestamp,
    ) -> Vec<Move> {
        self.survey.answered(&self.profile, call, result.clone());
        let downloads = match result {
            Ok(Answer::Deliver(downloads)) => downloads,
            Ok(_) => BTreeMap::new(),
            Err(_) => return self.fail(self.survey.why_nowhere()),
        };
        self.downloads.insert(region.clone(), downloads);
        let State::Delivering(left) = &mut self.state else { return Vec::new() };
        *left = left.saturating_sub(1);
        if *left > 0 {
            return Vec::new();
        }
        self.try_permission(now)
    }

    fn try_permission(&mut self, now: Timestamp) -> Vec<Move> {
        let Some(first) = self.places.first().cloned() else { return self.fail(self.survey.why_nowhere()) };
        match self.draft(&first, 0, now) {
            Ok(order) => {
                let bytes = order.user_data.len();
                let most = protocol::userdata::MOST_BYTES;
                let text = format!("{bytes} of {most} bytes");
                self.survey.set(Check::UserData, None, CheckState::Good(text));
                self.survey.set(Check::Permission, None, CheckState::Asking);
                self.state = State::Permitting;
                vec![Move::Ask(Call::Permission(Box::new(order)))]
            }
            Err(problem) => {
                self.survey.set(Check::UserData, None, CheckState::Bad(problem.clone()));
                self.fail(problem)
            }
        }
    }

    pub(super) fn permitted(
        &mut self,
        call: &Call,
        result: Result<Answer, CloudFault>,
        now: Timestamp,
    ) -> Vec<Move> {
        let doubt = self.survey.permitted(&self.profile, call, result);
        if let Some(problem) = doubt {
            return self.fail(problem);
        }
        if self.dry_run {
            self.state = State::Checked;
            return Vec::new();
        }
        self.request_next(now)
    }

    /// What the first place costs; the others may differ, and are reckoned anew when they are asked.
    fn price(&mut self, now: Timestamp) {
        let Some(first) = self.places.first().cloned() else { return };
        let cost = self.cost(&first, now);
        self.survey.set(Check::Price, None, judge::cost(&cost));
        self.estimate = cost.limit.runtime().map(|longest| Estimate {
            hourly: cost.hourly,
            expected: cost.expected,
            worst: cost.worst,
            longest_s: longest.as_secs(),
        });
    }
}
