//! What becomes of AWS's shapes, also of those that lack what AWS always sends.

use aws_sdk_ec2::types::builders::InstanceBuilder;
use aws_sdk_ec2::types::{
    InstanceLifecycleType, InstanceNetworkInterface, InstanceNetworkInterfaceAttachment, InstanceState,
    InstanceStateName, Placement, PlatformValues, SpotInstanceRequest, SpotInstanceStatus, SpotInstanceType,
    StateReason, Tag, Volume, VolumeAttachment, VolumeAttachmentState, VolumeType,
};

use super::*;

const LAUNCHED: i64 = 1_790_000_000;

#[test]
fn a_whole_instance_is_read() {
    let interface = InstanceNetworkInterface::builder().attachment(attached(0, LAUNCHED - 500)).build();
    let second = InstanceNetworkInterface::builder().attachment(attached(1, LAUNCHED - 900)).build();
    let read = read(
        running()
            .placement(Placement::builder().availability_zone("us-east-1c").build())
            .network_interfaces(second)
            .network_interfaces(interface)
            .public_ip_address("203.0.113.7")
            .platform_details("Linux/UNIX")
            .tags(Tag::builder().key("Name").value("train <b>1</b>").build()),
    );
    assert_eq!(read.id.as_str(), "i-0f09e5bb081e72ae1");
    assert_eq!((read.zone.as_str(), read.kind.as_str()), ("us-east-1c", "g5.xlarge"));
    assert_eq!((read.market, read.lifecycle), (Market::OnDemand, Lifecycle::Running));
    assert_eq!(read.launched_at, at(LAUNCHED));
    assert_eq!(read.first_launched_at, Some(at(LAUNCHED - 500)));
    assert_eq!(read.platform, Platform::Linux);
    assert_eq!(read.tags["Name"], "train <b>1</b>");
    assert_eq!(read.public_ip.as_deref(), Some("203.0.113.7"));
}

#[test]
fn fifty_tags_are_kept_and_no_name_is_none() {
    let tags = (0..50).map(|n| Tag::builder().key(format!("key-{n}")).value("v".repeat(256)).build());
    let read = read(running().set_tags(Some(tags.collect())));
    assert_eq!((read.tags.len(), read.name()), (50, None));
    let bare = self::read(
        running().tags(Tag::builder().key("flag").build()).tags(Tag::builder().value("x").build()),
    );
    assert_eq!(bare.tags, BTreeMap::from([("flag".to_owned(), String::new())]));
}

#[test]
fn every_state_is_read_and_an_unknown_one_costs() {
    let check = |name: InstanceStateName, lifecycle: Lifecycle| {
        let state = InstanceState::builder().name(name.clone()).build();
        assert_eq!(read(running().state(state)).lifecycle, lifecycle, "{name}");
    };
    check(InstanceStateName::Pending, Lifecycle::Pending);
    check(InstanceStateName::Running, Lifecycle::Running);
    check(InstanceStateName::Stopping, Lifecycle::Stopping);
    check(InstanceStateName::Stopped, Lifecycle::Stopped);
    check(InstanceStateName::ShuttingDown, Lifecycle::ShuttingDown);
    check(InstanceStateName::Terminated, Lifecycle::Terminated);
    check(InstanceStateName::from("paused"), Lifecycle::Running);
    assert_eq!(read(running().set_state(None)).lifecycle, Lifecycle::Running);
}

#[test]
fn what_aws_leaves_out_is_filled_in() {
    let read = read(types::Instance::builder().instance_id("i-1a2b3c4d"));
    assert_eq!((read.zone.as_str(), read.kind.as_str()), ("us-east-1", "unknown"));
    assert_eq!((read.launched_at, read.first_launched_at), (now(), None));
    let interface = InstanceNetworkInterface::builder().attachment(attached(0, LAUNCHED)).build();
    let read = self::read(types::Instance::builder().instance_id("i-1a2b3c4d").network_interfaces(interface));
    assert_eq!(read.launched_at, at(LAUNCHED));
}

#[test]
fn what_has_no_id_is_passed_over() {
    for id in [None, Some("not-an-id".to_owned())] {
        assert_eq!(instance(running().set_instance_id(id).build(), &"us-east-1".into(), now()), None);
    }
}

#[test]
fn platforms_with_a_licence_are_told_apart() {
    let other = |text: &str| Platform::Other(text.into());
    assert_eq!(
        read(running().platform_details("Red Hat Enterprise Linux")).platform,
        other("Red Hat Enterprise Linux")
    );
    assert_eq!(
        read(running().platform_details("Windows").platform(PlatformValues::Windows)).platform,
        other("Windows")
    );
    assert_eq!(read(running().platform(PlatformValues::Windows)).platform, other("Windows"));
    assert_eq!(read(running()).platform, Platform::Linux);
}

#[test]
fn spot_status_codes_tell_an_interruption_from_the_users_wish() {
    let check = |code: &str, interrupted: bool| {
        let request = request(&spot_request(SpotInstanceType::Persistent, code)).unwrap().1;
        assert_eq!(request.interruption.as_deref(), interrupted.then_some(code), "{code}");
    };
    check("fulfilled", false);
    check("pending-fulfillment", false);
    check("marked-for-termination", true);
    check("marked-for-stop", true);
    check("marked-for-termination-by-experiment", true);
    check("instance-terminated-no-capacity", true);
    check("instance-terminated-by-price", true);
    check("instance-terminated-by-experiment", true);
    check("instance-terminated-by-user", false);
    check("instance-terminated-by-schedule", false);
    check("instance-stopped-no-capacity", true);
    check("instance-stopped-by-price", true);
    check("instance-stopped-by-user", false);
    check("request-canceled-and-instance-running", false);
}

