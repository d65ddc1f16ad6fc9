//! Launching from the window and the tray, in the demo: looked at first, asked before money is spent, followed to the work.

use std::fs;

use anyhow::{Context, Result, bail};
use curfew_tests::{screenshot, wait};
use domain::{Lifecycle, launch::Stage as LaunchStage, view::launcher::Card};
use serde_json::{Value, json};
use wire::{Answer, Ask, ProfileAnswer, ProfileAsk};

use super::{
    page::Page,
    stage::{SOON, Stage, desk, quiet_desk},
};
use crate::account::{self, HERE, PROFILE};

const YES: &str = "[data-reply='yes']";

#[tokio::test]
async fn a_profile_is_checked_agreed_to_and_followed_to_its_work() -> Result<()> {
    let stage = Stage::unconfigured(quiet_desk()).await?;
    let _tray = stage.start_tray(&["--demo"])?;
    let page = launcher(&stage).await?;
    assert_eq!(page.look("return document.querySelectorAll('.profile').length").await?, 5);
    page.reads("[data-profile='g5-training']", "g5.xlarge or g4dn.2xlarge").await?;

    pick(&page, "g5-training", "launch").await?;
    page.reads(".checks [data-check='permission'].good", "this may be launched").await?;
    page.reads(YES, "Launch: about $").await?;
    assert_eq!(launched(&stage).await?, None, "nothing may be launched before somebody says yes");
    let safe = "return document.activeElement.dataset.reply";
    assert_eq!(page.look(safe).await?, "no", "the safe answer has the focus");

    page.click(YES).await?;
    page.reads(".launching .refused", "no capacity").await?;
    page.reads(".steps li.done:last-child", "Training").await?;
    page.loses("[data-stage='checked']").await?;
    let id = launched(&stage).await?.context("it is launched")?;
    page.click("[data-reply='fleet']").await?;
    page.reads(&super::page::row(&id), "g5-training").await?;

    page.press("Launch").await?;
    page.reads("[data-profile='g5-training'] .last", &id).await?;
    page.click(".launching [data-reply='dismiss']").await?;
    page.loses(".launching").await?;
    page.is_well().await
}

#[tokio::test]
async fn what_is_agreed_to_runs_in_the_account_and_is_followed_to_its_work() -> Result<()> {
    let stage = Stage::set(quiet_desk()).await?;
    account::furnish(&stage.aws).await?;
    stage.write(".config/curfew/profiles/mine.toml", PROFILE)?;
    let _tray = stage.start_tray_with_agents()?;
    let page = launcher(&stage).await?;

    pick(&page, "mine", "launch").await?;
    page.reads(".checks [data-check='permission'].good", "this may be launched").await?;
    page.reads(YES, "Launch: about $").await?;
    assert_eq!(stage.aws.instances(HERE).await?.len(), 0, "nothing may be launched before somebody says yes");
    page.click(YES).await?;
    let look = async || launched(&stage).await;
    let made =
        wait::until("it to be launched", SOON, look, Option::is_some).await?.context("it is launched")?;
    page.reads(".steps li.done:nth-child(4)", "Running").await?;
    account::agent_says(&stage.aws, "mine", "training", &made).await?;
    page.reads(".steps li.done:last-child", "Training").await?;
    let there = stage.aws.instances(HERE).await?;
    assert_eq!(there.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), [made.as_str()]);
    page.click("[data-reply='fleet']").await?;
    page.reads(&super::page::row(&made), "mine").await?;
    page.is_well().await
}

#[tokio::test]
async fn a_fleet_is_launched_and_its_members_are_counted() -> Result<()> {
    let stage = Stage::unconfigured(quiet_desk()).await?;
    screenshot::paint_backdrop(&stage.session).await?;
    let _tray = stage.start_tray(&["--demo"])?;
    let page = launcher(&stage).await?;
    pick(&page, "fleet", "launch").await?;
    page.reads(".checks [data-check='permission'].good", "this may be launched").await?;
    page.click(YES).await?;
    let steps = page.reads(".steps", "Group made").await?;
    assert!(!steps.contains("Agent heard"), "a fleet goes a way of its own: {steps}");
    page.reads(".steps li.done:last-child", "1 of 1 members running").await?;
    page.reads(".launching .headline", "curfew-fleet in us-west-2").await?;
    page.is_painted().await?;
    // The demo's clock ticks every second: there is no rest to wait for.
    screenshot::take(&stage.session, "launch-fleet").await?;
    page.click("[data-reply='fleet']").await?;
    page.reads("main", "fleet").await?;
    page.is_well().await
}

