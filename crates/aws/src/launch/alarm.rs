//! An alarm on the processor, outside the instance: it stops or ends it even when nothing inside works any more.

use domain::{CloudFault, FaultKind, InstanceId, Region, Target};
use launch::profile::{AlarmAct, AlarmWish};

use crate::{
    account::Account,
    partition::Partition,
    plain_call::{Api, Place},
    query::QueryApi,
};

static CLOUDWATCH: QueryApi = QueryApi {
    api: Api { id: "CloudWatch", name: "monitoring", place: Place::Regional },
    version: "2010-08-01",
    prefix: "cloudwatch",
};

/// Makes the alarm, or makes it anew as it is wished now.
pub(super) async fn put(account: &Account, target: &Target, wish: &AlarmWish) -> Result<(), CloudFault> {
    let (name, id) = (name(&target.id), target.id.as_str());
    let parameters = [
        ("AlarmName", name.as_str()),
        ("AlarmDescription", "Made by Curfew, and removed by it with the instance"),
        ("Namespace", "AWS/EC2"),
        ("MetricName", "CPUUtilization"),
        ("Dimensions.member.1.Name", "InstanceId"),
        ("Dimensions.member.1.Value", id),
        ("Statistic", "Average"),
        ("Unit", "Percent"),
        ("Period", &wish.period.as_secs().to_string()),
        ("EvaluationPeriods", &wish.periods.to_string()),
        ("ComparisonOperator", "LessThanThreshold"),
        ("Threshold", &wish.cpu_below_percent.to_string()),
        // An instance that is booting has no figures yet.
        ("TreatMissingData", "missing"),
        ("AlarmActions.member.1", &action(&target.region, wish.act)),
    ];
    CLOUDWATCH.ask(account, &target.region, "PutMetricAlarm", &parameters).await
}

/// Removes the alarm, if there is one.
pub(super) async fn remove(account: &Account, target: &Target) -> Result<(), CloudFault> {
    let parameters = [("AlarmNames.member.1", name(&target.id))];
    let parameters = parameters.each_ref().map(|(name, value)| (*name, value.as_str()));
    match CLOUDWATCH.ask(account, &target.region, "DeleteAlarms", &parameters).await {
        Err(CloudFault { kind: FaultKind::Refused { code }, .. }) if code.starts_with("ResourceNotFound") => {
            Ok(())
        }
        done => done,
    }
}

/// The alarm's name; it is the instance's only one of ours.
fn name(instance: &InstanceId) -> String {
    format!("curfew-{instance}")
}

/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/UsingAlarmActions.html>.
fn action(region: &Region, act: AlarmAct) -> String {
    let verb = match act {
        AlarmAct::Stop => "stop",
        AlarmAct::Terminate => "terminate",
    };
    format!("arn:{}:automate:{region}:ec2:{verb}", Partition::of(region).name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_of_the_regions_partition() {
        let check = |region: &str, arn: &str| assert_eq!(action(&region.into(), AlarmAct::Stop), arn);
        check("us-east-1", "arn:aws:automate:us-east-1:ec2:stop");
        check("cn-north-1", "arn:aws-cn:automate:cn-north-1:ec2:stop");
        check("us-gov-west-1", "arn:aws-us-gov:automate:us-gov-west-1:ec2:stop");
    }
}
