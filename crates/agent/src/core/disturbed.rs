//! What comes over a run from outside: a lost environment, nobody there, EC2's notice, a signal.

use std::time::Duration;

use super::{Beat, Core, Effect, End, Life, Why, checkpoint, say};
use crate::decide::{
    idle::{Step, Verdict},
    spot::{Action, Notice},
};

impl Core {
    pub(super) fn beaten(&mut self, beat: Beat, up: Duration, effects: &mut Vec<Effect>) {
        self.beat.under_way = false;
        match beat {
            Beat::Heard => {}
            Beat::Missed(why) => effects.push(say(format!("no heartbeat: {why}"))),
            Beat::Lost(why) => {
                // What is in the bucket is the other run's now.
                self.holds_lock = false;
                if self.repeats() {
                    self.end(End::Failed(why), up, effects);
                }
            }
        }
    }

    pub(super) fn looked(&mut self, found: &Verdict, up: Duration, effects: &mut Vec<Effect>) {
        self.look.under_way = false;
        let Some(rules) = self.plan.idle.clone().filter(|_| !self.plan.command && self.life == Life::Working)
        else {
            return;
        };
        effects.extend(self.watch.unsaid(found).iter().map(|because| say(because.to_string())));
        match self.watch.check(found, &rules, up) {
            Step::Wait => {}
            Step::Warn { r#in } => {
                effects.push(say(format!("nobody uses this machine: it ends in {} s", r#in.as_secs())));
            }
            Step::End => self.end(End::Idle, up, effects),
        }
    }

    pub(super) fn noticed(&mut self, notice: Notice, up: Duration, effects: &mut Vec<Effect>) {
        if notice.action == Action::Rebalance {
            return self.rebalance(up, effects);
        }
        if self.notice.is_some() {
            return;
        }
        effects.push(say(format!("DETECTED action={}", notice.action.as_str())));
        self.notice = Some(notice.clone());
        match &mut self.life {
            Life::Closing(closing) => closing.hurry(&notice),
            Life::New
            | Life::Identifying { .. }
            | Life::Locking { .. }
            | Life::Preparing
            | Life::Fetching
            | Life::Working => self.end(End::Interrupted(notice), up, effects),
            Life::Waiting | Life::Down(_) | Life::Over | Life::Left => {}
        }
    }

    pub(super) fn rebalance(&mut self, up: Duration, effects: &mut Vec<Effect>) {
        let Some(plan) = self.plan.checkpoint.filter(|it| it.on_rebalance) else { return };
        if self.life == Life::Working && !self.checkpoint.under_way {
            self.checkpoint.under_way = true;
            effects.push(checkpoint(Why::Periodic, Some(up + plan.deadline), self.plan.limit));
        }
    }

    pub(super) fn signalled(&mut self, up: Duration, effects: &mut Vec<Effect>) {
        match &mut self.life {
            Life::New
            | Life::Identifying { .. }
            | Life::Locking { .. }
            | Life::Preparing
            | Life::Fetching
            | Life::Working => self.end(End::Signalled, up, effects),
            Life::Closing(closing) => closing.leave_instead(up),
            // It is on its way, and this is the way: systemd ends everybody.
            Life::Waiting | Life::Down(_) | Life::Over => self.leave(effects),
            Life::Left => {}
        }
    }
}