#[tokio::test]
async fn a_check_alone_launches_nothing_and_a_cancelled_launch_leaves_nothing() -> Result<()> {
    let stage = Stage::unconfigured(quiet_desk()).await?;
    let _tray = stage.start_tray(&["--demo"])?;
    let page = launcher(&stage).await?;

    pick(&page, "s3-tracked", "check").await?;
    page.reads("[data-stage='checked'] .headline", "Nothing was launched").await?;
    page.loses(YES).await?;
    page.click("[data-stage='checked'] [data-reply='dismiss']").await?;
    page.loses(".launching").await?;

    pick(&page, "s3-tracked", "launch").await?;
    page.click(YES).await?;
    page.click("[data-stage='launched'] [data-reply='cancel']").await?;
    page.reads("[data-stage='cancelled'] .headline", "Nothing of it is left").await?;
    let look = async || Ok(stage.seen("s3-tracked").await.ok().map(|seen| seen.instance.lifecycle));
    let gone = |state: &Option<Lifecycle>| state.is_none_or(Lifecycle::is_over);
    wait::until("the instance to be gone", SOON, look, gone).await?;
    page.is_well().await
}

#[tokio::test]
async fn a_fault_is_shown_in_place_and_keeps_the_profile_from_being_saved() -> Result<()> {
    let stage = Stage::unconfigured(quiet_desk()).await?;
    let _tray = stage.start_tray(&["--demo"])?;
    let page = launcher(&stage).await?;
    let before = card(&stage, "trainium-dev").await?;

    pick(&page, "trainium-dev", "edit").await?;
    page.reads(".editor h3", "It can be launched").await?;
    write(&page, &before.text.replacen("types   =", "typess  =", 1)).await?;
    page.reads(".editor h3", "2 faults").await?;
    let line = 1 + before.text.lines().position(|line| line.starts_with("types")).context("it has types")?;
    page.reads(".gutter .fault-line", "").await?;
    page.reads(&format!(".gutter .fault-line[data-line='{line}']"), &line.to_string()).await?;
    page.reads(&format!("[data-jump='{line}']"), "types").await?;
    assert_eq!(page.look("return document.querySelector('[data-do=save]').disabled").await?, true);
    page.click(&format!("[data-jump='{line}']")).await?;
    let selected = "const sheet = document.querySelector('.sheet'); return sheet.value.slice(sheet.selectionStart, sheet.selectionEnd)";
    let look = async || page.look(selected).await;
    let is_line = |text: &Value| text.as_str().is_some_and(|text| text.starts_with("typess"));
    wait::until("the line to be selected", SOON, look, is_line).await?;

    page.click("[data-do='leave']").await?;
    page.sees(".profiles").await?;
    assert_eq!(card(&stage, "trainium-dev").await?, before);
    page.is_well().await
}

#[tokio::test]
async fn the_first_profile_begins_from_an_example_and_is_changed_and_doubled() -> Result<()> {
    let stage = Stage::set(quiet_desk()).await?;
    let _tray = stage.start_tray(&[])?;
    let page = launcher(&stage).await?;
    page.reads(".empty", "No profile yet").await?;

    page.click("[data-example='g5-training']").await?;
    page.reads(".editor h3", "It can be launched").await?;
    page.type_into("#profile-name", "mine").await?;
    page.click("[data-do='save']:enabled").await?;
    page.reads("[data-profile='mine']", "Not launched yet").await?;
    let path = stage.session.home().join(".config/curfew/profiles/mine.toml");
    let text = fs::read_to_string(&path)?;

    pick(&page, "mine", "edit").await?;
    write(&page, &text.replacen("size_gib = 100", "size_gib = 250", 1)).await?;
    page.click("[data-do='save']:enabled").await?;
    let look = async || Ok(fs::read_to_string(&path)?);
    let saved =
        wait::until("the file to be changed", SOON, look, |now| now.contains("size_gib = 250")).await?;
    assert_eq!(saved, text.replacen("size_gib = 100", "size_gib = 250", 1));

    pick(&page, "mine", "duplicate").await?;
    page.sees("[data-profile='mine-2']").await?;

    // What somebody else writes meanwhile is not overwritten.
    pick(&page, "mine", "edit").await?;
    write(&page, &saved.replacen("size_gib = 250", "size_gib = 80", 1)).await?;
    fs::write(&path, "# by hand\n")?;
    page.click("[data-do='save']:enabled").await?;
    page.reads(".note.failed", "changed or deleted meanwhile").await?;
    assert_eq!(fs::read_to_string(&path)?, "# by hand\n");
    page.is_well().await
}

