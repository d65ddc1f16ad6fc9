"""What the policies come to, call by call: what the programs do is allowed, and what is next to it is not."""

from __future__ import annotations

import pytest

from documents import ACCOUNT, BUCKET, REGION, policy
from iam import allows

OWN, OTHER = "i-0a1b2c3d4e5f60718", "i-0ffffffffffffffff"
OURS = {"s3:ResourceAccount": ACCOUNT, "aws:PrincipalAccount": ACCOUNT}
# The userid of a role's session on an instance ends in the instance's id.
ITSELF = {"aws:userid": f"AROAEXAMPLE:{OWN}", "ec2:InstanceID": OWN}
LAUNCHED = {"aws:ResourceTag/curfew:profile": "nightly"}
TAGGED = {"aws:RequestTag/curfew:profile": "nightly"}
BY_STACK = {"aws:CalledVia": ["cloudformation.amazonaws.com"]}


def in_bucket(key: str, bucket: str = BUCKET) -> str:
    return f"arn:aws:s3:::{bucket}/{key}"


def ec2(what: str, region: str = REGION, account: str = ACCOUNT) -> str:
    return f"arn:aws:ec2:{region}:{account}:{what}"


def group(name: str) -> str:
    return f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:autoScalingGroup:0f0f:autoScalingGroupName/{name}"


RUN = "dev/2025-01-15-143022"
CHECKPOINT = "checkpoints/train-001/2025/01/15/143022Z"

