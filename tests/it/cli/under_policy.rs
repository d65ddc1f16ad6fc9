//! `curfew` under exactly the policies that it prints, enforced by the stand-in with their resources and conditions: what
//! they grant is enough, and what they do not is refused with its name.

use std::time::Duration;

use anyhow::{Context, Result};
use curfew_tests::stand_in::{ACCOUNT, At, Options, StandIn, State};

use super::curfew::Home;
use crate::{
    account::{HERE, NAMELESS},
    aws::launching::admin::{Admin, element},
};

/// Beside the instance.
const ALARM: &str = "[limits]\non_end = \"stop\"\n\n[alarm]\ncpu_below_percent = 3\ndo = \"stop\"\n";
/// Instead of it.
const FLEET: &str = "[fleet]\nmax = 3\ndesired = 2\n";

/// A policy as `curfew` prints it.
async fn printed(aws: &StandIn, which: &str) -> Result<String> {
    let said = Home::of(aws)?.run(&format!("policy {which} --region {HERE}")).await?;
    assert_eq!(said.code, 0, "{said:?}");
    Ok(said.json()?.to_string())
}

/// A home with a key of a new user, who has these policies and nothing else.
async fn user(aws: &StandIn, name: &str, policies: &[&str]) -> Result<Home> {
    let admin = Admin(aws);
    admin.iam("CreateUser", &format!("UserName={name}")).await?;
    for (nth, policy) in policies.iter().enumerate() {
        let made = format!("PolicyName={name}-{nth}&PolicyDocument={}", encoded(policy));
        let made = admin.iam("CreatePolicy", &made).await?;
        let arn = element(&made, "Arn").context("the policy's ARN")?;
        admin.iam("AttachUserPolicy", &format!("UserName={name}&PolicyArn={}", encoded(arn))).await?;
    }
    let key = admin.iam("CreateAccessKey", &format!("UserName={name}")).await?;
    let field = |name| element(&key, name).context("a key").map(str::to_owned);
    let home = Home::of(aws)?.with_agents()?.with("AWS_ACCESS_KEY_ID", field("AccessKeyId")?);
    home.profile("train", &format!("{NAMELESS}\n{ALARM}"))?;
    home.profile("crew", &format!("{NAMELESS}\n{FLEET}"))?;
    Ok(home.with("AWS_SECRET_ACCESS_KEY", field("SecretAccessKey")?))
}

/// As a form writes it.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}

async fn well(home: &Home, words: &str) -> Result<()> {
    let said = home.run(words).await?;
    assert_eq!(said.code, 0, "curfew {words}: {said:?}");
    Ok(())
}

#[tokio::test]
async fn the_policies_suffice_for_everything_and_for_nothing_else() -> Result<()> {
    let aws = StandIn::start_with(Options { strict_iam: true, ..Options::default() }).await?;
    let (desktop, prepare) = (printed(&aws, "desktop").await?, printed(&aws, "prepare").await?);
    let owner = user(&aws, "owner", &[&desktop, &prepare]).await?;
    well(&owner, &format!("prepare {HERE}")).await?;
    let desk = user(&aws, "desk", &[&desktop]).await?;
    well(&desk, "list").await?;
    for profile in ["train", "crew"] {
        let said = desk.run(&format!("launch {profile} --dry-run")).await?;
        assert!(said.code == 0 && said.out.contains("this may be launched"), "{said:?}");
        assert!(!said.out.contains("seem to deny"), "the simulation finds all of it granted: {said:?}");
    }
    assert!(!aws.calls_of("SimulatePrincipalPolicy").await?.is_empty(), "or none was asked");
    well(&desk, "launch train --yes --detach").await?;
    let made = aws.instances(HERE).await?.pop().context("an instance")?;
    let at = At { account: ACCOUNT.into(), region: HERE.into(), id: made.id.clone() };
    aws.wait_for_state(&at, State::Running, Duration::from_secs(60)).await?;
    for (words, state) in
        [("stop", State::Stopped), ("start", State::Running), ("terminate", State::Terminated)]
    {
        well(&desk, &format!("{words} {} --yes", made.id)).await?;
        aws.wait_for_state(&at, state, Duration::from_secs(60)).await?;
    }
    well(&desk, "launch crew --yes --detach").await?;
    let refused = desk.run(&format!("unprepare {HERE} --yes")).await?;
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.err.contains("the permission cloudformation:"), "{refused:?}");
    Ok(())
}

#[tokio::test]
async fn what_would_be_refused_after_the_launch_is_told_before_it() -> Result<()> {
    let aws = StandIn::start_with(Options { strict_iam: true, ..Options::default() }).await?;
    let (desktop, prepare) = (printed(&aws, "desktop").await?, printed(&aws, "prepare").await?);
    let owner = user(&aws, "owner", &[&desktop, &prepare]).await?;
    well(&owner, &format!("prepare {HERE}")).await?;
    let less = desktop.replace("ec2:TerminateInstances", "ec2:MonitorInstances");
    let less = less.replace("cloudwatch:PutMetricAlarm", "cloudwatch:ListMetrics");
    let desk = user(&aws, "desk", &[&less]).await?;
    let said = desk.run("launch train --dry-run").await?;
    let denied = "cloudwatch:PutMetricAlarm, ec2:TerminateInstances";
    assert!(said.code == 0 && said.out.contains(denied), "{said:?}");
    let unasked =
        user(&aws, "unasked", &[&less.replace("iam:SimulatePrincipalPolicy", "iam:GetUser")]).await?;
    let said = unasked.run("launch train --dry-run").await?;
    assert!(said.code == 0 && said.out.contains("this may be launched"), "it goes without: {said:?}");
    assert!(!said.out.contains("seem to deny"), "{said:?}");
    Ok(())
}

#[tokio::test]
async fn who_has_none_is_told_the_first_permission_that_is_missing() -> Result<()> {
    let aws = StandIn::start_with(Options { strict_iam: true, ..Options::default() }).await?;
    let nobody = user(&aws, "nobody", &[]).await?;
    let said = nobody.run("list").await?;
    assert!(said.code != 0 || said.err.contains("ec2:DescribeRegions"), "{said:?}");
    assert!(said.err.contains("ec2:Describe"), "{said:?}");
    Ok(())
}
