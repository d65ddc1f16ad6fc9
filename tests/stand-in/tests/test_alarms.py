"""CloudWatch alarms with EC2 actions: kept, described, and carried out."""

import pytest


def put(aws, instance: str, action: str = "stop", region: str = "us-east-1", **more) -> None:
    asked = {
        "AlarmName": f"idle-{instance}",
        "Namespace": "AWS/EC2",
        "MetricName": "CPUUtilization",
        "Dimensions": [{"Name": "InstanceId", "Value": instance}],
        "Statistic": "Maximum",
        "Period": 300,
        "EvaluationPeriods": 12,
        "Threshold": 5.0,
        "ComparisonOperator": "LessThanThreshold",
        "TreatMissingData": "missing",
        "AlarmActions": [f"arn:aws:automate:{region}:ec2:{action}"],
        "Tags": [{"Key": "Curfew", "Value": "1"}],
    }
    aws.client("cloudwatch").put_metric_alarm(**{**asked, **more})


def fire(aws, instance: str, state: str = "ALARM") -> None:
    aws.control("POST", "alarm", {"region": "us-east-1", "name": f"idle-{instance}", "state": state})


def described(aws, instance: str) -> dict:
    return aws.client("cloudwatch").describe_alarms(AlarmNames=[f"idle-{instance}"])["MetricAlarms"][0]


def test_an_alarm_is_kept_and_described(aws):
    made = aws.one()
    put(aws, made)
    seen = described(aws, made)
    assert seen["AlarmActions"] == ["arn:aws:automate:us-east-1:ec2:stop"]
    assert seen["Dimensions"] == [{"Name": "InstanceId", "Value": made}]
    assert (seen["Period"], seen["EvaluationPeriods"], seen["Threshold"]) == (300, 12, 5.0)
    assert (seen["StateValue"], seen["TreatMissingData"], seen["ActionsEnabled"]) == ("INSUFFICIENT_DATA", "missing", True)
    tags = aws.client("cloudwatch").list_tags_for_resource(ResourceARN=seen["AlarmArn"])["Tags"]
    assert tags == [{"Key": "Curfew", "Value": "1"}]
    aws.client("cloudwatch").delete_alarms(AlarmNames=[seen["AlarmName"]])
    assert aws.client("cloudwatch").describe_alarms()["MetricAlarms"] == []


@pytest.mark.parametrize(("action", "passing", "final"), [("stop", "stopping", "stopped"), ("terminate", "shutting-down", "terminated")])  # fmt: skip
def test_an_alarm_that_fires_acts_on_its_instance(aws, action, passing, final):
    made, other = aws.fleet({"count": 2})
    put(aws, made, action)
    fire(aws, made)
    assert described(aws, made)["StateValue"] == "ALARM"
    assert aws.state(made) == passing
    aws.advance(60)
    assert (aws.state(made), aws.state(other)) == (final, "running")


def test_the_callers_own_set_alarm_state_acts_too(aws):
    made = aws.one()
    put(aws, made)
    aws.client("cloudwatch").set_alarm_state(AlarmName=f"idle-{made}", StateValue="ALARM", StateReason="tried out")
    assert aws.state(made) == "stopping"


def test_an_alarm_acts_when_it_comes_into_a_state_only(aws):
    made = aws.one()
    put(aws, made)
    fire(aws, made)
    aws.advance(60)
    aws.ec2().start_instances(InstanceIds=[made])
    aws.advance(60)
    fire(aws, made)
    assert aws.state(made) == "running"
    # Putting it again keeps its state.
    put(aws, made, Threshold=10.0)
    fire(aws, made)
    assert aws.state(made) == "running"
    fire(aws, made, "OK")
    fire(aws, made)
    assert aws.state(made) == "stopping"


def test_what_cannot_be_done_is_not(aws):
    spot, protected = aws.one(market="spot"), aws.one(protected=True)
    put(aws, spot)
    fire(aws, spot)
    put(aws, protected, "terminate")
    fire(aws, protected)
    off = aws.one()
    put(aws, off, ActionsEnabled=False)
    fire(aws, off)
    assert [aws.state(i) for i in (spot, protected, off)] == ["running"] * 3


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"Period": 3600, "EvaluationPeriods": 25}, "across more than a day"),
        ({"Dimensions": []}, "InstanceId"),
        ({"AlarmActions": ["arn:aws:automate:eu-west-1:ec2:stop"]}, "Invalid region eu-west-1"),
        ({"Period": 90}, "Invalid period"),
    ],
)
def test_a_wrong_alarm_is_refused(aws, refused, more, words):
    with refused("ValidationError", words, 400):
        put(aws, aws.one(), **more)


def test_an_alarm_that_is_not_there_cannot_fire(aws):
    assert aws.try_control("POST", "alarm", {"region": "us-east-1", "name": "lost"})[0] == 404
