"""States, their times, LaunchTime, protection and consistency."""

from datetime import UTC, datetime, timedelta

import pytest


def described(aws, instance_id: str) -> dict:
    return aws.ec2().describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]


def test_states_are_passed_through_in_their_time(aws):
    aws.control("POST", "clock", {"pending_s": 30, "stopping_s": 60, "shutting_down_s": 90})
    made = aws.launch()
    assert made["State"] == {"Code": 0, "Name": "pending"}
    seen = [described(aws, made["InstanceId"])["State"]["Name"]]
    for call, waits in (("stop", 60), ("start", 30), ("terminate", 90)):
        aws.advance(31)
        seen.append(aws.state(made["InstanceId"]))
        change = getattr(aws.ec2(), f"{call}_instances")(InstanceIds=[made["InstanceId"]])
        seen.append(next(v for k, v in change.items() if k.endswith("Instances"))[0]["CurrentState"]["Name"])
        aws.advance(waits - 5)
        seen.append(aws.state(made["InstanceId"]))
        aws.advance(10)
    seen.append(described(aws, made["InstanceId"])["State"]["Name"])
    assert seen == [
        "pending",
        "running", "stopping", "stopping",
        "stopped", "pending", "pending",
        "running", "shutting-down", "shutting-down",
        "terminated",
    ]  # fmt: skip


def test_without_any_period_the_answer_still_shows_the_passing_state(aws):
    aws.control("POST", "clock", {"pending_s": 0, "stopping_s": 0})
    made = aws.launch()
    assert made["State"]["Name"] == "pending"
    assert described(aws, made["InstanceId"])["State"]["Name"] == "running"
    change = aws.ec2().stop_instances(InstanceIds=[made["InstanceId"]])["StoppingInstances"][0]
    assert (change["PreviousState"]["Name"], change["CurrentState"]["Name"]) == ("running", "stopping")
    assert described(aws, made["InstanceId"])["State"]["Name"] == "stopped"


def test_a_terminated_instance_is_seen_for_a_while_then_not_found(aws, refused):
    aws.control("POST", "clock", {"terminated_visible_s": 600})
    made = aws.one(volumes=[{"gib": 8}, {"gib": 100, "delete_on_termination": False}])
    aws.ec2().terminate_instances(InstanceIds=[made])
    aws.advance(60)
    seen = described(aws, made)
    assert (seen["State"]["Name"], seen["StateReason"]["Code"]) == ("terminated", "Client.UserInitiatedShutdown")
    assert seen["StateTransitionReason"].startswith("User initiated (20")
    assert seen["NetworkInterfaces"] == [] and "PublicIpAddress" not in seen and "PrivateIpAddress" not in seen
    assert [(v["Size"], v["State"]) for v in aws.ec2().describe_volumes()["Volumes"]] == [(100, "available")]
    again = aws.ec2().terminate_instances(InstanceIds=[made])["TerminatingInstances"][0]
    assert again["CurrentState"]["Name"] == again["PreviousState"]["Name"] == "terminated"
    aws.advance(600)
    with refused("InvalidInstanceID.NotFound", f"The instance ID '{made}' does not exist"):
        described(aws, made)
    assert aws.ec2().describe_instances()["Reservations"] == []


def test_launch_time_is_new_at_every_start_and_the_first_is_kept_by_the_interface(aws):
    made = aws.one(launched_ago_s=86_400)
    first = described(aws, made)["LaunchTime"]
    aws.ec2().stop_instances(InstanceIds=[made])
    aws.advance(3600)
    assert described(aws, made)["LaunchTime"] == first
    aws.ec2().start_instances(InstanceIds=[made])
    aws.advance(60)
    seen = described(aws, made)
    assert seen["LaunchTime"] - first > timedelta(hours=24)
    assert seen["NetworkInterfaces"][0]["Attachment"]["AttachTime"] == first
    assert seen["StateTransitionReason"] == "" and "StateReason" not in seen


def test_a_stopped_instance_has_no_public_address(aws):
    made = aws.one()
    assert "PublicIpAddress" in described(aws, made)
    aws.ec2().stop_instances(InstanceIds=[made])
    aws.advance(60)
    assert "PublicIpAddress" not in described(aws, made)


