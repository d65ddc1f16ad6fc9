//! The keychain against a real Secret Service, gnome-keyring: open, locked, gone, come back.

use std::{process::Stdio, time::Duration};

use anyhow::{Context, Result, ensure};
use curfew_tests::{
    input,
    session::{Keyring, Part, Session, SessionParts},
    wait, windows,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::{Instant, timeout},
};

/// More than anything here takes on a machine that is busy building. Once in some forty times gcr's prompter runs for 25 s,
/// the time that D-Bus gives an answer, before its window is there.
const SOON: Duration = Duration::from_secs(100);

/// A background read promises 2 s; the rest is for a machine that is busy building.
const QUICK: Duration = Duration::from_secs(4);

/// A process that uses the keychain and goes on living.
struct User {
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl User {
    fn start(session: &Session) -> Result<Self> {
        let mut command = session.command(env!("CARGO_BIN_EXE_use-keychain"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = Command::from(command).kill_on_drop(true).spawn()?;
        let to = child.stdin.take().context("it was asked for")?;
        let from = BufReader::new(child.stdout.take().context("it was asked for")?).lines();
        Ok(Self { to, from, _child: child })
    }

    async fn begin(&mut self, deed: &str) -> Result<()> {
        Ok(self.to.write_all(format!("{deed}\n").as_bytes()).await?)
    }

    async fn told(&mut self) -> Result<String> {
        let line = timeout(SOON, self.from.next_line()).await.context("it does not answer")??;
        line.context("it has ended")
    }

    async fn does(&mut self, deed: &str) -> Result<String> {
        self.begin(deed).await?;
        self.told().await
    }

    /// The same, and it must not take long.
    async fn does_at_once(&mut self, deed: &str) -> Result<String> {
        let begun = Instant::now();
        let told = self.does(deed).await?;
        ensure!(begun.elapsed() < QUICK, "`{deed}` took {:?}", begun.elapsed());
        Ok(told)
    }
}

async fn session(keyring: Keyring) -> Result<Session> {
    Session::start(SessionParts { keyring, ..SessionParts::bare() }).await
}

fn prompts(session: &Session) -> usize {
    session.processes().iter().filter(|process| process.name.starts_with("gcr-prompter")).count()
}

#[tokio::test]
async fn a_secret_is_kept_changed_and_removed() -> Result<()> {
    let session = session(Keyring::Unlocked).await?;
    let mut user = User::start(&session)?;
    assert_eq!(user.does("read personal").await?, "nothing");
    assert_eq!(user.does("remove personal").await?, "removed false");
    assert_eq!(user.does("write personal AKIAEXAMPLE first/key").await?, "written");
    assert_eq!(user.does("write work ASIAEXAMPLE other+key token==").await?, "written");
    assert_eq!(user.does("read personal").await?, "secret AKIAEXAMPLE first/key -");
    assert_eq!(user.does("write personal AKIAEXAMPLE second/key").await?, "written");
    // Another process, and another program with it.
    let mut other = User::start(&session)?;
    assert_eq!(other.does("read personal").await?, "secret AKIAEXAMPLE second/key -");
    assert_eq!(other.does("read work").await?, "secret ASIAEXAMPLE other+key token==");
    let mut tool = session.command("secret-tool");
    tool.args(["lookup", "service", "curfew", "username", "personal"]);
    let found = Command::from(tool).output().await?;
    assert_eq!(String::from_utf8(found.stdout)?, "1\nAKIAEXAMPLE\nsecond/key");
    assert_eq!(user.does("remove personal").await?, "removed true");
    assert_eq!(other.does("read personal").await?, "nothing");
    assert_eq!(other.does("read work").await?, "secret ASIAEXAMPLE other+key token==");
    Ok(())
}

#[tokio::test]
async fn an_absent_keychain_is_told_at_once_and_found_when_it_comes() -> Result<()> {
    let mut session = session(Keyring::Absent).await?;
    let mut user = User::start(&session)?;
    for deed in ["read personal", "write personal AKIAEXAMPLE key", "remove personal", "unlock"] {
        assert_eq!(user.does_at_once(deed).await?, "fault keychain-absent", "{deed}");
    }
    session.start_part(Part::Keyring).await?;
    assert_eq!(user.does("write personal AKIAEXAMPLE key").await?, "written");
    session.stop_part(Part::Keyring);
    assert_eq!(user.does_at_once("read personal").await?, "fault keychain-absent");
    session.start_part(Part::Keyring).await?;
    assert_eq!(user.does("read personal").await?, "secret AKIAEXAMPLE key -");
    Ok(())
}

#[tokio::test]
async fn a_locked_keychain_is_told_without_a_prompt_and_read_when_it_opens() -> Result<()> {
    let session = session(Keyring::Unlocked).await?;
    let mut user = User::start(&session)?;
    assert_eq!(user.does("write personal AKIAEXAMPLE key").await?, "written");
    session.lock_keyring().await?;
    for account in ["personal", "nobody"] {
        assert_eq!(user.does_at_once(&format!("read {account}")).await?, "fault keychain-locked");
    }
    assert_eq!(prompts(&session), 0, "a background read asks nobody");
    session.unlock_keyring().await?;
    assert_eq!(user.does("read personal").await?, "secret AKIAEXAMPLE key -");
    assert_eq!(user.does("read nobody").await?, "nothing");
    assert_eq!(user.does_at_once("unlock").await?, "unlocked");
    Ok(())
}

#[tokio::test]
async fn whoever_asks_to_unlock_is_prompted() -> Result<()> {
    for (deed, told) in [("unlock", "unlocked"), ("write personal AKIAEXAMPLE key", "written")] {
        let session = session(Keyring::Locked).await?;
        let mut user = User::start(&session)?;
        user.begin(deed).await?;
        wait::until("the prompt", SOON, async || windows::active(&session).await, Option::is_some).await?;
        assert_eq!(prompts(&session), 1);
        // Meanwhile nobody else waits for it.
        let mut other = User::start(&session)?;
        assert_eq!(other.does_at_once("read personal").await?, "fault keychain-locked");
        input::write(&session, "curfew").await?;
        input::press(&session, &["Return"]).await?;
        assert_eq!(user.told().await?, told);
    }
    Ok(())
}

#[tokio::test]
async fn a_dismissed_prompt_leaves_the_keychain_locked() -> Result<()> {
    let session = session(Keyring::Locked).await?;
    let mut user = User::start(&session)?;
    user.begin("unlock").await?;
    wait::until("the prompt", SOON, async || windows::active(&session).await, Option::is_some).await?;
    input::press(&session, &["Escape"]).await?;
    assert_eq!(user.told().await?, "fault keychain-locked");
    Ok(())
}
