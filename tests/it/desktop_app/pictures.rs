//! Pictures for people: what the panel, the menu, the notifications and every page look like, in both themes.
//!
//! What must be true of a picture is checked by the other tests; here only that there is something to be seen.

use anyhow::Result;
use curfew_tests::{
    input::{self, Button},
    screenshot,
    session::{Keyring, Session, SessionParts, Theme},
    stand_in::{Launch, Market, State},
    tray::Tray,
};

use super::{
    page::Page,
    stage::{HOUR, MINUTE, SOON, Stage, desk, late, overdue, quiet_desk},
};

#[tokio::test]
async fn the_desktop_in_light() -> Result<()> {
    shoot(Theme::Light, "light").await
}

#[tokio::test]
async fn the_desktop_in_dark() -> Result<()> {
    shoot(Theme::Dark, "dark").await
}

async fn shoot(theme: Theme, name: &str) -> Result<()> {
    let stage = Stage::set(SessionParts { theme, ..desk() }).await?;
    screenshot::paint_backdrop(&stage.session).await?;
    stage.aws.fleet(&fleet()).await?;
    let _tray = stage.start_tray(&[])?;
    stage.notice("Critical: llama_train").await?;
    stage.notice("Warning: eval").await?;
    take(&stage.session, &format!("notification-{name}")).await?;

    let icon = Tray::of(&stage.session).icon_place();
    input::click(&stage.session, icon, Button::Right).await?;
    input::press(&stage.session, &["Down", "Right"]).await?;
    take(&stage.session, &format!("menu-{name}")).await?;
    input::press(&stage.session, &["Escape", "Escape"]).await?;
    for notice in stage.notifications.open() {
        stage.notifications.close(notice.id).await?;
    }

    let page = Page::open(&stage).await?;
    assert_eq!(page.is_dark().await?, theme == Theme::Dark);
    page.reads(".section.critical", "llama_train").await?;
    page.is_painted().await?;
    take(&stage.session, &format!("window-{name}")).await?;
    page.press("Settings").await?;
    page.reads("main.settings", "Start at login").await?;
    page.is_painted().await?;
    take(&stage.session, &format!("settings-{name}")).await?;
    page.is_well().await
}

#[tokio::test]
async fn the_first_run_in_both_themes() -> Result<()> {
    for (theme, name) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let parts = SessionParts { theme, keyring: Keyring::Unlocked, ..desk() };
        let stage = Stage::unconfigured(parts).await?;
        screenshot::paint_backdrop(&stage.session).await?;
        let _tray = stage.start_tray(&["--background"])?;
        stage.item().await?;
        let page = Page::open(&stage).await?;
        page.reads("main.first-run", "Start the demo").await?;
        page.is_painted().await?;
        take(&stage.session, &format!("first-run-{name}")).await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_demo_window() -> Result<()> {
    let stage = Stage::unconfigured(SessionParts { theme: Theme::Dark, ..desk() }).await?;
    screenshot::paint_backdrop(&stage.session).await?;
    let _tray = stage.start_tray(&["--demo"])?;
    stage.item().await?;
    let page = Page::open(&stage).await?;
    page.reads(".banner.demo", "simulated fleet").await?;
    page.reads(".section.critical", "llama-finetune").await?;
    page.is_painted().await?;
    // The demo's clock ticks every second: there is no rest to wait for.
    screenshot::take(&stage.session, "window-demo").await?;
    Ok(())
}

#[tokio::test]
async fn the_launcher_in_light() -> Result<()> {
    shoot_launcher(Theme::Light, "light").await
}

#[tokio::test]
async fn the_launcher_in_dark() -> Result<()> {
    shoot_launcher(Theme::Dark, "dark").await
}

async fn shoot_launcher(theme: Theme, name: &str) -> Result<()> {
    let stage = Stage::unconfigured(SessionParts { theme, ..quiet_desk() }).await?;
    screenshot::paint_backdrop(&stage.session).await?;
    let _tray = stage.start_tray(&["--demo"])?;
    stage.item().await?;
    let page = Page::open(&stage).await?;
    page.press("Launch").await?;
    // The demo's clock ticks every second: there is no rest to wait for.
    let shot = async |selector: &str, what: &str| {
        page.sees(selector).await?;
        page.is_painted().await?;
        screenshot::take(&stage.session, &format!("{what}-{name}")).await.map(drop)
    };
    shot("[data-profile='g5-training']", "launch-profiles").await?;
    page.click("[data-do='new']").await?;
    shot("[data-example]", "launch-examples").await?;
    page.click("[data-do='new']").await?;
    page.click("[data-profile='g5-training'] [data-pick='launch']").await?;
    shot("[data-stage='checking'] .checks .good", "launch-checking").await?;
    shot("[data-reply='yes']", "launch-asked").await?;
    page.click("[data-reply='yes']").await?;
    shot(".launching .refused li", "launch-refused").await?;
    shot(".steps li:nth-child(4).done", "launch-running").await?;
    let icon = Tray::of(&stage.session).icon_place();
    input::click(&stage.session, icon, Button::Right).await?;
    input::press(&stage.session, &["Down"]).await?;
    page.is_painted().await?;
    screenshot::take(&stage.session, &format!("launch-menu-{name}")).await?;
    input::press(&stage.session, &["Escape", "Escape"]).await?;
    shot(".steps li.done:last-child", "launch-training").await?;
    page.click("[data-profile='trainium-dev'] [data-pick='edit']").await?;
    shot(".editor h3.ok", "editor").await?;
    page.look(
        "const sheet = document.querySelector('.sheet'); \
         sheet.value = sheet.value.replace('types   =', 'typess  =').replace('size_gib         = 50', 'size_gib         = 0'); \
         sheet.dispatchEvent(new InputEvent('input', { bubbles: true }))",
    )
    .await?;
    shot(".gutter .fault-line", "editor-faulty").await?;
    page.is_well().await
}

async fn take(session: &Session, name: &str) -> Result<()> {
    screenshot::take_at_rest(session, name, SOON).await.map(drop)
}

/// A bit of everything.
fn fleet() -> Vec<Launch> {
    vec![
        overdue(),
        late(),
        Launch::new("us-east-1", "g5.2xlarge").name("notebook").launched_ago(25 * MINUTE),
        Launch::new("us-west-2", "p4d.24xlarge").name("pretrain").launched_ago(50 * MINUTE).protected(),
        Launch::new("us-west-2", "g5.xlarge")
            .name("sweep-{n}")
            .count(3)
            .market(Market::Spot)
            .launched_ago(HOUR),
        Launch::new("eu-west-1", "t3.micro").launched_ago(30 * HOUR * 24).tag("curfew:protect", ""),
        Launch::new("eu-central-1", "g4dn.xlarge")
            .name("labels")
            .state(State::Stopped)
            .launched_ago(9 * HOUR),
    ]
}
