//! What spare capacity costs in each zone now.

use std::collections::BTreeMap;

use aws_sdk_ec2::types;
use aws_smithy_types::DateTime;
use domain::{CloudFault, HourlyRate, InstanceType, Money, Region, Zone};
use launch::call::SpotPrice;

use crate::account::Account;

/// Linux, as new accounts and as accounts with EC2-Classic name it.
const PRODUCTS: [&str; 2] = ["Linux/UNIX", "Linux/UNIX (Amazon VPC)"];

/// The prices in effect: of a history that begins now only the last change before it is told.
///
/// Source: `StartTime` in
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSpotPriceHistory.html>.
pub(super) async fn prices(
    account: &Account,
    region: &Region,
    types: &[InstanceType],
) -> Result<Vec<SpotPrice>, CloudFault> {
    let kinds = types.iter().map(|kind| types::InstanceType::from(kind.as_str())).collect();
    let now = DateTime::from_secs(account.clock.now().as_second());
    let call = account.ec2(region).describe_spot_price_history().start_time(now);
    let call = call
        .set_instance_types(Some(kinds))
        .set_product_descriptions(Some(PRODUCTS.map(str::to_owned).to_vec()));
    let mut pages = call.into_paginator().items().send();
    let mut newest = BTreeMap::new();
    while let Some(item) = pages.next().await {
        match item {
            Ok(item) => newest.extend(newer(&newest, &item)),
            Err(error) => {
                return Err(account.fault_in(region, "ec2:DescribeSpotPriceHistory", error).await);
            }
        }
    }
    Ok(newest.into_iter().map(|((kind, zone), (_, hourly))| SpotPrice { kind, zone, hourly }).collect())
}

type Newest = BTreeMap<(InstanceType, Zone), (i64, HourlyRate)>;

/// A price, unless a newer one of its type and zone is known.
fn newer(known: &Newest, item: &types::SpotPrice) -> Option<((InstanceType, Zone), (i64, HourlyRate))> {
    let place = (InstanceType::new(item.instance_type()?.as_str()), Zone::new(item.availability_zone()?));
    let at = item.timestamp().map(DateTime::secs).unwrap_or_default();
    let price: Money = item.spot_price()?.parse().ok()?;
    let is_newer = known.get(&place).is_none_or(|(then, _)| *then <= at);
    is_newer.then(|| (place, (at, HourlyRate::from_micros(price.micros()))))
}
