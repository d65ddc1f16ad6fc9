//! An alarm on the processor, outside the instance: it stops or ends it even when nothing inside works any more.

use aws_sdk_cloudwatch::{
    Client,
    operation::RequestId,
    types::{ComparisonOperator, Dimension, StandardUnit, Statistic},
};
use domain::{CloudFault, FaultKind, InstanceId, Region, Target};
use launch::profile::{AlarmAct, AlarmWish};

use super::garbled;
use crate::{account::Account, partition::Partition};

/// Makes the alarm, or makes it anew as it is wished now.
pub(super) async fn put(account: &Account, target: &Target, wish: &AlarmWish) -> Result<(), CloudFault> {
    let region = &target.region;
    let instance = Dimension::builder().name("InstanceId").value(target.id.as_str());
    let answer = cloudwatch(account, region)
        .put_metric_alarm()
        .alarm_name(name(&target.id))
        .alarm_description("Made by Curfew, and removed by it with the instance")
        .namespace("AWS/EC2")
        .metric_name("CPUUtilization")
        .dimensions(instance.build())
        .statistic(Statistic::Average)
        .unit(StandardUnit::Percent)
        // Saturates; a profile takes at most a day.
        .period(i32::try_from(wish.period.as_secs()).unwrap_or(i32::MAX))
        .evaluation_periods(i32::try_from(wish.periods).unwrap_or(i32::MAX))
        .comparison_operator(ComparisonOperator::LessThanThreshold)
        .threshold(f64::from(wish.cpu_below_percent))
        // An instance that is booting has no figures yet.
        .treat_missing_data("missing")
        .alarm_actions(action(region, wish.act))
        .send()
        .await;
    match answer {
        Ok(answer) => of_cloudwatch(&answer),
        Err(error) => Err(account.fault_in(region, "cloudwatch:PutMetricAlarm", error).await),
    }
}

/// Removes the alarm, if there is one.
pub(super) async fn remove(account: &Account, target: &Target) -> Result<(), CloudFault> {
    let region = &target.region;
    let answer = cloudwatch(account, region).delete_alarms().alarm_names(name(&target.id)).send().await;
    let error = match answer {
        Ok(answer) => return of_cloudwatch(&answer),
        Err(error) => error,
    };
    match account.fault_in(region, "cloudwatch:DeleteAlarms", error).await {
        CloudFault { kind: FaultKind::Refused { code }, .. } if code.starts_with("ResourceNotFound") => {
            Ok(())
        }
        fault => Err(fault),
    }
}

/// Of an answer that holds nothing the SDK reads nothing: a page that asks to sign in to a network would pass for one.
fn of_cloudwatch(answer: &impl RequestId) -> Result<(), CloudFault> {
    match answer.request_id() {
        Some(_) => Ok(()),
        None => Err(garbled("the answer is not CloudWatch's")),
    }
}

fn cloudwatch(account: &Account, region: &Region) -> Client {
    Client::new(&account.sdk_in(region))
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
