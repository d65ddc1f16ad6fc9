//! A launch as everybody sees it.

use domain::launch::{Launch, Stage};

use super::{Course, Following, State, distinct};

impl Course {
    /// How it stands.
    pub fn view(&self) -> Launch {
        Launch {
            account: self.account.clone(),
            profile: self.profile.name.to_string(),
            actor: self.actor,
            begun: self.begun,
            dry_run: self.dry_run,
            fleet: self.profile.fleet.map(|fleet| fleet.desired),
            checks: self.survey.lines().to_vec(),
            refused: self.refused.clone(),
            places: distinct(self.refused.iter().map(|it| &it.place).chain(&self.places)),
            estimate: self.estimate.clone(),
            made: self.made.clone(),
            whole: self.following().is_none_or(Following::is_whole),
            stage: self.stage(),
        }
    }

    pub(super) fn stage(&self) -> Stage {
        match &self.state {
            State::Surveying | State::Delivering(_) | State::Permitting => Stage::Checking,
            State::Checked => Stage::Checked,
            State::Keeping(order) => self.requesting(&order.place),
            State::Ordering(ordering) if ordering.cancelled => Stage::Cancelling,
            State::Ordering(ordering) => self.requesting(&ordering.order.place),
            State::Made(following) => following.stage(),
            State::Grown(growing) => growing.stage(),
            State::Removing(_) => Stage::Cancelling,
            State::Cancelled => Stage::Cancelled,
            State::Failed(problem) => Stage::Failed(problem.clone()),
        }
    }

    fn requesting(&self, place: &domain::launch::Place) -> Stage {
        Stage::Requesting { place: place.clone(), nth: self.refused.len() + 1 }
    }
}
