//! An alarm on the processor, outside the instance: it stops or ends it even when nothing inside works any more.

use aws_sdk_cloudwatch::{
    Client,
    types::{ComparisonOperator, Dimension, StandardUnit, Statistic},
};
use domain::{CloudFault, InstanceId, Region, Target};
use launch::profile::{AlarmAct, AlarmWish};

use crate::{account::Account, partition::Partition};

/// CloudWatch in a region.
pub(super) fn cloudwatch(account: &Account, region: &Region) -> Client {
    Client::new(&account.sdk_in(region))
}

/// The alarm's name; it is the instance's only one of ours.
pub(super) fn name(instance: &InstanceId) -> String {
    format!("curfew-{instance}")
}

/// Makes the alarm, or makes it anew as it is wished now.
pub(super) async fn put(account: &Account, target: &Target, wish: &AlarmWish) -> Result<(), CloudFault> {
    let number = |number: u64| i32::try_from(number).unwrap_or(i32::MAX);
    let call = cloudwatch(account, &target.region)
        .put_metric_alarm()
        .alarm_name(name(&target.id))
        .alarm_description(format!("Made by Curfew with {}", target.id))
        .namespace("AWS/EC2")
        .metric_name("CPUUtilization")
        .dimensions(Dimension::builder().name("InstanceId").value(target.id.as_str()).build())
        .statistic(Statistic::Average)
        .unit(StandardUnit::Percent)
        .period(number(wish.period.as_secs()))
        .evaluation_periods(number(wish.periods.into()))
        .comparison_operator(ComparisonOperator::LessThanThreshold)
        .threshold(f64::from(wish.cpu_below_percent))
        // An instance that is booting has no figures yet.
        .treat_missing_data("missing")
        .alarm_actions(action(&target.region, wish.act));
    match call.send().await {
        Ok(_) => Ok(()),
        Err(error) => Err(account.fault_in(&target.region, "cloudwatch:PutMetricAlarm", error).await),
    }
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
