//! An account in which a small profile can be launched: a bucket, a role, builds of the agent.

use std::{fs, time::Duration};

use anyhow::{Context, Result};
use curfew_tests::{
    stand_in::{Fault, Match, Options, StandIn, State, Times},
    wait,
};

use crate::{
    account::{self, HERE, PROFILE},
    aws::launching::admin::Admin,
    cli::curfew::Home,
};

/// What anything here may take.
const BOUND: Duration = Duration::from_secs(30);

pub(super) struct Scene {
    pub(super) aws: StandIn,
    pub(super) home: Home,
}

impl Scene {
    pub(super) async fn new() -> Result<Self> {
        Self::with(Options::default()).await
    }

    pub(super) async fn with(options: Options) -> Result<Self> {
        let aws = StandIn::start_with(options).await?;
        account::furnish(&aws).await?;
        aws.clear_calls().await?;
        let home = Home::of(&aws)?.with_agents()?;
        home.profile("train", PROFILE)?;
        Ok(Self { aws, home })
    }

    /// Ids of the instances that are there or on their way.
    pub(super) async fn alive(&self) -> Result<Vec<String>> {
        let there = |state| !matches!(state, State::ShuttingDown | State::Terminated);
        let all = self.aws.instances(HERE).await?;
        Ok(all.into_iter().filter(|it| there(it.state)).map(|it| it.id).collect())
    }

    /// Names of the Auto Scaling groups and of the launch templates that are there.
    pub(super) async fn groups_and_templates(&self) -> Result<(Vec<String>, Vec<String>)> {
        let admin = Admin(&self.aws);
        let groups = texts(&admin.groups(HERE).await?, "AutoScalingGroupName");
        Ok((groups, texts(&admin.templates(HERE).await?, "launchTemplateName")))
    }

    /// Waits for the first instance.
    pub(super) async fn one_is_made(&self) -> Result<String> {
        let made = wait::until("an instance", BOUND, async || self.alive().await, |ids| !ids.is_empty());
        made.await?.pop().context("an instance")
    }

    /// Launches; the first requests that are meant meet a fault, the try without launching does not.
    pub(super) async fn launch_into(&self, fault: &Fault, times: u32) -> Result<(Option<i32>, String)> {
        let tried = Match::all().action("RunInstances").parameter("DryRun", "true");
        self.aws.fault(tried, Fault::Delay(Duration::from_secs(1)), Times::Only(1)).await?;
        let mut child = self.home.start("launch train --yes --detach", "said")?;
        self.faults_happened().await?;
        self.aws.fault(Match::all().action("RunInstances"), fault.clone(), Times::Only(times)).await?;
        let status = tokio::time::timeout(BOUND, child.wait()).await.context("it does not end")??;
        Ok((status.code(), self.said("said")?))
    }

    /// Waits until every fault has happened.
    pub(super) async fn faults_happened(&self) -> Result<()> {
        let look = async || self.aws.faults_are_spent().await;
        wait::until("the faults to happen", BOUND, look, |spent| *spent).await.map(drop)
    }

    /// Waits until every fault has happened, and says so; or until the program has ended without meeting one.
    pub(super) async fn happened_or_ended(&self, child: &mut tokio::process::Child) -> Result<bool> {
        let look = async || -> Result<(bool, bool)> {
            let spent = self.aws.faults_are_spent().await?;
            Ok((spent, child.try_wait()?.is_some()))
        };
        let what = "a fault to happen, or the program to end";
        Ok(wait::until(what, BOUND, look, |(spent, ended)| *spent || *ended).await?.0)
    }

    pub(super) fn said(&self, out: &str) -> Result<String> {
        Ok(fs::read_to_string(self.home.path(out))?)
    }

    /// Waits until something is said.
    pub(super) async fn until(&self, out: &str, text: &str) -> Result<()> {
        let what = format!("it to say {text:?}");
        wait::until(what, BOUND, async || self.said(out), |said| said.contains(text)).await.map(drop)
    }

    /// The agent's state file, as it writes it.
    pub(super) async fn agent_says(&self, phase: &str, instance: &str) -> Result<()> {
        account::agent_says(&self.aws, "train", phase, instance).await
    }
}

/// The texts of all elements of a name.
pub(super) fn texts(xml: &str, name: &str) -> Vec<String> {
    let begin = format!("<{name}>");
    let after = xml.split(&begin).skip(1);
    let mut texts: Vec<String> = after.filter_map(|rest| Some(rest.split_once('<')?.0.to_owned())).collect();
    texts.dedup();
    texts
}
