//! What is asked before a cent is spent.

use anyhow::Result;
use curfew_tests::{ask_aws::AskAws, stand_in::StandIn};
use domain::{FaultKind, Region};
use launch::{
    Answer, Call,
    call::{NetworkOrigin, QuotaFamily},
    profile::{Image, ImageAlias, NetworkWish},
};
use protocol::userdata::Architecture;

use super::{
    HERE,
    admin::{Admin, element},
    ask, image, launch, network,
};

#[tokio::test]
async fn types_that_exist_are_told_in_the_order_asked_for() -> Result<()> {
    let aws = StandIn::start().await?;
    let types = ["t4g.micro", "no-such.large", "m5.large"].map(Into::into).to_vec();
    let told = launch(&mut ask(&aws)?, Call::Types { region: HERE.into(), types }).await??;
    let Answer::Types(facts) = told else { panic!("told {told:?}") };
    let [arm, intel] = &facts[..] else { panic!("told {facts:?}") };
    assert_eq!((arm.kind.as_str(), arm.architecture), ("t4g.micro", Architecture::Aarch64));
    assert_eq!((intel.kind.as_str(), intel.architecture, intel.vcpus), ("m5.large", Architecture::X86_64, 2));
    assert_eq!((&intel.valid_cores[..], &intel.valid_threads[..], intel.spot), (&[1][..], &[1, 2][..], true));
    assert!(
        intel.zones.iter().all(|zone| zone.as_str().starts_with(HERE)) && intel.zones.is_sorted(),
        "{intel:?}"
    );
    assert!(!intel.zones.is_empty() && !arm.zones.is_empty());
    Ok(())
}

#[tokio::test]
async fn an_image_is_found_by_alias_parameter_and_id() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut asking = ask(&aws)?;
    let intel = image(&mut asking, Architecture::X86_64).await?;
    let arm = image(&mut asking, Architecture::Aarch64).await?;
    assert_eq!((intel.architecture, arm.architecture), (Architecture::X86_64, Architecture::Aarch64));
    assert_ne!(intel.id, arm.id);
    assert!(intel.name.contains("ubuntu") && intel.root_device.starts_with("/dev/"), "{intel:?}");
    let path = ImageAlias::Ubuntu2404.parameter(Architecture::X86_64).unwrap();
    for same in [Image::Id(intel.id.clone()), Image::Parameter(path)] {
        let call = Call::Image { region: HERE.into(), image: same, architecture: Architecture::X86_64 };
        assert_eq!(launch(&mut asking, call).await??, Answer::Image(intel.clone()));
    }
    Ok(())
}

#[tokio::test]
async fn an_image_that_is_not_there_is_said_to_be_absent() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut asking = ask(&aws)?;
    let absent = async |asking: &mut AskAws, image: Image, what: &str| -> Result<()> {
        let call = Call::Image { region: HERE.into(), image, architecture: Architecture::Aarch64 };
        let fault = launch(asking, call).await?.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Absent { what: what.into() });
        assert!(!fault.hint().is_empty(), "{what}");
        Ok(())
    };
    let id = "ami-0123456789abcdef0";
    absent(&mut asking, Image::Id(id.into()), &format!("image {id} in {HERE}")).await?;
    absent(&mut asking, Image::Parameter("/mine".into()), &format!("parameter /mine in {HERE}")).await?;
    absent(&mut asking, Image::Newest(ImageAlias::Neuron), "image neuron for aarch64").await
}

#[tokio::test]
async fn the_default_network_is_taken_where_nothing_was_prepared() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut asking = ask(&aws)?;
    let facts = network(&mut asking, NetworkWish::default()).await??;
    assert_eq!(facts.origin, NetworkOrigin::Default);
    assert!(facts.subnets.len() > 1 && facts.subnets.iter().all(|subnet| subnet.free > 0), "{facts:?}");
    assert_eq!((facts.groups, facts.bucket, facts.instance_profile), (vec![], None, None));

    let group = vec!["sg-0123".to_owned()];
    let subnet = facts.subnets[0].clone();
    let wish = NetworkWish {
        subnet: Some(subnet.id.clone()),
        security_groups: group.clone(),
        ..NetworkWish::default()
    };
    let facts = network(&mut asking, wish).await??;
    assert_eq!((facts.origin, facts.subnets, facts.groups), (NetworkOrigin::Profile, vec![subnet], group));

    let wish = NetworkWish { subnet: Some("subnet-0123456789abcdef0".into()), ..NetworkWish::default() };
    let fault = network(&mut asking, wish).await?.unwrap_err();
    let what = format!("subnet subnet-0123456789abcdef0 in {HERE}");
    assert_eq!(fault.kind, FaultKind::Absent { what });
    Ok(())
}

