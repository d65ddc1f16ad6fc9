"""Auto Scaling groups: what they replace, and how they are scaled in."""

import base64

import pytest


def members(aws, name: str = "trainers") -> dict[str, str]:
    group = aws.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"][0]
    return {i["InstanceId"]: aws.state(i["InstanceId"]) for i in group["Instances"]}


def capacity(aws, name: str = "trainers") -> int:
    groups = aws.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
    return groups[0]["DesiredCapacity"]


def test_a_plainly_terminated_member_is_replaced(aws):
    first, second = aws.fleet({"group": "trainers", "count": 2, "type": "g5.xlarge"})
    seen = aws.ec2().describe_instances(InstanceIds=[first])["Reservations"][0]["Instances"][0]
    assert {"Key": "aws:autoscaling:groupName", "Value": "trainers"} in seen["Tags"]
    aws.ec2().terminate_instances(InstanceIds=[first])
    now = members(aws)
    assert len(now) == 2 and first not in now and second in now
    aws.advance(60)
    assert set(members(aws).values()) == {"running"}
    new = (set(now) - {second}).pop()
    assert aws.instance(new)["type"] == "g5.xlarge"


def test_a_stopped_member_is_terminated_and_replaced(aws):
    made = aws.one(group="trainers")
    aws.ec2().stop_instances(InstanceIds=[made])
    aws.advance(60)
    assert aws.state(made) == "terminated"
    assert len(members(aws)) == 1 and made not in members(aws)


def test_an_interrupted_member_is_replaced(aws):
    made = aws.one(group="trainers", market="spot")
    aws.control("POST", "interrupt", {"region": "us-east-1", "id": made, "seconds": 120})
    aws.advance(300)
    assert aws.state(made) == "terminated"
    assert len(members(aws)) == 1 and made not in members(aws)


def test_scaling_in_terminates_and_does_not_replace(aws):
    first, second = aws.fleet({"group": "trainers", "count": 2, "protected": True})
    aws.client("autoscaling").terminate_instance_in_auto_scaling_group(InstanceId=first, ShouldDecrementDesiredCapacity=True)
    aws.advance(60)
    assert (aws.state(first), list(members(aws)), capacity(aws)) == ("terminated", [second], 1)


def test_at_the_minimum_scaling_in_is_refused(aws, refused):
    made = aws.one(group="trainers")
    client = aws.client("autoscaling")
    client.update_auto_scaling_group(AutoScalingGroupName="trainers", MinSize=1)
    with refused("ValidationError", "Currently, desiredSize equals minSize (1).", 400):
        client.terminate_instance_in_auto_scaling_group(InstanceId=made, ShouldDecrementDesiredCapacity=True)
    assert aws.state(made) == "running"
    client.terminate_instance_in_auto_scaling_group(InstanceId=made, ShouldDecrementDesiredCapacity=False)
    assert len(members(aws)) == 1 and made not in members(aws)


def test_setting_the_capacity_scales(aws):
    aws.fleet({"group": "trainers", "count": 3})
    client = aws.client("autoscaling")
    client.set_desired_capacity(AutoScalingGroupName="trainers", DesiredCapacity=1)
    assert len(members(aws)) == 1
    client.set_desired_capacity(AutoScalingGroupName="trainers", DesiredCapacity=2)
    assert len(members(aws)) == 2


def test_an_instance_of_no_group_is_said_to_be_so(aws, refused):
    made = aws.one()
    with refused("ValidationError", "No managed instance found for instance ID"):
        aws.client("autoscaling").terminate_instance_in_auto_scaling_group(
            InstanceId=made, ShouldDecrementDesiredCapacity=True
        )


def template(aws, name: str = "t", **data) -> str:
    data = {"ImageId": aws.image(), "InstanceType": "g5.xlarge", **data}
    made = aws.ec2().create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)
    return made["LaunchTemplate"]["LaunchTemplateId"]


