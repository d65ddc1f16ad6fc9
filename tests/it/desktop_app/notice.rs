//! Notifications: told once, with buttons that work, and a countdown that can be taken back.

use anyhow::Result;
use curfew_tests::{
    notifications::{Notice, Urgency},
    stand_in::{At, State},
    wait,
};

use super::stage::{AFTER_COUNTDOWN, SOON, Stage, desk, late, overdue};

#[tokio::test]
async fn terminate_is_undone_once_and_then_carried_out() -> Result<()> {
    let stage = Stage::set(desk()).await?;
    let at = stage.aws.launch(overdue()).await?;
    let mut tray = stage.start_tray(&[])?;

    let notice = stage.notice("Critical: llama_train running for 7h").await?;
    assert_eq!(labels(&notice), ["Open Curfew", "Stop", "Snooze 2h", "Terminate"]);
    assert_eq!((notice.application.as_str(), notice.urgency), ("Curfew", Urgency::Critical));
    for fact in ["g5.xlarge", "us-east-1", "account work", at.id.as_str(), "$"] {
        assert!(notice.body.contains(fact), "{fact:?} is not in {:?}", notice.body);
    }

    begin(&stage, &notice).await?;
    undo(&stage).await?;
    let undone = ["notification terminate countdown-started", "notification terminate undone"];
    assert_eq!(stage.journal_until(&at, undone[1]).await?, undone);
    assert_eq!(stage.aws.instance(&at).await?.state, State::Running);
    assert_eq!(stage.aws.calls_of("TerminateInstances").await?, []);

    // Undone, the alert is there again, as if nothing had been pressed.
    let title = notice.summary.as_str();
    let back = |again: &Notice| again.id != notice.id && again.summary == title;
    let notice = stage.notifications.wait_for("the alert to come back", SOON, back).await?;
    begin(&stage, &notice).await?;
    terminated(&stage, &at).await?;
    let ran =
        ["countdown-started", "sent", "done"].map(|outcome| format!("notification terminate {outcome}"));
    assert_eq!(stage.journal_until(&at, &ran[2]).await?[2..], ran);
    assert_eq!(tray.exited()?, None);
    Ok(())
}

#[tokio::test]
async fn stop_and_snooze_work_from_the_notification() -> Result<()> {
    let stage = Stage::set(desk()).await?;
    let at = stage.aws.launch(overdue()).await?;
    stage.aws.launch(late()).await?;
    let _tray = stage.start_tray(&[])?;

    let critical = stage.notice("Critical: llama_train").await?;
    let warning = stage.notice("Warning: eval running for 3h").await?;
    assert_eq!(warning.urgency, Urgency::Normal);

    stage.notifications.invoke(warning.id, "Snooze 2h").await?;
    let look = async || stage.seen("eval").await;
    wait::until("eval to be snoozed", SOON, look, |seen| seen.snoozed_until.is_some()).await?;
    stage.notifications.wait_closed(warning.id, SOON).await?;

    stage.notifications.invoke(critical.id, "Stop").await?;
    stage.aws.wait_for_state(&at, State::Stopped, SOON).await?;
    stage.notifications.wait_closed(critical.id, SOON).await?;
    assert_eq!(stage.calls("StopInstances", &at).await?.len(), 1);
    let lines = stage.journal_until(&at, "notification stop done").await?;
    assert_eq!(lines, ["notification stop sent", "notification stop done"]);
    Ok(())
}

fn labels(notice: &Notice) -> Vec<&str> {
    notice.actions.iter().map(|action| action.label.as_str()).collect()
}

/// Presses Terminate.
async fn begin(stage: &Stage, notice: &Notice) -> Result<()> {
    stage.notifications.invoke(notice.id, "Terminate").await
}

/// Waits for the countdown's notification and presses its only button.
async fn undo(stage: &Stage) -> Result<()> {
    let countdown = stage.notice("Terminating llama_train in").await?;
    assert_eq!(labels(&countdown), ["Open Curfew", "Undo"]);
    stage.notifications.invoke(countdown.id, "Undo").await?;
    stage.notifications.wait_closed(countdown.id, SOON).await.map(drop)
}

/// Waits until it is gone, by one call that named it.
pub(super) async fn terminated(stage: &Stage, at: &At) -> Result<()> {
    stage.aws.wait_for_state(at, State::Terminated, AFTER_COUNTDOWN).await?;
    assert_eq!(stage.calls("TerminateInstances", at).await?.len(), 1);
    assert_eq!(stage.aws.calls_of("TerminateInstances").await?.len(), 1);
    Ok(())
}
