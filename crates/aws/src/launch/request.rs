//! RunInstances, as the order says; and the same without launching.

mod denied;

use aws_sdk_ec2::{
    error::{ProvideErrorMetadata, SdkError},
    operation::run_instances::{RunInstancesError, builders::RunInstancesFluentBuilder},
    types::{
        BlockDeviceMapping, CpuOptionsRequest, EbsBlockDevice, HttpTokensState,
        IamInstanceProfileSpecification, InstanceInterruptionBehavior, InstanceMarketOptionsRequest,
        InstanceMetadataEndpointState, InstanceMetadataOptionsRequest, InstanceNetworkInterfaceSpecification,
        InstanceType, MarketType, ResourceType, RunInstancesMonitoringEnabled, ShutdownBehavior,
        SpotInstanceType, SpotMarketOptions, Tag, TagSpecification, VolumeType,
    },
};
use domain::CloudFault;
use launch::{
    Order,
    call::Found,
    profile::{CpuWish, OnInterruption, SpotWish},
};
use protocol::config::OnEnd;

use super::{find, garbled};
use crate::account::Account;

const ACTION: &str = "ec2:RunInstances";
/// What a call that was only tried is refused with when it would have succeeded.
///
/// Source: `DryRun` in <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html>.
const WOULD_SUCCEED: &str = "DryRunOperation";

/// Launches.
pub(super) async fn request(account: &Account, order: &Order) -> Result<Found, CloudFault> {
    match call(account, order).send().await {
        Ok(answer) => {
            let made = answer.instances.unwrap_or_default().into_iter().next();
            made.and_then(|made| find::found(account, &order.place.region, made))
                .ok_or_else(|| garbled("RunInstances named no instance"))
        }
        Err(error) => Err(fault(account, order, error).await),
    }
}

/// Would launch.
pub(super) async fn rehearse(account: &Account, order: &Order) -> Result<(), CloudFault> {
    match call(account, order).dry_run(true).send().await {
        Ok(_) => Err(garbled("a launch that was only to be tried was carried out")),
        Err(error) if code(&error) == Some(WOULD_SUCCEED) => Ok(()),
        Err(error) => Err(fault(account, order, error).await),
    }
}

fn code(error: &SdkError<RunInstancesError>) -> Option<&str> {
    error.as_service_error().and_then(ProvideErrorMetadata::code)
}

async fn fault(account: &Account, order: &Order, error: SdkError<RunInstancesError>) -> CloudFault {
    let message = error.as_service_error().and_then(ProvideErrorMetadata::message).map(str::to_owned);
    let fault = account.fault_in(&order.place.region, ACTION, error).await;
    denied::explained(account, &order.place.region, fault, message.as_deref()).await
}

fn call(account: &Account, order: &Order) -> RunInstancesFluentBuilder {
    let call = account.ec2(&order.place.region).run_instances();
    call.client_token(order.token.as_str())
        .min_count(1)
        .max_count(1)
        .instance_type(InstanceType::from(order.place.kind.as_str()))
        .image_id(&order.image)
        .set_key_name(order.key.clone())
        .network_interfaces(network(order))
        .block_device_mappings(disk(order))
        .set_instance_market_options(order.spot.as_ref().map(spot))
        .set_cpu_options(order.cpu.as_ref().map(cpu))
        .set_iam_instance_profile(order.instance_profile.as_deref().map(role))
        .user_data(aws_smithy_types::base64::encode(&order.user_data))
        .metadata_options(metadata(order))
        .instance_initiated_shutdown_behavior(shutdown(order.on_end))
        .monitoring(RunInstancesMonitoringEnabled::builder().enabled(order.detailed_monitoring).build())
        .set_tag_specifications(Some(tags(order)))
}

fn network(order: &Order) -> InstanceNetworkInterfaceSpecification {
    let groups = (!order.groups.is_empty()).then(|| order.groups.clone());
    InstanceNetworkInterfaceSpecification::builder()
        .device_index(0)
        .subnet_id(&order.subnet)
        .set_groups(groups)
        .associate_public_ip_address(order.public_ip)
        .delete_on_termination(true)
        .build()
}

fn disk(order: &Order) -> BlockDeviceMapping {
    let number = |number: Option<u32>| number.and_then(|number| i32::try_from(number).ok());
    let volume = EbsBlockDevice::builder()
        .volume_type(VolumeType::Gp3)
        .set_volume_size(number(order.disk.size_gib))
        .set_iops(number(order.disk.iops))
        .set_throughput(number(order.disk.throughput_mibps))
        .encrypted(true)
        .delete_on_termination(true)
        .build();
    BlockDeviceMapping::builder().device_name(&order.root_device).ebs(volume).build()
}

fn spot(wish: &SpotWish) -> InstanceMarketOptionsRequest {
    let kind = if wish.on_interruption.needs_persistent_request() {
        SpotInstanceType::Persistent
    } else {
        SpotInstanceType::OneTime
    };
    let options = SpotMarketOptions::builder()
        .set_max_price(wish.max_price.map(|price| String::from(price.hourly())))
        .spot_instance_type(kind)
        .instance_interruption_behavior(match wish.on_interruption {
            OnInterruption::Terminate => InstanceInterruptionBehavior::Terminate,
            OnInterruption::Stop => InstanceInterruptionBehavior::Stop,
            OnInterruption::Hibernate => InstanceInterruptionBehavior::Hibernate,
        });
    InstanceMarketOptionsRequest::builder()
        .market_type(MarketType::Spot)
        .spot_options(options.build())
        .build()
}

fn cpu(wish: &CpuWish) -> CpuOptionsRequest {
    let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    CpuOptionsRequest::builder()
        .core_count(number(wish.cores))
        .threads_per_core(number(wish.threads_per_core))
        .build()
}

fn role(name: &str) -> IamInstanceProfileSpecification {
    IamInstanceProfileSpecification::builder().name(name).build()
}

/// Version 2 only: a token must be fetched first, which a tricked program cannot do.
fn metadata(order: &Order) -> InstanceMetadataOptionsRequest {
    InstanceMetadataOptionsRequest::builder()
        .http_endpoint(InstanceMetadataEndpointState::Enabled)
        .http_tokens(HttpTokensState::Required)
        .http_put_response_hop_limit(i32::from(order.hop_limit))
        .build()
}

fn shutdown(on_end: OnEnd) -> ShutdownBehavior {
    match on_end {
        OnEnd::Terminate => ShutdownBehavior::Terminate,
        OnEnd::Stop | OnEnd::Nothing => ShutdownBehavior::Stop,
    }
}

/// A request for spare capacity takes tags only where there is one.
fn tags(order: &Order) -> Vec<TagSpecification> {
    let tag = |(key, value): (&String, &String)| Tag::builder().key(key).value(value).build();
    let tags: Vec<Tag> = order.tags.iter().map(tag).collect();
    let mut tagged = vec![ResourceType::Instance, ResourceType::Volume, ResourceType::NetworkInterface];
    tagged.extend(order.spot.map(|_| ResourceType::SpotInstancesRequest));
    let specification =
        |kind| TagSpecification::builder().resource_type(kind).set_tags(Some(tags.clone())).build();
    tagged.into_iter().map(specification).collect()
}
