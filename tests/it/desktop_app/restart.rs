//! The tray killed and started again: what a person was told is not told again, what was put off stays put off.

use anyhow::Result;
use curfew_tests::{
    process::Process,
    stand_in::{Launch, State},
    wait,
};

use super::stage::{HOUR, SOON, Stage, desk, late, overdue};

#[tokio::test]
async fn nothing_is_told_twice_and_a_snooze_lasts() -> Result<()> {
    let stage = Stage::set(desk()).await?;
    stage.aws.fleet(&[overdue(), late()]).await?;
    let mut tray = stage.start_tray(&[])?;
    stage.notice("Critical: llama_train").await?;
    let warning = stage.notice("Warning: eval").await?;
    stage.notifications.invoke(warning.id, "Snooze 2h").await?;
    let remembered = async || Ok((stage.seen("llama_train").await?, stage.seen("eval").await?));
    wait::until("both to be remembered", SOON, remembered, |(told, put_off)| {
        told.shown && put_off.snoozed_until.is_some()
    })
    .await?;
    let until = stage.seen("eval").await?.snoozed_until;
    kill(&mut tray).await?;
    let told = stage.notifications.sent().len();

    // Something new is told, and by then anything old would have been.
    stage.aws.launch(Launch::new("us-west-2", "t3.micro").name("new").launched_ago(4 * HOUR)).await?;
    let _tray = stage.start_again("curfew-tray-again", &[])?;
    stage.notice("Warning: new").await?;
    let again: Vec<_> =
        stage.notifications.sent()[told..].iter().map(|notice| notice.summary.clone()).collect();
    assert_eq!(again.len(), 1, "told again: {again:?}");
    assert!(stage.seen("llama_train").await?.shown);
    assert_eq!(stage.seen("eval").await?.snoozed_until, until);
    Ok(())
}

#[tokio::test]
async fn a_countdown_does_not_survive_a_kill() -> Result<()> {
    let stage = Stage::set(desk()).await?;
    let at = stage.aws.launch(overdue()).await?;
    let mut tray = stage.start_tray(&[])?;
    let item = stage.item().await?;
    item.wait_and_click(&["llama_train", "Terminate"], SOON).await?;
    stage.journal_until(&at, "tray terminate countdown-started").await?;
    kill(&mut tray).await?;

    let _tray = stage.start_again("curfew-tray-again", &[])?;
    let fleet = stage.complete().await?;
    assert!(fleet.progress.is_empty(), "{:?}", fleet.progress);
    assert_eq!(stage.aws.instance(&at).await?.state, State::Running);
    assert_eq!(stage.aws.calls_of("TerminateInstances").await?, []);
    Ok(())
}

async fn kill(tray: &mut Process) -> Result<()> {
    tray.kill()?;
    tray.wait(SOON).await.map(drop)
}
