//! An instance after it was launched: its alarm, its state, and what its agent says.

use std::time::Duration;

use domain::{
    CloudFault, Lifecycle, Problem, Target, Timestamp,
    launch::{AgentWord, Place},
    time::{after, elapsed},
};

use super::{Course, Move, State};
use crate::{Answer, Call, Order};

/// Between two looks at what the agent says.
const EVERY: Duration = Duration::from_secs(5);

/// An agent that has said nothing for this long will hardly do so: booting and fetching it take two or three minutes.
const SILENCE: Duration = Duration::from_secs(15 * 60);

/// An instance that is followed.
#[derive(Clone, Debug)]
pub(crate) struct Following {
    target: Target,
    place: Place,
    since: Timestamp,
    lifecycle: Lifecycle,
    agent: Option<AgentWord>,
    remark: Option<Problem>,
    listen: Option<(Call, Timestamp)>,
}

impl Following {
    pub(super) fn begin(target: Target, order: &Order, lifecycle: Lifecycle, now: Timestamp) -> Self {
        let call = Call::Listen { home: order.home.clone(), instance: target.id.clone() };
        let listen = Some((call, after(now, EVERY)));
        Self { target, place: order.place.clone(), since: now, lifecycle, agent: None, remark: None, listen }
    }

    pub(super) fn target(&self) -> &Target {
        &self.target
    }

    pub(super) fn seen(&mut self, lifecycle: Lifecycle) {
        self.lifecycle = lifecycle;
    }

    pub(super) fn next(&self) -> Option<Timestamp> {
        self.listen.as_ref().filter(|_| !self.is_settled()).map(|(_, at)| *at)
    }

    pub(super) fn due(&mut self, now: Timestamp) -> Option<Call> {
        if self.is_settled() {
            return None;
        }
        if elapsed(now, self.since) >= SILENCE {
            self.give_up();
            return None;
        }
        let (call, at) = self.listen.as_mut().filter(|(_, at)| *at <= now)?;
        *at = after(now, EVERY);
        Some(call.clone())
    }

    pub(super) fn stage(&self) -> domain::launch::Stage {
        domain::launch::Stage::Launched {
            target: self.target.clone(),
            place: self.place.clone(),
            lifecycle: Some(self.lifecycle),
            agent: self.agent.clone(),
            remark: self.remark.clone(),
        }
    }

    fn is_settled(&self) -> bool {
        self.lifecycle.is_over() || self.agent.as_ref().is_some_and(|word| word.settled)
    }

    fn give_up(&mut self) {
        self.listen = None;
        self.remark = Some(Problem::new(
            "agent-silent",
            format!("the agent on {} has said nothing for {} minutes", self.target, SILENCE.as_secs() / 60),
            format!(
                "Look at `curfew console {}`; a machine without an agent powers itself off.",
                self.target.id
            ),
        ));
    }
}

impl Course {
    pub(super) fn followed(&mut self, call: &Call, result: Result<Answer, CloudFault>) -> Vec<Move> {
        let State::Made(following) = &mut self.state else { return Vec::new() };
        match result {
            Ok(Answer::Listen(Some(word))) => following.agent = Some(word),
            Ok(_) => {}
            // The state file is read again in a moment; an alarm that is missing is said.
            Err(fault) => {
                if let Call::Alarm { .. } = call {
                    following.remark = Some(fault.problem("making the alarm"));
                }
            }
        }
        Vec::new()
    }
}