def mixed(aws, base: int = 0, percent: int = 0, kinds: tuple[str, ...] = ("g5.xlarge", "g6.xlarge"), **more) -> None:
    policy = {
        "LaunchTemplate": {
            "LaunchTemplateSpecification": {"LaunchTemplateId": template(aws, **more.pop("data", {})), "Version": "$Latest"},
            "Overrides": [{"InstanceType": kind} for kind in kinds],
        },
        "InstancesDistribution": {
            "OnDemandBaseCapacity": base,
            "OnDemandPercentageAboveBaseCapacity": percent,
            "SpotAllocationStrategy": "capacity-optimized",
        },
    }
    where = {"AvailabilityZones": ["us-east-1a", "us-east-1b"]}
    asked = {"MinSize": 0, "MaxSize": 4, "DesiredCapacity": 0, **where, **more}
    aws.client("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName="trainers", MixedInstancesPolicy=policy, **asked
    )


def scale(aws, to: int) -> list[dict]:
    aws.client("autoscaling").set_desired_capacity(AutoScalingGroupName="trainers", DesiredCapacity=to)
    return [aws.instance(i) for i in members(aws)]


def activities(aws) -> list[tuple[str, str]]:
    """Newest first."""
    seen = aws.client("autoscaling").describe_scaling_activities(AutoScalingGroupName="trainers")["Activities"]
    return [(a["StatusCode"], a.get("StatusMessage", a["Description"])) for a in seen]


@pytest.mark.parametrize(("base", "percent", "count", "spot"), [(0, 0, 3, 3), (1, 0, 3, 2), (0, 50, 3, 1), (0, 100, 2, 0)])
def test_a_mixed_group_splits_the_markets(aws, base, percent, count, spot):
    mixed(aws, base, percent)
    made = scale(aws, count)
    assert len(made) == count and sum(i["lifecycle"] == "spot" for i in made) == spot
    assert all(i["spot_request"]["type"] == "one-time" for i in made if i["lifecycle"] == "spot")
    assert {i["type"] for i in made} == {"g5.xlarge"}
    assert all(i["tags"]["aws:autoscaling:groupName"] == "trainers" for i in made)


def test_a_mixed_group_takes_the_next_type_and_the_next_zone(aws):
    mixed(aws)
    aws.control("POST", "capacity", [{"type": "g5.xlarge", "zone": "us-east-1a"}])
    assert [(i["type"], i["zone"]) for i in scale(aws, 1)] == [("g5.xlarge", "us-east-1b")]
    aws.control("POST", "capacity", {"type": "g5.xlarge"})
    assert [i["type"] for i in scale(aws, 2)] == ["g5.xlarge", "g6.xlarge"]


def test_a_group_without_room_says_so_and_tries_again(aws):
    mixed(aws, percent=100, kinds=("g5.xlarge",))
    aws.control("POST", "capacity", {"type": "g5.xlarge", "market": "on-demand"})
    assert scale(aws, 2) == [] and capacity(aws) == 2
    status, words = activities(aws)[0]
    assert status == "Failed" and "do not have sufficient g5.xlarge capacity" in words
    assert words.endswith("Launching EC2 instance failed.")
    aws.control("POST", "capacity", {"type": "g5.xlarge", "market": "on-demand", "available": True})
    aws.advance(120)
    assert set(members(aws).values()) == {"running"} and len(members(aws)) == 2
    assert activities(aws)[0][0] == "Successful"


def test_a_group_is_held_to_the_quota(aws):
    mixed(aws)
    aws.control("POST", "quotas", {"quotas": {"L-3819A6DF": 4}})
    assert len(scale(aws, 2)) == 1
    assert activities(aws)[0] == ("Failed", "Max spot instance count exceeded Launching EC2 instance failed.")


