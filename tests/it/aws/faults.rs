//! What stands between here and AWS, and what AWS refuses.

use std::time::Duration;

use anyhow::Result;
use curfew_tests::{
    ask_aws::{Ask, AskAws},
    stand_in::{At, Fault, Launch, Market, Match, StandIn, Times},
};
use domain::{
    CloudFault, FaultKind, Identity, Region,
    action::Step,
    instance::{Market as Bought, Persistence},
    region::OptIn,
};

use super::{ask, ask_with, carry_out, environment, instances};

#[tokio::test]
async fn what_is_not_awss_is_garbled_whatever_is_asked() -> Result<()> {
    let aws = StandIn::start().await?;
    let at = aws.launch(Launch::new("us-east-1", "t3.micro")).await?;
    let mut asking = ask(&aws)?;
    for fault in [Fault::Html, Fault::Garbage] {
        aws.fault(Match::all(), fault, Times::Always).await?;
        for (asked, fault) in everything(&mut asking, &at).await? {
            assert_eq!(fault.kind, FaultKind::Garbled, "{asked}: {fault:?}");
            assert!(fault.detail.starts_with("HTTP status 200"), "{asked}: {fault:?}");
        }
        aws.clear_faults().await?;
    }
    let volumes = Match::all().action("DescribeVolumes");
    aws.fault(volumes, Fault::Html, Times::Always).await?;
    assert_eq!(instances(&mut asking, "us-east-1").await?.unwrap_err().kind, FaultKind::Garbled);
    Ok(())
}

#[tokio::test]
async fn a_lost_connection_is_unreachable_whatever_is_asked() -> Result<()> {
    let aws = StandIn::start().await?;
    let at = aws.launch(Launch::new("us-east-1", "t3.micro")).await?;
    let mut asking = ask(&aws)?;
    for fault in [Fault::Refuse, Fault::Cut] {
        aws.fault(Match::all(), fault, Times::Always).await?;
        for (asked, fault) in everything(&mut asking, &at).await? {
            assert_eq!(fault.kind, FaultKind::Unreachable, "{asked}: {fault:?}");
            assert!(!fault.detail.is_empty(), "{asked}");
        }
        aws.clear_faults().await?;
    }
    Ok(())
}

#[tokio::test]
async fn throttling_is_told_and_not_tried_again() -> Result<()> {
    let aws = StandIn::start().await?;
    let at = aws.launch(Launch::new("us-east-1", "t3.micro")).await?;
    aws.fault(Match::all(), Fault::Throttle, Times::Always).await?;
    let asked = everything(&mut ask(&aws)?, &at).await?;
    for (asked, fault) in &asked {
        assert_eq!(fault.kind, FaultKind::Throttled, "{asked}: {fault:?}");
    }
    assert_eq!(aws.calls().await?.len(), asked.len(), "one attempt each");
    Ok(())
}

#[tokio::test]
async fn an_answer_that_never_comes_is_waited_for_twenty_seconds() -> Result<()> {
    let aws = StandIn::start().await?;
    aws.fault(Match::all(), Fault::Hang, Times::Always).await?;
    let asks = vec![Ask::Identity(environment()), Ask::Instances(environment(), "eu-west-1".into())];
    let after = Duration::from_secs(20);
    let expected = Err(CloudFault::new(FaultKind::TimedOut { after }));
    let told = tokio::time::timeout(2 * after, ask(&aws)?.all(asks)).await??;
    assert_eq!(told, [expected.clone(), expected]);
    Ok(())
}

#[tokio::test]
async fn a_clock_that_is_off_is_named_as_often_as_it_is_asked() -> Result<()> {
    let aws = StandIn::start().await?;
    let at = aws.launch(Launch::new("us-east-1", "t3.micro")).await?;
    let mut asking = ask(&aws)?;
    for seconds in [3600, -3600] {
        aws.fault(Match::all(), Fault::ClockSkew(seconds), Times::Always).await?;
        for _ in 0..2 {
            for (asked, fault) in everything(&mut asking, &at).await? {
                assert_eq!(fault.kind, FaultKind::ClockOff, "{asked} at {seconds} s: {fault:?}");
            }
        }
        aws.clear_faults().await?;
    }
    aws.fault(Match::all(), Fault::ClockSkew(60), Times::Always).await?;
    assert_eq!(instances(&mut asking, "us-east-1").await??.len(), 1, "a minute does no harm");
    Ok(())
}

#[tokio::test]
async fn aws_errors_without_a_name_here_keep_their_code() -> Result<()> {
    let aws = StandIn::start().await?;
    let error = Fault::Error { status: 503, code: "Unavailable".into(), message: "Try again later".into() };
    aws.fault(Match::all().region("eu-west-1"), error, Times::Always).await?;
    let mut asking = ask(&aws)?;
    let fault = instances(&mut asking, "eu-west-1").await?.unwrap_err();
    assert_eq!(
        fault,
        CloudFault::with_detail(FaultKind::Refused { code: "Unavailable".into() }, "Try again later")
    );
    assert_eq!(instances(&mut asking, "eu-west-2").await??, [], "other regions go on");
    Ok(())
}

