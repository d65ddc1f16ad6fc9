"""What is said of instance types and where they are offered, and that launches keep to it."""

import pytest


def offered(aws, kind: str, region: str = "us-east-1", by: str = "availability-zone") -> list[str]:
    asked = {"LocationType": by, "Filters": [{"Name": "instance-type", "Values": [kind]}]}
    seen = aws.ec2(region).describe_instance_type_offerings(**asked)["InstanceTypeOfferings"]
    return sorted(o["Location"] for o in seen)


def test_a_type_says_what_it_is(aws):
    seen = aws.ec2().describe_instance_types(InstanceTypes=["g6.xlarge", "t4g.micro", "trn1.2xlarge"])["InstanceTypes"]
    of = {t["InstanceType"]: t for t in seen}
    assert of["g6.xlarge"]["ProcessorInfo"]["SupportedArchitectures"] == ["x86_64"]
    assert of["t4g.micro"]["ProcessorInfo"]["SupportedArchitectures"] == ["arm64"]
    cpu = of["g6.xlarge"]["VCpuInfo"]
    assert (cpu["DefaultVCpus"], cpu["DefaultCores"], cpu["DefaultThreadsPerCore"]) == (4, 2, 2)
    assert (cpu["ValidCores"], cpu["ValidThreadsPerCore"]) == ([1, 2], [1, 2])
    assert of["g6.xlarge"]["GpuInfo"]["Gpus"][0]["Name"] == "L4"
    assert of["trn1.2xlarge"]["NeuronInfo"]["NeuronDevices"][0]["Name"] == "Trainium"
    assert "spot" in of["trn1.2xlarge"]["SupportedUsageClasses"]


def test_valid_cpu_options_are_those_that_launch(aws, refused):
    cpu = aws.ec2().describe_instance_types(InstanceTypes=["g6.xlarge"])["InstanceTypes"][0]["VCpuInfo"]
    for cores in cpu["ValidCores"]:
        for threads in cpu["ValidThreadsPerCore"]:
            aws.launch(InstanceType="g6.xlarge", CpuOptions={"CoreCount": cores, "ThreadsPerCore": threads})
    with refused("InvalidParameterValue"):
        aws.launch(InstanceType="g6.xlarge", CpuOptions={"CoreCount": 3, "ThreadsPerCore": 1})


@pytest.mark.parametrize(("kind", "region"), [("trn1.2xlarge", "eu-west-3"), ("trn2.48xlarge", "us-east-1"), ("p3.2xlarge", "us-east-1")])  # fmt: skip
def test_a_type_that_the_region_does_not_offer_is_not_described_there(aws, refused, kind, region):
    assert offered(aws, kind, region) == []
    with refused("InvalidInstanceType", f"The following supplied instance types do not exist: [{kind}]", 400):
        aws.ec2(region).describe_instance_types(InstanceTypes=["t3.micro", kind])


def test_types_and_offerings_come_in_pages(aws, refused):
    pages = list(aws.ec2().get_paginator("describe_instance_types").paginate(PaginationConfig={"PageSize": 100}))
    kinds = [t["InstanceType"] for page in pages for t in page["InstanceTypes"]]
    assert len(pages) > 5 and len(kinds) == len(set(kinds)) and {len(p["InstanceTypes"]) for p in pages[:-1]} == {100}
    listed = aws.ec2().get_paginator("describe_instance_type_offerings").paginate()
    assert sorted(kinds) == sorted(o["InstanceType"] for page in listed for o in page["InstanceTypeOfferings"])
    with refused("InvalidParameterCombination"):
        aws.ec2().describe_instance_types(InstanceTypes=["t3.micro"], MaxResults=10)


def test_wildcards_and_unknown_filters(aws, refused):
    asked = {"LocationType": "availability-zone", "Filters": [{"Name": "instance-type", "Values": ["g5.*x*"]}]}
    seen = {o["InstanceType"] for o in aws.ec2().describe_instance_type_offerings(**asked)["InstanceTypeOfferings"]}
    assert "g5.xlarge" in seen and all(kind.startswith("g5.") for kind in seen)
    here = [{"Name": "location", "Values": ["us-east-1a"]}]
    seen = aws.ec2().describe_instance_type_offerings(LocationType="availability-zone", Filters=here)
    assert {o["Location"] for o in seen["InstanceTypeOfferings"]} == {"us-east-1a"}
    with refused("InvalidParameterValue"):
        aws.ec2().describe_instance_type_offerings(Filters=[{"Name": "colour", "Values": ["red"]}])


@pytest.mark.parametrize("kind", ["g5.xlarge", "trn1.2xlarge", "p4d.24xlarge", "t4g.micro"])
def test_it_launches_in_every_zone_that_offers_it_and_in_no_other(aws, refused, kind):
    zones = {z["ZoneName"]: z["ZoneId"] for z in aws.ec2().describe_availability_zones()["AvailabilityZones"]}
    where = offered(aws, kind)
    assert where and set(where) <= set(zones)
    assert sorted(zones[z] for z in where) == offered(aws, kind, by="availability-zone-id")
    image = aws.image(architecture="arm64" if kind == "t4g.micro" else "x86_64")
    for zone in zones:
        asked = {"ImageId": image, "InstanceType": kind, "Placement": {"AvailabilityZone": zone}}
        if zone in where:
            assert aws.launch(**asked)["Placement"]["AvailabilityZone"] == zone
        else:
            with refused("Unsupported", f"({zone})"):
                aws.launch(**asked)


def test_a_zone_says_that_it_can_be_used(aws):
    for zone in aws.ec2().describe_availability_zones()["AvailabilityZones"]:
        assert (zone["OptInStatus"], zone["State"], zone["ZoneType"]) == (
            "opt-in-not-required",
            "available",
            "availability-zone",
        )


def test_everything_that_a_launch_makes_is_tagged_at_once(aws):
    kinds = ("instance", "volume", "network-interface", "spot-instances-request")
    tags = [{"ResourceType": kind, "Tags": [{"Key": "Curfew", "Value": kind}]} for kind in kinds]
    made = aws.launch(TagSpecifications=tags, InstanceMarketOptions={"MarketType": "spot"})["InstanceId"]
    mine = [{"Name": "attachment.instance-id", "Values": [made]}]
    ec2 = aws.ec2()
    seen = [
        ec2.describe_instances(InstanceIds=[made])["Reservations"][0]["Instances"][0]["Tags"],
        ec2.describe_volumes(Filters=mine)["Volumes"][0]["Tags"],
        ec2.describe_network_interfaces(Filters=mine)["NetworkInterfaces"][0]["TagSet"],
        ec2.describe_spot_instance_requests()["SpotInstanceRequests"][0]["Tags"],
    ]
    assert seen == [[{"Key": "Curfew", "Value": kind}] for kind in kinds]
