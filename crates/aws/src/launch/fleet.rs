//! A fleet: a launch template and an Auto Scaling group over it.
//!
//! Made in an order in which nothing runs without its end: the group is empty until AWS knows when to bring it down to
//! nothing. Every step can be done again, so that a launch that was cut off goes on where it was; the last one is the
//! mark that all are done.

mod group;
mod read;
mod template;

use domain::{CloudFault, FaultKind, GroupName, Region, launch::GroupTarget};
use launch::{ClientToken, Order, call::GroupFacts, order::FleetOrder};

use super::garbled;
use crate::account::Account;
use read::Described;

/// Makes it, or makes what is missing of it.
pub(super) async fn grow(
    account: &Account,
    order: &Order,
    fleet: &FleetOrder,
) -> Result<GroupFacts, CloudFault> {
    let region = &order.place.region;
    template::make(account, order, fleet).await?;
    if let Err(fault) = group::make(account, order, fleet).await {
        let is_ours = is_there(&fault) && look(account, region, &fleet.name, &order.token).await?.is_some();
        if !is_ours {
            return Err(fault);
        }
    }
    group::end_at(account, region, fleet).await?;
    group::resize(account, region, fleet).await?;
    group::mark(account, region, &fleet.name).await?;
    let made = find(account, region, &fleet.name, &order.token).await?;
    made.ok_or_else(|| garbled("the Auto Scaling group that was just made is not there"))
}

/// How it stands; none while it is not whole, or if another launch made it.
pub(super) async fn find(
    account: &Account,
    region: &Region,
    name: &GroupName,
    token: &ClientToken,
) -> Result<Option<GroupFacts>, CloudFault> {
    let Some(group) = look(account, region, name, token).await?.filter(|group| group.is_whole) else {
        return Ok(None);
    };
    let trouble = match group.members.running < group.members.desired {
        // For people only: without it they are told less.
        true => group::trouble(account, region, name).await.unwrap_or_default(),
        false => None,
    };
    Ok(Some(GroupFacts { members: group.members, trouble }))
}

/// Takes it back: the group with its instances, then the template.
pub(super) async fn remove(
    account: &Account,
    target: &GroupTarget,
    token: &ClientToken,
) -> Result<(), CloudFault> {
    if look(account, &target.region, &target.name, token).await?.is_some() {
        group::delete(account, target).await?;
    }
    template::delete(account, &target.region, token).await
}

/// The group, if it is this launch's.
async fn look(
    account: &Account,
    region: &Region,
    name: &GroupName,
    token: &ClientToken,
) -> Result<Option<Described>, CloudFault> {
    let found = group::describe(account, region, name).await?;
    Ok(found.filter(|group| group.order.as_deref() == Some(token.as_str())))
}

fn is_there(fault: &CloudFault) -> bool {
    matches!(&fault.kind, FaultKind::Refused { code } if code == "AlreadyExists")
}