def test_a_member_is_as_its_template_says(aws):
    iam = aws.client("iam")
    iam.create_instance_profile(InstanceProfileName="trainer")
    data = {
        "UserData": base64.b64encode(b"#!/bin/sh").decode(),
        "IamInstanceProfile": {"Name": "trainer"},
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
        "InstanceInitiatedShutdownBehavior": "terminate",
        "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "Curfew", "Value": "1"}]}],
    }
    subnet = aws.ec2().describe_subnets(Filters=[{"Name": "availability-zone", "Values": ["us-east-1b"]}])["Subnets"][0]
    mixed(aws, data=data, AvailabilityZones=["us-east-1b"], VPCZoneIdentifier=subnet["SubnetId"])
    made = scale(aws, 1)[0]["id"]
    seen = aws.ec2().describe_instances(InstanceIds=[made])["Reservations"][0]["Instances"][0]
    assert seen["SubnetId"] == subnet["SubnetId"] and seen["IamInstanceProfile"]["Arn"].endswith("/trainer")
    assert (seen["MetadataOptions"]["HttpTokens"], seen["MetadataOptions"]["HttpPutResponseHopLimit"]) == ("required", 2)
    assert {"Key": "Curfew", "Value": "1"} in seen["Tags"]
    attribute = aws.ec2().describe_instance_attribute(InstanceId=made, Attribute="instanceInitiatedShutdownBehavior")
    assert attribute["InstanceInitiatedShutdownBehavior"]["Value"] == "terminate"


def test_a_mixed_groups_member_is_scaled_in_and_another_replaced(aws):
    mixed(aws)
    first, second = (i["id"] for i in scale(aws, 2))
    client = aws.client("autoscaling")
    client.terminate_instance_in_auto_scaling_group(InstanceId=first, ShouldDecrementDesiredCapacity=True)
    aws.advance(60)
    assert (list(members(aws)), capacity(aws), aws.state(first)) == ([second], 1, "terminated")
    aws.ec2().terminate_instances(InstanceIds=[second])
    aws.advance(60)
    assert len(members(aws)) == 1 and second not in members(aws)
    assert scale(aws, 0) == []


def test_a_capacity_outside_the_groups_limits_is_refused(aws, refused):
    mixed(aws)
    client = aws.client("autoscaling")
    with refused("ValidationError", "New SetDesiredCapacity value 5 is above max value 4 for the AutoScalingGroup.", 400):
        scale(aws, 5)
    client.update_auto_scaling_group(AutoScalingGroupName="trainers", MinSize=1)
    kept = client.describe_auto_scaling_groups()["AutoScalingGroups"][0]["MixedInstancesPolicy"]
    assert kept["InstancesDistribution"]["SpotAllocationStrategy"] == "capacity-optimized"
    with refused("ValidationError", "New SetDesiredCapacity value 0 is below min value 1 for the AutoScalingGroup."):
        scale(aws, 0)
    with refused("ValidationError", "AutoScalingGroup 'lost' not found"):
        client.set_desired_capacity(AutoScalingGroupName="lost", DesiredCapacity=1)


def test_a_group_with_instances_is_deleted_by_force(aws, refused):
    mixed(aws)
    made = scale(aws, 1)[0]["id"]
    client = aws.client("autoscaling")
    with refused("ResourceInUse", "You cannot delete an AutoScalingGroup while there are instances", 400):
        client.delete_auto_scaling_group(AutoScalingGroupName="trainers")
    client.delete_auto_scaling_group(AutoScalingGroupName="trainers", ForceDelete=True)
    aws.advance(60)
    assert aws.state(made) == "terminated"
    assert client.describe_auto_scaling_groups()["AutoScalingGroups"] == []


def test_a_second_group_of_a_name_is_refused(aws, refused):
    mixed(aws)
    made = scale(aws, 1)
    client = aws.client("autoscaling")
    kept = aws.ec2().describe_launch_templates()["LaunchTemplates"][0]
    named = {"LaunchTemplateId": kept["LaunchTemplateId"], "Version": "1"}
    with refused("AlreadyExists", "A group with the name trainers already exists", 400):
        client.create_auto_scaling_group(
            AutoScalingGroupName="trainers", MinSize=0, MaxSize=1, LaunchTemplate=named, AvailabilityZones=["us-east-1a"]
        )
    assert [i["id"] for i in scale(aws, 1)] == [i["id"] for i in made]
