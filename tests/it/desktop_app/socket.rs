//! The local socket: the user's alone, deaf to garbage, and the command line's way to the running tray.

use std::{fs, os::unix::fs::PermissionsExt};

use anyhow::{Context, Result, ensure};
use curfew_tests::{binaries, stand_in::State};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    process::Command,
    time::timeout,
};
use wire::{Answer, Ask};

use super::stage::{SOON, Stage, late, overdue, quiet_desk};

#[tokio::test]
async fn the_socket_is_the_user_s_alone_and_refuses_garbage() -> Result<()> {
    let stage = Stage::set(quiet_desk()).await?;
    let _tray = stage.start_tray(&[])?;
    stage.complete().await?;

    let socket = stage.runtime().join("curfew.sock");
    assert_eq!(fs::metadata(&socket)?.permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(stage.runtime())?.permissions().mode() & 0o777, 0o700);

    let too_long = vec![b'x'; 8 << 20];
    let garbage: [&[u8]; 6] = [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\xff\xfe\x00\n",
        b"{\"Send\":{\"Act\":null}}\n",
        b"\"Nothing like that\"\n",
        b"\n",
        &too_long,
    ];
    for bytes in garbage {
        let answer = said_to(&stage, bytes).await?;
        let refused = answer.is_empty() || matches!(serde_json::from_str(&answer)?, Answer::Refused(_));
        assert!(
            refused,
            "{:?} was answered {answer}",
            String::from_utf8_lossy(&bytes[..bytes.len().min(40)])
        );
        assert!(matches!(stage.ask(&Ask::Hello).await?, Answer::Hello { .. }));
    }
    Ok(())
}

/// What comes back until the tray hangs up. It may do so before it has heard everything.
async fn said_to(stage: &Stage, bytes: &[u8]) -> Result<String> {
    let mut stream = UnixStream::connect(stage.runtime().join("curfew.sock")).await?;
    let talking = async {
        let _hung_up = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let _hung_up = stream.read_to_end(&mut answer).await;
        answer
    };
    Ok(String::from_utf8(timeout(SOON, talking).await.context("the tray does not hang up")?)?)
}

#[tokio::test]
async fn the_command_line_goes_through_the_running_tray() -> Result<()> {
    let stage = Stage::unconfigured(quiet_desk()).await?;
    configure_by_profile(&stage)?;
    let at = stage.aws.launch(overdue()).await?;
    stage.aws.launch(late()).await?;
    let _tray = stage.session.spawn("curfew-tray", stage.session.command(binaries::curfew_tray()?))?;
    stage.complete().await?;

    let before = stage.aws.calls().await?.len();
    let listed = curfew(&stage, &["list", "--json"]).await?;
    let listed: serde_json::Value = serde_json::from_str(&listed)?;
    assert_eq!(listed["instances"].as_array().map(Vec::len), Some(2), "{listed:#}");
    let made = &stage.aws.calls().await?[before..];
    assert!(made.is_empty(), "AWS was asked: {made:#?}");

    curfew(&stage, &["stop", &at.id, "--yes"]).await?;
    stage.aws.wait_for_state(&at, State::Stopped, SOON).await?;
    assert_eq!(stage.calls("StopInstances", &at).await?.len(), 1);
    let lines = stage.journal_until(&at, "command-line stop done").await?;
    assert_eq!(lines, ["command-line stop sent", "command-line stop done"]);
    Ok(())
}

/// An account that the command line could use by itself just as well: only the calls tell who asked.
fn configure_by_profile(stage: &Stage) -> Result<()> {
    let (id, secret) = curfew_tests::stand_in::KEY;
    stage.configure("[[account]]\nname = \"work\"\nsource = \"profile:work\"\n")?;
    stage.write(
        ".aws/config",
        &format!("[profile work]\nregion = us-east-1\nendpoint_url = {}\n", stage.aws.url()),
    )?;
    stage.write(
        ".aws/credentials",
        &format!("[work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n"),
    )
}

async fn curfew(stage: &Stage, arguments: &[&str]) -> Result<String> {
    let mut command = Command::from(stage.session.command(binaries::curfew()?));
    let output = timeout(SOON * 2, command.args(arguments).kill_on_drop(true).output()).await??;
    ensure!(output.status.success(), "curfew {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}
