//! The AWS stand-in as the tests hold it: that what is asked for over its control plane is what is there.
//! How truly it plays AWS is tested beside it, in Python.

use std::time::Duration;

use anyhow::Result;
use curfew_tests::stand_in::{Fault, Launch, Market, Match, Options, StandIn, State, Times};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_fleet_is_made_aged_and_described() -> Result<()> {
    let aws = StandIn::start().await?;
    let made = aws
        .fleet(&[
            Launch::new("us-east-1", "g5.xlarge")
                .name("train-{n}")
                .count(2)
                .launched_ago(9 * HOUR)
                .tag("team", "nlp"),
            Launch::new("eu-west-1", "p3.2xlarge").market(Market::Spot).private().volumes(&[100, 500]),
            Launch::new("eu-west-1", "t3.micro").state(State::Stopped).protected(),
        ])
        .await?;
    let [_, train, spot, stopped] = &made[..] else { panic!("made {made:?}") };

    let train = aws.instance(train).await?;
    assert_eq!((train.kind.as_str(), train.state), ("g5.xlarge", State::Running));
    assert_eq!((train.tags["Name"].as_str(), train.tags["team"].as_str()), ("train-1", "nlp"));
    let spot_now = aws.instance(spot).await?;
    assert_eq!((spot_now.lifecycle.as_deref(), spot_now.volumes.len()), (Some("spot"), 2));
    assert_eq!(spot_now.public_ip, None);
    let stopped = aws.instance(stopped).await?;
    assert_eq!((stopped.state, stopped.protected), (State::Stopped, true));
    assert_eq!(aws.instances("eu-west-1").await?.len(), 2);

    aws.interrupt(spot, Duration::from_secs(120)).await?;
    aws.advance(Duration::from_secs(121)).await?;
    assert_eq!(aws.instance(spot).await?.state, State::ShuttingDown);
    aws.advance(HOUR / 2).await?;
    aws.wait_for_state(spot, State::Terminated, Duration::from_secs(5)).await?;
    Ok(())
}

#[tokio::test]
async fn what_the_stand_in_refuses_is_said() -> Result<()> {
    let aws = StandIn::start_with(Options { delay: Duration::from_millis(1), strict_iam: true }).await?;
    let failure = format!("{:#}", aws.fleet(&[Launch::new("mars-1", "t3.micro")]).await.unwrap_err());
    assert!(failure.contains("there is no commercial region 'mars-1'"), "{failure}");
    let failure = format!("{:#}", aws.set_period("lunch_s", HOUR).await.unwrap_err());
    assert!(failure.contains("no period is called 'lunch_s'"), "{failure}");
    Ok(())
}

#[tokio::test]
async fn every_kind_of_fault_and_setting_is_taken() -> Result<()> {
    let aws = StandIn::start().await?;
    let error = Fault::Error { status: 503, code: "Unavailable".into(), message: "Try again".into() };
    let calls = Match::all().region("us-east-1").service("ec2").action("StopInstances").id("i-1");
    for fault in [
        error,
        Fault::Delay(Duration::from_millis(5)),
        Fault::Hang,
        Fault::Garbage,
        Fault::Html,
        Fault::Cut,
        Fault::Refuse,
        Fault::Throttle,
        Fault::ClockSkew(-3600),
    ] {
        aws.fault(calls.clone(), fault, Times::Only(2)).await?;
    }
    aws.clear_faults().await?;
    aws.regions(&["af-south-1"], &["us-west-2"]).await?;
    aws.deny(&["ec2:TerminateInstances"]).await?;
    aws.role_with_mfa("arn:aws:iam::123456789012:role/trainer").await?;
    let key = ("AKIAEXAMPLEEXAMPLE00", "secret");
    aws.add_key("123456789012", key, Some(("token", Duration::ZERO))).await?;
    aws.remove_key(key.0).await?;
    assert!(aws.remove_key(key.0).await.is_err());
    aws.set_period("stopping_s", HOUR).await?;
    assert_eq!(aws.clock().await?["stopping_s"], 3600.0);
    assert_eq!(aws.calls().await?, []);
    Ok(())
}
