//! Parts of the desktop that are missing: said once, with a way out, and made use of when they come.

use anyhow::{Context, Result};
use curfew_tests::{
    session::{Keyring, NotificationDaemon, Part, SessionParts},
    tray::Item,
    wait, windows,
};
use domain::AccountState;

use super::{
    page::Page,
    stage::{SOON, Stage, bare_desk, overdue, quiet_desk},
};

const BY_KEYCHAIN: &str = "[[account]]\nname = \"personal\"\nsource = \"keychain\"\n";

#[tokio::test]
async fn without_a_tray_the_window_opens_and_says_why() -> Result<()> {
    let stage = Stage::set(bare_desk()).await?;
    let _tray = stage.start_tray(&[])?;
    let window = windows::wait_for(&stage.session, "Curfew", SOON).await?;
    windows::close(&stage.session, &window).await?;

    let page = Page::open(&stage).await?;
    let said = page.reads(".banners", "shows no tray icons").await?;
    assert!(said.contains("AppIndicator"), "{said}");
    Ok(())
}

#[tokio::test]
async fn a_tray_that_comes_later_gets_the_icon() -> Result<()> {
    let mut stage = Stage::set(bare_desk()).await?;
    let _tray = stage.start_tray(&["--background"])?;
    stage.complete().await?;
    stage.session.start_part(Part::TrayHost).await?;
    let item = stage.item().await?;
    stage.session.stop_part(Part::TrayHost);
    stage.session.start_part(Part::TrayHost).await?;
    drop(item);
    stage.item().await?;
    Ok(())
}

#[tokio::test]
async fn a_notification_daemon_that_comes_later_shows_what_is_due() -> Result<()> {
    let mut stage =
        Stage::set(SessionParts { notifications: NotificationDaemon::Absent, ..quiet_desk() }).await?;
    stage.aws.launch(overdue()).await?;
    let _tray = stage.start_tray(&[])?;
    let item = stage.item().await?;
    says(&item, "This desktop shows no notifications").await?;
    let page = Page::open(&stage).await?;
    page.reads(".banner.warning", "Start a notification daemon.").await?;

    stage.session.start_part(Part::NotificationDaemon).await?;
    stage.notice("Critical: llama_train").await?;
    page.loses(".banner.warning").await
}

#[tokio::test]
async fn a_locked_keychain_is_said_and_retried() -> Result<()> {
    let stage = Stage::unconfigured(SessionParts { keyring: Keyring::Unlocked, ..quiet_desk() }).await?;
    stage.configure(BY_KEYCHAIN)?;
    store_key(&stage)?;
    stage.session.lock_keyring().await?;
    stage.aws.launch(overdue()).await?;
    let mut command = stage.session.command(curfew_tests::binaries::curfew_tray()?);
    command.envs(stage.aws.env().into_iter().filter(|(name, _)| !name.contains("KEY")));
    let _tray = stage.session.spawn("curfew-tray", command)?;
    let item = stage.item().await?;
    says(&item, "locked").await?;

    let page = Page::open(&stage).await?;
    page.reads(".banner[data-account='personal']", "locked").await?;
    stage.session.unlock_keyring().await?;
    page.press("Retry").await?;
    page.reads(".section.critical", "llama_train").await?;
    page.loses(".banner[data-account='personal']").await?;
    let prompts = stage.session.processes().iter().filter(|it| it.name.starts_with("gcr-prompter")).count();
    assert_eq!(prompts, 0, "a keychain that is open needs no prompt");
    Ok(())
}

#[tokio::test]
async fn an_absent_keychain_is_said() -> Result<()> {
    let stage = Stage::unconfigured(quiet_desk()).await?;
    stage.configure(BY_KEYCHAIN)?;
    let _tray = stage.start_tray(&[])?;
    let item = stage.item().await?;
    says(&item, "Account personal: ").await?;
    let (fleet, _) = stage.fleet().await?;
    let state = fleet.accounts.values().next().context("there is an account")?;
    assert!(matches!(state, AccountState::Broken(fault) if fault.code() == "keychain-absent"), "{state:?}");
    Ok(())
}

/// Waits until the menu says this somewhere at its top.
async fn says(item: &Item, text: &str) -> Result<()> {
    let menu = async || Ok(item.menu().await?.to_string());
    wait::until(format!("the menu to say {text:?}"), SOON, menu, |menu| menu.contains(text)).await.map(drop)
}

/// Keeps the stand-in's key where Curfew looks for the account's.
fn store_key(stage: &Stage) -> Result<()> {
    let (id, secret) = curfew_tests::stand_in::KEY;
    stage.write("key", &format!("1\n{id}\n{secret}"))?;
    let mut tool = stage.session.command("secret-tool");
    tool.args(["store", "--label=Curfew", "service", "curfew", "username", "personal"]);
    let status = tool.stdin(std::fs::File::open(stage.session.home().join("key"))?).status()?;
    anyhow::ensure!(status.success(), "the key was not stored");
    Ok(())
}
