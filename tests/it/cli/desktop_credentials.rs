//! `curfew credentials` with a real keychain, in a private desktop: a secret goes in, is used, and is in no file and no
//! output.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use curfew_tests::{
    session::{Keyring, Session, SessionParts},
    stand_in::{self, StandIn},
};

use super::curfew::Home;

/// A session with a keychain and nothing else.
async fn session(keyring: Keyring) -> Result<Session> {
    Session::start(SessionParts { keyring, ..SessionParts::bare() }).await
}

/// A home in a session, whose shell knows where AWS is but has no keys.
fn home(session: &Session, aws: &StandIn) -> Result<Home> {
    const BUS: &str = "DBUS_SESSION_BUS_ADDRESS";
    let command = session.command("curfew");
    let address = command.get_envs().find(|(name, _)| *name == BUS).and_then(|(_, value)| value);
    Ok(Home::bare()?
        .with(BUS, address.context("a session has a bus")?)
        .with("AWS_ENDPOINT_URL", aws.url())
        .with("AWS_EC2_METADATA_DISABLED", "true"))
}

fn key() -> String {
    format!("{}\n{}\n", stand_in::KEY.0, stand_in::KEY.1)
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn a_key_is_connected_used_listed_and_removed() -> Result<()> {
    let (session, aws) = (session(Keyring::Unlocked).await?, StandIn::start().await?);
    let home = home(&session, &aws)?;
    let said = home.run_with("credentials add personal --stdin", &key()).await?;
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
    assert!(said.out.starts_with("Done: personal is connected as arn:aws:iam::123456789012:"), "{said:?}");
    assert!(fs::read_to_string(home.config_file())?.contains("name = \"personal\""));

    let listed = home.run("credentials list").await?;
    assert_eq!(listed.code, 0, "{listed:?}");
    assert!(listed.out.contains("personal  keychain  arn:aws:iam::123456789012:"), "{listed:?}");
    let tested = home.run("credentials test personal").await?;
    assert_eq!(tested.code, 0, "{tested:?}");
    assert!(tested.out.contains("Regions    17 enabled"), "{tested:?}");
    assert_eq!(home.run("check --regions us-east-1").await?.code, 0);
    fs::remove_file(home.path("stdin"))?;
    for file in files(&home.path("")) {
        let bytes = fs::read(&file)?;
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(stand_in::KEY.1) && !text.contains(stand_in::KEY.0), "{}", file.display());
    }
    for said in [&said, &listed, &tested] {
        assert!(!format!("{said:?}").contains(stand_in::KEY.1));
    }

    let said = home.run("credentials remove personal").await?;
    assert!(said.code == 2 && said.err.contains("add --yes"), "{said:?}");
    let said = home.run("credentials remove personal --yes").await?;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(!fs::read_to_string(home.config_file())?.contains("personal"));
    assert_eq!(home.run("credentials remove personal --yes").await?.code, 1);
    assert_eq!(home.run("check").await?.code, 121);
    Ok(())
}

#[tokio::test]
async fn a_key_that_aws_refuses_is_not_kept() -> Result<()> {
    let (session, aws) = (session(Keyring::Unlocked).await?, StandIn::start().await?);
    let home = home(&session, &aws)?;
    let wrong = format!("{}\nnot-the-secret-of-this-key\n", stand_in::KEY.0);
    let said = home.run_with("credentials add personal --stdin", &wrong).await?;
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.err.contains("connecting personal failed: AWS does not accept these credentials"),
        "{said:?}"
    );
    assert!(!format!("{said:?}").contains("not-the-secret"), "{said:?}");
    assert!(!home.config_file().exists());
    let said = home.run("credentials remove personal --yes").await?;
    assert!(said.code == 1 && said.err.contains("there is no account personal"), "{said:?}");
    let said = home.run_with("credentials add personal --stdin", "nonsense").await?;
    assert!(said.code == 2 && said.err.contains("is not an access key"), "{said:?}");
    Ok(())
}

#[tokio::test]
async fn a_new_key_takes_the_place_of_an_old_one_and_a_profile_is_left_alone() -> Result<()> {
    let (session, aws) = (session(Keyring::Unlocked).await?, StandIn::start().await?);
    let home =
        home(&session, &aws)?.configured("[[account]]\nname = \"work\"\nsource = \"profile:work\"\n")?;
    let said = home.run_with("credentials add work --stdin", &key()).await?;
    assert!(said.code == 1 && said.err.contains("work takes its credentials from profile:work"), "{said:?}");
    assert_eq!(home.run_with("credentials add personal --stdin", &key()).await?.code, 0);
    let (id, secret) = stand_in::OTHER_KEY;
    let said = home.run_with("credentials add personal --stdin", &format!("{id}\n{secret}\n")).await?;
    assert!(said.code == 0 && said.out.contains(stand_in::OTHER_ACCOUNT), "{said:?}");
    let text = fs::read_to_string(home.config_file())?;
    assert_eq!((text.matches("[[account]]").count(), text.contains("profile:work")), (2, true), "{text}");
    assert!(home.run("credentials list").await?.out.contains(stand_in::OTHER_ACCOUNT));
    Ok(())
}

#[tokio::test]
async fn a_locked_and_an_absent_keychain_are_said_with_a_way_out() -> Result<()> {
    let aws = StandIn::start().await?;
    let account = "[[account]]\nname = \"personal\"\nsource = \"keychain\"\n";
    let (absent, locked) = (session(Keyring::Absent).await?, session(Keyring::Unlocked).await?);
    let home_of = |session| home(session, &aws)?.configured(account);
    let said = home_of(&absent)?.run("check").await?;
    assert_eq!(said.code, 121, "{said:?}");
    assert!(said.err.contains("personal: this computer has no keychain that answers"), "{said:?}");
    assert!(said.err.contains("or use an AWS profile instead"), "{said:?}");
    let said = home_of(&absent)?.run_with("credentials add other --stdin", &key()).await?;
    assert!(said.code == 1 && said.err.contains("no keychain that answers"), "{said:?}");

    let home = home_of(&locked)?;
    assert_eq!(home.run_with("credentials add personal --stdin", &key()).await?.code, 0);
    locked.lock_keyring().await?;
    let said = home.run("check").await?;
    assert!(said.code == 121 && said.err.contains("personal: the keychain is locked"), "{said:?}");
    locked.unlock_keyring().await?;
    assert_eq!(home.run("check --regions us-east-1").await?.code, 0);
    Ok(())
}
