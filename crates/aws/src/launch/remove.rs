//! Takes back what a launch made: first what would bring the instance back or act on it, then the instance.

use domain::{
    CloudFault, FaultKind, Instance, Market, SpotRequestId, Target, action::Step, instance::Persistence,
};

use super::alarm;
use crate::{account::Account, act, describe};

/// Nothing of it is left afterwards. That EC2 knows no such instance is a fault: right after its launch that may well be
/// said of one that is there.
///
/// Source: <https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html>.
pub(super) async fn remove(account: &Account, target: &Target, alarm: bool) -> Result<(), CloudFault> {
    if alarm {
        remove_alarm(account, target).await?;
    }
    let instance = describe::instance(account, &target.region, &target.id).await?;
    if let Some(request) = reopening(&instance) {
        let cancel = Step::CancelSpotRequest(request);
        act::carry_out(account, &target.region, &target.id, &cancel).await?;
    }
    act::carry_out(account, &target.region, &target.id, &Step::Terminate).await
}

async fn remove_alarm(account: &Account, target: &Target) -> Result<(), CloudFault> {
    let call =
        alarm::cloudwatch(account, &target.region).delete_alarms().alarm_names(alarm::name(&target.id));
    match call.send().await {
        Ok(_) => Ok(()),
        Err(error) => {
            let fault = account.fault_in(&target.region, "cloudwatch:DeleteAlarms", error).await;
            let gone =
                matches!(&fault.kind, FaultKind::Refused { code } if code.starts_with("ResourceNotFound"));
            if gone { Ok(()) } else { Err(fault) }
        }
    }
}

/// The spot request that would launch another instance in place of this one.
fn reopening(instance: &Instance) -> Option<SpotRequestId> {
    match &instance.market {
        Market::Spot(spot) => match spot.persistence {
            Persistence::OneTime => None,
            Persistence::Persistent | Persistence::Unknown => spot.request.clone(),
        },
        Market::OnDemand => None,
    }
}