#[tokio::test]
async fn what_was_prepared_is_found_by_its_tag() -> Result<()> {
    let aws = StandIn::start().await?;
    let admin = Admin(&aws);
    let made = admin.ec2(HERE, "CreateVpc", "CidrBlock=10.0.0.0%2F16").await?;
    let vpc = element(&made, "vpcId").unwrap();
    let made = admin.ec2(HERE, "CreateSubnet", &format!("VpcId={vpc}&CidrBlock=10.0.0.0%2F20")).await?;
    let subnet = element(&made, "subnetId").unwrap();
    let group = format!("VpcId={vpc}&GroupName=curfew&GroupDescription=egress");
    let made = admin.ec2(HERE, "CreateSecurityGroup", &group).await?;
    let group = element(&made, "groupId").unwrap();
    let tags =
        format!("ResourceId.1={subnet}&ResourceId.2={group}&Tag.1.Key=curfew%3Aprepared&Tag.1.Value=x");
    admin.ec2(HERE, "CreateTags", &tags).await?;

    let facts = network(&mut ask(&aws)?, NetworkWish::default()).await??;
    assert_eq!(facts.origin, NetworkOrigin::Prepared);
    assert_eq!(facts.subnets.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), [subnet]);
    assert_eq!(facts.groups, [group]);
    assert_eq!(facts.bucket.as_deref(), Some("curfew-123456789012-us-east-1"));
    assert_eq!(facts.instance_profile.as_deref(), Some("curfew-instance-us-east-1"));
    Ok(())
}

#[tokio::test]
async fn a_region_without_any_subnet_says_what_to_do() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut asking = ask(&aws)?;
    for subnet in network(&mut asking, NetworkWish::default()).await??.subnets {
        Admin(&aws).ec2(HERE, "DeleteSubnet", &format!("SubnetId={}", subnet.id)).await?;
    }
    let fault = network(&mut asking, NetworkWish::default()).await?.unwrap_err();
    assert!(matches!(fault.kind, FaultKind::Absent { .. }), "{fault:?}");
    assert!(fault.hint().contains("curfew prepare us-east-1"), "{}", fault.hint());
    Ok(())
}

#[tokio::test]
async fn a_bucket_is_found_wherever_it_lies() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut asking = ask(&aws)?;
    for (name, region) in [("near-by", HERE), ("far-away", "eu-central-1"), ("with.dots", "eu-west-1")] {
        Admin(&aws).bucket(name, region).await?;
        let told = launch(&mut asking, Call::Bucket { name: name.into() }).await??;
        assert_eq!(told, Answer::Bucket(Region::new(region)), "{name}");
    }
    let fault = launch(&mut asking, Call::Bucket { name: "nowhere".into() }).await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Absent { what: "bucket nowhere".into() });
    aws.deny(&["s3:ListBucket"]).await?;
    let fault = launch(&mut asking, Call::Bucket { name: "near-by".into() }).await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Denied { action: "s3:ListBucket".into() });
    Ok(())
}

#[tokio::test]
async fn an_instance_profile_exists_or_does_not() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut asking = ask(&aws)?;
    let call = || Call::InstanceProfile { name: "trainer,x@y".into() };
    let fault = launch(&mut asking, call()).await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Absent { what: "instance profile trainer,x@y".into() });
    Admin(&aws).iam("CreateInstanceProfile", "InstanceProfileName=trainer%2Cx%40y").await?;
    assert_eq!(launch(&mut asking, call()).await??, Answer::InstanceProfile);
    aws.deny(&["iam:GetInstanceProfile"]).await?;
    let fault = launch(&mut asking, call()).await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Denied { action: "iam:GetInstanceProfile".into() });
    Ok(())
}

#[tokio::test]
async fn a_quota_is_the_accounts_or_awss_own() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut asking = ask(&aws)?;
    let limit = async |asking: &mut AskAws, spot: bool| -> Result<u32> {
        let call = Call::Quota { region: HERE.into(), family: QuotaFamily::Standard, spot };
        let answer = launch(asking, call).await??;
        let Answer::Quota(facts) = answer else { anyhow::bail!("told {answer:?}") };
        Ok(facts.limit)
    };
    aws.quota("L-1216C47A", Some(96)).await?;
    aws.quota("L-34B43A08", None).await?;
    assert_eq!(limit(&mut asking, false).await?, 96);
    assert_eq!(limit(&mut asking, true).await?, 5);
    Ok(())
}

#[tokio::test]
async fn a_spot_price_is_told_for_each_zone() -> Result<()> {
    let aws = StandIn::start().await?;
    aws.spot_price(HERE, "us-east-1a", "g5.xlarge", "0.301200").await?;
    let types = ["g5.xlarge", "g4dn.xlarge"].map(Into::into).to_vec();
    let told = launch(&mut ask(&aws)?, Call::SpotPrices { region: HERE.into(), types }).await??;
    let Answer::SpotPrices(prices) = told else { panic!("told {told:?}") };
    let set = prices.iter().find(|it| it.kind.as_str() == "g5.xlarge" && it.zone.as_str() == "us-east-1a");
    assert_eq!(set.unwrap().hourly.hourly().micros(), 301_200);
    assert!(prices.iter().any(|it| it.kind.as_str() == "g4dn.xlarge"), "{prices:?}");
    let mut places: Vec<_> = prices.iter().map(|it| (&it.kind, &it.zone)).collect();
    places.dedup();
    assert_eq!(places.len(), prices.len(), "one price for each type and zone");
    Ok(())
}