#[test]
fn a_spot_instance_learns_from_its_request() {
    let spot =
        || running().instance_lifecycle(InstanceLifecycleType::Spot).spot_instance_request_id("sir-abcd1234");
    let after = |requests: BTreeMap<String, Request>| {
        let mut instances = [read(spot())];
        add_requests(&mut instances, &requests);
        let [Instance { market, .. }] = instances;
        market
    };
    let unread =
        Spot { request: Some("sir-abcd1234".into()), persistence: Persistence::Unknown, interruption: None };
    assert_eq!(after(BTreeMap::new()), Market::Spot(unread.clone()));
    let described = [spot_request(SpotInstanceType::OneTime, "marked-for-termination")];
    let read = Spot {
        persistence: Persistence::OneTime,
        interruption: Some("marked-for-termination".into()),
        ..unread.clone()
    };
    assert_eq!(after(described.iter().filter_map(request).collect()), Market::Spot(read));
    let odd = [spot_request(SpotInstanceType::from("weekly"), "fulfilled")];
    assert_eq!(after(odd.iter().filter_map(request).collect()), Market::Spot(unread));
}

#[test]
fn a_taken_spot_instance_says_so_itself() {
    let state = |name| InstanceState::builder().name(name).build();
    let taken = |name| {
        let reason = StateReason::builder().code("Server.SpotInstanceTermination").build();
        let spot =
            running().instance_lifecycle(InstanceLifecycleType::Spot).state(state(name)).state_reason(reason);
        read(spot)
    };
    let gone = taken(InstanceStateName::Terminated);
    assert_eq!(gone.state_reason.as_deref(), Some("Server.SpotInstanceTermination"));
    assert!(gone.is_being_interrupted());
    assert!(!taken(InstanceStateName::Running).is_being_interrupted());
}

#[test]
fn volumes_hang_on_their_instances() {
    let volume = |id: &str, holders: &[(&str, VolumeAttachmentState)]| {
        let attachments = holders.iter().map(|(holder, state)| {
            VolumeAttachment::builder().instance_id(*holder).state(state.clone()).build()
        });
        Volume::builder()
            .volume_id(id)
            .volume_type(VolumeType::Gp3)
            .size(500)
            .iops(3000)
            .throughput(125)
            .create_time(DateTime::from_secs(LAUNCHED))
            .set_attachments(Some(attachments.collect()))
            .build()
    };
    let (mine, other) = ("i-0f09e5bb081e72ae1", "i-0f09e5bb081e72ae9");
    let mut disks = BTreeMap::new();
    for described in [
        volume("vol-2", &[(mine, VolumeAttachmentState::Attached)]),
        volume("vol-1", &[(other, VolumeAttachmentState::Attached), (mine, VolumeAttachmentState::Attached)]),
        volume("vol-3", &[(mine, VolumeAttachmentState::Detached)]),
        volume("vol-4", &[]),
    ] {
        disk(&described, &mut disks);
    }
    assert_eq!(disks.keys().collect::<Vec<_>>(), [mine]);
    let mut instances = [read(running())];
    add_disks(&mut instances, disks);
    let ids: Vec<_> = instances[0].disks.iter().map(|disk| disk.id.as_str()).collect();
    assert_eq!(ids, ["vol-1", "vol-2"]);
    let expected = Disk {
        id: VolumeId::new("vol-1"),
        kind: "gp3".into(),
        gib: 500,
        iops: Some(3000),
        throughput_mibps: Some(125),
        created_at: at(LAUNCHED),
    };
    assert_eq!(instances[0].disks[0], expected);
}

#[test]
fn regions_say_whether_they_are_enabled() {
    let check = |status: Option<&str>, opt_in: OptIn| {
        let described =
            types::Region::builder().region_name("ap-east-1").set_opt_in_status(status.map(str::to_owned));
        assert_eq!(region(&described.build()), Some(RegionStatus { region: "ap-east-1".into(), opt_in }));
    };
    check(Some("opt-in-not-required"), OptIn::Enabled);
    check(Some("opted-in"), OptIn::Enabled);
    check(Some("not-opted-in"), OptIn::NotOptedIn);
    check(None, OptIn::Enabled);
    assert_eq!(region(&types::Region::builder().build()), None);
}

fn running() -> InstanceBuilder {
    types::Instance::builder()
        .instance_id("i-0f09e5bb081e72ae1")
        .instance_type(types::InstanceType::G5Xlarge)
        .state(InstanceState::builder().name(InstanceStateName::Running).build())
        .launch_time(DateTime::from_secs(LAUNCHED))
}

fn read(described: InstanceBuilder) -> Instance {
    instance(described.build(), &"us-east-1".into(), now()).unwrap()
}

fn attached(device: i32, seconds: i64) -> InstanceNetworkInterfaceAttachment {
    InstanceNetworkInterfaceAttachment::builder()
        .device_index(device)
        .attach_time(DateTime::from_secs(seconds))
        .build()
}

fn spot_request(kind: SpotInstanceType, code: &str) -> SpotInstanceRequest {
    SpotInstanceRequest::builder()
        .spot_instance_request_id("sir-abcd1234")
        .r#type(kind)
        .status(SpotInstanceStatus::builder().code(code).build())
        .build()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn now() -> Timestamp {
    at(LAUNCHED + 3600)
}
