//! Taking back what a launch made: asked for again where EC2 does not know it yet, or where the answer was lost.

use domain::{CloudFault, FaultKind, Problem, Target, Timestamp, launch::GroupTarget};

use super::{Course, Move, State, later};
use crate::{Answer, Call, ClientToken};

/// How often it is asked for: over three quarters of a minute.
const TRIES: u32 = 7;

/// What is taken back.
#[derive(Clone, Debug)]
pub(super) enum Taken {
    Instance(Target),
    Group { group: GroupTarget, token: ClientToken },
}

impl Taken {
    fn name(&self) -> String {
        match self {
            Self::Instance(target) => target.to_string(),
            Self::Group { group, .. } => format!("the fleet {group}"),
        }
    }

    /// What a person does where it cannot be removed.
    fn way_out(&self) -> String {
        match self {
            Self::Instance(target) => format!("`curfew terminate {}`.", target.id),
            Self::Group { group, .. } => {
                format!("delete the Auto Scaling group {} in the AWS console.", group.name)
            }
        }
    }
}

/// What is being removed.
#[derive(Clone, Debug)]
pub(super) struct Removal {
    what: Taken,
    /// Why, if it was not called off.
    because: Option<Problem>,
    tries: u32,
    /// When it is asked for again; nothing while an answer is waited for.
    again: Option<Timestamp>,
}

impl Removal {
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.again
    }
}

impl Course {
    pub(super) fn remove(&mut self, what: Taken) -> Vec<Move> {
        self.begin_to_remove(what, None)
    }

    /// Of a fleet that was refused half-way nothing stays, and the refusal is told.
    pub(super) fn remove_refused(
        &mut self,
        group: GroupTarget,
        token: ClientToken,
        why: Problem,
    ) -> Vec<Move> {
        self.begin_to_remove(Taken::Group { group, token }, Some(why))
    }

    fn begin_to_remove(&mut self, what: Taken, because: Option<Problem>) -> Vec<Move> {
        self.state = State::Removing(Removal { what, because, tries: 1, again: None });
        self.ask_to_remove()
    }

    /// Asks again, when its time has come.
    pub(super) fn remove_again(&mut self, now: Timestamp) -> Vec<Move> {
        if let State::Removing(removal) = &mut self.state
            && removal.again.is_some_and(|at| at <= now)
        {
            (removal.tries, removal.again) = (removal.tries + 1, None);
            return self.ask_to_remove();
        }
        Vec::new()
    }

    pub(super) fn removed(&mut self, result: Result<Answer, CloudFault>, now: Timestamp) -> Vec<Move> {
        let State::Removing(removal) = &mut self.state else { return Vec::new() };
        match result {
            Ok(_) => {
                let (state, why) = match removal.because.take() {
                    Some(problem) => (State::Failed(problem.clone()), problem.message),
                    None => (State::Cancelled, "called off".to_owned()),
                };
                self.state = state;
                return vec![self.forget(&why)];
            }
            Err(fault) if passes(&fault) && removal.tries < TRIES => {
                removal.again = Some(later(now, removal.tries));
            }
            Err(fault) => {
                let problem = fault.problem(&format!("removing {}", removal.what.name()));
                let hint = format!("It may still run and cost: {} {}", removal.what.way_out(), problem.hint);
                let message = match &removal.because {
                    Some(refusal) => format!("{}; {}", refusal.message, problem.message),
                    None => problem.message.clone(),
                };
                self.state = State::Failed(Problem { message, hint, ..problem });
            }
        }
        Vec::new()
    }

    fn ask_to_remove(&self) -> Vec<Move> {
        let State::Removing(removal) = &self.state else { return Vec::new() };
        let alarm = self.profile.alarm.is_some();
        vec![Move::Ask(match removal.what.clone() {
            Taken::Instance(target) => Call::Remove { target, alarm },
            Taken::Group { group, token } => Call::RemoveGroup { group, token },
        })]
    }
}

/// Whether it may go better in a moment. An instance that was just launched is not known everywhere at once.
///
/// Source: <https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html>.
fn passes(fault: &CloudFault) -> bool {
    matches!(
        fault.kind,
        FaultKind::NotFound
            | FaultKind::Throttled
            | FaultKind::Unreachable
            | FaultKind::TimedOut { .. }
            | FaultKind::Garbled
    )
}