INSTANCE = [
    ("s3:PutObject", in_bucket("dev/system-state.json"), OURS, True),
    ("s3:DeleteObject", in_bucket("dev/system-state.json"), OURS, True),
    ("s3:PutObject", in_bucket(f"{RUN}/training.json"), OURS, True),
    ("s3:PutObject", in_bucket(f"{RUN}/models/epoch-3/weights.pt"), OURS, True),
    ("s3:PutObject", in_bucket(f"{RUN}/logs/agent.log"), OURS, True),
    ("s3:PutObjectTagging", in_bucket(f"{RUN}/logs/agent.log"), OURS, True),
    ("s3:AbortMultipartUpload", in_bucket(f"{RUN}/models/big.pt"), OURS, True),
    ("s3:PutObject", in_bucket(f"{CHECKPOINT}/metadata.json"), OURS, True),
    ("s3:PutObject", in_bucket("a/deep/prefix/train-001/2025/01/15/143022Z/shard/1"), OURS, True),
    ("s3:PutObject", in_bucket("train-001/2025/01/15/143022Z/x"), OURS, True),
    ("s3:GetObject", in_bucket("curfew/agent/0123/curfew-agent"), OURS, True),
    ("s3:GetObject", in_bucket("cached-datasets/x/1.parquet"), OURS, True),
    ("s3:ListBucket", f"arn:aws:s3:::{BUCKET}", OURS, True),
    # Models and data are not to be deleted or written over by a run, nor the agent that others fetch.
    ("s3:DeleteObject", in_bucket(f"{RUN}/training.json"), OURS, False),
    ("s3:DeleteObject", in_bucket(f"{CHECKPOINT}/metadata.json"), OURS, False),
    ("s3:PutObject", in_bucket("cached-datasets/x/1.parquet"), OURS, False),
    ("s3:PutObject", in_bucket("curfew/agent/0123/curfew-agent"), OURS, False),
    ("s3:PutObject", in_bucket("curfew/agent/2025-01-15-143022/curfew-agent"), OURS, False),
    ("s3:DeleteObject", in_bucket("curfew/agent/system-state.json"), OURS, False),
    ("s3:PutObjectTagging", in_bucket(f"{RUN}/models/weights.pt"), OURS, False),
    # A bucket of that name that somebody else owns.
    ("s3:PutObject", in_bucket(f"{RUN}/training.json"), {**OURS, "s3:ResourceAccount": "999999999999"}, False),
    ("s3:GetObject", in_bucket("x"), {}, False),
    ("s3:GetObject", in_bucket("x", "another"), OURS, False),
    ("s3:PutBucketPolicy", f"arn:aws:s3:::{BUCKET}", OURS, False),
    ("ec2:TerminateInstances", ec2(f"instance/{OWN}"), ITSELF, True),
    ("ec2:StopInstances", ec2(f"instance/{OWN}"), ITSELF, True),
    ("ec2:TerminateInstances", ec2(f"instance/{OTHER}"), {**ITSELF, "ec2:InstanceID": OTHER}, False),
    ("ec2:TerminateInstances", ec2(f"instance/{OWN}"), {"ec2:InstanceID": OWN}, False),
    ("ec2:StartInstances", ec2(f"instance/{OWN}"), ITSELF, False),
    ("ec2:RunInstances", ec2("instance/*"), ITSELF, False),
    ("ec2:DescribeInstances", "*", {"ec2:Region": REGION}, True),
    ("ec2:DescribeInstances", "*", {"ec2:Region": "eu-west-1"}, False),
    ("ec2:DescribeInstanceAttribute", ec2(f"instance/{OWN}"), ITSELF, False),
    ("autoscaling:TerminateInstanceInAutoScalingGroup", group("curfew-nightly"), LAUNCHED, True),
    ("autoscaling:TerminateInstanceInAutoScalingGroup", group("curfew-nightly"), {}, False),
    ("autoscaling:TerminateInstanceInAutoScalingGroup", group("web"), LAUNCHED, False),
    ("autoscaling:SetDesiredCapacity", group("curfew-nightly"), LAUNCHED, False),
    ("logs:CreateLogGroup", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/curfew/dev", {}, True),
    ("logs:CreateLogGroup", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/curfew/dev:*", {}, True),
    ("logs:PutLogEvents", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/curfew/dev:log-stream:{OWN}", {}, True),
    ("logs:PutLogEvents", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/x:log-stream:y", {}, False),
    ("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "Curfew"}, True),
    ("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "Billing"}, False),
    ("ssm:GetParameter", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/ec2/keypair/key-1", {}, False),
]

ENCRYPTED, SAFE = {"ec2:Encrypted": "true"}, {**TAGGED, "ec2:MetadataHttpTokens": "required"}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/curfew-instance-{REGION}"
TO_EC2 = {"iam:PassedToService": "ec2.amazonaws.com"}

DESKTOP = [
    ("ec2:DescribeInstances", "*", {}, True),
    ("ec2:TerminateInstances", ec2(f"instance/{OTHER}"), {}, True),
    ("ec2:TerminateInstances", ec2(f"instance/{OTHER}", "eu-west-1"), {}, True),
    ("ec2:StopInstances", ec2(f"instance/{OTHER}"), {"aws:ResourceTag/curfew:protect": "yes"}, False),
    ("ec2:TerminateInstances", ec2(f"instance/{OTHER}"), {"aws:ResourceTag/curfew:protect": ""}, False),
    ("ec2:StartInstances", ec2(f"instance/{OTHER}"), {}, True),
    ("ec2:CancelSpotInstanceRequests", ec2("spot-instances-request/sir-1"), {}, True),
    ("ec2:ModifyInstanceAttribute", ec2(f"instance/{OTHER}"), {}, False),
    ("ec2:RunInstances", ec2("instance/*"), SAFE, True),
    ("ec2:RunInstances", ec2("instance/*"), {**SAFE, "ec2:MetadataHttpTokens": "optional"}, False),
    ("ec2:RunInstances", ec2("instance/*"), {"ec2:MetadataHttpTokens": "required"}, False),
    ("ec2:RunInstances", ec2("volume/*"), {**TAGGED, **ENCRYPTED}, True),
    ("ec2:RunInstances", ec2("volume/*"), {**TAGGED, "ec2:Encrypted": "false"}, False),
    ("ec2:RunInstances", ec2("image/ami-1", account=""), {}, True),
    ("ec2:RunInstances", ec2("subnet/subnet-1"), {}, True),
    ("ec2:RunInstances", ec2("launch-template/lt-1"), {}, True),
    ("ec2:CreateTags", ec2("instance/*"), {"ec2:CreateAction": "RunInstances"}, True),
    ("ec2:CreateTags", ec2(f"instance/{OTHER}"), {}, False),
    ("iam:PassRole", ROLE, TO_EC2, True),
    ("iam:PassRole", ROLE, {"iam:PassedToService": "lambda.amazonaws.com"}, False),
    ("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/Admin", TO_EC2, False),
    (
        "iam:CreateServiceLinkedRole",
        f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
        {"iam:AWSServiceName": "spot.amazonaws.com"},
        True,
    ),  # noqa: E501
    (
        "iam:CreateServiceLinkedRole",
        f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/es.amazonaws.com/X",
        {"iam:AWSServiceName": "es.amazonaws.com"},
        False,
    ),  # noqa: E501
    ("iam:SimulatePrincipalPolicy", f"arn:aws:iam::{ACCOUNT}:user/curfew", {"aws:username": "curfew"}, True),
    ("iam:SimulatePrincipalPolicy", f"arn:aws:iam::{ACCOUNT}:user/root", {"aws:username": "curfew"}, False),
    ("ssm:GetParameter", f"arn:aws:ssm:{REGION}::parameter/aws/service/neuron/dlami/base", {}, True),
    ("ssm:GetParameter", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/ec2/keypair/key-1", {}, True),
    ("ssm:GetParameter", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/database/password", {}, False),
    ("servicequotas:GetServiceQuota", f"arn:aws:servicequotas:{REGION}:{ACCOUNT}:ec2/L-3819A6DF", {}, True),
    ("cloudformation:DescribeStacks", f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/curfew-region/1", {}, True),
    ("cloudformation:CreateStack", f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/curfew-region/1", {}, False),
    ("cloudwatch:PutMetricAlarm", f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:curfew-i-1", {}, True),
    ("cloudwatch:DeleteAlarms", f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:database-down", {}, False),
    ("s3:PutObject", in_bucket("curfew/agent/0123/curfew-agent"), OURS, True),
    ("s3:PutObject", in_bucket("dev/system-state.json"), OURS, False),
    ("s3:GetObject", in_bucket("dev/system-state.json"), OURS, True),
    ("s3:GetObject", in_bucket("x", "somebody-elses"), OURS, False),
    ("s3:GetObject", in_bucket("x"), {**OURS, "s3:ResourceAccount": "999999999999"}, False),
    ("s3:ListBucket", f"arn:aws:s3:::{BUCKET}", OURS, True),
    ("s3:DeleteObject", in_bucket(f"{RUN}/training.json"), OURS, False),
    ("ec2:CreateLaunchTemplate", ec2("launch-template/*"), TAGGED, True),
    ("ec2:DeleteLaunchTemplate", ec2("launch-template/lt-1"), LAUNCHED, True),
    ("ec2:DeleteLaunchTemplate", ec2("launch-template/lt-1"), {}, False),
    ("autoscaling:CreateAutoScalingGroup", group("curfew-nightly"), TAGGED, True),
    ("autoscaling:SetDesiredCapacity", group("curfew-nightly"), LAUNCHED, True),
    ("autoscaling:PutScheduledUpdateGroupAction", group("curfew-nightly"), LAUNCHED, True),
    ("autoscaling:DeleteAutoScalingGroup", group("curfew-nightly"), {}, False),
    ("autoscaling:DeleteAutoScalingGroup", group("web"), LAUNCHED, False),
]

PREPARED = {"aws:ResourceTag/curfew:prepared": "curfew-region"}

PREPARE = [
    ("cloudformation:CreateStack", f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/curfew-region/1", {}, True),
    ("cloudformation:DeleteStack", f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/production/1", {}, False),
    ("ec2:CreateVpc", ec2("vpc/*"), BY_STACK, True),
    ("ec2:CreateVpc", ec2("vpc/*"), {}, False),
    ("ec2:DeleteVpc", ec2("vpc/vpc-1"), {**BY_STACK, **PREPARED}, True),
    ("ec2:DeleteVpc", ec2("vpc/vpc-1"), BY_STACK, False),
    ("ec2:DeleteVpc", ec2("vpc/vpc-1"), PREPARED, False),
    ("iam:CreateRole", ROLE, BY_STACK, True),
    ("iam:PutRolePolicy", ROLE, {}, False),
    ("iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/Admin", BY_STACK, False),
    ("s3:CreateBucket", f"arn:aws:s3:::{BUCKET}", BY_STACK, True),
    ("s3:GetLifecycleConfiguration", f"arn:aws:s3:::{BUCKET}", BY_STACK, True),
    ("s3:DeleteBucket", f"arn:aws:s3:::{BUCKET}", BY_STACK, False),
    ("s3:GetObject", in_bucket("dev/system-state.json"), BY_STACK, False),
]


def case(name: str, row: tuple) -> object:
    action, resource, context, allowed = row
    return pytest.param(name, *row, id=f"{name}-{'may' if allowed else 'may-not'}-{action}-{resource[-40:]}-{len(context)}")


@pytest.mark.parametrize(
    ("name", "action", "resource", "context", "allowed"),
    [case(name, row) for name, rows in (("instance", INSTANCE), ("desktop", DESKTOP), ("prepare", PREPARE)) for row in rows],
)
def test_reach(name, action, resource, context, allowed):
    assert allows(policy(name), action, resource, context) is allowed
