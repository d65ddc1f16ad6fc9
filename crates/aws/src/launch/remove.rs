//! Takes back what a launch made: first what would bring the instance back or act on it, then the instance.

use domain::{CloudFault, Instance, Market, SpotRequestId, Target, action::Step, instance::Persistence};

use super::alarm;
use crate::{account::Account, act, describe};

/// Nothing of it is left afterwards. That EC2 knows no such instance is a fault: right after its launch that may well be
/// said of one that is there.
///
/// Source: <https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html>.
pub(super) async fn remove(account: &Account, target: &Target, alarm: bool) -> Result<(), CloudFault> {
    // An alarm that stays costs a few cents, an instance dollars: it is not waited for.
    let alarm = if alarm { alarm::remove(account, target).await } else { Ok(()) };
    let instance = describe::instance(account, &target.region, &target.id).await?;
    if let Some(request) = reopening(&instance) {
        let cancel = Step::CancelSpotRequest(request);
        act::carry_out(account, &target.region, &target.id, &cancel).await?;
    }
    act::carry_out(account, &target.region, &target.id, &Step::Terminate).await?;
    alarm
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
