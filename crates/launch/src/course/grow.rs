//! A fleet after it was made: how many of its members run, and what keeps the others from coming.

use std::time::Duration;

use domain::{
    CloudFault, FaultKind, Problem, Timestamp,
    launch::{GroupTarget, Headcount, Made, Stage},
    time::{after, elapsed},
};

use super::{Course, Move, Ordering, State, find};
use crate::{
    Answer, Call, Order,
    call::GroupFacts,
    order::{End, FleetOrder},
};

/// Between two looks at it.
const EVERY: Duration = Duration::from_secs(5);

/// Members that have not come by then are told of; the group goes on trying.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// A fleet that is followed.
#[derive(Clone, Debug)]
pub(crate) struct Growing {
    group: GroupTarget,
    order: Order,
    since: Timestamp,
    next: Timestamp,
    members: Headcount,
    remark: Option<Problem>,
}

impl Growing {
    /// What is kept of it once everybody was told.
    pub(super) fn end(&self) -> End {
        End::Grown(self.group.clone())
    }

    fn begin(group: GroupTarget, order: &Order, facts: GroupFacts, now: Timestamp) -> Self {
        let (order, next, members) = (order.clone(), after(now, EVERY), facts.members);
        Self { group, order, since: now, next, members, remark: None }
    }

    /// The question how many there are.
    pub(super) fn count(&self) -> Call {
        find(&self.order)
    }

    pub(super) fn next(&self) -> Option<Timestamp> {
        self.goes_on().then_some(self.next)
    }

    pub(super) fn due(&mut self, now: Timestamp) -> Option<Call> {
        if !self.goes_on() || self.next > now {
            return None;
        }
        self.next = after(now, EVERY);
        Some(self.count())
    }

    pub(super) fn stage(&self) -> Stage {
        Stage::Grown {
            group: self.group.clone(),
            members: self.members,
            remark: self.remark.clone(),
            followed: self.goes_on(),
        }
    }

    fn goes_on(&self) -> bool {
        self.remark.is_none() && self.members.running < self.members.desired
    }

    fn seen(&mut self, facts: GroupFacts, now: Timestamp) {
        self.members = facts.members;
        if self.goes_on() && elapsed(now, self.since) >= PATIENCE {
            self.remark = Some(self.short(facts.trouble.as_deref()));
        }
    }

    fn short(&self, trouble: Option<&str>) -> Problem {
        let minutes = PATIENCE.as_secs() / 60;
        let why = trouble.map(|trouble| format!(": {trouble}")).unwrap_or_default();
        let message = format!("{} has {} after {minutes} minutes{why}", self.group, self.members);
        let hint = "The group goes on trying. More types in the profile give it more places to try.";
        Problem::new("fleet-short", message, hint)
    }
}

impl Course {
    /// The group is there.
    pub(super) fn grown(&mut self, ordering: &Ordering, facts: GroupFacts, now: Timestamp) -> Vec<Move> {
        let Some(fleet) = &ordering.order.fleet else { return Vec::new() };
        let group = self.group(&ordering.order, fleet);
        self.made = Some(Made::Group(group.clone()));
        self.state = State::Grown(Box::new(Growing::begin(group, &ordering.order, facts, now)));
        if ordering.cancelled { self.cancel() } else { Vec::new() }
    }

    pub(super) fn group(&self, order: &Order, fleet: &FleetOrder) -> GroupTarget {
        let (account, region) = (self.account.clone(), order.place.region.clone());
        GroupTarget { account, region, name: fleet.name.clone() }
    }

    /// A refusal because there is a fleet of the name, which another launch made.
    pub(super) fn fleet_there(&self, order: &Order, fault: &CloudFault) -> Option<Problem> {
        let group = self.group(order, order.fleet.as_ref()?);
        let is_there = matches!(&fault.kind, FaultKind::Refused { code } if code == "AlreadyExists");
        is_there.then(|| {
            let hint = format!(
                "Its size is changed with `aws autoscaling set-desired-capacity --region {} --auto-scaling-group-name {} \
                 --desired-capacity N`; to launch it anew, delete it first.",
                group.region, group.name
            );
            Problem::new("fleet-there", format!("there is a fleet {group} already"), hint)
        })
    }

    /// How its members come. An answer that failed is asked for again in a moment.
    pub(super) fn counted(&mut self, result: Result<Answer, CloudFault>, now: Timestamp) -> Vec<Move> {
        let State::Grown(growing) = &mut self.state else { return Vec::new() };
        match result {
            Ok(Answer::FindGroup(Some(facts))) => growing.seen(facts, now),
            Ok(Answer::FindGroup(None)) => {
                growing.remark = Some(Problem::new(
                    "fleet-gone",
                    format!("{} is not there any more", growing.group),
                    "Somebody has deleted it, and with it its members.",
                ));
            }
            Ok(_) | Err(_) => {}
        }
        Vec::new()
    }

    pub(super) fn remove_group(&mut self) -> Vec<Move> {
        let State::Grown(growing) = &self.state else { return Vec::new() };
        let token = growing.order.token.clone();
        self.remove(super::removal::Taken::Group { group: growing.group.clone(), token })
    }
}
