"""Fleets, and that many instances are quick to make and to read."""

from datetime import UTC, datetime, timedelta

SEVENTEEN = [
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
    "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1",
    "us-east-2", "us-west-1", "us-west-2",
]  # fmt: skip


def test_an_instance_is_made_as_asked(aws):
    made = aws.one(
        type="g5.xlarge", market="spot", name="<b>$(rm -rf)</b> \u202egnp", tags={f"k{n}": "v" for n in range(49)},
        launched_ago_s=7200, public_ip=False, max_price="0.5",
        volumes=[{"gib": 50, "kind": "gp3", "iops": 4000, "throughput": 250}, {"gib": 100, "kind": "gp2"}],
    )  # fmt: skip
    seen = aws.ec2().describe_instances(InstanceIds=[made])["Reservations"][0]["Instances"][0]
    tags = {tag["Key"]: tag["Value"] for tag in seen["Tags"]}
    assert len(tags) == 50 and tags["Name"] == "<b>$(rm -rf)</b> \u202egnp"
    assert seen["InstanceType"] == "g5.xlarge" and seen["InstanceLifecycle"] == "spot"
    assert "PublicIpAddress" not in seen
    assert timedelta(hours=1, minutes=59) < datetime.now(UTC) - seen["LaunchTime"] < timedelta(hours=2, minutes=1)
    assert seen["NetworkInterfaces"][0]["Attachment"]["AttachTime"] == seen["LaunchTime"]
    assert (seen["PlatformDetails"], seen["CpuOptions"]) == ("Linux/UNIX", {"CoreCount": 2, "ThreadsPerCore": 2})
    volumes = aws.ec2().describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [made]}])["Volumes"]
    facts = sorted((v["Size"], v["VolumeType"], v["Iops"], v.get("Throughput")) for v in volumes)
    assert facts == [(50, "gp3", 4000, 250), (100, "gp2", 300, None)]
    assert {v["CreateTime"] for v in volumes} == {seen["LaunchTime"]}
    request = aws.ec2().describe_spot_instance_requests(SpotInstanceRequestIds=[seen["SpotInstanceRequestId"]])
    assert request["SpotInstanceRequests"][0]["SpotPrice"] == "0.500000"


def test_states_given_to_a_fleet_last(aws):
    states = ["pending", "running", "stopping", "stopped", "shutting-down", "terminated"]
    made = aws.fleet(*({"state": state} for state in states))
    aws.advance(600)
    assert [aws.state(i) for i in made] == states


def test_tags_are_set_and_the_others_stay(aws):
    made = aws.one(name="train", tags={"Project": "crpbot"})
    aws.control("POST", "tags", {"region": "us-east-1", "id": made, "tags": {"Name": "renamed", "Owner": "me"}})
    seen = aws.ec2().describe_instances(InstanceIds=[made])["Reservations"][0]["Instances"][0]
    tags = {tag["Key"]: tag["Value"] for tag in seen["Tags"]}
    assert tags == {"Name": "renamed", "Owner": "me", "Project": "crpbot"}


def test_age_sets_launch_time_and_first_launch(aws):
    made = aws.one()
    at = "2026-01-02T03:04:05Z"
    aws.control("POST", "age", {"region": "us-east-1", "id": made, "launched_at": at})
    seen = aws.ec2().describe_instances(InstanceIds=[made])["Reservations"][0]["Instances"][0]
    assert seen["LaunchTime"].isoformat() == "2026-01-02T03:04:05+00:00"
    assert seen["NetworkInterfaces"][0]["Attachment"]["AttachTime"] == seen["LaunchTime"]
    later = "2026-01-03T00:00:00Z"
    aws.control("POST", "age", {"region": "us-east-1", "id": made, "launched_at": later, "first_launch": False})
    seen = aws.ec2().describe_instances(InstanceIds=[made])["Reservations"][0]["Instances"][0]
    assert seen["NetworkInterfaces"][0]["Attachment"]["AttachTime"] < seen["LaunchTime"]


def test_every_commercial_region_takes_a_fleet(aws):
    names = [r["RegionName"] for r in aws.ec2().describe_regions(AllRegions=True)["Regions"]]
    assert set(SEVENTEEN) < set(names) and len(names) >= 34
    aws.control("POST", "regions", {"enabled": names})
    aws.fleet(*({"region": name} for name in names))
    # moto itself has no zones and no types for the newest ones.
    for name in ("ap-southeast-7", "mx-central-1"):
        made = aws.ec2(name).describe_instances()["Reservations"][0]["Instances"][0]
        assert made["Placement"]["AvailabilityZone"] == f"{name}a"


def test_three_thousand_instances_are_made_and_read_in_time(aws):
    started = aws.cpu_seconds()
    per_region = -(-3000 // len(SEVENTEEN))
    made = aws.fleet(*(
        {"region": name, "count": per_region, "type": "g5.xlarge", "market": "spot", "name": "trainer-{n}"}
        for name in SEVENTEEN
    ))  # fmt: skip
    created = aws.cpu_seconds()
    seen = set()
    for name in SEVENTEEN:
        pages = list(aws.ec2(name).get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 50}))
        assert len(pages) == -(-per_region // 50)
        seen |= {i["InstanceId"] for page in pages for r in page["Reservations"] for i in r["Instances"]}
    read = aws.cpu_seconds()
    assert seen == set(made) and len(made) >= 3000
    # About 4 s each of the server's own time; twice that is a regression.
    assert created - started < 8, "making"
    assert read - created < 8, "reading"
