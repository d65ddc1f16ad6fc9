//! Taking back what a launch made: asked for again where EC2 does not know it yet, or where the answer was lost.

use domain::{CloudFault, FaultKind, Problem, Target, Timestamp};

use super::{Course, Move, State, later};
use crate::{Answer, Call};

/// How often it is asked for: over three quarters of a minute.
const TRIES: u32 = 7;

/// An instance that is being removed.
#[derive(Clone, Debug)]
pub(super) struct Removal {
    target: Target,
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
    pub(super) fn remove(&mut self, target: Target) -> Vec<Move> {
        self.state = State::Removing(Removal { target, tries: 1, again: None });
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
                self.state = State::Cancelled;
                return vec![self.forget("called off")];
            }
            Err(fault) if passes(&fault) && removal.tries < TRIES => {
                removal.again = Some(later(now, removal.tries));
            }
            Err(fault) => {
                let target = &removal.target;
                let problem = fault.problem(&format!("removing {target}"));
                let hint =
                    format!("It may still run and cost: `curfew terminate {}`. {}", target.id, problem.hint);
                self.state = State::Failed(Problem { hint, ..problem });
            }
        }
        Vec::new()
    }

    fn ask_to_remove(&self) -> Vec<Move> {
        let State::Removing(removal) = &self.state else { return Vec::new() };
        let alarm = self.profile.alarm.is_some();
        vec![Move::Ask(Call::Remove { target: removal.target.clone(), alarm })]
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
