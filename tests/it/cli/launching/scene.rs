//! An account in which a small profile can be launched: a bucket, a role, builds of the agent.

use std::{fs, time::Duration};

use anyhow::{Context, Result};
use curfew_tests::{
    stand_in::{Fault, Match, Options, StandIn, State, Times},
    wait,
};

use crate::{aws::launching::admin::Admin, cli::curfew::Home};

pub(super) const HERE: &str = "us-east-1";
const BUCKET: &str = "results";
/// What anything here may take.
const BOUND: Duration = Duration::from_secs(30);

/// On demand, so that a place is a zone.
pub(super) const PROFILE: &str = r#"
regions = ["us-east-1"]
types = ["t3.micro"]
image = "ubuntu-24.04"

[disk]
size_gib = 40

[network]
instance_profile = "trainer"

[run]
bucket = "results"
command = "python train.py"
"#;

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
        let admin = Admin(&aws);
        admin.bucket(BUCKET, HERE).await?;
        admin.iam("CreateInstanceProfile", "InstanceProfileName=trainer").await?;
        let trust = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D";
        admin.iam("CreateRole", &format!("RoleName=trainer&AssumeRolePolicyDocument={trust}")).await?;
        admin.iam("AddRoleToInstanceProfile", "RoleName=trainer&InstanceProfileName=trainer").await?;
        aws.clear_calls().await?;
        let home = Home::of(&aws)?;
        let agents = home.path("agents");
        fs::create_dir_all(&agents)?;
        let scene = Self { aws, home: home.with("CURFEW_AGENTS", agents) };
        scene.build("an agent")?;
        scene.profile("train", PROFILE)?;
        Ok(scene)
    }

    /// Builds of the agent that are nothing but this text.
    pub(super) fn build(&self, text: &str) -> Result<()> {
        let write =
            |machine| fs::write(self.home.path("agents").join(format!("curfew-agent-{machine}")), text);
        Ok(["x86_64", "aarch64"].into_iter().try_for_each(write)?)
    }

    pub(super) fn profile(&self, name: &str, text: &str) -> Result<()> {
        let folder = self.home.path("config").join("profiles");
        fs::create_dir_all(&folder)?;
        Ok(fs::write(folder.join(format!("{name}.toml")), text)?)
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
        let state = format!(
            r#"{{"version": 1, "run_id": "2026-11-22-120000", "environment": "train", "status": "{phase}",
                "current_step": "command", "instance_id": "{instance}", "instance_type": "t3.micro",
                "s3_prefix": "s3://{BUCKET}/train/2026-11-22-120000/",
                "timestamps": {{"start": "2026-11-22T12:00:00Z", "last_update": "2026-11-22T12:01:00Z"}},
                "error_message": null, "pid": null}}"#
        );
        Admin(&self.aws).object(HERE, BUCKET, "train/system-state.json", &state).await
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
