//! AWS's shapes as the domain's words. Pure: what AWS leaves out or writes in an unknown way never fails, it is
//! filled in on the side of caution, since an instance that is not shown is one that is forgotten.

use std::collections::BTreeMap;

use aws_sdk_ec2::types;
use aws_smithy_types::DateTime;
use domain::{
    Instance, InstanceType, Lifecycle, Market, Region, SpotRequestId, Timestamp, Zone,
    ids::VolumeId,
    instance::{Disk, Persistence, Platform, Spot},
    region::{OptIn, RegionStatus},
};

/// A spot request, of which an instance knows the id only.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) persistence: Persistence,
    /// The status code, when it means that AWS takes the instance or has taken it.
    pub(crate) interruption: Option<String>,
}

/// A region and whether the account may use it.
pub(crate) fn region(described: &types::Region) -> Option<RegionStatus> {
    let opt_in = match described.opt_in_status() {
        Some("not-opted-in") => OptIn::NotOptedIn,
        Some(_) | None => OptIn::Enabled,
    };
    described.region_name().map(|name| RegionStatus { region: Region::new(name), opt_in })
}

/// An instance, as yet without volumes, and with its spot request unread. `None` for what has no id of an instance.
pub(crate) fn instance(described: types::Instance, region: &Region, now: Timestamp) -> Option<Instance> {
    let id = described.instance_id.as_deref().unwrap_or_default();
    let id =
        id.parse().inspect_err(|error| tracing::warn!(%region, %error, "passing over an instance")).ok()?;
    let lifecycle = lifecycle(&described);
    let market = market(&described, lifecycle);
    let first_launched_at = first_launch(&described);
    // Without a time it has run for no time, rather than since 1970.
    let launched_at = described.launch_time.as_ref().and_then(moment).or(first_launched_at).unwrap_or(now);
    let placement = described.placement.and_then(|placement| placement.availability_zone);
    Some(Instance {
        id,
        zone: Zone::new(placement.unwrap_or_else(|| region.to_string())),
        kind: InstanceType::new(
            described.instance_type.map_or_else(|| "unknown".into(), |kind| kind.as_str().to_owned()),
        ),
        market,
        lifecycle,
        launched_at,
        first_launched_at,
        state_reason: described.state_reason.and_then(|reason| reason.code),
        platform: platform(described.platform_details, described.platform),
        tags: described.tags.unwrap_or_default().into_iter().filter_map(tag).collect(),
        disks: Vec::new(),
        public_ip: described.public_ip_address,
    })
}

/// A volume, under the instance it hangs on. One that hangs on several is paid once: it goes to the first.
pub(crate) fn disk(described: &types::Volume, disks: &mut BTreeMap<String, Vec<Disk>>) {
    let attached = described
        .attachments()
        .iter()
        .filter(|it| it.state() != Some(&types::VolumeAttachmentState::Detached));
    let Some(holder) = attached.filter_map(types::VolumeAttachment::instance_id).min() else { return };
    let (Some(id), Some(created_at)) = (described.volume_id(), described.create_time().and_then(moment))
    else {
        return;
    };
    let number = |value: Option<i32>| value.and_then(|value| u32::try_from(value).ok());
    disks.entry(holder.to_owned()).or_default().push(Disk {
        id: VolumeId::new(id),
        kind: described.volume_type().map_or_else(|| "unknown".into(), |kind| kind.as_str().to_owned()),
        gib: number(described.size()).unwrap_or_default(),
        iops: number(described.iops()),
        throughput_mibps: number(described.throughput()),
        created_at,
    });
}

/// A spot request under its id.
pub(crate) fn request(described: &types::SpotInstanceRequest) -> Option<(String, Request)> {
    let persistence = match described.r#type() {
        Some(types::SpotInstanceType::OneTime) => Persistence::OneTime,
        Some(types::SpotInstanceType::Persistent) => Persistence::Persistent,
        Some(_) | None => Persistence::Unknown,
    };
    let code = described.status().and_then(types::SpotInstanceStatus::code);
    let interruption = code.filter(|code| is_interruption(code)).map(str::to_owned);
    Some((described.spot_instance_request_id()?.to_owned(), Request { persistence, interruption }))
}

