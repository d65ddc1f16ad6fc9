//! How refusals and failures of a launch are told.

use std::collections::BTreeMap;

use anyhow::Result;
use curfew_tests::{
    ask_aws::AskAws,
    stand_in::{ACCOUNT, Fault, Match, StandIn, Times},
};
use domain::{CloudFault, FaultKind, Identity, Target};
use launch::{
    Call,
    call::{QuotaFamily, Simulation},
    profile::{AlarmAct, AlarmWish, Image, ImageAlias, NetworkWish},
};
use protocol::userdata::Architecture;

use super::{HERE, ask, launch, order};

#[tokio::test]
async fn refusals_that_decide_the_next_place_keep_their_codes() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut asking = ask(&aws)?;
    let order = order(&mut asking, 1).await?;
    for code in [
        "InsufficientInstanceCapacity",
        "InsufficientFreeAddressesInSubnet",
        "VcpuLimitExceeded",
        "MaxSpotInstanceCountExceeded",
        "SpotMaxPriceTooLow",
        "Unsupported",
        "InternalError",
        "IdempotentParameterMismatch",
        "PendingVerification",
    ] {
        let fault = Fault::Error { status: 400, code: code.into(), message: "No.".into() };
        aws.fault(Match::all().action("RunInstances"), fault, Times::Only(1)).await?;
        let fault = launch(&mut asking, Call::Request(order.clone())).await?.unwrap_err();
        assert_eq!(fault, CloudFault::with_detail(FaultKind::Refused { code: code.into() }, "No."));
    }
    assert_eq!(aws.instances(HERE).await?, []);
    Ok(())
}

#[tokio::test]
async fn a_missing_permission_is_named_with_what_it_was_tried_on() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut asking = ask(&aws)?;
    let order = order(&mut asking, 1).await?;
    aws.deny(&["ec2:RunInstances"]).await?;
    let denied = |action: &str| FaultKind::Denied { action: action.into() };
    let fault = launch(&mut asking, Call::Permission(order.clone())).await?.unwrap_err();
    assert_eq!(fault.kind, denied("ec2:RunInstances"));
    assert!(fault.detail.contains("was tried on arn:aws:ec2:us-east-1:"), "{}", fault.detail);
    assert!(!fault.detail.contains("Encoded"), "{}", fault.detail);
    // Who may not ask STS is told as much as EC2 says openly.
    aws.deny(&["ec2:RunInstances", "sts:DecodeAuthorizationMessage"]).await?;
    let fault = launch(&mut asking, Call::Request(order)).await?.unwrap_err();
    assert_eq!(fault.kind, denied("ec2:RunInstances"));
    assert!(!fault.detail.contains("Encoded") && !fault.detail.is_empty(), "{}", fault.detail);
    Ok(())
}

#[tokio::test]
async fn a_role_that_may_not_be_passed_on_is_named() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut asking = ask(&aws)?;
    let mut order = order(&mut asking, 1).await?;
    super::admin::Admin(&aws).role("trainer").await?;
    order.instance_profile = Some("trainer".into());
    aws.deny(&["iam:PassRole"]).await?;
    let fault = launch(&mut asking, Call::Permission(order)).await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Denied { action: "iam:PassRole".into() });
    Ok(())
}

#[tokio::test]
async fn a_lost_answer_is_unreachable_and_the_instance_is_there() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut asking = ask(&aws)?;
    let order = order(&mut asking, 1).await?;
    aws.fault(Match::all().action("RunInstances"), Fault::Cut, Times::Only(1)).await?;
    let fault = launch(&mut asking, Call::Request(order.clone())).await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unreachable);
    assert_eq!(aws.instances(HERE).await?.len(), 1);
    assert_eq!(aws.calls_of("RunInstances").await?.len(), 1, "one attempt");
    let found = launch(&mut asking, Call::Find { region: HERE.into(), token: order.token }).await??;
    assert!(matches!(found, launch::Answer::Find(Some(_))), "{found:?}");
    Ok(())
}

#[tokio::test]
async fn whatever_is_asked_a_portal_is_garbled_and_a_lost_network_unreachable() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut asking = ask(&aws)?;
    let calls = everything(&mut asking).await?;
    for (fault, kind) in [
        (Fault::Html, FaultKind::Garbled),
        (Fault::Refuse, FaultKind::Unreachable),
        (Fault::Throttle, FaultKind::Throttled),
    ] {
        aws.fault(Match::all(), fault, Times::Always).await?;
        for call in &calls {
            let told = launch(&mut asking, call.clone()).await?.unwrap_err();
            assert_eq!(told.kind, kind, "{call:?}: {told:?}");
        }
        aws.clear_faults().await?;
    }
    Ok(())
}

async fn everything(asking: &mut AskAws) -> Result<Vec<Call>> {
    let order = order(asking, 1).await?;
    let instance: domain::InstanceId = "i-0123456789abcdef0".parse()?;
    let target = Target { account: "work".into(), region: HERE.into(), id: instance.clone() };
    let period = std::time::Duration::from_secs(300);
    let wish = AlarmWish { cpu_below_percent: 3, period, periods: 3, act: AlarmAct::Stop };
    let image = Image::Newest(ImageAlias::Ubuntu2404);
    let types = vec!["g5.xlarge".into()];
    let identity = Identity { number: ACCOUNT.into(), arn: format!("arn:aws:iam::{ACCOUNT}:user/ana") };
    let simulation = Simulation {
        actions: vec!["ec2:StopInstances".into()],
        resource: format!("arn:aws:ec2:{HERE}:{ACCOUNT}:instance/{instance}"),
        keys: BTreeMap::new(),
    };
    Ok(vec![
        Call::Identity,
        Call::Policies { identity, simulations: vec![simulation] },
        Call::Types { region: HERE.into(), types: types.clone() },
        Call::Image { region: HERE.into(), image, architecture: Architecture::X86_64 },
        Call::Network { region: HERE.into(), wish: NetworkWish::default() },
        Call::InstanceProfile { name: "trainer".into() },
        Call::Bucket { name: "results".into() },
        Call::Quota { region: HERE.into(), family: QuotaFamily::Standard, spot: false },
        Call::SpotPrices { region: HERE.into(), types },
        Call::Deliver {
            bucket: "results".into(),
            region: HERE.into(),
            architectures: vec![Architecture::X86_64],
        },
        Call::Permission(order.clone()),
        Call::Find { region: HERE.into(), token: order.token.clone() },
        Call::Listen { home: order.home.clone(), instance },
        Call::Request(order),
        Call::Alarm { target: target.clone(), wish },
        Call::Remove { target, alarm: true },
    ])
}
