"""Faults of the network and of the service, and the log of calls that shows what came through."""

import time
import urllib.request

import botocore.exceptions
import pytest
from botocore.config import Config
from botocore.parsers import ResponseParserError


def add(aws, fault: dict, **rule) -> None:
    aws.control("POST", "faults", [{"fault": fault, **rule}])


def test_an_error_as_asked_meets_only_what_it_matches(aws, refused):
    error = {"status": 500, "code": "InsufficientInstanceCapacity", "message": "no g5 today"}
    add(aws, {"error": error}, match={"region": "us-east-1", "service": "ec2", "action": "DescribeInstances"})
    with refused("InsufficientInstanceCapacity", "no g5 today", 500):
        aws.ec2().describe_instances()
    aws.ec2().describe_volumes()
    aws.ec2("us-west-2").describe_instances()
    aws.control("DELETE", "faults")
    aws.ec2().describe_instances()


def test_an_id_matches_wherever_it_stands(aws, refused):
    met, spared = aws.fleet({"count": 2})
    add(aws, {"error": {"code": "InternalError", "status": 500}}, match={"id": met})
    with refused("InternalError"):
        aws.ec2().describe_instances(Filters=[{"Name": "instance-id", "Values": [spared, met]}])
    aws.ec2().stop_instances(InstanceIds=[spared])


def test_times_counts_down(aws, refused):
    add(aws, {"throttle": True}, times=2)
    for _ in range(2):
        with refused("RequestLimitExceeded", "Request limit exceeded.", 503):
            aws.ec2().describe_regions()
    aws.ec2().describe_regions()
    assert aws.control("GET", "faults")["rules"] == []


def test_throttling_is_the_services_own(aws, refused):
    add(aws, {"throttle": True})
    with refused("Throttling", "Rate exceeded", 400):
        aws.client("autoscaling").describe_auto_scaling_groups()
    with refused("ThrottlingException", "Rate exceeded", 400):
        aws.client("logs").describe_log_groups()
    with refused("SlowDown", status=503):
        aws.client("s3").list_buckets()


def test_delays_add_up(aws):
    add(aws, {"delay_ms": 100})
    add(aws, {"delay_ms": 150}, match={"action": "DescribeRegions"})
    client = aws.ec2()
    started = time.monotonic()
    client.describe_regions()
    assert time.monotonic() - started >= 0.25


def test_a_hang_ends_with_the_callers_patience_and_with_the_fault(aws):
    add(aws, {"hang": True})
    impatient = Config(retries={"max_attempts": 0}, read_timeout=0.5)
    with pytest.raises(botocore.exceptions.ReadTimeoutError):
        aws.client("ec2", config=impatient).describe_regions()
    aws.control("DELETE", "faults")
    aws.ec2().describe_regions()


def test_garbage_with_200_is_no_answer_of_aws(aws):
    add(aws, {"garbage": True})
    with pytest.raises(ResponseParserError):
        aws.ec2().describe_regions()


def test_a_captive_portal_answers_html_with_200(aws):
    add(aws, {"html": True})
    with urllib.request.urlopen(aws.url, data=b"Action=DescribeRegions", timeout=5) as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert b"Please accept the terms" in answer.read()


def test_a_cut_call_was_carried_out_and_a_refused_one_was_not(aws):
    made = aws.one()
    add(aws, {"refuse": True}, times=1)
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        aws.ec2().stop_instances(InstanceIds=[made])
    assert aws.state(made) == "running"
    add(aws, {"cut": True}, times=1)
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        aws.ec2().stop_instances(InstanceIds=[made])
    assert aws.state(made) == "stopping"
    statuses = [c["status"] for c in aws.control("GET", "calls?action=StopInstances")["calls"]]
    assert statuses == [None, None]


def test_a_clock_an_hour_off(aws, refused):
    add(aws, {"clock_skew_s": 3600})
    with refused("AuthFailure", status=401) as caught:
        aws.ec2().describe_regions()
    from email.utils import parsedate_to_datetime

    date = parsedate_to_datetime(caught.value.response["ResponseMetadata"]["HTTPHeaders"]["date"])
    assert 3590 < date.timestamp() - time.time() < 3610
    with refused("SignatureDoesNotMatch", "Signature expired: ", 403):
        aws.client("sts").get_caller_identity()
    aws.control("DELETE", "faults")
    add(aws, {"clock_skew_s": -3600})
    with refused("SignatureDoesNotMatch", "Signature not yet current: ", 403):
        aws.client("sts").get_caller_identity()


def test_a_clock_a_minute_off_is_good_enough(aws):
    add(aws, {"clock_skew_s": 60})
    aws.ec2().describe_regions()


def test_the_log_of_calls(aws, refused):
    made = aws.one()
    aws.control("POST", "calls/clear")
    aws.ec2().stop_instances(InstanceIds=[made])
    with refused("InvalidInstanceID.NotFound"):
        aws.ec2("eu-west-1").stop_instances(InstanceIds=[made])
    first, second = aws.control("GET", "calls")["calls"]
    assert (first["account"], first["region"], first["service"]) == ("123456789012", "us-east-1", "ec2")
    assert (first["action"], first["parameters"]["InstanceId.1"], first["status"]) == ("StopInstances", made, 200)
    assert (second["region"], second["status"], second["error"]) == ("eu-west-1", 400, "InvalidInstanceID.NotFound")
    assert aws.control("GET", "calls?region=us-east-1&status=200")["calls"] == [first]
    aws.control("POST", "calls/clear")
    assert aws.control("GET", "calls")["calls"] == []


def test_a_wrong_rule_is_refused_and_none_is_added(aws):
    status, answer = aws.try_control("POST", "faults", [{"fault": {"delay_ms": 1}}, {"fault": {"explode": True}}])
    assert status == 400 and "no fault is called explode" in answer["error"]
    assert aws.control("GET", "faults")["rules"] == []
