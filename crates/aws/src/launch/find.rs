//! The instance that an order made, found by the order's token.

use aws_sdk_ec2::types::{self, Filter};
use domain::{CloudFault, Region};
use launch::{ClientToken, call::Found};

use crate::{account::Account, translate};

/// The instance, in whatever state, for as long as EC2 shows it: about an hour after it was terminated.
pub(super) async fn by_token(
    account: &Account,
    region: &Region,
    token: &ClientToken,
) -> Result<Option<Found>, CloudFault> {
    let filter = Filter::builder().name("client-token").values(token.as_str()).build();
    let mut pages = account.ec2(region).describe_instances().filters(filter).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = match page {
            Ok(page) => page,
            Err(error) => return Err(account.fault_in(region, "ec2:DescribeInstances", error).await),
        };
        let mut described =
            page.reservations.unwrap_or_default().into_iter().flat_map(|it| it.instances.unwrap_or_default());
        if let Some(found) = described.find_map(|it| found(account, region, it)) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// An instance as an order's.
pub(super) fn found(account: &Account, region: &Region, described: types::Instance) -> Option<Found> {
    let instance = translate::instance(described, region, account.clock.now())?;
    Some(Found {
        id: instance.id,
        zone: instance.zone,
        lifecycle: instance.lifecycle,
        launched_at: instance.launched_at,
    })
}
