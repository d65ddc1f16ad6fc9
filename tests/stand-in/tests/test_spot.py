"""Spot requests, interruptions and prices."""

from datetime import UTC, datetime, timedelta

import pytest

PERSISTENT = {
    "MarketType": "spot",
    "SpotOptions": {"SpotInstanceType": "persistent", "InstanceInterruptionBehavior": "stop"},
}


def request_of(aws, instance_id: str) -> dict:
    filters = [{"Name": "instance-id", "Values": [instance_id]}]
    return aws.ec2().describe_spot_instance_requests(Filters=filters)["SpotInstanceRequests"][0]


def status(aws, request_id: str) -> tuple[str, str]:
    found = aws.ec2().describe_spot_instance_requests(SpotInstanceRequestIds=[request_id])["SpotInstanceRequests"][0]
    return found["State"], found["Status"]["Code"]


def cancel(aws, request_id: str) -> str:
    answer = aws.ec2().cancel_spot_instance_requests(SpotInstanceRequestIds=[request_id])
    return answer["CancelledSpotInstanceRequests"][0]["State"]


def test_run_instances_opens_a_request_that_keeps_its_options(aws):
    options = {"MaxPrice": "0.5", **PERSISTENT["SpotOptions"]}
    tags = [{"ResourceType": "spot-instances-request", "Tags": [{"Key": "Project", "Value": "x"}]}]
    market = {"MarketType": "spot", "SpotOptions": options}
    made = aws.launch(InstanceType="g5.xlarge", InstanceMarketOptions=market, TagSpecifications=tags)
    assert made["InstanceLifecycle"] == "spot"
    seen = request_of(aws, made["InstanceId"])
    assert seen["SpotInstanceRequestId"] == made["SpotInstanceRequestId"]
    assert (seen["Type"], seen["State"], seen["Status"]["Code"]) == ("persistent", "active", "fulfilled")
    assert (seen["SpotPrice"], seen["InstanceInterruptionBehavior"]) == ("0.500000", "stop")
    assert seen["LaunchSpecification"]["InstanceType"] == "g5.xlarge"
    assert seen["Tags"] == [{"Key": "Project", "Value": "x"}]
    assert abs(seen["CreateTime"] - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_one_time_instance_cannot_stop_and_closes_its_request(aws, refused):
    made = aws.launch(InstanceMarketOptions={"MarketType": "spot"})
    aws.advance(10)
    words = (
        f"You can't stop the Spot Instance '{made['InstanceId']}' because it is associated with a one-time Spot Instance "
        "request. You can only stop Spot Instances associated with persistent Spot Instance requests."
    )
    with refused("UnsupportedOperation", words, 400):
        aws.ec2().stop_instances(InstanceIds=[made["InstanceId"]])
    aws.ec2().terminate_instances(InstanceIds=[made["InstanceId"]])
    assert status(aws, made["SpotInstanceRequestId"]) == ("closed", "instance-terminated-by-user")
    aws.advance(600)
    assert [r["State"] for r in aws.ec2().describe_spot_instance_requests()["SpotInstanceRequests"]] == ["closed"]


@pytest.mark.parametrize(
    ("kind", "behaviour", "words"),
    [
        ("one-time", "stop", "type 'one-time' is not supported when instanceInterruptionBehavior is set to 'stop'"),
        ("one-time", "hibernate", "is set to 'hibernate'"),
        (
            "persistent",
            "terminate",
            "terminate InstanceInterruptionBehavior is not supported when requestType is set to persistent",
        ),
    ],
)
def test_combinations_that_aws_does_not_have(aws, refused, kind, behaviour, words):
    options = {"SpotInstanceType": kind, "InstanceInterruptionBehavior": behaviour}
    with refused("InvalidParameterCombination", words):
        aws.launch(InstanceMarketOptions={"MarketType": "spot", "SpotOptions": options})
    assert aws.ec2().describe_spot_instance_requests()["SpotInstanceRequests"] == []


def test_a_price_below_the_least_is_refused(aws, refused):
    with refused("InvalidParameterValue"):
        aws.launch(InstanceMarketOptions={"MarketType": "spot", "SpotOptions": {"MaxPrice": "0.0001"}})


def test_a_persistent_instance_stops_and_starts(aws):
    made = aws.launch(InstanceMarketOptions=PERSISTENT)
    instance, request = made["InstanceId"], made["SpotInstanceRequestId"]
    aws.advance(10)
    aws.ec2().stop_instances(InstanceIds=[instance])
    assert status(aws, request) == ("active", "marked-for-stop")
    aws.advance(10)
    assert status(aws, request) == ("disabled", "instance-stopped-by-user")
    aws.ec2().start_instances(InstanceIds=[instance])
    assert status(aws, request) == ("active", "fulfilled")


def test_a_persistent_request_launches_again_when_its_instance_is_terminated(aws):
    made = aws.launch(InstanceType="g5.xlarge", InstanceMarketOptions=PERSISTENT)
    request = made["SpotInstanceRequestId"]
    aws.ec2().terminate_instances(InstanceIds=[made["InstanceId"]])
    assert status(aws, request) == ("open", "pending-evaluation")
    aws.advance(30)
    assert status(aws, request) == ("active", "fulfilled")
    filters = [{"Name": "spot-instance-request-id", "Values": [request]}]
    found = [i for r in aws.ec2().describe_instances(Filters=filters)["Reservations"] for i in r["Instances"]]
    assert sorted(i["State"]["Name"] for i in found) == ["running", "terminated"]
    assert {i["InstanceType"] for i in found} == {"g5.xlarge"}


def test_a_cancelled_request_does_not_launch_again_and_leaves_its_instance_running(aws, refused):
    made = aws.launch(InstanceMarketOptions=PERSISTENT)
    instance, request = made["InstanceId"], made["SpotInstanceRequestId"]
    aws.advance(10)
    assert cancel(aws, request) == "cancelled"
    assert status(aws, request) == ("cancelled", "request-canceled-and-instance-running")
    assert aws.state(instance) == "running"
    with refused("UnsupportedOperation"):
        aws.ec2().stop_instances(InstanceIds=[instance])
    aws.ec2().terminate_instances(InstanceIds=[instance])
    aws.advance(600)
    found = aws.control("GET", "instances?region=us-east-1")["instances"]
    assert [i["state"] for i in found] == ["terminated"]


def test_cancelling_between_termination_and_relaunch_is_in_time(aws):
    made = aws.launch(InstanceMarketOptions=PERSISTENT)
    aws.ec2().terminate_instances(InstanceIds=[made["InstanceId"]])
    assert cancel(aws, made["SpotInstanceRequestId"]) == "cancelled"
    aws.advance(600)
    assert status(aws, made["SpotInstanceRequestId"]) == ("cancelled", "canceled-before-fulfillment")
    assert len(aws.control("GET", "instances?region=us-east-1")["instances"]) == 1


def test_cancelling_the_request_of_a_stopped_instance_ends_it(aws):
    made = aws.one(market="spot-persistent", state="stopped")
    request = request_of(aws, made)["SpotInstanceRequestId"]
    assert status(aws, request) == ("disabled", "instance-stopped-by-user")
    cancel(aws, request)
    aws.advance(60)
    assert aws.state(made) == "terminated"


def test_an_unknown_request_is_not_found(aws, refused):
    with refused("InvalidSpotInstanceRequestID.NotFound", "The spot instance request ID 'sir-00000000' does not exist"):
        cancel(aws, "sir-00000000")
    with refused("InvalidSpotInstanceRequestID.NotFound"):
        status(aws, "sir-00000000")


def test_an_interruption_is_seen_on_the_request_before_the_instance_ends(aws):
    made = aws.one(market="spot", launched_ago_s=1800)
    request = request_of(aws, made)["SpotInstanceRequestId"]
    aws.control("POST", "interrupt", {"region": "us-east-1", "id": made, "minutes": 2})
    assert status(aws, request) == ("closed", "instance-terminated-no-capacity")
    aws.advance(115)
    assert aws.state(made) == "running"
    aws.advance(60)
    seen = aws.instance(made)
    assert (seen["state"], seen["state_reason"]) == ("terminated", "Server.SpotInstanceTermination")


def test_an_interruption_can_be_marked_first(aws):
    made = aws.one(market="spot")
    body = {"region": "us-east-1", "id": made, "seconds": 120, "status": "marked-for-termination"}
    request = request_of(aws, made)["SpotInstanceRequestId"]
    aws.control("POST", "interrupt", body)
    assert status(aws, request) == ("active", "marked-for-termination")
    aws.advance(180)
    assert status(aws, request) == ("closed", "instance-terminated-no-capacity")


def test_only_ec2_starts_what_it_interrupted(aws, refused):
    made = aws.one(market="spot-persistent")
    request = request_of(aws, made)["SpotInstanceRequestId"]
    aws.control("POST", "interrupt", {"region": "us-east-1", "id": made, "seconds": 120})
    assert status(aws, request) == ("active", "marked-for-stop")
    aws.advance(180)
    assert status(aws, request) == ("disabled", "instance-stopped-no-capacity")
    assert aws.instance(made)["state_reason"] == "Server.SpotInstanceShutdown"
    with refused("IncorrectSpotRequestState", "not in an appropriate state to support start"):
        aws.ec2().start_instances(InstanceIds=[made])
    aws.control("POST", "resume", {"region": "us-east-1", "id": made})
    aws.advance(10)
    assert aws.state(made) == "running" and status(aws, request) == ("active", "fulfilled")


@pytest.mark.parametrize("cancelled", [False, True])
def test_an_interrupted_persistent_request_launches_again_unless_it_is_cancelled(aws, cancelled):
    made = aws.one(market="spot-persistent", interruption="terminate", type="g5.xlarge")
    request = request_of(aws, made)["SpotInstanceRequestId"]
    aws.control("POST", "interrupt", {"region": "us-east-1", "id": made, "seconds": 120})
    assert status(aws, request) == ("open", "instance-terminated-no-capacity")
    aws.advance(121)
    if cancelled:
        assert cancel(aws, request) == "cancelled"
    aws.advance(300)
    found = aws.control("GET", "instances?region=us-east-1")["instances"]
    assert sorted(i["state"] for i in found) == (["terminated"] if cancelled else ["running", "terminated"])
    assert status(aws, request)[0] == ("cancelled" if cancelled else "active")


def test_only_a_running_spot_instance_is_interrupted(aws):
    made = aws.one()
    answered, body = aws.try_control("POST", "interrupt", {"region": "us-east-1", "id": made})
    assert answered == 400 and "is no running spot instance" in body["error"]


def test_request_spot_instances_follows_the_same_rules(aws):
    specification = {"ImageId": aws.image(), "InstanceType": "t3.micro"}
    answer = aws.ec2().request_spot_instances(InstanceCount=2, LaunchSpecification=specification, SpotPrice="0.1")
    requests = answer["SpotInstanceRequests"]
    assert [r["State"] for r in requests] == ["active", "active"]
    aws.advance(10)
    aws.ec2().terminate_instances(InstanceIds=[requests[0]["InstanceId"]])
    states = [status(aws, r["SpotInstanceRequestId"])[0] for r in requests]
    assert states == ["closed", "active"]


def prices(aws, **parameters) -> list[dict]:
    parameters = {"InstanceTypes": ["g5.xlarge"], "ProductDescriptions": ["Linux/UNIX"], **parameters}
    pages = aws.ec2().get_paginator("describe_spot_price_history").paginate(**parameters)
    return [point for page in pages for point in page["SpotPriceHistory"]]


def test_the_price_changes_over_ninety_days_and_no_further(aws):
    now = datetime.now(UTC)
    points = [p for p in prices(aws, StartTime=now - timedelta(days=200)) if p["AvailabilityZone"] == "us-east-1a"]
    assert 80 < len(points) < 100
    assert len({p["SpotPrice"] for p in points}) > 50
    assert now - timedelta(days=92) < points[-1]["Timestamp"] < points[0]["Timestamp"] <= now
    assert prices(aws, AvailabilityZone="us-east-1a", StartTime=now - timedelta(days=200))[:50] == points[:50]


def test_the_price_in_effect_at_the_start_is_answered_too(aws):
    now = datetime.now(UTC)
    points = [{"ago_s": 7200, "price": "0.30"}, {"ago_s": 3600, "price": "0.35"}, {"ago_s": 60, "price": "0.40"}]
    where = {"region": "us-east-1", "zone": "us-east-1a", "type": "g5.xlarge"}
    aws.control("POST", "spot-prices", {**where, "points": points})
    zone = {"AvailabilityZone": "us-east-1a"}
    found = prices(aws, StartTime=now - timedelta(minutes=90), EndTime=now - timedelta(minutes=30), **zone)
    assert [p["SpotPrice"] for p in found] == ["0.350000", "0.300000"]
    assert found[-1]["Timestamp"] < now - timedelta(minutes=90)
    assert [p["SpotPrice"] for p in prices(aws, StartTime=now, **zone)] == ["0.400000"]
    both = aws.ec2().describe_spot_price_history(
        StartTime=now, ProductDescriptions=["Linux/UNIX (Amazon VPC)"],
        Filters=[{"Name": "instance-type", "Values": ["g5.x*"]}, {"Name": "availability-zone", "Values": ["us-east-1a"]}],
    )["SpotPriceHistory"]  # fmt: skip
    assert [(p["SpotPrice"], p["ProductDescription"]) for p in both] == [("0.400000", "Linux/UNIX")]
