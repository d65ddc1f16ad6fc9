"""Filters, pages and regions."""

import pytest


def ids(answer: dict) -> list[str]:
    return [i["InstanceId"] for r in answer["Reservations"] for i in r["Instances"]]


@pytest.fixture
def mixed(aws):
    made = aws.fleet(
        {"name": "web", "type": "t3.micro", "launched_at": "2026-01-02T03:04:05Z"},
        {"name": "trainer*1", "type": "g5.xlarge", "market": "spot", "launched_at": "2026-02-02T00:00:00Z"},
        {"name": "trainer-2", "type": "g5.2xlarge", "state": "stopped", "zone": "us-east-1b"},
    )
    return aws, made


@pytest.mark.parametrize(
    ("name", "values", "found"),
    [
        ("launch-time", ["2026-01-02T03:04:05.000Z"], [0]),
        ("launch-time", ["2026-0?-02*"], [0, 1]),
        ("instance-lifecycle", ["spot"], [1]),
        ("instance-type", ["g5.*"], [1, 2]),
        ("instance-type", ["t3.micro", "g5.2xlarge"], [0, 2]),
        ("instance-state-code", ["80"], [2]),
        ("instance-state-name", ["running"], [0, 1]),
        ("tag:Name", ["trainer*"], [1, 2]),
        ("tag:Name", ["trainer\\*1"], [1]),
        ("tag:Name", ["TRAINER*"], []),
        ("tag-key", ["Name"], [0, 1, 2]),
        ("availability-zone", ["us-east-1b"], [2]),
        ("platform-details", ["Linux/UNIX"], [0, 1, 2]),
        ("state-reason-code", ["Client.*"], [2]),
    ],
)
def test_filters(mixed, name, values, found):
    aws, made = mixed
    answer = aws.ec2().describe_instances(Filters=[{"Name": name, "Values": values}])
    assert ids(answer) == [made[n] for n in found]


def test_filters_on_request_and_token(aws):
    made = aws.launch(ClientToken="attempt-1", InstanceMarketOptions={"MarketType": "spot"})
    other = aws.launch(ClientToken="attempt-2")
    for name, value in (("spot-instance-request-id", made["SpotInstanceRequestId"]), ("client-token", "attempt-1")):
        assert ids(aws.ec2().describe_instances(Filters=[{"Name": name, "Values": [value]}])) == [made["InstanceId"]]
    assert other["InstanceId"] in ids(aws.ec2().describe_instances())


def test_filters_are_joined_and_hold_beside_ids(mixed):
    aws, made = mixed
    filters = [{"Name": "instance-type", "Values": ["g5.*"]}, {"Name": "instance-state-name", "Values": ["running"]}]
    assert ids(aws.ec2().describe_instances(Filters=filters)) == [made[1]]
    assert ids(aws.ec2().describe_instances(Filters=filters, InstanceIds=made)) == [made[1]]


def test_an_unknown_filter_is_refused(mixed, refused):
    with refused("InvalidParameterValue", "The filter 'colour' is invalid", 400):
        mixed[0].ec2().describe_instances(Filters=[{"Name": "colour", "Values": ["red"]}])


def test_pages_are_whole_and_in_order(aws):
    made = aws.fleet({"count": 23})
    pages = list(aws.ec2().get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 10}))
    assert [len(ids(page)) for page in pages] == [10, 10, 3]
    assert [i for page in pages for i in ids(page)] == made
    assert "NextToken" not in pages[-1]


def test_a_page_does_not_split_a_reservation(aws):
    aws.launch(MinCount=8, MaxCount=8)
    aws.fleet({"count": 3})
    pages = list(aws.ec2().get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 5}))
    assert [len(ids(page)) for page in pages] == [8, 3]


@pytest.mark.parametrize(
    ("call", "member"),
    [
        ("describe_volumes", "Volumes"),
        ("describe_spot_instance_requests", "SpotInstanceRequests"),
        ("describe_instance_status", "InstanceStatuses"),
    ],
)
def test_the_other_lists_have_pages_too(aws, call, member):
    aws.fleet({"count": 12, "market": "spot"})
    pages = list(aws.ec2().get_paginator(call).paginate(PaginationConfig={"PageSize": 5}))
    assert [len(page[member]) for page in pages] == [5, 5, 2]


def test_wrong_pages_are_refused(aws, refused):
    made = aws.fleet({"count": 2})
    with refused(
        "InvalidParameterValue", "Value ( 3 ) for parameter maxResults is invalid. Expecting a value greater than 5."
    ):
        aws.ec2().describe_instances(MaxResults=3)
    with refused("InvalidParameterCombination", "The parameter instancesSet cannot be used with the parameter maxResults"):
        aws.ec2().describe_instances(MaxResults=5, InstanceIds=made)
    with refused("InvalidNextToken"):
        aws.ec2().describe_instances(MaxResults=5, NextToken="not one of ours")
    assert len(ids(aws.ec2().describe_instances(MaxResults=5000))) == 2


def test_one_unknown_id_fails_the_whole_call(aws, refused):
    made = aws.one()
    with refused("InvalidInstanceID.NotFound", "The instance ID 'i-00000000000000000' does not exist"):
        aws.ec2().describe_instances(InstanceIds=[made, "i-00000000000000000"])
    with refused("InvalidInstanceID.Malformed", 'Invalid id: "i-x"'):
        aws.ec2().describe_instances(InstanceIds=[made, "i-x"])


def test_regions_are_the_commercial_ones_with_their_status(aws, refused):
    enabled = [r["RegionName"] for r in aws.ec2().describe_regions()["Regions"]]
    every = {r["RegionName"]: r["OptInStatus"] for r in aws.ec2().describe_regions(AllRegions=True)["Regions"]}
    assert len(enabled) == 17
    assert not [name for name in every if name.startswith(("us-gov", "cn-"))]
    assert (every["us-east-1"], every["ap-east-1"]) == ("opt-in-not-required", "not-opted-in")
    aws.control("POST", "regions", {"enabled": ["ap-east-1"], "not_opted_in": ["sa-east-1"]})
    seen = aws.ec2().describe_regions(Filters=[{"Name": "opt-in-status", "Values": ["opted-in"]}])["Regions"]
    assert [r["RegionName"] for r in seen] == ["ap-east-1"]
    assert "sa-east-1" not in [r["RegionName"] for r in aws.ec2().describe_regions()["Regions"]]
    with refused("InvalidParameterValue", "us-easy-1"):
        aws.ec2().describe_regions(RegionNames=["us-easy-1"])
    assert aws.try_control("POST", "regions", {"enabled": ["us-easy-1"]})[0] == 400
