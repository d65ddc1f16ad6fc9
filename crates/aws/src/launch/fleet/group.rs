//! The calls of Auto Scaling that a fleet needs.

use domain::{CloudFault, FaultKind, GroupName, Region, launch::GroupTarget};
use launch::{Order, order::FleetOrder};

use super::read::{self, Described};
use crate::{
    account::Account,
    plain_call::{Api, Place},
    query::QueryApi,
};

static AUTO_SCALING: QueryApi = QueryApi {
    api: Api { id: "Auto Scaling", name: "autoscaling", place: Place::Regional },
    version: "2011-01-01",
    prefix: "autoscaling",
};

/// The tag that says which order made a group.
pub(super) const ORDER_TAG: &str = "curfew:order";

/// What is put off for good: moving members between zones means terminating ones that work. Being the last step, it is
/// also the mark of a group that is whole.
pub(super) const BALANCING: &str = "AZRebalance";

/// Makes the group, without members.
pub(super) async fn make(account: &Account, order: &Order, fleet: &FleetOrder) -> Result<(), CloudFault> {
    let parameters = wanted(order, fleet);
    let parameters: Vec<(&str, &str)> =
        parameters.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    AUTO_SCALING.ask(account, &order.place.region, "CreateAutoScalingGroup", &parameters).await
}

/// Says when it is to be empty, whatever its members do: by a scheduled action of the group's own name.
pub(super) async fn end_at(account: &Account, region: &Region, fleet: &FleetOrder) -> Result<(), CloudFault> {
    let until = fleet.until.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let parameters = [
        ("AutoScalingGroupName", fleet.name.as_str()),
        ("ScheduledActionName", fleet.name.as_str()),
        ("StartTime", &until),
        ("MinSize", "0"),
        ("DesiredCapacity", "0"),
    ];
    AUTO_SCALING.ask(account, region, "PutScheduledUpdateGroupAction", &parameters).await
}

/// Lets its members come.
pub(super) async fn resize(account: &Account, region: &Region, fleet: &FleetOrder) -> Result<(), CloudFault> {
    let desired = fleet.desired.to_string();
    let parameters = [
        ("AutoScalingGroupName", fleet.name.as_str()),
        ("DesiredCapacity", desired.as_str()),
        ("HonorCooldown", "false"),
    ];
    AUTO_SCALING.ask(account, region, "SetDesiredCapacity", &parameters).await
}

/// Marks it as whole.
pub(super) async fn mark(account: &Account, region: &Region, name: &GroupName) -> Result<(), CloudFault> {
    let parameters = [("AutoScalingGroupName", name.as_str()), ("ScalingProcesses.member.1", BALANCING)];
    AUTO_SCALING.ask(account, region, "SuspendProcesses", &parameters).await
}

/// The group, if there is one and it is not on its way out.
pub(super) async fn describe(
    account: &Account,
    region: &Region,
    name: &GroupName,
) -> Result<Option<Described>, CloudFault> {
    let parameters = [("AutoScalingGroupNames.member.1", name.as_str())];
    AUTO_SCALING.ask_for(account, region, "DescribeAutoScalingGroups", &parameters, read::group).await
}

/// Why the last member that was to come did not.
pub(super) async fn trouble(
    account: &Account,
    region: &Region,
    name: &GroupName,
) -> Result<Option<String>, CloudFault> {
    let parameters = [("AutoScalingGroupName", name.as_str()), ("MaxRecords", "10")];
    AUTO_SCALING.ask_for(account, region, "DescribeScalingActivities", &parameters, read::trouble).await
}

/// Deletes it with its instances. One that is not there is deleted.
pub(super) async fn delete(account: &Account, group: &GroupTarget) -> Result<(), CloudFault> {
    let parameters = [("AutoScalingGroupName", group.name.as_str()), ("ForceDelete", "true")];
    match AUTO_SCALING.ask(account, &group.region, "DeleteAutoScalingGroup", &parameters).await {
        Err(CloudFault { kind: FaultKind::Refused { code }, detail })
            if code == "ValidationError" && detail.contains("not found") =>
        {
            Ok(())
        }
        done => done,
    }
}

/// Everything that the group is asked to be.
///
/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html>.
fn wanted(order: &Order, fleet: &FleetOrder) -> Vec<(String, String)> {
    let mut wanted: Vec<(String, String)> = [
        ("AutoScalingGroupName", fleet.name.as_str()),
        ("MinSize", "0"),
        ("MaxSize", &fleet.max.to_string()),
        ("DesiredCapacity", "0"),
        ("VPCZoneIdentifier", &fleet.subnets.join(",")),
        ("HealthCheckType", "EC2"),
        ("HealthCheckGracePeriod", "300"),
        // A member that is about to be interrupted saves its work; a second one beside it would cost twice.
        ("CapacityRebalance", "false"),
        ("NewInstancesProtectedFromScaleIn", "false"),
        // The one that has worked the shortest has the least to lose.
        ("TerminationPolicies.member.1", "NewestInstance"),
        (&format!("{TEMPLATE}.LaunchTemplateSpecification.LaunchTemplateName"), order.token.as_str()),
        (&format!("{TEMPLATE}.LaunchTemplateSpecification.Version"), "1"),
        (&format!("{SPLIT}.OnDemandAllocationStrategy"), "prioritized"),
        (&format!("{SPLIT}.OnDemandBaseCapacity"), "0"),
        (&format!("{SPLIT}.OnDemandPercentageAboveBaseCapacity"), &fleet.on_demand_percent.to_string()),
        (&format!("{SPLIT}.SpotAllocationStrategy"), "capacity-optimized-prioritized"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into();
    if let Some(price) = order.spot.and_then(|spot| spot.max_price) {
        wanted.push((format!("{SPLIT}.SpotMaxPrice"), String::from(price.hourly())));
    }
    for (at, kind) in (1..).zip(&fleet.kinds) {
        wanted.push((format!("{TEMPLATE}.Overrides.member.{at}.InstanceType"), kind.as_str().to_owned()));
    }
    let own = (&ORDER_TAG.to_owned(), &order.token.as_str().to_owned());
    // The template tags the members; these are the group's own.
    for (at, (key, value)) in (1..).zip(order.tags.iter().chain([own])) {
        let tag = |field: &str, value: &str| (format!("Tags.member.{at}.{field}"), value.to_owned());
        wanted.extend([tag("Key", key), tag("Value", value), tag("PropagateAtLaunch", "false")]);
    }
    wanted
}

const TEMPLATE: &str = "MixedInstancesPolicy.LaunchTemplate";
const SPLIT: &str = "MixedInstancesPolicy.InstancesDistribution";