#[tokio::test]
async fn the_tray_leads_to_the_question_and_tells_how_it_went() -> Result<()> {
    let stage = Stage::unconfigured(desk()).await?;
    let _tray = stage.start_tray(&["--demo"])?;
    let item = stage.item().await?;
    let page = Page::open(&stage).await?;
    page.reads(".banner.demo", "Nothing here is real").await?;

    item.wait_and_click(&["Launch", "s3-tracked..."], SOON).await?;
    page.reads("main.launch", "s3-tracked").await?;
    page.reads(YES, "Launch: about $").await?;
    assert_eq!(launched(&stage).await?, None, "a click in a menu spends nothing");
    page.click(YES).await?;
    let under_way = async || Ok(item.menu().await?.to_string());
    wait::until("the launch in the menu", SOON, under_way, |menu| menu.contains("s3-tracked: ")).await?;

    stage.notice("DEMO - s3-tracked is at work").await?;
    wait::until("it to leave the menu", SOON, under_way, |menu| !menu.contains("s3-tracked: ")).await?;
    let sent = stage.notifications.sent();
    let told = sent.iter().filter(|notice| notice.summary.contains("s3-tracked")).count();
    assert_eq!(told, 1, "{sent:?}");
    page.is_well().await
}

#[tokio::test]
async fn a_launch_is_called_off_from_the_menu() -> Result<()> {
    let stage = Stage::unconfigured(quiet_desk()).await?;
    let _tray = stage.start_tray(&["--demo"])?;
    let item = stage.item().await?;
    let page = launcher(&stage).await?;
    pick(&page, "s3-tracked", "launch").await?;
    page.click(YES).await?;
    item.wait_and_click(&["s3-tracked: ", "Cancel launch"], SOON).await?;
    page.reads("[data-stage='cancelled'] .headline", "Called off").await?;
    Ok(())
}

/// The window, at the launcher.
async fn launcher(stage: &Stage) -> Result<Page> {
    stage.item().await?;
    let page = Page::open(stage).await?;
    page.press("Launch").await?;
    page.sees("main.launch .profiles, main.launch .examples").await?;
    Ok(page)
}

async fn pick(page: &Page, profile: &str, what: &str) -> Result<()> {
    page.click(&format!("[data-profile='{profile}'] [data-pick='{what}']:enabled")).await
}

/// Puts a text into the editor, as pasting over everything does.
async fn write(page: &Page, text: &str) -> Result<()> {
    let script = format!(
        "const sheet = document.querySelector('.sheet'); sheet.value = {}; \
         sheet.dispatchEvent(new InputEvent('input', {{ bubbles: true }}))",
        json!(text)
    );
    page.look(&script).await.map(drop)
}

/// The instance that a launch has made.
async fn launched(stage: &Stage) -> Result<Option<String>> {
    let (fleet, _) = stage.fleet().await?;
    Ok(fleet.launches.values().find_map(|launch| match &launch.stage {
        LaunchStage::Launched { target, .. } => Some(target.id.to_string()),
        LaunchStage::Checking
        | LaunchStage::Checked
        | LaunchStage::Requesting { .. }
        | LaunchStage::Grown { .. }
        | LaunchStage::Cancelling
        | LaunchStage::Cancelled
        | LaunchStage::Failed(_) => None,
    }))
}

async fn card(stage: &Stage, name: &str) -> Result<Card> {
    let answer = stage.ask(&Ask::Profiles(ProfileAsk::All)).await?;
    let Answer::Profiles(ProfileAnswer::Shelf(shelf)) = answer else { bail!("the tray answers {answer:?}") };
    shelf.profiles.into_iter().find(|card| card.name == name).context("there is such a profile")
}
