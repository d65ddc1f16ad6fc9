//! Reading: regions, pages, tags, volumes, spot requests.

use std::time::Duration;

use anyhow::Result;
use curfew_tests::{
    ask_aws::Ask,
    stand_in::{Launch, Market, Options, StandIn, State},
};
use domain::{
    FaultKind, Instance, Lifecycle, Region, Timestamp,
    instance::{Market as Bought, Persistence, Platform},
    region::OptIn,
};

use super::{ask, environment, instances};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn an_instance_is_read_whole() -> Result<()> {
    let aws = StandIn::start().await?;
    let long_ago = Launch::new("us-east-1", "g5.xlarge").launched_ago(9 * HOUR).volumes(&[100, 500]);
    let at = aws.launch(long_ago.zone("us-east-1b").name("train <i>0</i>").tag("team", "nlp")).await?;
    let mut asking = ask(&aws)?;
    let told = instances(&mut asking, "us-east-1").await??;
    let [instance] = &told[..] else { panic!("told {told:?}") };
    let truth = aws.instance(&at).await?;
    assert_eq!(instance.id.as_str(), at.id);
    assert_eq!((instance.zone.as_str(), instance.kind.as_str()), ("us-east-1b", "g5.xlarge"));
    assert_eq!((instance.lifecycle, &instance.market), (Lifecycle::Running, &Bought::OnDemand));
    assert_eq!(instance.platform, Platform::Linux);
    let launched_at: Timestamp = truth.launched_at.parse()?;
    assert_eq!(instance.launched_at.as_second(), launched_at.as_second());
    assert_eq!(instance.first_launched_at, Some(instance.launched_at));
    assert_eq!((instance.name(), instance.tag("team")), (Some("train <i>0</i>"), Some("nlp")));
    assert_eq!(instance.public_ip, truth.public_ip);
    let mut gib: Vec<_> = instance.disks.iter().map(|disk| (disk.gib, disk.kind.as_str())).collect();
    gib.sort_unstable();
    assert_eq!(gib, [(100, "gp3"), (500, "gp3")]);
    let made: Vec<_> = instance.disks.iter().map(|disk| disk.created_at).collect();
    assert_eq!(made, [instance.launched_at; 2]);
    Ok(())
}

#[tokio::test]
async fn instances_without_a_name_and_with_fifty_tags_are_read() -> Result<()> {
    let aws = StandIn::start().await?;
    let many =
        (0..50).fold(Launch::new("us-east-1", "t3.micro"), |it, n| it.tag(&format!("key-{n}"), "värde ☾"));
    aws.fleet(&[Launch::new("us-east-1", "t3.micro").private(), many]).await?;
    let mut told = instances(&mut ask(&aws)?, "us-east-1").await??;
    told.sort_by_key(|instance| instance.tags.len());
    let counts: Vec<_> = told.iter().map(|it| (it.tags.len(), it.name(), it.public_ip.is_some())).collect();
    assert_eq!(counts, [(0, None, false), (50, None, true)]);
    assert_eq!(told[1].tag("key-49"), Some("värde ☾"));
    Ok(())
}

#[tokio::test]
async fn spot_requests_say_what_becomes_of_an_instance() -> Result<()> {
    let aws = StandIn::start().await?;
    let spot = |market| Launch::new("us-west-2", "g5.xlarge").market(market).launched_ago(2 * HOUR);
    let at =
        aws.fleet(&[spot(Market::Spot).name("once"), spot(Market::SpotPersistent).name("again")]).await?;
    let mut asking = ask(&aws)?;
    let read = async |asking: &mut _| -> Result<Vec<_>> {
        let told = instances(asking, "us-west-2").await??;
        Ok(at.iter().map(|at| spot_of(&told, &at.id)).collect())
    };
    let [once, again] = &read(&mut asking).await?[..] else { panic!("two were launched") };
    assert_eq!((once.0, &once.1), (Persistence::OneTime, &None));
    assert_eq!((again.0, &again.1), (Persistence::Persistent, &None));

    aws.interrupt(&at[0], 2 * HOUR).await?;
    let [once, again] = &read(&mut asking).await?[..] else { panic!("two were launched") };
    assert_eq!(once.1.as_deref(), Some("instance-terminated-no-capacity"));
    assert_eq!(again.1, None);
    aws.interrupt(&at[1], 2 * HOUR).await?;
    let [_, again] = &read(&mut asking).await?[..] else { panic!("two were launched") };
    assert_eq!((again.0, again.1.as_deref()), (Persistence::Persistent, Some("marked-for-stop")));
    Ok(())
}

