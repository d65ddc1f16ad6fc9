//! The tray's icon, tooltip and menu: drawn as the tray model says, and every line of it works.

use std::{fs::File, io::BufReader};

use anyhow::{Context, Result, ensure};
use curfew_tests::{
    binaries,
    session::SessionParts,
    stand_in::{Launch, State},
    tray::{Item, Pixmap},
    wait,
};
use domain::view::tray::{Entry, Icon, Tray, tray};

use super::{
    notice::terminated,
    stage::{AFTER_COUNTDOWN, ENVIRONMENT, MINUTE, SOON, Stage, late, overdue, quiet_desk},
};

/// Texts that name minutes are drawn anew once a minute.
const A_DRAWING: std::time::Duration = std::time::Duration::from_secs(100);

#[tokio::test]
async fn the_tray_draws_what_the_model_says() -> Result<()> {
    let stage = Stage::unconfigured(quiet_desk()).await?;
    // In every region that is enabled.
    stage.configure(ENVIRONMENT)?;
    let fresh = Launch::new("us-west-2", "t3.micro").name("fresh").count(2).launched_ago(5 * MINUTE);
    stage.aws.fleet(&[fresh, late(), overdue()]).await?;
    let _tray = stage.start_tray(&[])?;
    let item = stage.item().await?;
    stage.complete().await?;

    let model = drawn(&stage, &item).await?;
    assert_eq!((model.icon, model.figure.as_deref()), (Icon::Critical, Some("2")));
    let (headline, rest) = &model.tooltip;
    assert!(headline.starts_with("Curfew: 4 instances running, $"), "{headline}");
    assert!(rest.starts_with("2 instances need attention\n$"), "{rest}");

    let menu = item.menu().await?;
    let labels = menu.labels(&[])?;
    let instances: Vec<_> = labels.iter().filter(|label| label.contains(" - ")).collect();
    for (label, beginning) in
        instances.iter().zip(["!! llama_train - g5.xlarge, 7h", "! eval - g4dn.xlarge, 3h"])
    {
        assert!(label.starts_with(beginning), "{label:?} is not {beginning:?} in\n{menu}");
    }
    assert_eq!(instances.len(), 4, "{menu}");
    let behind = menu.labels(&["llama_train"])?;
    assert!(behind[0].starts_with("i-") && behind[0].ends_with("us-east-1, account work"), "{behind:?}");
    assert_eq!(behind[1..], ["Stop", "Terminate", "Snooze 2h", "Copy id", "Open in console"]);
    assert!(menu.entry(&["llama_train"])?.icon.is_some() && menu.entry(&["eval"])?.icon.is_some());

    draws(&item, "critical").await
}

#[tokio::test]
async fn a_calm_fleet_is_drawn_calm() -> Result<()> {
    let stage = Stage::set(quiet_desk()).await?;
    let _tray = stage.start_tray(&[])?;
    let item = stage.item().await?;
    stage.complete().await?;
    let model = drawn(&stage, &item).await?;
    assert_eq!((model.icon, model.figure), (Icon::Ok, None));
    assert_eq!(model.tooltip.0, "Curfew: nothing is running");
    draws(&item, "ok").await
}

#[tokio::test]
async fn terminate_from_the_menu_is_undone_once_and_then_carried_out() -> Result<()> {
    let stage = Stage::set(quiet_desk()).await?;
    let at = stage.aws.launch(overdue()).await?;
    let _tray = stage.start_tray(&[])?;
    let item = stage.item().await?;

    item.wait_and_click(&["llama_train", "Terminate"], SOON).await?;
    item.wait_and_click(&["llama_train - g5.xlarge, terminating in", "Undo terminate"], SOON).await?;
    let undone = ["tray terminate countdown-started", "tray terminate undone"];
    assert_eq!(stage.journal_until(&at, undone[1]).await?, undone);
    assert_eq!(stage.aws.instance(&at).await?.state, State::Running);
    assert_eq!(stage.aws.calls_of("TerminateInstances").await?, []);

    item.wait_and_click(&["llama_train", "Terminate"], SOON).await?;
    terminated(&stage, &at).await?;
    let ran = ["countdown-started", "sent", "done"].map(|outcome| format!("tray terminate {outcome}"));
    assert_eq!(stage.journal_until(&at, &ran[2]).await?[2..], ran);
    let gone = async || Ok(item.menu().await?.to_string());
    wait::until("it to leave the menu", AFTER_COUNTDOWN, gone, |menu| !menu.contains("llama_train")).await?;
    Ok(())
}

