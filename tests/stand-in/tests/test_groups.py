"""Auto Scaling groups: what they replace, and how they are scaled in."""


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