#[tokio::test]
async fn all_pages_are_read() -> Result<()> {
    let aws = StandIn::start().await?;
    // More than a page of instances, and more than a filter of ids takes.
    aws.fleet(&[Launch::new("eu-west-1", "t3.micro").count(1100)]).await?;
    let told = instances(&mut ask(&aws)?, "eu-west-1").await??;
    assert_eq!(told.len(), 1100);
    assert!(told.is_sorted_by(|a, b| a.id < b.id));
    assert!(told.iter().all(|instance| instance.disks.len() == 1));
    assert_eq!(aws.calls_of("DescribeInstances").await?.len(), 2);
    let volumes = aws.calls_of("DescribeVolumes").await?;
    assert_eq!(volumes.len(), 3);
    assert!(!volumes[0].parameters.to_string().contains("attachment.instance-id"));
    Ok(())
}

#[tokio::test]
async fn only_what_is_needed_is_asked() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut asking = ask(&aws)?;
    assert_eq!(instances(&mut asking, "eu-north-1").await??, []);
    let actions =
        |calls: Vec<curfew_tests::stand_in::Call>| calls.into_iter().map(|it| it.action).collect::<Vec<_>>();
    assert_eq!(actions(aws.calls().await?), ["DescribeInstances"]);
    aws.clear_calls().await?;
    aws.launch(Launch::new("eu-north-1", "t3.micro").state(State::Terminated)).await?;
    assert_eq!(instances(&mut asking, "eu-north-1").await??.len(), 1);
    assert_eq!(actions(aws.calls().await?), ["DescribeInstances"]);
    aws.clear_calls().await?;
    aws.launch(Launch::new("eu-north-1", "t3.micro").state(State::Stopped)).await?;
    assert_eq!(instances(&mut asking, "eu-north-1").await??.len(), 2);
    assert_eq!(actions(aws.calls().await?), ["DescribeInstances", "DescribeVolumes"]);
    Ok(())
}

#[tokio::test]
async fn regions_say_whether_they_are_enabled() -> Result<()> {
    let aws = StandIn::start().await?;
    aws.regions(&["ap-east-1"], &["us-west-1"]).await?;
    let told: Vec<(Region, OptIn)> = ask(&aws)?.ask(Ask::Regions(environment())).await??;
    let status =
        |name: &str| told.iter().find(|(region, _)| region.as_str() == name).map(|(_, status)| *status);
    assert!(told.len() >= 34, "told {}", told.len());
    assert!(told.is_sorted_by(|a, b| a.0 < b.0));
    assert_eq!(status("us-east-1"), Some(OptIn::Enabled));
    assert_eq!(status("ap-east-1"), Some(OptIn::Enabled));
    assert_eq!(status("us-west-1"), Some(OptIn::NotOptedIn));
    assert_eq!(status("af-south-1"), Some(OptIn::NotOptedIn));
    Ok(())
}

#[tokio::test]
async fn all_regions_are_asked_at_once_and_fail_alone() -> Result<()> {
    let aws = StandIn::start_with(Options { delay: Duration::from_millis(500), strict_iam: false }).await?;
    let mut asking = ask(&aws)?;
    let told: Vec<(Region, OptIn)> = asking.ask(Ask::Regions(environment())).await??;
    let regions: Vec<Region> = told.into_iter().map(|(region, _)| region).collect();
    let asks = regions.iter().map(|region| Ask::Instances(environment(), region.clone())).collect();
    aws.clear_calls().await?;
    let told = asking.all(asks).await?;
    for (region, told) in regions.iter().zip(&told) {
        let enabled = domain::region::enabled_by_default().contains(region);
        match told {
            Ok(_) => assert!(enabled, "{region}"),
            Err(fault) => {
                assert!(!enabled, "{region}");
                assert_eq!(fault.kind, FaultKind::NotOptedIn, "{region}");
            }
        }
    }
    // They were sent before the first answer could come.
    let calls = aws.calls_of("DescribeInstances").await?;
    let sent = calls.iter().map(|call| call.time.parse::<Timestamp>());
    let sent: Vec<_> = sent.collect::<Result<_, _>>()?;
    let (first, last) = (sent.iter().min().unwrap(), sent.iter().max().unwrap());
    let spread = Duration::try_from(last.duration_since(*first))?;
    assert_eq!(calls.len(), regions.len());
    assert!(spread < Duration::from_millis(500) * regions.len() as u32 / 4, "spread over {spread:?}");
    Ok(())
}

fn spot_of(instances: &[Instance], id: &str) -> (Persistence, Option<String>) {
    let instance = instances.iter().find(|instance| instance.id.as_str() == id).unwrap();
    let spot = match &instance.market {
        Bought::Spot(spot) => Some(spot),
        Bought::OnDemand => None,
    };
    let spot = spot.unwrap();
    assert!(spot.request.is_some());
    (spot.persistence, spot.interruption.clone())
}