@pytest.mark.parametrize(
    ("state", "call", "words"),
    [
        ("pending", "stop", "This instance '{}' is not in a state from which it can be stopped."),
        ("terminated", "stop", "This instance '{}' is not in a state from which it can be stopped."),
        ("shutting-down", "start", "The instance '{}' is not in a state from which it can be started."),
        ("terminated", "start", "The instance '{}' is not in a state from which it can be started."),
        ("stopping", "start", "The instance '{}' is not in a state from which it can be started."),
        ("stopped", "reboot", "The instance '{}' is not in the 'running' state."),
    ],
)
def test_an_action_in_the_wrong_state_is_refused(aws, refused, state, call, words):
    made = aws.one(state=state)
    with refused("IncorrectInstanceState", words.format(made), 400):
        getattr(aws.ec2(), f"{call}_instances")(InstanceIds=[made])
    assert aws.state(made) == state


def test_one_refused_instance_holds_back_the_others(aws, refused):
    good, bad = aws.fleet({}, {"state": "terminated"})
    with refused("IncorrectInstanceState"):
        aws.ec2().stop_instances(InstanceIds=[good, bad])
    with refused("InvalidInstanceID.NotFound"):
        aws.ec2().terminate_instances(InstanceIds=[good, "i-00000000000000000"])
    with refused("InvalidInstanceID.Malformed"):
        aws.ec2().terminate_instances(InstanceIds=[good, "g-1"])
    assert aws.state(good) == "running"


def test_dry_run_answers_without_doing(aws, refused):
    made = aws.one()
    for call in ("stop", "terminate"):
        with refused("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412):
            getattr(aws.ec2(), f"{call}_instances")(InstanceIds=[made], DryRun=True)
    with refused("DryRunOperation", status=412):
        aws.launch(DryRun=True)
    assert aws.state(made) == "running"
    assert len(aws.ec2().describe_instances()["Reservations"]) == 1


def test_a_protected_instance_is_not_terminated(aws, refused):
    made = aws.launch(DisableApiTermination=True)["InstanceId"]
    attribute = aws.ec2().describe_instance_attribute(InstanceId=made, Attribute="disableApiTermination")
    assert attribute["DisableApiTermination"] == {"Value": True}
    words = (
        f"The instance '{made}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again."
    )
    with refused("OperationNotPermitted", words):
        aws.ec2().terminate_instances(InstanceIds=[made])
    aws.advance(60)
    aws.ec2().stop_instances(InstanceIds=[made])
    aws.ec2().modify_instance_attribute(InstanceId=made, DisableApiTermination={"Value": False})
    aws.ec2().terminate_instances(InstanceIds=[made])
    assert aws.state(made) == "shutting-down"


def test_protection_spares_its_zone_only(aws, refused):
    protected, beside, elsewhere = aws.fleet(
        {"zone": "us-east-1a", "protected": True}, {"zone": "us-east-1a"}, {"zone": "us-east-1b"}
    )
    with refused("OperationNotPermitted"):
        aws.ec2().terminate_instances(InstanceIds=[protected, beside, elsewhere])
    assert [aws.state(i) for i in (protected, beside, elsewhere)] == ["running", "running", "shutting-down"]


def test_a_spot_instance_cannot_be_protected(aws, refused):
    with refused("UnsupportedOperation"):
        aws.launch(DisableApiTermination=True, InstanceMarketOptions={"MarketType": "spot"})
    made = aws.one(market="spot")
    with refused("UnsupportedOperation", "Modifying 'disableApiTermination' is not supported for spot instances."):
        aws.ec2().modify_instance_attribute(InstanceId=made, DisableApiTermination={"Value": True})


def test_type_and_user_data_change_only_while_stopped(aws, refused):
    made = aws.one(type="t3.micro")
    with refused("IncorrectInstanceState"):
        aws.ec2().modify_instance_attribute(InstanceId=made, InstanceType={"Value": "t3.small"})
    aws.ec2().stop_instances(InstanceIds=[made])
    aws.advance(60)
    aws.ec2().modify_instance_attribute(InstanceId=made, InstanceType={"Value": "t3.small"})
    assert described(aws, made)["InstanceType"] == "t3.small"


def test_a_new_instance_is_not_found_for_a_while(aws, refused):
    aws.control("POST", "clock", {"not_found_after_create_s": 20})
    made = aws.launch()["InstanceId"]
    with refused("InvalidInstanceID.NotFound"):
        described(aws, made)
    with refused("InvalidInstanceID.NotFound"):
        aws.ec2().terminate_instances(InstanceIds=[made])
    assert aws.ec2().describe_instances()["Reservations"] == []
    assert aws.instance(made)["state"] == "pending"
    aws.advance(21)
    assert described(aws, made)["State"]["Name"] == "running"


def test_virtual_time_is_what_new_instances_are_launched_at(aws):
    aws.advance(86_400)
    made = aws.launch()
    assert made["LaunchTime"] - datetime.now(UTC) > timedelta(hours=23)
