//! The agent on its way to the bucket, and what it says from there.

use std::time::Duration;

use anyhow::Result;
use curfew_tests::{
    ask_aws::{AskAws, BUILD},
    stand_in::{Fault, Match, StandIn, Times},
};
use domain::{CloudFault, FaultKind, launch::AgentWord};
use launch::{Answer, Call, order::Home};
use protocol::userdata::{Architecture, Download};

use super::{
    HERE,
    admin::{Admin, fetch},
    ask, launch,
};

const HOME: &str = "dev/system-state.json";

async fn deliver(
    asking: &mut AskAws,
    bucket: &str,
    region: &str,
) -> Result<Result<Vec<Download>, CloudFault>> {
    let architectures = vec![Architecture::X86_64, Architecture::Aarch64];
    let call = Call::Deliver { bucket: bucket.into(), region: region.into(), architectures };
    Ok(match launch(asking, call).await? {
        Ok(Answer::Deliver(downloads)) => Ok(downloads.into_values().collect()),
        Ok(other) => anyhow::bail!("told {other:?}"),
        Err(fault) => Err(fault),
    })
}

#[tokio::test]
async fn the_agent_is_put_there_once_and_fetched_by_its_url() -> Result<()> {
    let aws = StandIn::start().await?;
    Admin(&aws).bucket("far-away", "eu-central-1").await?;
    let mut asking = ask(&aws)?;
    for _ in 0..2 {
        let downloads = deliver(&mut asking, "far-away", "eu-central-1").await??;
        for (download, machine) in downloads.iter().zip(["x86_64", "aarch64"]) {
            assert_eq!((download.region.as_str(), download.sha256.as_str()), ("eu-central-1", BUILD.1));
            let key = format!("/far-away/curfew/agent/{}/curfew-agent-{machine}?", BUILD.1);
            assert!(download.url.contains(&key), "{}", download.url);
            let (status, body) = fetch(&download.url).await?;
            assert_eq!((status.as_u16(), body.as_bytes()), (200, BUILD.0));
        }
    }
    let puts = aws.calls_of("PutObject").await?;
    assert_eq!(puts.len(), 2, "one for each architecture");

    let url = deliver(&mut asking, "far-away", "eu-central-1").await??.remove(0).url;
    assert_eq!(
        fetch(&url.replacen("x86_64", "aarch64", 1)).await?.0,
        403,
        "the URL is for this object alone"
    );
    aws.advance(Duration::from_secs(3590)).await?;
    assert_eq!(fetch(&url).await?.0, 200);
    aws.advance(Duration::from_secs(20)).await?;
    assert_eq!(fetch(&url).await?.0, 403, "an hour is over");
    Ok(())
}

#[tokio::test]
async fn a_buckets_name_may_have_dots() -> Result<()> {
    let aws = StandIn::start().await?;
    Admin(&aws).bucket("runs.example.com", HERE).await?;
    for download in deliver(&mut ask(&aws)?, "runs.example.com", HERE).await?? {
        assert!(download.url.starts_with(&format!("{}/runs.example.com/", aws.url())), "{}", download.url);
        assert_eq!(fetch(&download.url).await?.0, 200);
    }
    Ok(())
}

#[tokio::test]
async fn whoever_was_faster_has_delivered_it() -> Result<()> {
    let aws = StandIn::start().await?;
    Admin(&aws).bucket("results", HERE).await?;
    let mut asking = ask(&aws)?;
    deliver(&mut asking, "results", HERE).await??;
    // HEAD was answered before the other's upload was done.
    let unseen = Fault::Error { status: 404, code: "NotFound".into(), message: String::new() };
    aws.fault(Match::all().action("HeadObject"), unseen, Times::Always).await?;
    deliver(&mut asking, "results", HERE).await??;
    let refused: Vec<_> =
        aws.calls_of("PutObject").await?.into_iter().filter(|it| it.status == Some(412)).collect();
    assert_eq!(refused.len(), 2);
    let busy =
        Fault::Error { status: 409, code: "ConditionalRequestConflict".into(), message: String::new() };
    aws.fault(Match::all().action("PutObject"), busy, Times::Always).await?;
    deliver(&mut asking, "results", HERE).await??;
    Ok(())
}

#[tokio::test]
async fn an_agent_that_cannot_be_delivered_says_why() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut asking = ask(&aws)?;
    let fault = deliver(&mut asking, "nowhere", HERE).await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Absent { what: "bucket nowhere".into() });
    Admin(&aws).bucket("results", HERE).await?;
    aws.deny(&["s3:PutObject"]).await?;
    let fault = deliver(&mut asking, "results", HERE).await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Denied { action: "s3:PutObject".into() });
    Ok(())
}

#[tokio::test]
async fn the_agent_is_heard_once_it_says_something() -> Result<()> {
    let aws = StandIn::start().await?;
    let admin = Admin(&aws);
    admin.bucket("results", "eu-west-1").await?;
    let mut asking = ask(&aws)?;
    let (ours, other) = ("i-0123456789abcdef0", "i-0fedcba9876543210");
    assert_eq!(heard(&mut asking, ours).await??, None);
    let says = async |phase: &str, instance: &str| {
        admin.object("eu-west-1", "results", HOME, &state(phase, instance)).await
    };
    let word = |phase: &str, settled| {
        Some(AgentWord { run: "2026-11-22-120000".into(), phase: phase.into(), settled })
    };
    says("data_sync", ours).await?;
    assert_eq!(heard(&mut asking, ours).await??, word("data_sync", false));
    says("training", ours).await?;
    assert_eq!(heard(&mut asking, ours).await??, word("training", true));
    says("training", other).await?;
    assert_eq!(heard(&mut asking, ours).await??, None);
    admin.object("eu-west-1", "results", HOME, "half a fi").await?;
    assert_eq!(heard(&mut asking, ours).await?.unwrap_err().kind, FaultKind::Garbled);
    aws.deny(&["s3:GetObject"]).await?;
    assert_eq!(
        heard(&mut asking, ours).await?.unwrap_err().kind,
        FaultKind::Denied { action: "s3:GetObject".into() }
    );
    Ok(())
}

async fn heard(asking: &mut AskAws, instance: &str) -> Result<Result<Option<AgentWord>, CloudFault>> {
    let home = Home { bucket: "results".into(), region: "eu-west-1".into(), key: HOME.into() };
    Ok(match launch(asking, Call::Listen { home, instance: instance.parse()? }).await? {
        Ok(Answer::Listen(word)) => Ok(word),
        Ok(other) => anyhow::bail!("told {other:?}"),
        Err(fault) => Err(fault),
    })
}

fn state(phase: &str, instance: &str) -> String {
    format!(
        r#"{{"version": 1, "run_id": "2026-11-22-120000", "environment": "dev", "status": "{phase}",
            "current_step": "command", "instance_id": "{instance}", "instance_type": "g5.xlarge",
            "s3_prefix": "s3://results/dev/2026-11-22-120000/",
            "timestamps": {{"start": "2026-11-22T12:00:00Z", "last_update": "2026-11-22T12:01:00Z"}},
            "error_message": null, "pid": null}}"#
    )
}
