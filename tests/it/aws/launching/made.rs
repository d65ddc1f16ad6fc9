//! What is made: the instance as it was ordered, its alarm, and nothing of it once it is removed.

use std::time::Duration;

use anyhow::Result;
use curfew_tests::{
    ask_aws::AskAws,
    stand_in::{At, StandIn, State},
};
use domain::{FaultKind, HourlyRate, Lifecycle, Target};
use launch::{
    Answer, Call, Order,
    call::Found,
    profile::{AlarmAct, AlarmWish, CpuWish, DiskWish, OnInterruption, SpotWish},
};
use protocol::config::OnEnd;

use super::{HERE, admin::Admin, ask, launch, order, sent};

async fn request(asking: &mut AskAws, order: &Order) -> Result<Found> {
    let answer = launch(asking, Call::Request(Box::new(order.clone()))).await??;
    let Answer::Request(found) = answer else { anyhow::bail!("told {answer:?}") };
    Ok(found)
}

async fn find(asking: &mut AskAws, order: &Order) -> Result<Option<Found>> {
    let answer = launch(asking, Call::Find { region: HERE.into(), token: order.token.clone() }).await??;
    let Answer::Find(found) = answer else { anyhow::bail!("told {answer:?}") };
    Ok(found)
}

fn target(found: &Found) -> Target {
    Target { account: "work".into(), region: HERE.into(), id: found.id.clone() }
}

fn at(found: &Found) -> At {
    At { account: "123456789012".into(), region: HERE.into(), id: found.id.to_string() }
}

#[tokio::test]
async fn an_order_makes_one_instance_however_often_it_is_sent() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut asking = ask(&aws)?;
    let order = order(&mut asking, 1).await?;
    assert_eq!(launch(&mut asking, Call::Permission(order.clone())).await??, Answer::Permission);
    assert_eq!(find(&mut asking, &order).await?, None);
    assert_eq!(aws.instances(HERE).await?, [], "nothing was made by trying");
    let made = request(&mut asking, &order).await?;
    assert_eq!((made.zone.clone(), made.lifecycle), (order.place.zone.clone(), Lifecycle::Pending));
    assert_eq!(request(&mut asking, &order).await?.id, made.id);
    assert_eq!(find(&mut asking, &order).await?.map(|found| found.id), Some(made.id.clone()));
    assert_eq!(aws.instances(HERE).await?.len(), 1);
    launch(&mut asking, Call::Remove { target: target(&made), alarm: true }).await??;
    aws.advance(Duration::from_secs(120)).await?;
    let found = find(&mut asking, &order).await?.map(|found| found.lifecycle);
    assert_eq!(found, Some(Lifecycle::Terminated), "it is still found when it is gone");
    Ok(())
}

#[tokio::test]
async fn everything_that_is_ordered_is_asked_for() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut asking = ask(&aws)?;
    Admin(&aws).iam("CreateInstanceProfile", "InstanceProfileName=trainer").await?;
    let mut order = order(&mut asking, 1).await?;
    order.place.kind = "g5.xlarge".into();
    order.place.spot = true;
    order.disk = DiskWish { size_gib: Some(120), iops: Some(4000), throughput_mibps: Some(250) };
    order.spot = Some(SpotWish {
        max_price: Some(HourlyRate::from_micros(9_500_000)),
        on_interruption: OnInterruption::Stop,
    });
    order.cpu = Some(CpuWish { cores: 2, threads_per_core: 1 });
    order.instance_profile = Some("trainer".into());
    order.on_end = OnEnd::Stop;
    order.detailed_monitoring = true;
    order.hop_limit = 2;
    let made = request(&mut asking, &order).await?;

    let calls = aws.calls_of("RunInstances").await?;
    let call = calls.last().unwrap();
    let expected = [
        ("ClientToken", order.token.as_str()),
        ("MinCount", "1"),
        ("MaxCount", "1"),
        ("InstanceType", "g5.xlarge"),
        ("ImageId", &order.image),
        ("NetworkInterface.1.SubnetId", &order.subnet),
        ("NetworkInterface.1.DeviceIndex", "0"),
        ("NetworkInterface.1.AssociatePublicIpAddress", "true"),
        ("BlockDeviceMapping.1.DeviceName", &order.root_device),
        ("BlockDeviceMapping.1.Ebs.VolumeType", "gp3"),
        ("BlockDeviceMapping.1.Ebs.VolumeSize", "120"),
        ("BlockDeviceMapping.1.Ebs.Iops", "4000"),
        ("BlockDeviceMapping.1.Ebs.Throughput", "250"),
        ("BlockDeviceMapping.1.Ebs.Encrypted", "true"),
        ("BlockDeviceMapping.1.Ebs.DeleteOnTermination", "true"),
        ("InstanceMarketOptions.MarketType", "spot"),
        ("InstanceMarketOptions.SpotOptions.MaxPrice", "9.50"),
        ("InstanceMarketOptions.SpotOptions.SpotInstanceType", "persistent"),
        ("InstanceMarketOptions.SpotOptions.InstanceInterruptionBehavior", "stop"),
        ("CpuOptions.CoreCount", "2"),
        ("CpuOptions.ThreadsPerCore", "1"),
        ("IamInstanceProfile.Name", "trainer"),
        ("UserData", "IyEvYmluL3NoCg=="),
        ("MetadataOptions.HttpTokens", "required"),
        ("MetadataOptions.HttpEndpoint", "enabled"),
        ("MetadataOptions.HttpPutResponseHopLimit", "2"),
        ("InstanceInitiatedShutdownBehavior", "stop"),
        ("Monitoring.Enabled", "true"),
        ("TagSpecification.1.ResourceType", "instance"),
        ("TagSpecification.2.ResourceType", "volume"),
        ("TagSpecification.3.ResourceType", "network-interface"),
        ("TagSpecification.4.ResourceType", "spot-instances-request"),
        ("TagSpecification.4.Tag.1.Key", "curfew:profile"),
    ];
    for (name, value) in expected {
        assert_eq!(sent(call, name), Some(value), "{name} in {}", call.parameters);
    }
    let is = aws.instance(&at(&made)).await?;
    assert_eq!(is.tags.get("curfew:profile").map(String::as_str), Some("nightly"));
    assert_eq!(is.spot_request.unwrap().kind, "persistent");
    Ok(())
}