/// Hangs the volumes on their instances, sorted by id.
pub(crate) fn add_disks(instances: &mut [Instance], mut disks: BTreeMap<String, Vec<Disk>>) {
    for instance in instances {
        let mut disks = disks.remove(instance.id.as_str()).unwrap_or_default();
        disks.sort_by(|a, b| a.id.cmp(&b.id));
        instance.disks = disks;
    }
}

/// Says of each spot instance what its request says.
pub(crate) fn add_requests(instances: &mut [Instance], requests: &BTreeMap<String, Request>) {
    for instance in instances {
        let Market::Spot(spot) = &mut instance.market else { continue };
        let Some(request) = spot.request.as_ref().and_then(|id| requests.get(id.as_str())) else { continue };
        spot.persistence = request.persistence;
        spot.interruption = request.interruption.clone().or_else(|| spot.interruption.take());
    }
}

/// Whether a status code means that AWS takes the instance, or took it, and not the user or his schedule.
///
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-request-status.html>.
fn is_interruption(code: &str) -> bool {
    let taken = ["marked-for-", "instance-terminated-", "instance-stopped-", "instance-hibernated-"];
    let wanted = ["-by-user", "-by-schedule"];
    taken.iter().any(|start| code.starts_with(start)) && !wanted.iter().any(|end| code.ends_with(end))
}

/// A state that AWS adds one day is better taken for one that costs.
fn lifecycle(described: &types::Instance) -> Lifecycle {
    use types::InstanceStateName as Name;
    match described.state.as_ref().and_then(types::InstanceState::name) {
        Some(Name::Pending) => Lifecycle::Pending,
        Some(Name::Running) => Lifecycle::Running,
        Some(Name::Stopping) => Lifecycle::Stopping,
        Some(Name::Stopped) => Lifecycle::Stopped,
        Some(Name::ShuttingDown) => Lifecycle::ShuttingDown,
        Some(Name::Terminated) => Lifecycle::Terminated,
        // The SDK's enums may grow.
        other => {
            let (id, state) = (described.instance_id(), other.map(Name::as_str));
            tracing::warn!(id, state, "taking an instance in an unknown state for running");
            Lifecycle::Running
        }
    }
}

fn market(described: &types::Instance, lifecycle: Lifecycle) -> Market {
    match described.instance_lifecycle {
        Some(types::InstanceLifecycleType::Spot) => Market::Spot(Spot {
            request: described.spot_instance_request_id().map(SpotRequestId::new),
            persistence: Persistence::Unknown,
            interruption: taken_by_aws(described, lifecycle),
        }),
        Some(_) | None => Market::OnDemand,
    }
}

/// The instance tells too that AWS took it, where the request cannot be read.
///
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html>.
fn taken_by_aws(described: &types::Instance, lifecycle: Lifecycle) -> Option<String> {
    let code = described.state_reason.as_ref()?.code()?;
    let taken = matches!(code, "Server.SpotInstanceTermination" | "Server.SpotInstanceShutdown");
    (taken && !lifecycle.is_up()).then(|| code.to_owned())
}

/// Source: `LaunchTime` in <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html>: the time at
/// which the primary network interface was attached is that of the first launch.
fn first_launch(described: &types::Instance) -> Option<Timestamp> {
    let attachments =
        described.network_interfaces().iter().filter_map(types::InstanceNetworkInterface::attachment);
    attachments.filter(|it| it.device_index() == Some(0)).find_map(|it| it.attach_time().and_then(moment))
}

fn platform(details: Option<String>, windows: Option<types::PlatformValues>) -> Platform {
    match (details, windows) {
        (Some(details), _) if details == "Linux/UNIX" => Platform::Linux,
        (Some(details), _) => Platform::Other(details),
        (None, Some(platform)) => Platform::Other(platform.as_str().to_owned()),
        (None, None) => Platform::Linux,
    }
}

fn tag(tag: types::Tag) -> Option<(String, String)> {
    Some((tag.key?, tag.value.unwrap_or_default()))
}

fn moment(at: &DateTime) -> Option<Timestamp> {
    Timestamp::new(at.secs(), i32::try_from(at.subsec_nanos()).ok()?).ok()
}

#[cfg(test)]
mod tests;
