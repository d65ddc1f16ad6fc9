//! The real `curfew launch` is killed - at every call, before and after its effect, and at moments spread over its whole
//! life, so that writes to the disk are met too. Run again it never leaves two instances.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context, Result};
use curfew_tests::stand_in::{Fault, Match, State, Times};
use futures::future::try_join_all;
use tokio::time::Instant;

use super::scene::Scene;
use crate::account::{HERE, PROFILE};

/// Launches side by side, each of a profile of its own, and how often each is killed: CURFEW_KILLS says another number.
const LANES: u32 = 3;
const KILLS: u32 = 30;
/// The quota for the family of the type, in vCPUs: far more than is launched here.
const QUOTA: (&str, u32) = ("L-1216C47A", 100_000);

/// A scene in which nothing but the kill is in the way.
async fn scene() -> Result<Scene> {
    let scene = Scene::new().await?;
    scene.aws.quota(QUOTA.0, Some(QUOTA.1)).await?;
    Ok(scene)
}

/// Ids of a profile's instances that are there or on their way.
async fn of(scene: &Scene, profile: &str) -> Result<BTreeSet<String>> {
    let there = |state| !matches!(state, State::ShuttingDown | State::Terminated);
    let all = scene.aws.instances(HERE).await?.into_iter();
    let ours =
        all.filter(|it| there(it.state) && it.tags.get("curfew:profile").is_some_and(|it| it == profile));
    Ok(ours.map(|it| it.id).collect())
}

/// Calls that every launch makes, whatever the engine looks at beside it.
const ALWAYS: [&str; 6] =
    ["DescribeInstanceTypes", "DescribeImages", "HeadBucket", "HeadObject", "PutObject", "RunInstances"];

#[tokio::test]
async fn at_each_call_before_and_after_its_effect() -> Result<()> {
    let scene = scene().await?;
    let said = scene.home.run("launch train --yes --detach").await?;
    assert_eq!(said.code, 0, "{said:?}");
    let actions: BTreeSet<String> = scene.aws.calls().await?.into_iter().map(|call| call.action).collect();
    let mut met = BTreeSet::new();
    for (nth, action) in actions.iter().flat_map(|action| [action, action]).enumerate() {
        let fault = if nth % 2 == 0 { Fault::Hang } else { Fault::Cut };
        let profile = format!("at-{nth}");
        scene.home.profile(&profile, PROFILE)?;
        // Another build each time, so that it is brought to the bucket each time.
        scene.home.build(&profile)?;
        let killed = killed_at(&scene, &profile, action, &fault).await;
        if killed.with_context(|| format!("{action}: {fault:?}"))? {
            met.insert(action.as_str());
        }
        let said = scene.home.run(&format!("launch {profile} --yes --detach")).await?;
        assert_eq!(said.code, 0, "{action}, {fault:?}: {said:?}");
        let made = of(&scene, &profile).await?;
        assert_eq!(made.len(), 1, "{action}, {fault:?}: {made:?}");
    }
    println!("killed at {} calls, before and after: {met:?}", met.len());
    let missed: Vec<_> = ALWAYS.iter().filter(|action| !met.contains(**action)).collect();
    assert!(missed.is_empty(), "never killed at {missed:?}, but at {met:?}");
    Ok(())
}

/// Kills a launch while a call of this action is held or cut off; of RunInstances, the one that is meant. Whether there
/// was such a call: what the engine looks at beside a launch may come too late.
async fn killed_at(scene: &Scene, profile: &str, action: &str, fault: &Fault) -> Result<bool> {
    let words = format!("launch {profile} --yes --detach");
    let calls = Match::all().action(action);
    let mut child = if action == "RunInstances" {
        let tried = calls.clone().parameter("DryRun", "true");
        scene.aws.fault(tried, Fault::Delay(Duration::from_millis(500)), Times::Only(1)).await?;
        let mut child = scene.home.start(&words, profile)?;
        scene.happened_or_ended(&mut child).await?;
        scene.aws.fault(calls, fault.clone(), Times::Only(1)).await?;
        child
    } else {
        scene.aws.fault(calls, fault.clone(), Times::Only(1)).await?;
        scene.home.start(&words, profile)?
    };
    let happened = scene.happened_or_ended(&mut child).await?;
    child.kill().await?;
    scene.aws.clear_faults().await?;
    Ok(happened)
}

#[tokio::test]
async fn at_moments_spread_over_its_life() -> Result<()> {
    let scene = scene().await?;
    let begun = Instant::now();
    let said = scene.home.run("launch train --yes --detach").await?;
    assert_eq!(said.code, 0, "{said:?}");
    let life = begun.elapsed();
    let hits = try_join_all((0..LANES).map(|lane| lane_of_kills(&scene, lane, life))).await?;
    let hits: u32 = hits.into_iter().sum();
    println!("killed {hits} of {} times, over {life:?}", LANES * kills());
    assert!(hits > LANES * kills() / 3, "only {hits} launches were still there to be killed");
    Ok(())
}

fn kills() -> u32 {
    std::env::var("CURFEW_KILLS").ok().and_then(|number| number.parse().ok()).unwrap_or(KILLS)
}

/// Launches and kills one profile again and again; what it said that it launched may stay, and at most one beside.
async fn lane_of_kills(scene: &Scene, lane: u32, life: Duration) -> Result<u32> {
    let profile = format!("lane-{lane}");
    scene.home.profile(&profile, PROFILE)?;
    let (mut told, mut hits) = (BTreeSet::new(), 0);
    let kills = kills();
    for nth in 0..kills {
        // Every moment once, in an order of no meaning: 37 is prime.
        let moment = life * (nth * 37 % kills) / kills;
        let mut child = scene.home.start(&format!("launch {profile} --yes --detach"), &profile)?;
        if tokio::time::timeout(moment, child.wait()).await.is_err() {
            child.kill().await?;
            hits += 1;
        }
        told.extend(launched(&scene.said(&profile)?));
        let made = of(scene, &profile).await?;
        let untold: Vec<_> = made.difference(&told).collect();
        assert!(untold.len() <= 1, "{profile}, kill {nth} after {moment:?}: {untold:?}");
    }
    let said = scene.home.run(&format!("launch {profile} --yes --detach")).await?;
    assert_eq!(said.code, 0, "{said:?}");
    told.extend(launched(&said.out));
    assert_eq!(of(scene, &profile).await?, told, "{profile}: in the end everything that is there was told");
    Ok(hits)
}

/// The ids that a launch said it launched.
fn launched(said: &str) -> Option<String> {
    said.lines().find_map(|line| line.strip_prefix("Launched: ")).map(str::to_owned)
}
