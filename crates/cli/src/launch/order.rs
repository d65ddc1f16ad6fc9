//! What is to be launched: one profile, perhaps several times, each in an environment of its own. Pure.

use std::hash::{BuildHasher, Hasher, RandomState};

use domain::{AccountName, Actor, LaunchId, launch::Wish};
use launch::{Profile, profile};

use crate::{
    failure::Failure,
    profiles::source::{Source, faulty},
};

/// One of the launches that were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct One {
    pub(super) source: Source,
    pub(super) profile: Profile,
}

/// The launches: the profile as it is, then the same with environments named after its own.
pub(super) fn all(source: Source, count: u8) -> Result<Vec<One>, Failure> {
    let profile = source.parse().map_err(|faults| faulty(&source, &faults))?;
    if profile.fleet.is_some() && count > 1 {
        let message = format!("{} is a fleet, of which there is one", source.name);
        return Err(Failure::usage(message, "For more members add --set fleet.desired=N, up to fleet.max."));
    }
    let environment = profile.agent.run.environment.to_string();
    let mut all = vec![One { source: source.clone(), profile }];
    for nth in 2..=count {
        let name = format!("{environment}-{nth}");
        let text = profile::set(&source.text, "run.environment", &name);
        let text = text.map_err(|fault| Failure::usage(format!("--count: {fault}"), ""))?;
        let shown = format!("{} with run.environment={name}", source.shown);
        let source = Source { text, shown, name: source.name.clone() };
        let profile = source.parse().map_err(|faults| faulty(&source, &faults))?;
        all.push(One { source, profile });
    }
    Ok(all)
}

impl One {
    /// As the engine is asked for it.
    pub(super) fn wish(&self, account: &AccountName, dry_run: bool) -> Wish {
        Wish {
            id: LaunchId::of(random()),
            account: account.clone(),
            profile: self.source.name.clone(),
            text: self.source.text.clone(),
            dry_run,
            actor: Actor::CommandLine,
        }
    }
}

/// The keys of a hasher are drawn from the system's randomness.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profiles::source::example;

    #[test]
    fn several_have_environments_of_their_own() {
        let all = all(example("s3-tracked").expect("an example"), 3).expect("three");
        let environments: Vec<String> =
            all.iter().map(|one| one.profile.agent.run.environment.to_string()).collect();
        assert_eq!(environments, ["dev", "dev-2", "dev-3"]);
        assert!(all.iter().all(|one| one.source.name == "s3-tracked"));
    }

    #[test]
    fn a_fleet_is_launched_once() {
        let refused = all(example("fleet").expect("an example"), 2).expect_err("refused");
        assert!(refused.text().contains("fleet is a fleet, of which there is one"), "{refused:?}");
    }

    #[test]
    fn a_profile_without_an_environment_has_its_own_name_for_one() {
        let all = all(example("g5-training").expect("an example"), 2).expect("two");
        assert_eq!(all[1].profile.agent.run.environment.to_string(), "g5-training-2");
    }

    #[test]
    fn every_launch_has_an_id_of_its_own() {
        let one = &all(example("fleet").expect("an example"), 1).expect("one")[0];
        let account = AccountName::new("me");
        assert_ne!(one.wish(&account, true).id, one.wish(&account, true).id);
    }
}
