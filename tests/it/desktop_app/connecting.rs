//! The first run: an access key typed into the window ends up in the keyring and nowhere else.

mod wiretap;

use std::fs;

use anyhow::{Context, Result, ensure};
use curfew_tests::{
    binaries,
    session::{Keyring, SessionParts},
    stand_in, wait,
};

use super::{
    page::Page,
    stage::{REGIONS, SOON, Stage, overdue, quiet_desk},
};
use wiretap::Wiretap;

#[tokio::test]
async fn a_key_goes_into_the_keyring_and_nowhere_else() -> Result<()> {
    let stage = Stage::unconfigured(SessionParts { keyring: Keyring::Unlocked, ..quiet_desk() }).await?;
    stage.configure(REGIONS)?;
    stage.aws.launch(overdue()).await?;
    let _tray = start_without_keys(&stage)?;
    stage.item().await?;
    let wiretap = Wiretap::lay(&stage.runtime().join("curfew.sock"))?;

    let page = Page::open_with(&stage, &[]).await?;
    let (id, secret) = stand_in::KEY;
    page.sees(".first-run").await?;
    page.type_into("#key-key", id).await?;
    page.type_into("#key-secret", secret).await?;
    page.press("Connect").await?;
    page.reads(".section.critical", "llama_train").await?;

    let mut lookup = stage.session.command("secret-tool");
    lookup.args(["lookup", "service", "curfew", "username", "personal"]);
    let kept = String::from_utf8(lookup.output()?.stdout)?;
    assert_eq!(kept, format!("1\n{id}\n{secret}"));

    let passed = wiretap.heard();
    assert!(contains(&passed, b"PutAccount") && contains(&passed, b"llama_train"), "nothing was overheard");
    assert!(!contains(&passed, secret.as_bytes()), "the secret went over the socket");
    let searched = search(&stage, secret)?;
    for part in ["curfew/config.toml", "curfew-tray.log", "curfew.db"] {
        assert!(searched.iter().any(|path| path.contains(part)), "{part} is not among {searched:?}");
    }
    let typed = page.look("return document.documentElement.outerHTML").await?;
    assert!(!typed.to_string().contains(secret), "the secret is still in the page");
    Ok(())
}

#[tokio::test]
async fn a_key_that_aws_does_not_know_is_said() -> Result<()> {
    let stage = Stage::unconfigured(SessionParts { keyring: Keyring::Unlocked, ..quiet_desk() }).await?;
    let _tray = start_without_keys(&stage)?;
    stage.item().await?;
    let page = Page::open_with(&stage, &[]).await?;
    page.type_into("#key-key", "AKIANOBODYKNOWSTHIS0").await?;
    page.type_into("#key-secret", "wrong").await?;
    page.press("Connect").await?;
    let said = page.reads(".banner[data-account='personal']", "Account personal").await?;
    assert!(said.contains("AWS does not accept these credentials") && said.contains("Retry"), "{said}");
    Ok(())
}

#[tokio::test]
async fn the_first_start_opens_the_window() -> Result<()> {
    let stage = Stage::unconfigured(quiet_desk()).await?;
    let mut command = stage.session.command(binaries::curfew_tray()?);
    command.env("AWS_ENDPOINT_URL", stage.aws.url());
    let _tray = stage.session.spawn("curfew-tray", command)?;
    wait::until("the window", SOON, async || Ok(stage.windows()), |windows| windows.len() == 1).await?;
    curfew_tests::windows::wait_for(&stage.session, "Curfew", SOON).await?;
    Ok(())
}

/// A tray whose environment says where AWS is and not as whom.
fn start_without_keys(stage: &Stage) -> Result<curfew_tests::process::Process> {
    let mut command = stage.session.command(binaries::curfew_tray()?);
    command.arg("--background").env("CURFEW_LOG", "trace");
    command.envs(stage.aws.env().into_iter().filter(|(name, _)| !name.contains("KEY")));
    stage.session.spawn("curfew-tray", command)
}

/// Looks for the secret in every file of the session, and returns which files those were.
fn search(stage: &Stage, secret: &str) -> Result<Vec<String>> {
    let mut searched = Vec::new();
    for path in stage.files()? {
        // A file that is gone meanwhile keeps nothing.
        let Ok(bytes) = fs::read(&path) else { continue };
        ensure!(!contains(&bytes, secret.as_bytes()), "the secret is in {}", path.display());
        searched.push(path.to_str().context("paths are UTF-8 here")?.to_owned());
    }
    Ok(searched)
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
