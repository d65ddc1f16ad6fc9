//! Start at login: the entry is one that any desktop takes, wherever Curfew lies.

use std::fs;

use anyhow::{Context, Result, ensure};
use curfew_tests::{binaries, wait};
use wire::{Answer, Ask};

use super::stage::{SOON, Stage, quiet_desk};

#[tokio::test]
async fn the_entry_is_valid_and_starts_the_tray_from_a_path_with_spaces() -> Result<()> {
    let stage = Stage::set(quiet_desk()).await?;
    let folder = stage.session.home().join("my programs/100% \"of\" $them");
    fs::create_dir_all(&folder)?;
    let program = folder.join("curfew-tray");
    fs::copy(binaries::curfew_tray()?, &program).context("cannot copy the tray")?;
    let mut tray = stage.session.spawn("curfew-tray", stage.command(&program))?;
    stage.item().await?;

    assert!(matches!(stage.ask(&Ask::Autostart(true)).await?, Answer::Done));
    let entry = stage.session.home().join(".config/autostart/curfew.desktop");
    let checked = stage.session.command("desktop-file-validate").arg(&entry).output();
    let checked =
        checked.context("cannot run desktop-file-validate: install the package desktop-file-utils")?;
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    ensure!(checked.status.success() && said.is_empty(), "{said}\n{}", fs::read_to_string(&entry)?);

    assert!(matches!(stage.ask(&Ask::Quit).await?, Answer::Done));
    assert!(tray.wait(SOON).await?.success());

    let mut login = stage.command("gio");
    login.arg("launch").arg(&entry);
    let status = stage.session.spawn("gio", login)?.wait(SOON).await?;
    ensure!(status.success(), "gio launch ended with {status}");
    stage.item().await?;
    assert!(stage.windows().is_empty(), "at login no window opens");

    assert!(matches!(stage.ask(&Ask::Autostart(false)).await?, Answer::Done));
    assert!(!entry.exists());
    assert!(matches!(stage.ask(&Ask::Quit).await?, Answer::Done));
    let running = async || Ok(stage.session.processes());
    wait::until("the tray to end", SOON, running, |all| all.iter().all(|it| it.name != "curfew-tray"))
        .await?;
    Ok(())
}
