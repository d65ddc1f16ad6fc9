"""The recorded answers: real shapes, all of the fleet, many callers at once."""

import json
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError
from conftest import StandIn


@pytest.fixture(scope="module")
def recorded():
    started = StandIn("--instances", "10000", "--regions", "34", "--delay-ms", "50", module="stand_in.recorded")
    yield started
    assert started.end() == 0


def test_every_instance_volume_and_request_is_read(recorded):
    regions = [r["RegionName"] for r in recorded.ec2().describe_regions()["Regions"]]
    assert len(regions) == 34
    assert recorded.client("sts").get_caller_identity()["Account"] == "123456789012"
    ec2 = recorded.ec2(regions[-1])
    answer = ec2.describe_instances()
    instances = [i for r in answer["Reservations"] for i in r["Instances"]]
    assert 294 <= len(instances) <= 295 and "NextToken" not in answer
    spot = {i["SpotInstanceRequestId"]: i["InstanceId"] for i in instances if i.get("InstanceLifecycle") == "spot"}
    requests = ec2.describe_spot_instance_requests()["SpotInstanceRequests"]
    assert {r["SpotInstanceRequestId"]: r["InstanceId"] for r in requests} == spot and len(spot) > 100
    volumes = {v["VolumeId"]: v["Attachments"][0]["InstanceId"] for v in ec2.describe_volumes()["Volumes"]}
    assert volumes == {i["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]: i["InstanceId"] for i in instances}
    one = instances[0]
    assert one["Tags"][0]["Value"].startswith("train <") and one["State"]["Name"] in ("running", "stopped")
    assert one["NetworkInterfaces"][0]["Attachment"]["AttachTime"] == one["LaunchTime"]


def test_the_shape_is_that_of_the_patched_moto(recorded, aws):
    """What one leaves out and the other has would make the figures untrue."""
    made = aws.one(type="g5.xlarge", market="spot", name="x")
    of_moto = aws.ec2().describe_instances(InstanceIds=[made])["Reservations"][0]["Instances"][0]
    answer = recorded.ec2().describe_instances(Filters=[{"Name": "instance-state-name", "Values": ["running"]}])
    instances = [i for r in answer["Reservations"] for i in r["Instances"]]
    ours = next(i for i in instances if "InstanceLifecycle" in i)
    assert set(of_moto) - set(ours) <= {"SriovNetSupport"}


def test_the_filters_of_a_caller_with_few_instances(recorded):
    ec2 = recorded.ec2("eu-west-1")
    instances = [i for r in ec2.describe_instances()["Reservations"] for i in r["Instances"]]
    some = [i for i in instances if "SpotInstanceRequestId" in i][:3]
    ids, requests = [i["InstanceId"] for i in some], [i["SpotInstanceRequestId"] for i in some]
    volumes = ec2.describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": ids}])["Volumes"]
    assert [v["Attachments"][0]["InstanceId"] for v in volumes] == ids
    asked = ec2.describe_spot_instance_requests(Filters=[{"Name": "spot-instance-request-id", "Values": requests}])
    assert [r["SpotInstanceRequestId"] for r in asked["SpotInstanceRequests"]] == requests
    with pytest.raises(ClientError, match="not recorded"):
        ec2.describe_volumes(Filters=[{"Name": "status", "Values": ["in-use"]}])


def test_small_pages(recorded):
    pages = list(recorded.ec2().get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 100}))
    assert [len(p["Reservations"]) for p in pages] == [100, 100, 94]


def test_a_change_is_seen(recorded):
    with urllib.request.urlopen(f"{recorded.url}/_curfew/fleet") as answer:
        first = json.loads(answer.read())["us-east-1"][0]["id"]
    recorded.control("POST", "change", {"region": "us-east-1", "instance_id": first, "state": "stopping"})
    seen = recorded.ec2().describe_instances()["Reservations"][0]["Instances"][0]
    assert (seen["InstanceId"], seen["State"]) == (first, {"Code": 64, "Name": "stopping"})


def test_thirty_four_callers_wait_together_and_cost_little(recorded):
    with urllib.request.urlopen(f"{recorded.url}/_curfew/fleet") as answer:
        names = list(json.loads(answer.read()))

    def ask(name: str) -> int:
        scope = f"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20250101/{name}/ec2/aws4_request"
        request = urllib.request.Request(
            recorded.url, data=b"Action=DescribeInstances&Version=2016-11-15", headers={"Authorization": scope}
        )
        with urllib.request.urlopen(request, timeout=30) as got:
            return got.read().count(b"<instanceId>")

    with ThreadPoolExecutor(len(names)) as callers:
        # Once to have the threads and the connections warm.
        assert sum(callers.map(ask, names)) == 10_000
        used, started = recorded.cpu_seconds(), time.monotonic()
        assert sum(callers.map(ask, names)) == 10_000
        took, used = time.monotonic() - started, recorded.cpu_seconds() - used
    # One after another would be 34 x 50 ms; the server's own part is to hand out 20 MB.
    assert took < 34 * 0.05
    assert used < 0.5