#[tokio::test]
async fn stop_snooze_and_copy_work_from_the_menu() -> Result<()> {
    let stage = Stage::set(SessionParts { ..quiet_desk() }).await?;
    let at = stage.aws.launch(overdue()).await?;
    stage.aws.launch(late()).await?;
    let _tray = stage.start_tray(&[])?;
    let item = stage.item().await?;

    item.wait_and_click(&["eval", "Snooze 2h"], SOON).await?;
    item.wait_and_click(&["(snoozed) eval", "Wake from snooze"], SOON).await?;
    item.wait_and_click(&["! eval", "Snooze 2h"], SOON).await?;

    item.wait_and_click(&["llama_train", "Stop"], SOON).await?;
    stage.aws.wait_for_state(&at, State::Stopped, SOON).await?;
    assert_eq!(stage.calls("StopInstances", &at).await?.len(), 1);
    assert_eq!(stage.journal_until(&at, "tray stop done").await?, ["tray stop sent", "tray stop done"]);
    Ok(())
}

#[tokio::test]
async fn what_is_protected_is_greyed_out() -> Result<()> {
    let stage = Stage::set(quiet_desk()).await?;
    let at = stage.aws.launch(overdue().tag("curfew:protect", "")).await?;
    let _tray = stage.start_tray(&[])?;
    let item = stage.item().await?;
    stage.complete().await?;
    let menu = async || item.menu().await;
    let there = |menu: &curfew_tests::tray::Menu| menu.entry(&["llama_train"]).is_ok();
    let menu = wait::until("the instance", SOON, menu, there).await?;
    for verb in ["Stop", "Terminate"] {
        assert!(!menu.entry(&["llama_train", verb])?.enabled, "{menu}");
    }
    assert_eq!(stage.aws.instance(&at).await?.state, State::Running);
    Ok(())
}

/// Waits until the icon shows exactly what the model makes of the tray's fleet, and returns the model.
async fn drawn(stage: &Stage, item: &Item) -> Result<Tray> {
    wait::until_ok("the icon to show the fleet", A_DRAWING, async || {
        let (fleet, now) = stage.fleet().await?;
        let model = tray(&fleet, &[], now);
        let look = item.look().await?;
        let tooltip = (
            look.tooltip_title,
            look.tooltip.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"),
        );
        ensure!(tooltip == model.tooltip, "the tooltip is {tooltip:?} instead of {:?}", model.tooltip);
        let mut lines = String::new();
        write(&model.menu, 0, &mut lines);
        // A hidden last line tells the host that places in the menu have come to mean something else.
        let menu: String = item
            .menu()
            .await?
            .to_string()
            .split_inclusive('\n')
            .filter(|line| !line.ends_with("(hidden)\n"))
            .collect();
        ensure!(menu == lines, "the menu is\n{menu}instead of\n{lines}");
        Ok(model)
    })
    .await
}

/// The model's menu as lines of a [`curfew_tests::tray::Menu`].
fn write(entries: &[Entry], depth: usize, lines: &mut String) {
    for entry in entries {
        let indent = " ".repeat(depth * 4);
        let line = match entry {
            Entry::Separator => "---".to_owned(),
            Entry::Note(text) | Entry::Item { label: text, does: None } => format!("{text} (disabled)"),
            Entry::Item { label, does: Some(_) } | Entry::Submenu { label, .. } => label.clone(),
        };
        lines.push_str(&format!("{indent}{line}\n"));
        if let Entry::Submenu { entries, .. } = entry {
            write(entries, depth + 1, lines);
        }
    }
}

/// Waits until the icon is drawn for this state: the host gets it after tooltip and menu.
async fn draws(item: &Item, state: &str) -> Result<()> {
    let look = async || state_drawn(&item.look().await?.icon);
    wait::until(format!("the icon to be drawn {state}"), SOON, look, |drawn| *drawn == state).await?;
    Ok(())
}

/// The state whose shipped picture the drawn one is most like: the figure covers a part of it.
fn state_drawn(icon: &[Pixmap]) -> Result<&'static str> {
    let drawn = icon.iter().find(|pixmap| pixmap.width == 64).context("there is no icon of 64 pixels")?;
    let mut likeness = Vec::new();
    for state in ["ok", "warning", "critical", "offline", "paused", "demo"] {
        likeness.push((alike(drawn, state)?, state));
    }
    let best = likeness.iter().max().context("there are states")?;
    ensure!(
        likeness.iter().filter(|other| other.0 == best.0).count() == 1,
        "it is like several: {likeness:?}"
    );
    Ok(best.1)
}

/// How many pixels are those of a state's picture.
fn alike(drawn: &Pixmap, state: &str) -> Result<usize> {
    let path = binaries::workspace().join(format!("icons/tray/{state}-64.png"));
    let mut reader = png::Decoder::new(BufReader::new(File::open(path)?)).read_info()?;
    let mut rgba = vec![0; reader.output_buffer_size().context("a small picture")?];
    reader.next_frame(&mut rgba)?;
    let pairs = drawn.argb.chunks_exact(4).zip(rgba.chunks_exact(4));
    Ok(pairs.filter(|(argb, rgba)| argb[0] == rgba[3] && (rgba[3] == 0 || argb[1..] == rgba[..3])).count())
}
