//! Steps of actions.

use std::time::Duration;

use anyhow::Result;
use curfew_tests::stand_in::{Launch, Market, StandIn, State};
use domain::{FaultKind, action::Step};

use super::{ask, carry_out, instances};

const BOUND: Duration = Duration::from_secs(10);

#[tokio::test]
async fn an_instance_is_stopped_started_and_terminated() -> Result<()> {
    let aws = StandIn::start().await?;
    let at = aws.launch(Launch::new("us-east-2", "t3.micro")).await?;
    let mut asking = ask(&aws)?;
    for (step, state) in
        [(Step::Stop, State::Stopped), (Step::Start, State::Running), (Step::Terminate, State::Terminated)]
    {
        carry_out(&mut asking, &at, Step::CheckProtection).await??;
        carry_out(&mut asking, &at, step).await??;
        aws.advance(Duration::from_secs(600)).await?;
        aws.wait_for_state(&at, state, BOUND).await?;
    }
    // One call, one id.
    let stops = aws.calls_of("StopInstances").await?;
    assert_eq!(stops.len(), 1);
    assert_eq!(stops[0].region.as_deref(), Some("us-east-2"));
    Ok(())
}

#[tokio::test]
async fn protection_is_seen_before_and_by_aws() -> Result<()> {
    let aws = StandIn::start().await?;
    let at = aws.launch(Launch::new("us-east-1", "t3.micro").protected()).await?;
    let mut asking = ask(&aws)?;
    let fault = carry_out(&mut asking, &at, Step::CheckProtection).await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Protected);
    let fault = carry_out(&mut asking, &at, Step::Terminate).await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Protected);
    assert!(fault.detail.contains("disableApiTermination"), "{}", fault.detail);
    assert_eq!(aws.instance(&at).await?.state, State::Running);
    Ok(())
}

#[tokio::test]
async fn protection_that_may_not_be_read_is_not_taken_for_none() -> Result<()> {
    let aws = StandIn::start().await?;
    let at = aws.launch(Launch::new("us-east-1", "t3.micro")).await?;
    aws.deny(&["ec2:DescribeInstanceAttribute"]).await?;
    let fault = carry_out(&mut ask(&aws)?, &at, Step::CheckProtection).await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Denied { action: "ec2:DescribeInstanceAttribute".into() });
    Ok(())
}

#[tokio::test]
async fn a_persistent_request_is_cancelled_and_nothing_comes_back() -> Result<()> {
    let aws = StandIn::start().await?;
    let at = aws.launch(Launch::new("us-east-1", "g5.xlarge").market(Market::SpotPersistent)).await?;
    let mut asking = ask(&aws)?;
    let told = instances(&mut asking, "us-east-1").await??;
    let steps = domain::action::steps(domain::Verb::Terminate, &told[0])?;
    assert_eq!(steps.len(), 3, "{steps:?}");
    for step in steps {
        carry_out(&mut asking, &at, step).await??;
    }
    aws.advance(Duration::from_secs(3600)).await?;
    let request = aws.instance(&at).await?.spot_request.unwrap();
    assert_eq!(request.state, "cancelled");
    let left: Vec<_> = aws.instances("us-east-1").await?.into_iter().filter(|it| it.id != at.id).collect();
    assert_eq!(left, []);
    Ok(())
}

#[tokio::test]
async fn a_one_time_spot_instance_is_not_stopped() -> Result<()> {
    let aws = StandIn::start().await?;
    let at = aws.launch(Launch::new("us-east-1", "g5.xlarge").market(Market::Spot)).await?;
    let mut asking = ask(&aws)?;
    carry_out(&mut asking, &at, Step::CheckProtection).await??;
    let fault = carry_out(&mut asking, &at, Step::Stop).await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unsupported);
    assert!(fault.detail.contains("one-time"), "{}", fault.detail);
    Ok(())
}

#[tokio::test]
async fn what_is_gone_or_on_its_way_says_so() -> Result<()> {
    let aws = StandIn::start().await?;
    let gone = aws.launch(Launch::new("us-east-1", "t3.micro").state(State::Terminated)).await?;
    let stopping = aws.launch(Launch::new("us-east-1", "t3.micro").state(State::Stopping)).await?;
    let mut never = gone.clone();
    never.id = "i-0123456789abcdef0".into();
    let mut asking = ask(&aws)?;
    let fault = carry_out(&mut asking, &gone, Step::Start).await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::WrongState, "{fault:?}");
    let fault = carry_out(&mut asking, &stopping, Step::Start).await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::WrongState, "{fault:?}");
    for step in [Step::CheckProtection, Step::Stop, Step::Start, Step::Terminate] {
        let fault = carry_out(&mut asking, &never, step).await?.unwrap_err();
        assert_eq!(fault.kind, FaultKind::NotFound, "{fault:?}");
    }
    let request = Step::CancelSpotRequest("sir-nosuchrq".into());
    let fault = carry_out(&mut asking, &gone, request).await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused { code: "InvalidSpotInstanceRequestID.NotFound".into() });
    Ok(())
}

#[tokio::test]
async fn a_missing_permission_is_named_for_each_action() -> Result<()> {
    let aws = StandIn::start().await?;
    let at = aws.launch(Launch::new("us-east-1", "t3.micro")).await?;
    aws.deny(&["ec2:*"]).await?;
    let mut asking = ask(&aws)?;
    for (step, action) in [
        (Step::Stop, "ec2:StopInstances"),
        (Step::Start, "ec2:StartInstances"),
        (Step::Terminate, "ec2:TerminateInstances"),
        (Step::CancelSpotRequest("sir-abcd1234".into()), "ec2:CancelSpotInstanceRequests"),
    ] {
        let fault = carry_out(&mut asking, &at, step).await?.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Denied { action: action.into() });
        assert!(!fault.detail.contains("Encoded"), "{}", fault.detail);
    }
    assert_eq!(aws.instance(&at).await?.state, State::Running);
    Ok(())
}