#[tokio::test]
async fn a_persistent_request_is_taken_back_with_its_instance() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut asking = ask(&aws)?;
    let mut order = order(&mut asking, 1).await?;
    order.place.spot = true;
    order.spot = Some(SpotWish { max_price: None, on_interruption: OnInterruption::Stop });
    let made = request(&mut asking, &order).await?;
    aws.advance(Duration::from_secs(120)).await?;
    launch(&mut asking, Call::Remove { target: target(&made), alarm: false }).await??;
    aws.advance(Duration::from_secs(3000)).await?;
    let gone = aws.instance(&at(&made)).await?;
    assert_eq!((gone.state, gone.spot_request.unwrap().state.as_str()), (State::Terminated, "cancelled"));
    assert_eq!(aws.instances(HERE).await?.len(), 1, "no other was launched in its place");
    Ok(())
}

#[tokio::test]
async fn an_alarm_acts_on_the_instance_and_is_removed_with_it() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut asking = ask(&aws)?;
    let order = order(&mut asking, 1).await?;
    let made = request(&mut asking, &order).await?;
    let wish = AlarmWish {
        cpu_below_percent: 3,
        period: Duration::from_secs(60),
        periods: 3,
        act: AlarmAct::Terminate,
    };
    let call = Call::Alarm { target: target(&made), wish };
    assert_eq!(launch(&mut asking, call).await??, Answer::Alarm);
    let alarms = Admin(&aws).alarms(HERE).await?;
    for said in [
        format!("curfew-{}", made.id),
        format!("<Value>{}</Value>", made.id),
        "arn:aws:automate:us-east-1:ec2:terminate".into(),
        "<MetricName>CPUUtilization</MetricName>".into(),
        "<Namespace>AWS/EC2</Namespace>".into(),
        "<Period>60</Period>".into(),
        "<EvaluationPeriods>3</EvaluationPeriods>".into(),
        "<ComparisonOperator>LessThanThreshold</ComparisonOperator>".into(),
        "<TreatMissingData>missing</TreatMissingData>".into(),
    ] {
        assert!(alarms.contains(&said), "{said} in {alarms}");
    }
    aws.deny(&["cloudwatch:DeleteAlarms"]).await?;
    let remove = || Call::Remove { target: target(&made), alarm: true };
    let fault = launch(&mut asking, remove()).await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Denied { action: "cloudwatch:DeleteAlarms".into() });
    assert_eq!(aws.instance(&at(&made)).await?.state, State::ShuttingDown, "the instance goes all the same");
    aws.deny(&[]).await?;
    launch(&mut asking, remove()).await??;
    assert!(!Admin(&aws).alarms(HERE).await?.contains(made.id.as_str()));
    Ok(())
}

#[tokio::test]
async fn what_is_not_seen_yet_is_not_taken_for_gone() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut asking = ask(&aws)?;
    let order = order(&mut asking, 1).await?;
    aws.set_period("not_found_after_create_s", Duration::from_secs(60)).await?;
    let made = request(&mut asking, &order).await?;
    let remove = || Call::Remove { target: target(&made), alarm: true };
    let fault = launch(&mut asking, remove()).await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotFound);
    aws.advance(Duration::from_secs(61)).await?;
    launch(&mut asking, remove()).await??;
    aws.wait_for_state(&at(&made), State::ShuttingDown, Duration::from_secs(5)).await?;
    Ok(())
}
