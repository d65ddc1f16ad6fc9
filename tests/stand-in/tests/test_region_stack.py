"""The stack that `curfew prepare` makes of a region, and what is launched into it: one instance, or a group of them."""

import base64
import json
from pathlib import Path

BUNDLE = Path(__file__).resolve().parents[3] / "bundle"
REGION, NAME = "us-east-1", "curfew-region"
PROFILE_TAGS = [{"Key": "curfew:profile", "Value": "mamba"}]


def make(aws, **parameters: str) -> dict[str, str]:
    """The stack's outputs."""
    stacks = aws.client("cloudformation", REGION)
    stacks.create_stack(
        StackName=NAME,
        TemplateBody=(BUNDLE / "cloudformation/region.yaml").read_text(encoding="utf-8"),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    aws.advance(60)
    (stack,) = stacks.describe_stacks(StackName=NAME)["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def test_an_instance_is_launched_into_what_the_stack_made(aws):
    made = make(aws, Zone="us-east-1b")
    assert made["BucketName"] == "curfew-123456789012-us-east-1"
    instance = aws.launch(
        REGION,
        SubnetId=made["SubnetId"],
        SecurityGroupIds=[made["SecurityGroupId"]],
        IamInstanceProfile={"Name": made["InstanceProfileName"]},
    )
    assert (instance["Placement"]["AvailabilityZone"], instance["VpcId"]) == (made["Zone"], made["VpcId"])
    assert [group["GroupId"] for group in instance["SecurityGroups"]] == [made["SecurityGroupId"]]
    profile = aws.client("iam").get_instance_profile(InstanceProfileName=made["InstanceProfileName"])["InstanceProfile"]
    assert [role["Arn"] for role in profile["Roles"]] == [made["RoleArn"]]


def test_the_roles_policy_is_the_printed_one(aws):
    made = make(aws, Zone="us-east-1b")
    role = made["RoleArn"].rpartition("/")[2]
    text = (BUNDLE / "policies/instance.json").read_text(encoding="utf-8")
    places = {"@PARTITION@": "aws", "@REGION@": REGION, "@ACCOUNT@": "123456789012", "@BUCKET@": made["BucketName"]}
    for place, value in places.items():
        text = text.replace(place, value)
    iam = aws.client("iam")
    assert iam.list_role_policies(RoleName=role)["PolicyNames"] == ["curfew-instance"]
    inline = iam.get_role_policy(RoleName=role, PolicyName="curfew-instance")["PolicyDocument"]
    assert inline == json.loads(text)


def test_sessions_are_opened_only_where_they_are_asked_for(aws):
    made = make(aws, Zone="us-east-1b", SessionManager="yes")
    policies = aws.client("iam").list_role_policies(RoleName=made["RoleArn"].rpartition("/")[2])["PolicyNames"]
    assert sorted(policies) == ["curfew-instance", "curfew-session-manager"]


def test_a_bucket_of_an_earlier_stack_is_left_as_it_is(aws):
    s3 = aws.client("s3", REGION)
    s3.create_bucket(Bucket="curfew-123456789012-us-east-1")
    s3.put_object(Bucket="curfew-123456789012-us-east-1", Key="dev/system-state.json", Body=b"{}")
    made = make(aws, Zone="us-east-1b", CreateBucket="no")
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=made["BucketName"])["Contents"]] == ["dev/system-state.json"]


def test_a_fleet_is_made_and_a_member_leaves_it_for_good(aws):
    made = make(aws, Zone="us-east-1b")
    template = aws.ec2(REGION).create_launch_template(
        LaunchTemplateName="curfew-mamba",
        TagSpecifications=[{"ResourceType": "launch-template", "Tags": PROFILE_TAGS}],
        LaunchTemplateData={
            "ImageId": aws.image(REGION),
            "IamInstanceProfile": {"Name": made["InstanceProfileName"]},
            "NetworkInterfaces": [{"DeviceIndex": 0, "AssociatePublicIpAddress": True, "Groups": [made["SecurityGroupId"]]}],
            "MetadataOptions": {"HttpTokens": "required"},
            "InstanceInitiatedShutdownBehavior": "terminate",
            "UserData": base64.b64encode(b"#!/bin/sh\n").decode(),
        },
    )["LaunchTemplate"]
    groups = aws.client("autoscaling", REGION)
    groups.create_auto_scaling_group(
        AutoScalingGroupName="curfew-mamba",
        MinSize=0,
        MaxSize=4,
        DesiredCapacity=2,
        VPCZoneIdentifier=made["SubnetId"],
        HealthCheckGracePeriod=300,
        TerminationPolicies=["NewestInstance"],
        MixedInstancesPolicy={
            "LaunchTemplate": {
                "LaunchTemplateSpecification": {"LaunchTemplateId": template["LaunchTemplateId"], "Version": "1"},
                "Overrides": [{"InstanceType": "g5.xlarge"}, {"InstanceType": "g4dn.2xlarge"}],
            },
            "InstancesDistribution": {
                "OnDemandBaseCapacity": 0,
                "OnDemandPercentageAboveBaseCapacity": 0,
                "SpotAllocationStrategy": "capacity-optimized-prioritized",
            },
        },
        Tags=[{**tag, "PropagateAtLaunch": True} for tag in PROFILE_TAGS],
    )

    def members() -> list[str]:
        (group,) = groups.describe_auto_scaling_groups(AutoScalingGroupNames=["curfew-mamba"])["AutoScalingGroups"]
        assert group["DesiredCapacity"] == len(group["Instances"])
        return [member["InstanceId"] for member in group["Instances"]]

    one, other = members()
    groups.terminate_instance_in_auto_scaling_group(InstanceId=one, ShouldDecrementDesiredCapacity=True)
    aws.advance(600)
    assert members() == [other]
    groups.set_desired_capacity(AutoScalingGroupName="curfew-mamba", DesiredCapacity=0)
    aws.advance(600)
    assert members() == []


def test_looking_at_a_stack_that_is_being_deleted_makes_nothing(aws):
    aws.control("POST", "stack-failures", {"resource": "Subnet", "reason": "full"})
    stacks = aws.client("cloudformation", REGION)
    stacks.create_stack(
        StackName=NAME,
        TemplateBody=(BUNDLE / "cloudformation/region.yaml").read_text(encoding="utf-8"),
        Parameters=[{"ParameterKey": "Zone", "ParameterValue": "us-east-1b"}],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    aws.advance(60)
    stacks.delete_stack(StackName=NAME)
    (stack,) = stacks.describe_stacks(StackName=NAME)["Stacks"]
    assert stack["StackStatus"] == "DELETE_IN_PROGRESS"
    aws.advance(60)
    assert aws.client("iam").list_roles()["Roles"] == []
