//! The demo fleet: marked wherever it is shown, eventful within two minutes, and acted on like a real one.

use std::time::Duration;

use anyhow::Result;
use curfew_tests::{stand_in::StandIn, tray::Item, wait};
use domain::Lifecycle;
use wire::Ask;

use super::{
    page::Page,
    stage::{SOON, Stage, desk, quiet_desk},
};

/// What the demo promises to show within.
const PROMISED: Duration = Duration::from_secs(120);

#[tokio::test]
async fn a_warning_a_critical_and_an_interruption_are_seen_within_two_minutes() -> Result<()> {
    let stage = Stage::unconfigured(desk()).await?;
    let mut tray = stage.start_tray(&["--demo"])?;
    let item = stage.item().await?;
    let all = async {
        tokio::try_join!(told(&stage, "vit-ablation"), told(&stage, "gan-overnight"), interrupted(&stage),)
    };
    tokio::time::timeout(PROMISED, all).await??;
    assert!(item.look().await?.tooltip_title.starts_with("DEMO - "));
    assert_eq!(tray.exited()?, None);
    Ok(())
}

#[tokio::test]
async fn the_demo_is_marked_and_everything_works_in_it() -> Result<()> {
    let stage = Stage::unconfigured(quiet_desk()).await?;
    let _tray = stage.start_tray(&["--demo"])?;
    let item = stage.item().await?;
    marked(&item).await?;
    let page = Page::open(&stage).await?;
    page.reads(".banner.demo", "Nothing here is real").await?;

    item.wait_and_click(&["vit-ablation", "Stop"], SOON).await?;
    becomes(&stage, "vit-ablation", Lifecycle::Stopped).await?;
    item.wait_and_click(&["gan-overnight", "Terminate"], SOON).await?;
    item.wait_and_click(&["gan-overnight", "Undo terminate"], SOON).await?;
    item.wait_and_click(&["gan-overnight", "Terminate"], SOON).await?;
    becomes(&stage, "gan-overnight", Lifecycle::Terminated).await?;

    let seen = stage.seen("llama-finetune").await?;
    page.verb(seen.instance.id.as_str(), "stop").await?;
    becomes(&stage, "llama-finetune", Lifecycle::Stopped).await?;

    // Nothing of it went to AWS or into the real journal, and the real fleet is one click away.
    asked_nothing(&stage.aws).await?;
    assert!(!stage.data().join("curfew.db").exists());
    page.press("Leave the demo").await?;
    page.sees(".first-run").await?;
    assert!(!item.look().await?.tooltip_title.contains("DEMO"));
    stage.ask(&Ask::Demo(true)).await?;
    page.sees(".banner.demo").await?;
    Ok(())
}

async fn marked(item: &Item) -> Result<()> {
    let title = async || Ok(item.look().await?.tooltip_title);
    wait::until("the demo's mark", SOON, title, |title| title.starts_with("DEMO - ")).await?;
    let menu = item.menu().await?;
    assert!(menu.labels(&[])?[0].starts_with("DEMO - "), "{menu}");
    Ok(())
}

/// Waits for a notification that names an instance.
async fn told(stage: &Stage, name: &str) -> Result<()> {
    let names = |notice: &curfew_tests::notifications::Notice| {
        notice.summary.contains(name) || notice.body.contains(name)
    };
    let sent = async || Ok(stage.notifications.sent());
    wait::until(format!("{name} to be told of"), PROMISED, sent, |sent| sent.iter().any(names))
        .await
        .map(drop)
}

/// Waits until a spot instance is announced to be taken, and until it is.
async fn interrupted(stage: &Stage) -> Result<()> {
    let look = async || Ok(stage.seen("bert-distill").await?.instance);
    wait::until("the interruption's notice", PROMISED, look, |instance| instance.is_being_interrupted())
        .await?;
    wait::until("the interruption", PROMISED, look, |instance| !instance.lifecycle.is_up()).await?;
    Ok(())
}

async fn becomes(stage: &Stage, name: &str, state: Lifecycle) -> Result<()> {
    let look = async || Ok(stage.seen(name).await?.instance.lifecycle);
    wait::until(format!("{name} to be {}", state.as_str()), SOON, look, |now| *now == state).await.map(drop)
}

async fn asked_nothing(aws: &StandIn) -> Result<()> {
    let calls = aws.calls().await?;
    assert!(calls.is_empty(), "AWS was asked: {calls:#?}");
    Ok(())
}
