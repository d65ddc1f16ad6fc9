//! From a profile to what the instance is told: what is known only at the launch is filled in.

use std::{collections::BTreeMap, time::Duration};

use domain::{Region, instance::PROFILE_TAG};
use protocol::{
    AgentConfig, Environment,
    config::Fleet,
    userdata::{Architecture, Download, GRACE, UserData, UserDataFault},
};

use super::Profile;

/// What is known only at the launch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fill {
    /// Instead of the profile's environment, for example of a second run beside the first.
    pub environment: Option<Environment>,
    /// The bucket that was prepared in the region, for a profile that names none.
    pub bucket: Option<String>,
    /// Where the bucket lies, if that was looked up.
    pub bucket_region: Option<Region>,
    /// What the money suffices for: see [`crate::cost::RunLimit`]. It only ever shortens the profile's own limit.
    pub max_runtime: Option<Duration>,
}

/// Why there is nothing to tell an instance.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FillFault {
    /// Neither the profile nor the region has one.
    #[error(
        "there is no bucket for {wants}: name one as run.bucket in the profile, or make one with `curfew prepare`"
    )]
    NoBucket {
        /// What goes there.
        wants: String,
    },
    /// There is no script.
    #[error(transparent)]
    Script(#[from] UserDataFault),
}

impl Profile {
    /// What of the profile goes into a bucket; nothing if it can do without.
    pub fn wants_bucket(&self) -> Vec<&'static str> {
        let run = &self.agent.run;
        let wants = [
            (run.command.is_some(), "the state and logs of run.command"),
            (!run.results.is_empty(), "run.results"),
            (self.agent.checkpoint.is_some(), "checkpoint"),
        ];
        wants.into_iter().filter_map(|(wanted, what)| wanted.then_some(what)).collect()
    }

    /// The group of a fleet, and how many places it has. The name is what keeps two from being made.
    pub fn membership(&self) -> Option<Fleet> {
        self.fleet.map(|fleet| Fleet { group: format!("curfew-{}", self.name), members: fleet.max })
    }

    /// `[tags]`, and those by which whatever it launches is known.
    pub fn all_tags(&self) -> BTreeMap<String, String> {
        let mut tags = self.tags.clone();
        tags.entry("Name".into()).or_insert_with(|| self.name.to_string());
        tags.insert(PROFILE_TAG.into(), self.name.to_string());
        tags
    }

    /// What the agent is told.
    ///
    /// # Errors
    /// [`FillFault::NoBucket`].
    pub fn agent_config(&self, fill: &Fill) -> Result<AgentConfig, FillFault> {
        let mut config = self.agent.clone();
        let run = &mut config.run;
        run.bucket = run.bucket.take().or_else(|| fill.bucket.clone());
        run.region = fill.bucket_region.as_ref().map(Region::to_string).or_else(|| run.region.take());
        let wants = self.wants_bucket();
        if run.bucket.is_none() && !wants.is_empty() {
            return Err(FillFault::NoBucket { wants: wants.join(", ") });
        }
        if let Some(environment) = &fill.environment {
            run.environment = environment.clone();
        }
        let limits = &mut config.limits;
        limits.max_runtime = fill.max_runtime.map_or(limits.max_runtime, |most| most.min(limits.max_runtime));
        config.fleet = self.membership();
        Ok(config)
    }

    /// The script that puts the agent on the instance, exactly as it is sent.
    ///
    /// # Errors
    /// [`FillFault`]; among it that the script is longer than what EC2 takes.
    pub fn user_data(
        &self,
        fill: &Fill,
        downloads: BTreeMap<Architecture, Download>,
    ) -> Result<String, FillFault> {
        let agent_toml = self.agent_config(fill)?.render();
        Ok(UserData { agent_toml, downloads, grace: GRACE }.render()?)
    }
}

#[cfg(test)]
mod tests;
