//! What the types are and in which zones they are offered.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{ArchitectureType, Filter, InstanceTypeInfo, LocationType, UsageClassType};
use domain::{CloudFault, InstanceType, Region, Zone};
use launch::call::TypeFacts;
use protocol::userdata::Architecture;

use crate::account::Account;

/// The facts of those types that exist, in the order asked for.
pub(super) async fn facts(
    account: &Account,
    region: &Region,
    types: &[InstanceType],
) -> Result<Vec<TypeFacts>, CloudFault> {
    let (described, offered) =
        futures::try_join!(described(account, region, types), offered(account, region, types))?;
    let mut facts: BTreeMap<InstanceType, TypeFacts> = described
        .iter()
        .filter_map(translate)
        .map(|facts| (facts.kind.clone(), TypeFacts { zones: zones(&offered, &facts.kind), ..facts }))
        .collect();
    Ok(types.iter().filter_map(|kind| facts.remove(kind)).collect())
}

/// By a filter: a name that does not exist would fail the whole call, and filters that match nothing do not.
async fn described(
    account: &Account,
    region: &Region,
    types: &[InstanceType],
) -> Result<Vec<InstanceTypeInfo>, CloudFault> {
    let call = account.ec2(region).describe_instance_types().filters(named(types));
    let mut pages = call.into_paginator().items().send();
    let mut described = Vec::new();
    while let Some(item) = pages.next().await {
        match item {
            Ok(item) => described.push(item),
            Err(error) => {
                return Err(account.fault_in(region, "ec2:DescribeInstanceTypes", error).await);
            }
        }
    }
    Ok(described)
}

async fn offered(
    account: &Account,
    region: &Region,
    types: &[InstanceType],
) -> Result<Vec<(InstanceType, Zone)>, CloudFault> {
    let call = account.ec2(region).describe_instance_type_offerings();
    let call = call.location_type(LocationType::AvailabilityZone).filters(named(types));
    let mut pages = call.into_paginator().items().send();
    let mut offered = Vec::new();
    while let Some(item) = pages.next().await {
        match item {
            Ok(item) => offered.extend(item.instance_type.zip(item.location)),
            Err(error) => {
                return Err(account.fault_in(region, "ec2:DescribeInstanceTypeOfferings", error).await);
            }
        }
    }
    Ok(offered.into_iter().map(|(kind, zone)| (InstanceType::new(kind.as_str()), Zone::new(zone))).collect())
}

fn named(types: &[InstanceType]) -> Filter {
    let names = types.iter().map(|kind| kind.as_str().to_owned()).collect();
    Filter::builder().name("instance-type").set_values(Some(names)).build()
}

fn zones(offered: &[(InstanceType, Zone)], kind: &InstanceType) -> Vec<Zone> {
    let mut zones: Vec<Zone> =
        offered.iter().filter(|(offered, _)| offered == kind).map(|(_, zone)| zone.clone()).collect();
    zones.sort();
    zones
}

/// Nothing for a type that no build of the agent runs on, such as a Mac.
fn translate(described: &InstanceTypeInfo) -> Option<TypeFacts> {
    let architectures = described.processor_info()?.supported_architectures();
    let architecture = if architectures.contains(&ArchitectureType::Arm64) {
        Architecture::Aarch64
    } else if architectures.contains(&ArchitectureType::X8664) {
        Architecture::X86_64
    } else {
        return None;
    };
    let cpu = described.v_cpu_info();
    let numbers = |numbers: &[i32]| numbers.iter().filter_map(|number| u32::try_from(*number).ok()).collect();
    Some(TypeFacts {
        kind: InstanceType::new(described.instance_type()?.as_str()),
        architecture,
        vcpus: cpu.and_then(|cpu| u32::try_from(cpu.default_v_cpus()?).ok()).unwrap_or_default(),
        valid_cores: cpu.map(|cpu| numbers(cpu.valid_cores())).unwrap_or_default(),
        valid_threads: cpu.map(|cpu| numbers(cpu.valid_threads_per_core())).unwrap_or_default(),
        spot: described.supported_usage_classes().contains(&UsageClassType::Spot),
        zones: Vec::new(),
    })
}