#[tokio::test]
async fn a_region_that_is_not_enabled_is_told_from_wrong_keys() -> Result<()> {
    let aws = StandIn::start().await?;
    aws.regions(&[], &["us-west-1"]).await?;
    let mut asking = ask(&aws)?;
    let fault = instances(&mut asking, "us-west-1").await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotOptedIn);
    // Which regions there are is known once they were listed.
    let _: Vec<(Region, OptIn)> = asking.ask(Ask::Regions(environment())).await??;
    assert_eq!(instances(&mut asking, "us-west-1").await?.unwrap_err().kind, FaultKind::NotOptedIn);
    assert_eq!(instances(&mut asking, "us-esat-1").await?.unwrap_err().kind, FaultKind::UnknownRegion);
    assert_eq!(instances(&mut asking, "us-east-1").await??, []);
    Ok(())
}

#[tokio::test]
async fn instances_are_shown_without_what_may_not_be_read() -> Result<()> {
    let aws = StandIn::start().await?;
    let spot = Launch::new("us-east-1", "g5.xlarge").market(Market::SpotPersistent);
    aws.fleet(&[Launch::new("us-east-1", "t3.micro"), spot]).await?;
    aws.deny(&["ec2:DescribeVolumes", "ec2:DescribeSpotInstanceRequests"]).await?;
    let told = instances(&mut ask(&aws)?, "us-east-1").await??;
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|instance| instance.disks.is_empty()));
    let spots = told.iter().filter_map(|instance| match &instance.market {
        Bought::Spot(spot) => Some(spot.persistence),
        Bought::OnDemand => None,
    });
    assert_eq!(spots.collect::<Vec<_>>(), [Persistence::Unknown]);
    Ok(())
}

#[tokio::test]
async fn the_permission_that_is_missing_is_named() -> Result<()> {
    let aws = StandIn::start().await?;
    aws.deny(&["ec2:Describe*"]).await?;
    let mut asking = ask(&aws)?;
    let fault = instances(&mut asking, "us-east-1").await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Denied { action: "ec2:DescribeInstances".into() });
    assert!(fault.detail.contains("user/curfew is not authorized"), "{}", fault.detail);
    let told: Result<Vec<(Region, OptIn)>, _> = asking.ask(Ask::Regions(environment())).await?;
    assert_eq!(told.unwrap_err().kind, FaultKind::Denied { action: "ec2:DescribeRegions".into() });
    Ok(())
}

#[tokio::test]
async fn endpoints_are_the_environments() -> Result<()> {
    let aws = StandIn::start().await?;
    let nowhere = "http://127.0.0.1:1";
    let with = |name: &'static str, value: &str| {
        let mut variables = aws.env();
        variables.push((name, value.to_owned()));
        ask_with(&variables)
    };
    let mut asking = with("AWS_ENDPOINT_URL_STS", nowhere)?;
    assert_eq!(instances(&mut asking, "us-east-1").await??, []);
    let fault = identity(&mut asking).await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unreachable);
    assert!(fault.detail.contains("Connection refused"), "{}", fault.detail);

    let mut asking = with("AWS_ENDPOINT_URL_EC2", "http://no-such-name.invalid")?;
    identity(&mut asking).await??;
    let fault = instances(&mut asking, "us-east-1").await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unreachable, "{fault:?}");
    Ok(())
}

#[tokio::test]
async fn proxies_and_authorities_are_the_environments() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut variables = aws.env();
    variables.push(("HTTP_PROXY", "http://127.0.0.1:1".to_owned()));
    assert_eq!(identity(&mut ask_with(&variables)?).await?.unwrap_err().kind, FaultKind::Unreachable);
    variables.push(("NO_PROXY", "127.0.0.1".to_owned()));
    identity(&mut ask_with(&variables)?).await??;
    variables.push(("AWS_CA_BUNDLE", "/no/such/bundle.pem".to_owned()));
    let fault = identity(&mut ask_with(&variables)?).await?.unwrap_err();
    assert!(fault.detail.starts_with("AWS_CA_BUNDLE names /no/such/bundle.pem"), "{}", fault.detail);
    Ok(())
}

async fn identity(asking: &mut AskAws) -> Result<Result<Identity, CloudFault>> {
    asking.ask(Ask::Identity(environment())).await
}

/// Asks everything that can be asked, and tells how each failed.
async fn everything(asking: &mut AskAws, at: &At) -> Result<Vec<(String, CloudFault)>> {
    let mut told = vec![
        ("identity".to_owned(), identity(asking).await?.unwrap_err()),
        ("instances".to_owned(), instances(asking, &at.region).await?.unwrap_err()),
    ];
    let regions: Result<Vec<(Region, OptIn)>, _> = asking.ask(Ask::Regions(environment())).await?;
    told.push(("regions".to_owned(), regions.unwrap_err()));
    let request = Step::CancelSpotRequest("sir-abcd1234".into());
    for step in [Step::CheckProtection, request, Step::Stop, Step::Start, Step::Terminate] {
        told.push((format!("{step:?}"), carry_out(asking, at, step).await?.unwrap_err()));
    }
    Ok(told)
}
