//! The launch template of a fleet: what each member is. It costs nothing, and is named after the launch.

use aws_sdk_ec2::types::{
    InstanceType, LaunchTemplateBlockDeviceMappingRequest, LaunchTemplateCpuOptionsRequest,
    LaunchTemplateEbsBlockDeviceRequest, LaunchTemplateHttpTokensState,
    LaunchTemplateIamInstanceProfileSpecificationRequest, LaunchTemplateInstanceMetadataEndpointState,
    LaunchTemplateInstanceMetadataOptionsRequest, LaunchTemplateInstanceNetworkInterfaceSpecificationRequest,
    LaunchTemplateTagSpecificationRequest, LaunchTemplatesMonitoringRequest, RequestLaunchTemplateData,
    ResourceType, ShutdownBehavior, Tag, TagSpecification, VolumeType,
};
use domain::{CloudFault, FaultKind, Region};
use launch::{ClientToken, Order, order::FleetOrder, profile::CpuWish};

use crate::account::Account;

/// Makes it, unless it is there: the name belongs to this order alone.
pub(super) async fn make(account: &Account, order: &Order, fleet: &FleetOrder) -> Result<(), CloudFault> {
    let region = &order.place.region;
    let own =
        TagSpecification::builder().resource_type(ResourceType::LaunchTemplate).set_tags(Some(tags(order)));
    let call = account.ec2(region).create_launch_template();
    let call = call.launch_template_name(order.token.as_str()).client_token(order.token.as_str());
    let made = call.tag_specifications(own.build()).launch_template_data(data(order, fleet)).send().await;
    let Err(error) = made else { return Ok(()) };
    let fault = account.fault_in(region, "ec2:CreateLaunchTemplate", error).await;
    if is(&fault, "InvalidLaunchTemplateName.AlreadyExistsException") { Ok(()) } else { Err(fault) }
}

/// Removes it, if it is there.
pub(super) async fn delete(
    account: &Account,
    region: &Region,
    token: &ClientToken,
) -> Result<(), CloudFault> {
    let call = account.ec2(region).delete_launch_template().launch_template_name(token.as_str());
    let Err(error) = call.send().await else { return Ok(()) };
    let fault = account.fault_in(region, "ec2:DeleteLaunchTemplate", error).await;
    let is_gone = ["InvalidLaunchTemplateName.NotFoundException", "InvalidLaunchTemplateId.NotFound"];
    let is_gone = is_gone.into_iter().any(|code| is(&fault, code)) || fault.kind == FaultKind::NotFound;
    if is_gone { Ok(()) } else { Err(fault) }
}

fn is(fault: &CloudFault, wanted: &str) -> bool {
    matches!(&fault.kind, FaultKind::Refused { code } if code == wanted)
}

/// As an order for one instance, less the subnet and the market, which are the group's.
fn data(order: &Order, fleet: &FleetOrder) -> RequestLaunchTemplateData {
    let kind = fleet.kinds.first().unwrap_or(&order.place.kind);
    RequestLaunchTemplateData::builder()
        .image_id(&order.image)
        .instance_type(InstanceType::from(kind.as_str()))
        .set_key_name(order.key.clone())
        .network_interfaces(network(order))
        .block_device_mappings(disk(order))
        .set_cpu_options(order.cpu.as_ref().map(cpu))
        .set_iam_instance_profile(order.instance_profile.as_deref().map(role))
        .user_data(aws_smithy_types::base64::encode(&order.user_data))
        .metadata_options(metadata(order))
        .instance_initiated_shutdown_behavior(ShutdownBehavior::Terminate)
        .monitoring(LaunchTemplatesMonitoringRequest::builder().enabled(order.detailed_monitoring).build())
        .set_tag_specifications(Some(tagged(order)))
        .build()
}

fn network(order: &Order) -> LaunchTemplateInstanceNetworkInterfaceSpecificationRequest {
    let groups = (!order.groups.is_empty()).then(|| order.groups.clone());
    LaunchTemplateInstanceNetworkInterfaceSpecificationRequest::builder()
        .device_index(0)
        .set_groups(groups)
        .associate_public_ip_address(order.public_ip)
        .delete_on_termination(true)
        .build()
}

fn disk(order: &Order) -> LaunchTemplateBlockDeviceMappingRequest {
    let number = |number: Option<u32>| number.and_then(|number| i32::try_from(number).ok());
    let volume = LaunchTemplateEbsBlockDeviceRequest::builder()
        .volume_type(VolumeType::Gp3)
        .set_volume_size(number(order.disk.size_gib))
        .set_iops(number(order.disk.iops))
        .set_throughput(number(order.disk.throughput_mibps))
        .encrypted(true)
        .delete_on_termination(true)
        .build();
    LaunchTemplateBlockDeviceMappingRequest::builder().device_name(&order.root_device).ebs(volume).build()
}

fn cpu(wish: &CpuWish) -> LaunchTemplateCpuOptionsRequest {
    let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    LaunchTemplateCpuOptionsRequest::builder()
        .core_count(number(wish.cores))
        .threads_per_core(number(wish.threads_per_core))
        .build()
}

fn role(name: &str) -> LaunchTemplateIamInstanceProfileSpecificationRequest {
    LaunchTemplateIamInstanceProfileSpecificationRequest::builder().name(name).build()
}

fn metadata(order: &Order) -> LaunchTemplateInstanceMetadataOptionsRequest {
    LaunchTemplateInstanceMetadataOptionsRequest::builder()
        .http_endpoint(LaunchTemplateInstanceMetadataEndpointState::Enabled)
        .http_tokens(LaunchTemplateHttpTokensState::Required)
        .http_put_response_hop_limit(i32::from(order.hop_limit))
        .build()
}

fn tags(order: &Order) -> Vec<Tag> {
    order.tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

fn tagged(order: &Order) -> Vec<LaunchTemplateTagSpecificationRequest> {
    let specification = |kind| {
        let specification = LaunchTemplateTagSpecificationRequest::builder().resource_type(kind);
        specification.set_tags(Some(tags(order))).build()
    };
    [ResourceType::Instance, ResourceType::Volume, ResourceType::NetworkInterface].map(specification).into()
}
