//! Reading a region: all pages of its instances, then what they do not say themselves, volumes and spot requests,
//! both at once.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::Filter;
use domain::{
    CloudFault, FaultKind, Instance, InstanceId, Lifecycle, Market, Region, instance::Disk,
    region::RegionStatus,
};

use crate::{
    account::Account,
    translate::{self, Request},
};

/// The most that DescribeInstances and DescribeSpotInstanceRequests give at once; DescribeVolumes takes it and gives 500.
const PAGE: i32 = 1000;
/// The most values that one filter takes; beyond, everything is listed.
///
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html>.
const FILTER_VALUES: usize = 200;

/// Every region of the account's partition.
pub(crate) async fn regions(account: &Account) -> Result<Vec<RegionStatus>, CloudFault> {
    let answer = account.home().describe_regions().all_regions(true).send().await;
    let answer = answer.map_err(|error| account.fault("ec2:DescribeRegions", &error))?;
    let mut regions: Vec<_> =
        answer.regions.unwrap_or_default().iter().filter_map(translate::region).collect();
    regions.sort_by(|a, b| a.region.cmp(&b.region));
    account.learn_regions(regions.iter().map(|status| status.region.clone()));
    Ok(regions)
}

/// Every instance of a region, sorted by id.
pub(crate) async fn instances(account: &Account, region: &Region) -> Result<Vec<Instance>, CloudFault> {
    let mut instances = bare_instances(account, region).await?;
    instances.sort_by(|a, b| a.id.cmp(&b.id));
    let (disks, requests) =
        futures::try_join!(disks(account, region, &instances), requests(account, region, &instances))?;
    translate::add_disks(&mut instances, disks);
    translate::add_requests(&mut instances, &requests);
    Ok(instances)
}

/// One instance with its spot request, without its volumes.
pub(crate) async fn instance(
    account: &Account,
    region: &Region,
    id: &InstanceId,
) -> Result<Instance, CloudFault> {
    let answer = account.ec2(region).describe_instances().instance_ids(id.as_str()).send().await;
    let page = match answer {
        Ok(page) => page,
        Err(error) => return Err(account.fault_in(region, "ec2:DescribeInstances", error).await),
    };
    let described =
        page.reservations.unwrap_or_default().into_iter().flat_map(|it| it.instances.unwrap_or_default());
    let now = account.clock.now();
    let mut instances: Vec<Instance> =
        described.filter_map(|it| translate::instance(it, region, now)).collect();
    let requests = requests(account, region, &instances).await?;
    translate::add_requests(&mut instances, &requests);
    instances.pop().ok_or_else(|| CloudFault::new(FaultKind::NotFound))
}

async fn bare_instances(account: &Account, region: &Region) -> Result<Vec<Instance>, CloudFault> {
    let call = account.ec2(region).describe_instances();
    let mut pages = call.into_paginator().page_size(PAGE).send();
    let mut instances = Vec::new();
    while let Some(page) = pages.next().await {
        let page = match page {
            Ok(page) => page,
            Err(error) => return Err(account.fault_in(region, "ec2:DescribeInstances", error).await),
        };
        let described =
            page.reservations.unwrap_or_default().into_iter().flat_map(|it| it.instances.unwrap_or_default());
        let now = account.clock.now();
        instances.extend(described.filter_map(|it| translate::instance(it, region, now)));
    }
    Ok(instances)
}

/// The volumes by the instance they hang on; none where the permission is missing.
async fn disks(
    account: &Account,
    region: &Region,
    instances: &[Instance],
) -> Result<BTreeMap<String, Vec<Disk>>, CloudFault> {
    let holders = instances.iter().filter(|it| it.lifecycle != Lifecycle::Terminated);
    let ids: Vec<String> = holders.map(|it| it.id.to_string()).collect();
    let mut disks = BTreeMap::new();
    if ids.is_empty() {
        return Ok(disks);
    }
    let call = account.ec2(region).describe_volumes().set_filters(filter("attachment.instance-id", ids));
    let mut pages = call.into_paginator().page_size(PAGE).send();
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => {
                page.volumes.unwrap_or_default().iter().for_each(|it| translate::disk(it, &mut disks));
            }
            Err(error) => {
                let fault = account.fault_in(region, "ec2:DescribeVolumes", error).await;
                return unless_denied(account, "ec2:DescribeVolumes", fault);
            }
        }
    }
    Ok(disks)
}

/// The spot requests by id; none where the permission is missing.
async fn requests(
    account: &Account,
    region: &Region,
    instances: &[Instance],
) -> Result<BTreeMap<String, Request>, CloudFault> {
    let ids: Vec<String> = instances.iter().filter_map(request_of).collect();
    let mut requests = BTreeMap::new();
    if ids.is_empty() {
        return Ok(requests);
    }
    let call = account.ec2(region).describe_spot_instance_requests();
    let call = call.set_filters(filter("spot-instance-request-id", ids));
    let mut pages = call.into_paginator().page_size(PAGE).send();
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => {
                let described = page.spot_instance_requests.unwrap_or_default();
                requests.extend(described.iter().filter_map(translate::request));
            }
            Err(error) => {
                let fault = account.fault_in(region, "ec2:DescribeSpotInstanceRequests", error).await;
                return unless_denied(account, "ec2:DescribeSpotInstanceRequests", fault);
            }
        }
    }
    Ok(requests)
}

/// The request that is worth asking about: those of terminated instances are history.
fn request_of(instance: &Instance) -> Option<String> {
    match &instance.market {
        Market::Spot(spot) if instance.lifecycle != Lifecycle::Terminated => {
            spot.request.as_ref().map(ToString::to_string)
        }
        Market::Spot(_) | Market::OnDemand => None,
    }
}

fn filter(name: &str, values: Vec<String>) -> Option<Vec<Filter>> {
    let narrow = values.len() <= FILTER_VALUES;
    narrow.then(|| vec![Filter::builder().name(name).set_values(Some(values)).build()])
}

/// Instances are worth seeing without their volumes and requests.
fn unless_denied<T: Default>(
    account: &Account,
    action: &'static str,
    fault: CloudFault,
) -> Result<T, CloudFault> {
    if !matches!(fault.kind, FaultKind::Denied { .. }) {
        return Err(fault);
    }
    account.do_without(action, &fault);
    Ok(T::default())
}
