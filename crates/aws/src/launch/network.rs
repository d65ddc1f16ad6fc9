//! Subnets and groups: those that the profile names, else those that `curfew prepare` made, else the default network's.
//!
//! What was prepared is found by its tag. Bucket and role carry names that follow from the account's number, which
//! every subnet tells, and from the region: no further call is needed for them.

use aws_sdk_ec2::types::{Filter, Subnet as Described};
use domain::{CloudFault, Region, Zone};
use launch::{
    call::{NetworkFacts, NetworkOrigin, Subnet},
    prepared,
    profile::NetworkWish,
};

use super::{absent, absent_if};
use crate::account::Account;

/// What to launch into.
pub(super) async fn facts(
    account: &Account,
    region: &Region,
    wish: &NetworkWish,
) -> Result<NetworkFacts, CloudFault> {
    let (named, made, groups) = futures::try_join!(
        named(account, region, wish),
        subnets(account, region, tagged()),
        groups(account, region),
    )?;
    let owner = made.iter().find_map(|subnet| subnet.owner_id.clone());
    let (origin, chosen) = match (named, made) {
        (Some(named), _) => (NetworkOrigin::Profile, named),
        (None, made) if !made.is_empty() => (NetworkOrigin::Prepared, made),
        (None, _) => (NetworkOrigin::Default, default(account, region).await?),
    };
    Ok(NetworkFacts {
        origin,
        groups: if wish.security_groups.is_empty() {
            beside(&chosen, groups)
        } else {
            wish.security_groups.clone()
        },
        subnets: chosen.iter().filter_map(translate).collect(),
        instance_profile: owner.as_ref().map(|_| prepared::instance_profile(region)),
        bucket: owner.map(|owner| prepared::bucket(&owner, region)),
    })
}

async fn named(
    account: &Account,
    region: &Region,
    wish: &NetworkWish,
) -> Result<Option<Vec<Described>>, CloudFault> {
    let Some(id) = &wish.subnet else { return Ok(None) };
    let answer = account.ec2(region).describe_subnets().subnet_ids(id).send().await;
    let (what, advice) = (format!("subnet {id} in {region}"), "Check network.subnet, or leave it out.");
    match answer.map(|answer| answer.subnets.unwrap_or_default()) {
        Ok(found) if found.is_empty() => Err(absent(what, advice)),
        Ok(found) => Ok(Some(found)),
        Err(error) => {
            let fault = account.fault_in(region, "ec2:DescribeSubnets", error).await;
            Err(absent_if(fault, &["InvalidSubnetID.NotFound", "InvalidSubnetID.Malformed"], &what, advice))
        }
    }
}

async fn default(account: &Account, region: &Region) -> Result<Vec<Described>, CloudFault> {
    let found = subnets(account, region, filter("default-for-az", "true")).await?;
    if !found.is_empty() {
        return Ok(found);
    }
    let advice = format!(
        "Run `curfew prepare {region}`, which makes one that costs nothing, or name one as network.subnet."
    );
    Err(absent(format!("subnet to launch into in {region}"), advice))
}

async fn subnets(account: &Account, region: &Region, filter: Filter) -> Result<Vec<Described>, CloudFault> {
    let mut pages = account.ec2(region).describe_subnets().filters(filter).into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(item) = pages.next().await {
        match item {
            Ok(item) => found.push(item),
            Err(error) => return Err(account.fault_in(region, "ec2:DescribeSubnets", error).await),
        }
    }
    Ok(found)
}

/// The prepared groups, each with the network that it is in.
async fn groups(account: &Account, region: &Region) -> Result<Vec<(String, String)>, CloudFault> {
    let answer = account.ec2(region).describe_security_groups().filters(tagged()).send().await;
    let found = match answer {
        Ok(answer) => answer.security_groups.unwrap_or_default(),
        Err(error) => return Err(account.fault_in(region, "ec2:DescribeSecurityGroups", error).await),
    };
    Ok(found.into_iter().filter_map(|group| group.vpc_id.zip(group.group_id)).collect())
}

/// The prepared groups in the subnets' network; none leaves the choice of its default group to EC2.
fn beside(subnets: &[Described], groups: Vec<(String, String)>) -> Vec<String> {
    let network = subnets.first().and_then(Described::vpc_id);
    groups.into_iter().filter(|(of, _)| Some(of.as_str()) == network).map(|(_, group)| group).collect()
}

fn tagged() -> Filter {
    filter("tag-key", prepared::TAG)
}

fn filter(name: &str, value: &str) -> Filter {
    Filter::builder().name(name).values(value).build()
}

fn translate(described: &Described) -> Option<Subnet> {
    let free = described.available_ip_address_count().unwrap_or_default();
    Some(Subnet {
        id: described.subnet_id()?.to_owned(),
        zone: Zone::new(described.availability_zone()?),
        free: u32::try_from(free).unwrap_or_default(),
    })
}
