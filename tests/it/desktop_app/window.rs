//! The window: an instance is found, acted on, kept, and ended.

use anyhow::Result;
use curfew_tests::{
    input,
    stand_in::{At, State},
    wait,
};

use super::{
    notice::terminated,
    page::{Page, row},
    stage::{SOON, Stage, late, overdue, quiet_desk},
};

const FILTER: &str = ".filter input";

#[tokio::test]
async fn terminate_from_the_window_is_undone_once_and_then_carried_out() -> Result<()> {
    let stage = Stage::set(quiet_desk()).await?;
    let at = stage.aws.launch(overdue()).await?;
    stage.aws.launch(late()).await?;
    let _tray = stage.start_tray(&[])?;
    let page = Page::open(&stage).await?;

    page.reads(&row(&at.id), "llama_train").await?;
    page.reads(".section.critical", "Critical").await?;
    page.reads(".section.warning", "eval").await?;

    // Asked first: the safe answer does nothing.
    page.verb(&at.id, "terminate").await?;
    page.answer(&at.id, "keep").await?;
    page.loses(".strip").await?;

    begin(&page, &at).await?;
    page.reads(&format!("{} .countdown", row(&at.id)), "Terminating in").await?;
    page.answer(&at.id, "undo").await?;
    let undone = ["window terminate countdown-started", "window terminate undone"];
    assert_eq!(stage.journal_until(&at, undone[1]).await?, undone);
    page.loses(".countdown").await?;
    assert_eq!(stage.aws.instance(&at).await?.state, State::Running);
    assert_eq!(stage.aws.calls_of("TerminateInstances").await?, []);

    begin(&page, &at).await?;
    terminated(&stage, &at).await?;
    let ran = ["countdown-started", "sent", "done"].map(|outcome| format!("window terminate {outcome}"));
    assert_eq!(stage.journal_until(&at, &ran[2]).await?[2..], ran);
    page.is_well().await
}

#[tokio::test]
async fn stop_and_start_work_from_the_window() -> Result<()> {
    let stage = Stage::set(quiet_desk()).await?;
    let at = stage.aws.launch(overdue()).await?;
    let _tray = stage.start_tray(&[])?;
    let page = Page::open(&stage).await?;

    page.verb(&at.id, "stop").await?;
    stage.aws.wait_for_state(&at, State::Stopped, SOON).await?;
    assert_eq!(stage.calls("StopInstances", &at).await?.len(), 1);
    page.reads(".section.stopped", "llama_train").await?;

    page.verb(&at.id, "start").await?;
    stage.aws.wait_for_state(&at, State::Running, SOON).await?;
    page.reads(".section.running", "llama_train").await?;
    let lines = stage.journal_until(&at, "window start done").await?;
    assert_eq!(lines, ["window stop sent", "window stop done", "window start sent", "window start done"]);
    page.is_well().await
}

#[tokio::test]
async fn a_copied_id_outlives_the_window() -> Result<()> {
    let stage = Stage::set(quiet_desk()).await?;
    let at = stage.aws.launch(overdue()).await?;
    let _tray = stage.start_tray(&[])?;
    stage.complete().await?;
    let page = Page::open(&stage).await?;
    page.reads(&row(&at.id), "llama_train").await?;
    page.click(&format!("{} [aria-label='Copy the id']", row(&at.id))).await?;
    page.reads(".note.done", "Id copied").await?;
    drop(page);

    let page = Page::open(&stage).await?;
    page.reads(&row(&at.id), "llama_train").await?;
    page.click(FILTER).await?;
    input::press(&stage.session, &["ctrl+v"]).await?;
    let pasted = async || page.look("return document.querySelector('.filter input').value").await;
    wait::until("the id to be pasted", SOON, pasted, |text| text == at.id.as_str()).await?;
    Ok(())
}

/// Presses Terminate and says yes.
async fn begin(page: &Page, at: &At) -> Result<()> {
    page.verb(&at.id, "terminate").await?;
    page.answer(&at.id, "do").await
}
