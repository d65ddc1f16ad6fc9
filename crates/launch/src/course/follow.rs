//! An instance after it was launched: its alarm, its state, and what its agent says.

use std::time::Duration;

use domain::{
    CloudFault, Lifecycle, Problem, Target, Timestamp,
    launch::{AgentWord, Stage},
    time::{after, elapsed},
};

use super::{Course, Move, State};
use crate::{Answer, Call, Order};

/// Between two looks at it.
const EVERY: Duration = Duration::from_secs(5);

/// An agent that has said nothing for this long will hardly do so: booting and fetching it take two or three minutes.
const SILENCE: Duration = Duration::from_secs(15 * 60);

/// An instance that is followed.
#[derive(Clone, Debug)]
pub(crate) struct Following {
    target: Target,
    order: Order,
    since: Timestamp,
    next: Timestamp,
    lifecycle: Lifecycle,
    agent: Option<AgentWord>,
    remark: Option<Problem>,
    silent: bool,
    /// Whether the alarm is still being made.
    alarm_is_out: bool,
}

impl Following {
    pub(super) fn begin(
        target: Target,
        order: &Order,
        lifecycle: Lifecycle,
        alarm: bool,
        now: Timestamp,
    ) -> Self {
        Self {
            target,
            order: order.clone(),
            since: now,
            next: after(now, EVERY),
            lifecycle,
            agent: None,
            remark: None,
            silent: false,
            alarm_is_out: alarm,
        }
    }

    pub(super) fn target(&self) -> &Target {
        &self.target
    }

    pub(super) fn next(&self) -> Option<Timestamp> {
        self.goes_on().then_some(self.next)
    }

    /// Whether nothing more is made beside it.
    pub(super) fn is_whole(&self) -> bool {
        !self.alarm_is_out
    }

    /// What is looked at now: the instance, until it runs, and what its agent says.
    pub(super) fn due(&mut self, now: Timestamp) -> Vec<Call> {
        if !self.goes_on() || self.next > now {
            return Vec::new();
        }
        self.next = after(now, EVERY);
        if elapsed(now, self.since) >= SILENCE {
            self.give_up();
            return Vec::new();
        }
        let find = Call::Find { region: self.target.region.clone(), token: self.order.token.clone() };
        let listen = Call::Listen { home: self.order.home.clone(), instance: self.target.id.clone() };
        vec![find, listen]
    }

    pub(super) fn stage(&self) -> Stage {
        Stage::Launched {
            target: self.target.clone(),
            place: self.order.place.clone(),
            lifecycle: self.lifecycle,
            agent: self.agent.clone(),
            remark: self.remark.clone(),
            followed: self.goes_on(),
        }
    }

    fn goes_on(&self) -> bool {
        let settled = self.agent.as_ref().is_some_and(|word| word.settled);
        !(self.lifecycle.is_over() || settled || self.silent)
    }

    fn give_up(&mut self) {
        self.silent = true;
        let minutes = SILENCE.as_secs() / 60;
        self.remark = Some(Problem::new(
            "agent-silent",
            format!("the agent on {} has not begun its work within {minutes} minutes", self.target),
            format!(
                "See `curfew console {}`. A machine that cannot be guarded powers itself off.",
                self.target.id
            ),
        ));
    }
}

impl Course {
    /// What was seen of the instance. An answer that failed is asked for again in a moment; a missing alarm is said.
    pub(super) fn followed(&mut self, call: &Call, result: Result<Answer, CloudFault>) -> Vec<Move> {
        let State::Made(following) = &mut self.state else { return Vec::new() };
        following.alarm_is_out &= !matches!(call, Call::Alarm { .. });
        match (call, result) {
            (_, Ok(Answer::Listen(Some(word)))) => following.agent = Some(word),
            (_, Ok(Answer::Find(Some(found)))) => following.lifecycle = found.lifecycle,
            (Call::Alarm { .. }, Err(fault)) => following.remark = Some(fault.problem("making the alarm")),
            (_, Ok(_) | Err(_)) => {}
        }
        Vec::new()
    }
}
