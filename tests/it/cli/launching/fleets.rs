//! A profile with `[fleet]`: one group with its template and its end, whatever happens on the way.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use curfew_tests::stand_in::{Fault, Match, Times};

use super::scene::{Scene, texts};
use crate::account::{HERE, PROFILE};
use crate::aws::launching::admin::Admin;

const FLEET: &str = "\n[fleet]\nmax = 4\ndesired = 2\n";

async fn scene() -> Result<Scene> {
    let scene = Scene::new().await?;
    scene.home.profile("crew", &fleet())?;
    Ok(scene)
}

fn fleet() -> String {
    PROFILE.replace("types = [\"t3.micro\"]", "types = [\"t3.micro\", \"t3.small\"]") + FLEET
}

#[tokio::test]
async fn a_fleet_is_made_with_its_members_and_its_end() -> Result<()> {
    let scene = scene().await?;
    let said = scene.home.run("launch crew --yes").await?;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("Launched: curfew-crew\n"), "{said:?}");
    assert!(said.out.contains("2 of 2 members running"), "{said:?}");
    let groups = Admin(&scene.aws).groups(HERE).await?;
    for (name, text) in [("MinSize", "0"), ("MaxSize", "4"), ("DesiredCapacity", "2")] {
        assert_eq!(texts(&groups, name), [text], "{name}: {groups}");
    }
    assert_eq!(texts(&groups, "ProcessName"), ["AZRebalance"]);
    assert_eq!(texts(&groups, "OnDemandPercentageAboveBaseCapacity"), ["100"]);
    assert!(groups.contains("t3.small"), "every type is an override: {groups}");
    let end = Admin(&scene.aws).schedules(HERE).await?;
    assert_eq!(
        (texts(&end, "ScheduledActionName"), texts(&end, "DesiredCapacity")),
        (vec!["curfew-crew".into()], vec!["0".into()])
    );
    let members = scene.aws.instances(HERE).await?;
    assert_eq!(members.len(), 2);
    for member in members {
        assert_eq!(member.tags.get("curfew:profile").map(String::as_str), Some("crew"), "{:?}", member.tags);
        assert_eq!(member.tags.get("aws:autoscaling:groupName").map(String::as_str), Some("curfew-crew"));
    }
    Ok(())
}

#[tokio::test]
async fn what_a_member_is_told_is_in_the_template() -> Result<()> {
    let scene = scene().await?;
    let said = scene.home.run("launch crew --yes --detach --json").await?;
    assert_eq!(said.code, 0, "{said:?}");
    let said: serde_json::Value = serde_json::from_str(&said.out)?;
    let fleet = &said["launches"][0]["fleet"];
    assert_eq!((&fleet["group"], &fleet["desired"]), (&"curfew-crew".into(), &2.into()), "{said}");
    let call = scene.aws.calls_of("CreateLaunchTemplate").await?.pop().context("the template")?;
    let asked = serde_json::to_string(&call.parameters)?;
    for wanted in ["curfew:profile", "\"required\"", "\"terminate\"", "UserData"] {
        assert!(asked.contains(wanted), "{wanted}: {asked}");
    }
    Ok(())
}

#[tokio::test]
async fn a_second_one_is_refused_and_leaves_nothing() -> Result<()> {
    let scene = scene().await?;
    assert_eq!(scene.home.run("launch crew --yes --detach").await?.code, 0);
    let again = scene.home.run("launch crew --yes --detach").await?;
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.err.contains("there is a fleet curfew-crew in us-east-1 already"), "{again:?}");
    let (groups, templates) = scene.groups_and_templates().await?;
    assert_eq!((groups.len(), templates.len()), (1, 1), "{groups:?} {templates:?}");
    assert_eq!(scene.alive().await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_refusal_leaves_no_template_behind() -> Result<()> {
    let scene = scene().await?;
    for denied in ["autoscaling:CreateAutoScalingGroup", "ec2:CreateLaunchTemplate"] {
        scene.aws.deny(&[denied]).await?;
        let said = scene.home.run("launch crew --yes --detach").await?;
        assert_eq!(said.code, 1, "{said:?}");
        assert!(said.err.contains(denied), "{said:?}");
        assert_eq!(scene.groups_and_templates().await?, (vec![], vec![]), "{denied}");
    }
    Ok(())
}

/// Calls that only a fleet makes.
const STEPS: [&str; 5] = [
    "CreateLaunchTemplate",
    "CreateAutoScalingGroup",
    "PutScheduledUpdateGroupAction",
    "SetDesiredCapacity",
    "SuspendProcesses",
];

#[tokio::test]
async fn killed_at_each_step_before_and_after_its_effect() -> Result<()> {
    let scene = Scene::new().await?;
    let mut made = BTreeSet::new();
    for (nth, step) in STEPS.iter().flat_map(|step| [step, step]).enumerate() {
        let fault = if nth % 2 == 0 { Fault::Hang } else { Fault::Cut };
        let profile = format!("crew-{nth}");
        scene.home.profile(&profile, &fleet())?;
        scene.aws.fault(Match::all().action(step), fault.clone(), Times::Only(1)).await?;
        let mut child = scene.home.start(&format!("launch {profile} --yes --detach"), &profile)?;
        scene
            .faults_happened()
            .await
            .with_context(|| format!("{step}: {}", scene.said(&profile).unwrap_or_default()))?;
        child.kill().await?;
        scene.aws.clear_faults().await?;
        let said = scene.home.run(&format!("launch {profile} --yes --detach")).await?;
        assert_eq!(said.code, 0, "{step}, {fault:?}: {said:?}");
        made.insert(format!("curfew-{profile}"));
        let (groups, templates) = scene.groups_and_templates().await?;
        assert_eq!(groups.into_iter().collect::<BTreeSet<_>>(), made, "{step}, {fault:?}");
        assert_eq!(templates.len(), made.len(), "{step}, {fault:?}: {templates:?}");
        assert_eq!(scene.alive().await?.len(), 2 * made.len(), "{step}, {fault:?}");
    }
    let with_end = texts(&Admin(&scene.aws).schedules(HERE).await?, "ScheduledActionName");
    assert_eq!(with_end.into_iter().collect::<BTreeSet<_>>(), made, "each has its end");
    Ok(())
}
