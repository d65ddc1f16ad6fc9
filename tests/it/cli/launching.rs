//! `curfew launch` against the stand-in: what is checked, refused, made, called off; and what a kill leaves behind.

mod failing;
mod fleets;
mod killed;
mod scene;

use std::time::Duration;

use anyhow::{Context, Result};
use curfew_tests::stand_in::{Fault, Match, Options, Times};
use rustix::process::{Pid, Signal, kill_process};

use self::scene::Scene;
use super::{curfew::Home, schema};
use crate::account::HERE;
use tokio::time::Instant;

#[tokio::test]
async fn a_dry_run_looks_at_everything_and_makes_nothing() -> Result<()> {
    let scene = Scene::new().await?;
    let said = scene.home.run("launch train --dry-run").await?;
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
    for line in [
        "credentials",
        "instance types (us-east-1)",
        "image (us-east-1)",
        "bucket",
        "vCPU quota",
        "permission",
    ] {
        assert!(said.out.lines().any(|it| it.contains(line) && !it.contains("bad ")), "{line}: {}", said.out);
    }
    assert!(
        said.out.contains("Cost: about $") && said.out.ends_with("this was a dry run.\n"),
        "{}",
        said.out
    );
    assert_eq!(scene.alive().await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_launch_is_followed_until_its_work_begins() -> Result<()> {
    let scene = Scene::new().await?;
    let mut child = scene.home.start("launch train --yes", "said")?;
    let id = scene.one_is_made().await?;
    scene.agent_says("data_sync", &id).await?;
    scene.until("said", "data sync").await?;
    scene.agent_says("training", &id).await?;
    let status = tokio::time::timeout(Duration::from_secs(60), child.wait()).await??;
    let said = scene.said("said")?;
    assert!(status.success(), "{said}");
    assert!(said.contains(&format!("Launched: {id}\n    Name:     train\n")), "{said}");
    assert!(said.contains("State:    training, run 2026-11-22-120000\n"), "{said}");
    assert!(said.ends_with(&format!("End it:   curfew terminate {id} --region us-east-1\n")), "{said}");
    let tags = scene.aws.instances(HERE).await?.remove(0).tags;
    assert_eq!(tags.get("curfew:profile").map(String::as_str), Some("train"), "{tags:?}");
    Ok(())
}

/// What counts is how many answers are waited for one after another: over answers of 50 ms, ten of them are half a second.
#[tokio::test]
async fn from_profile_to_request_few_answers_are_waited_for_in_a_row() -> Result<()> {
    let (quick, slow) = (Duration::from_millis(10), Duration::from_millis(410));
    let mut took = Vec::new();
    for delay in [quick, slow] {
        let scene = Scene::with(Options { delay, strict_iam: false }).await?;
        let begun = Instant::now();
        let said = scene.home.run("launch train --yes --detach").await?;
        took.push(begun.elapsed());
        assert_eq!(said.code, 0, "{said:?}");
    }
    let rounds = took[1].saturating_sub(took[0]).as_millis() / (slow - quick).as_millis();
    println!("{rounds} answers in a row; {:?} over answers of {quick:?}", took[0]);
    assert!(rounds <= 10, "{rounds} answers are waited for one after another: {took:?}");
    Ok(())
}

#[tokio::test]
async fn places_without_capacity_are_named_and_the_next_is_tried() -> Result<()> {
    let scene = Scene::new().await?;
    let full = Fault::Error {
        status: 500,
        code: "InsufficientInstanceCapacity".into(),
        message: "We currently do not have sufficient capacity.".into(),
    };
    let (code, said) = scene.launch_into(&full, 2).await?;
    assert_eq!(code, Some(0), "{said}");
    let refused: Vec<&str> = said.lines().filter(|line| line.contains("refused")).collect();
    assert_eq!(refused.len(), 2, "{said}");
    assert!(refused[0].starts_with("  refused t3.micro in us-east-1"), "{said}");
    assert!(refused[0].ends_with(": no capacity"), "{said}");
    assert_eq!(scene.alive().await?.len(), 1);
    let (code, said) = scene.launch_into(&full, 100).await?;
    scene.aws.clear_faults().await?;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("Not launched: there is no place left to launch in: tried "), "{said}");
    Ok(())
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_instance() -> Result<()> {
    let scene = Scene::new().await?;
    let (code, said) = scene.launch_into(&Fault::Cut, 1).await?;
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(scene.alive().await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_missing_permission_is_named_with_the_line_that_grants_it() -> Result<()> {
    let scene = Scene::new().await?;
    scene.aws.deny(&["ec2:RunInstances"]).await?;
    let said = scene.home.run("launch train --yes").await?;
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("Not launched:") && said.err.contains("ec2:RunInstances"), "{said:?}");
    assert!(said.err.contains("\"Action\": \"ec2:RunInstances\""), "the policy line: {said:?}");
    assert_eq!(scene.alive().await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_faulty_profile_is_told_line_by_line_and_nothing_is_asked() -> Result<()> {
    let scene = Scene::new().await?;
    scene.home.profile("torn", "regions = [\"us-east-1\"]\ntypes = []\nimagee = \"al2023\"\n")?;
    let said = scene.home.run("launch torn --yes").await?;
    assert_eq!(said.code, 2, "{said:?}");
    assert!(
        said.err.contains("torn.toml:2: types: ") && said.err.contains("torn.toml:3: imagee: "),
        "{said:?}"
    );
    assert_eq!(scene.aws.calls().await?.len(), 0);
    let said = scene.home.run("launch train --yes --set limits.max_runtme=2h").await?;
    assert!(said.code == 2 && said.err.contains("limits.max_runtme"), "{said:?}");
    let said = scene.home.run("launch nightly --yes").await?;
    assert!(said.code == 2 && said.err.contains("There are: torn, train."), "{said:?}");
    Ok(())
}

#[tokio::test]
async fn without_a_terminal_it_needs_a_yes() -> Result<()> {
    let scene = Scene::new().await?;
    let said = scene.home.run("launch train").await?;
    assert_eq!((said.code, said.err.contains("add --yes")), (2, true), "{said:?}");
    assert_eq!(scene.aws.calls().await?.len(), 0);
    Ok(())
}

#[tokio::test]
async fn on_a_terminal_the_list_fills_in_and_a_person_is_asked() -> Result<()> {
    let scene = Scene::new().await?;
    for (answer, code) in [("n", 1), ("y", 0)] {
        let mut screen = scene.home.terminal("launch train --detach", 100)?;
        screen.until("Launch? [y/N]").await?;
        assert!(screen.shown().contains("\x1b[32mok  \x1b[0m  credentials"), "{}", screen.shown());
        assert_eq!(scene.alive().await?, Vec::<String>::new());
        screen.type_line(answer)?;
        let (ended, shown) = screen.end().await?;
        assert_eq!(ended, code, "{shown}");
        assert_eq!(shown.contains("Nothing was launched."), code == 1, "{shown}");
    }
    assert_eq!(scene.alive().await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn what_is_set_is_what_is_launched() -> Result<()> {
    let scene = Scene::new().await?;
    let words = "launch train --yes --detach --json --set types=t3.small --set tags.Team=nlp";
    let said = scene.home.run(words).await?;
    let told = schema::hold_launch(&said)?;
    assert_eq!((said.code, &told["launches"][0]["outcome"]), (0, &"launched".into()), "{said:?}");
    let made = scene.aws.instances(HERE).await?.remove(0);
    assert_eq!(told["launches"][0]["instance"]["id"], made.id);
    assert_eq!((made.kind.as_str(), made.tags["Team"].as_str()), ("t3.small", "nlp"));
    Ok(())
}

#[tokio::test]
async fn several_are_launched_into_environments_of_their_own() -> Result<()> {
    let scene = Scene::new().await?;
    let said = scene.home.run("launch train --count 3 --yes --detach").await?;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("3 times, one after another, each in an environment of its own"), "{said:?}");
    assert_eq!(said.out.matches("Launched: i-").count(), 3, "{said:?}");
    assert!(said.out.contains("s3://results/train-3/RUN/logs/"), "{said:?}");
    assert_eq!(scene.alive().await?.len(), 3);
    Ok(())
}

#[tokio::test]
async fn ctrl_c_calls_it_off_and_lists_what_was_removed() -> Result<()> {
    let scene = Scene::new().await?;
    let mut child = scene.home.start("launch train --yes", "said")?;
    let id = scene.one_is_made().await?;
    scene.until("said", "pending").await?;
    interrupt(&child)?;
    let status = tokio::time::timeout(Duration::from_secs(60), child.wait()).await??;
    let said = scene.said("said")?;
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains(&format!("Called off. Removed: {id} in us-east-1")), "{said}");
    assert_eq!(scene.alive().await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_second_ctrl_c_leaves_at_once_and_the_next_launch_finds_it() -> Result<()> {
    let scene = Scene::new().await?;
    let mut child = scene.home.start("launch train --yes", "said")?;
    let id = scene.one_is_made().await?;
    scene.until("said", "pending").await?;
    scene.aws.fault(Match::all().action("TerminateInstances"), Fault::Hang, Times::Only(1)).await?;
    interrupt(&child)?;
    scene.until("said", "Calling it off").await?;
    interrupt(&child)?;
    let status = tokio::time::timeout(Duration::from_secs(10), child.wait()).await??;
    let said = scene.said("said")?;
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains(&format!("{id} in us-east-1 may still be there")), "{said}");
    assert!(said.contains("Launching train again finds it"), "{said}");
    scene.aws.clear_faults().await?;
    let said = scene.home.run("launch train --yes --detach").await?;
    assert!(said.code == 0 && said.out.contains(&format!("Launched: {id}")), "{said:?}");
    assert_eq!(scene.alive().await?, [id]);
    Ok(())
}

#[tokio::test]
async fn the_demo_launches_without_an_account() -> Result<()> {
    let home = Home::bare()?;
    let said = home.run("--demo launch --yes").await?;
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
    assert!(said.out.starts_with("DEMO - a simulated fleet"), "{said:?}");
    assert!(said.out.contains("refused g5.xlarge (spot) in "), "the first zone has no spot: {said:?}");
    assert!(said.out.contains("End it:   curfew --demo terminate i-"), "{said:?}");
    assert!(!home.path("data").exists() && !home.path("config").exists());
    schema::hold_launch(&home.run("--demo launch --dry-run --json").await?)?;
    Ok(())
}

fn interrupt(child: &tokio::process::Child) -> Result<()> {
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    Ok(kill_process(pid.context("it has ended")?, Signal::INT)?)
}
