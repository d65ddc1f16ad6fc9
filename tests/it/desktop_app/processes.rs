//! Two processes that come and go by themselves: one tray, one window, and neither takes the other along.

use std::fs::File;

use anyhow::{Context, Result, ensure};
use curfew_tests::{binaries, stand_in::State, tray::Tray, wait, windows};
use wire::{Address, Answer, Client};

use super::{
    page::Page,
    stage::{SOON, Stage, overdue, quiet_desk},
};

#[tokio::test]
async fn a_second_start_opens_the_window_of_the_first() -> Result<()> {
    let stage = Stage::set(quiet_desk()).await?;
    let _tray = stage.start_tray(&[])?;
    stage.item().await?;
    assert!(stage.windows().is_empty());

    for start in ["second", "third"] {
        let status = stage.start_again(start, &[])?.wait(SOON).await?;
        assert!(status.success(), "the {start} start ended with {status}");
        windows::wait_for(&stage.session, "Curfew", SOON).await?;
    }
    let focus = async || windows::active(&stage.session).await;
    wait::until("the window to be in front", SOON, focus, |window| {
        window.as_ref().is_some_and(|window| window.title == "Curfew")
    })
    .await?;
    assert_eq!(stage.windows().len(), 1);
    assert_eq!(Tray::of(&stage.session).items().await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn two_starts_at_once_make_one_tray() -> Result<()> {
    let stage = Stage::set(quiet_desk()).await?;
    let mut both = [stage.start_again("one", &[])?, stage.start_again("other", &[])?];
    stage.item().await?;
    wait::until(
        "one of them to end",
        SOON,
        async || Ok([both[0].exited()?, both[1].exited()?]),
        |ended| ended.iter().flatten().count() == 1,
    )
    .await?;
    for process in &mut both {
        assert!(process.exited()?.is_none_or(|status| status.success()), "{}", process.log());
    }
    assert_eq!(Tray::of(&stage.session).items().await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn quitting_takes_a_countdown_back() -> Result<()> {
    let stage = Stage::set(quiet_desk()).await?;
    let at = stage.aws.launch(overdue()).await?;
    let mut tray = stage.start_tray(&[])?;
    let item = stage.item().await?;
    item.wait_and_click(&["llama_train", "Terminate"], SOON).await?;
    stage.journal_until(&at, "tray terminate countdown-started").await?;
    item.click(&["Quit"]).await?;
    assert!(tray.wait(SOON).await?.success());
    assert_eq!(stage.journal(&at)?, ["tray terminate countdown-started", "tray terminate cancelled-by-quit"]);
    assert_eq!(stage.aws.instance(&at).await?.state, State::Running);
    assert_eq!(stage.aws.calls_of("TerminateInstances").await?, []);
    Ok(())
}

#[tokio::test]
async fn the_tray_stays_when_the_window_goes_in_whatever_way() -> Result<()> {
    let stage = Stage::set(quiet_desk()).await?;
    stage.aws.launch(overdue()).await?;
    let mut tray = stage.start_tray(&[])?;
    let item = stage.item().await?;
    stage.complete().await?;

    item.activate().await?;
    let window = windows::wait_for(&stage.session, "Curfew", SOON).await?;
    windows::close(&stage.session, &window).await?;
    stage.windows_gone().await?;

    item.wait_and_click(&["Open Curfew"], SOON).await?;
    windows::wait_for(&stage.session, "Curfew", SOON).await?;
    for window in stage.windows() {
        stage.kill(window)?;
    }
    stage.windows_gone().await?;
    item.activate().await?;
    windows::wait_for(&stage.session, "Curfew", SOON).await?;
    assert_eq!(tray.exited()?, None);
    let menu = item.menu().await?;
    assert!(menu.to_string().contains("llama_train"), "{menu}");

    // A person who quits ends the window too.
    item.click(&["Quit"]).await?;
    assert!(tray.wait(SOON).await?.success());
    stage.windows_gone().await?;
    Ok(())
}

/// What was killed may look for a moment as if it were there, and be called to the front.
#[tokio::test]
async fn a_window_that_goes_as_it_is_called_is_followed_by_another() -> Result<()> {
    let stage = Stage::set(quiet_desk()).await?;
    let _tray = stage.start_tray(&["--background"])?;
    let item = stage.item().await?;
    // To the tray, whoever watches is a window.
    let mut going = Client::new(Address::in_folder(&stage.runtime())).watch().await?;
    going.next().await.context("the stream has ended")??;
    item.activate().await?;
    while !matches!(going.next().await.context("the stream has ended")??, Answer::Raise) {}
    drop(going);
    windows::wait_for(&stage.session, "Curfew", SOON).await?;
    Ok(())
}

#[tokio::test]
async fn a_window_that_is_still_going_does_not_keep_the_next_from_coming() -> Result<()> {
    let stage = Stage::set(quiet_desk()).await?;
    let _tray = stage.start_tray(&["--background"])?;
    let item = stage.item().await?;
    let going = File::create(stage.runtime().join("window.lock"))?;
    going.lock()?;

    item.activate().await?;
    wait::until("the next", SOON, async || Ok(stage.windows()), |windows| !windows.is_empty()).await?;
    going.unlock()?;
    windows::wait_for(&stage.session, "Curfew", SOON).await?;
    Ok(())
}

#[tokio::test]
async fn the_window_says_that_the_tray_was_killed_and_brings_it_back() -> Result<()> {
    let stage = Stage::set(quiet_desk()).await?;
    let at = stage.aws.launch(overdue()).await?;
    let mut tray = stage.start_tray(&[])?;
    let page = Page::open(&stage).await?;
    page.reads(".section.critical", "llama_train").await?;

    tray.kill()?;
    tray.wait(SOON).await?;
    let said = page.reads(".banner.gone", "until the tray is back").await?;
    assert!(said.contains("Restart the tray"), "{said}");
    page.reads(&super::page::row(&at.id), "llama_train").await?;

    page.press("Restart the tray").await?;
    page.loses(".banner.gone").await?;
    stage.item().await?;
    page.verb(&at.id, "stop").await?;
    stage.aws.wait_for_state(&at, State::Stopped, SOON).await?;
    Ok(())
}

#[tokio::test]
async fn the_tray_links_no_webview_and_no_toolkit() -> Result<()> {
    let output = std::process::Command::new("ldd").arg(binaries::curfew_tray()?).output()?;
    ensure!(output.status.success(), "ldd failed: {}", String::from_utf8_lossy(&output.stderr));
    let linked = String::from_utf8(output.stdout)?.to_lowercase();
    assert!(linked.contains("libc.so"), "{linked}");
    for heavy in ["webkit", "gtk", "gdk", "javascriptcore", "libsoup"] {
        assert!(!linked.contains(heavy), "{heavy} is linked:\n{linked}");
    }
    Ok(())
}
