"""Permissions: simulated, decoded, and held to where the stand-in is strict."""

import json

import pytest

from stand_in.policies import Policy, decide

SELF = {
    "Action": "ec2:*",
    "Effect": "Allow",
    "Resource": "*",
    "Condition": {"StringEquals": {"aws:ResourceTag/Curfew": "1"}},
}


def allow(action: object, resource: object = "*", **more) -> dict:
    return {"Statement": [{"Effect": "Allow", "Action": action, "Resource": resource, **more}]}


def text(document: dict) -> str:
    return json.dumps({"Version": "2012-10-17", **document})


def user(aws, name: str, document: dict) -> str:
    iam = aws.client("iam")
    arn = iam.create_user(UserName=name)["User"]["Arn"]
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=text(document))
    return arn


def simulate(aws, source: str, actions: list[str], **more) -> dict[tuple[str, str], str]:
    pages = aws.client("iam").get_paginator("simulate_principal_policy")
    seen = pages.paginate(PolicySourceArn=source, ActionNames=actions, **more).build_full_result()["EvaluationResults"]
    return {(r["EvalActionName"], r["EvalResourceName"]): r["EvalDecision"] for r in seen}


def test_an_administrator_may_but_for_what_is_denied(aws):
    aws.control("POST", "deny", {"actions": ["ec2:Stop*"]})
    me = aws.client("sts").get_caller_identity()["Arn"]
    seen = simulate(aws, me, ["ec2:RunInstances", "ec2:StopInstances", "iam:PassRole"])
    assert seen == {
        ("ec2:RunInstances", "*"): "allowed",
        ("ec2:StopInstances", "*"): "explicitDeny",
        ("iam:PassRole", "*"): "allowed",
    }


def test_a_users_own_policies_decide(aws):
    bucket = "arn:aws:s3:::results"
    source = user(aws, "narrow", {
        "Statement": [
            {"Effect": "Allow", "Action": ["s3:Get*", "s3:PutObject"], "Resource": f"{bucket}/runs/*"},
            {"Effect": "Deny", "Action": "s3:PutObject", "Resource": f"{bucket}/runs/kept/*"},
        ]
    })  # fmt: skip
    arns = [f"{bucket}/runs/1", f"{bucket}/runs/kept/1", f"{bucket}/other"]
    seen = simulate(aws, source, ["s3:PutObject"], ResourceArns=arns)
    assert [seen["s3:PutObject", arn] for arn in arns] == ["allowed", "explicitDeny", "implicitDeny"]


def test_a_condition_needs_its_key(aws):
    source = user(aws, "tagged", {"Statement": [SELF]})
    asked = {"PolicySourceArn": source, "ActionNames": ["ec2:StopInstances"]}
    without = aws.client("iam").simulate_principal_policy(**asked)["EvaluationResults"][0]
    assert (without["EvalDecision"], without["MissingContextValues"]) == ("implicitDeny", ["aws:ResourceTag/Curfew"])
    entry = {"ContextKeyName": "aws:ResourceTag/Curfew", "ContextKeyValues": ["1"], "ContextKeyType": "string"}
    given = aws.client("iam").simulate_principal_policy(**asked, ContextEntries=[entry])["EvaluationResults"][0]
    assert given["EvalDecision"] == "allowed" and given["MatchedStatements"][0]["SourcePolicyId"] == "own"


def test_a_roles_and_a_groups_policies_count(aws):
    iam = aws.client("iam")
    trust = json.dumps({"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})  # fmt: skip
    role = iam.create_role(RoleName="trainer", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    managed = iam.create_policy(PolicyName="reads", PolicyDocument=text(allow("s3:GetObject")))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="trainer", PolicyArn=managed)
    assert simulate(aws, role, ["s3:GetObject", "s3:PutObject"]) == {
        ("s3:GetObject", "*"): "allowed",
        ("s3:PutObject", "*"): "implicitDeny",
    }
    source = user(aws, "member", allow("ec2:DescribeInstances"))
    iam.create_group(GroupName="writers")
    iam.put_group_policy(GroupName="writers", PolicyName="w", PolicyDocument=text(allow("s3:PutObject")))
    iam.add_user_to_group(GroupName="writers", UserName="member")
    assert simulate(aws, source, ["s3:PutObject"]) == {("s3:PutObject", "*"): "allowed"}


def test_sessions_and_strangers_cannot_be_simulated(aws, refused):
    iam = aws.client("iam")
    with refused("InvalidInput", "does not clearly define entity type and name", 400):
        iam.simulate_principal_policy(
            PolicySourceArn="arn:aws:sts::123456789012:assumed-role/trainer/s", ActionNames=["ec2:RunInstances"]
        )
    with refused("NoSuchEntity", "lost", 404):
        iam.simulate_principal_policy(
            PolicySourceArn="arn:aws:iam::123456789012:user/lost", ActionNames=["ec2:RunInstances"]
        )


def test_an_encoded_message_can_be_decoded(aws, refused):
    aws.control("POST", "deny", {"actions": ["ec2:RunInstances"]})
    with refused("UnauthorizedOperation", "Encoded authorization failure message: ", 403) as caught:
        aws.launch(InstanceType="g5.xlarge", DryRun=True)
    encoded = caught.value.response["Error"]["Message"].rsplit(" ", 1)[1]
    sts = aws.client("sts")
    decoded = json.loads(sts.decode_authorization_message(EncodedMessage=encoded)["DecodedMessage"])
    assert (decoded["allowed"], decoded["context"]["action"]) == (False, "ec2:RunInstances")
    assert decoded["context"]["principal"]["arn"] == "arn:aws:iam::123456789012:user/curfew"
    with refused("InvalidAuthorizationMessageException", status=400):
        sts.decode_authorization_message(EncodedMessage="made up")
    aws.control("POST", "deny", {"actions": ["sts:DecodeAuthorizationMessage"]})
    with refused("AccessDenied", "sts:DecodeAuthorizationMessage", 403):
        sts.decode_authorization_message(EncodedMessage=encoded)


def profile(aws) -> str:
    iam = aws.client("iam")
    role = iam.create_role(RoleName="trainer", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    iam.create_instance_profile(InstanceProfileName="trainer")
    iam.add_role_to_instance_profile(InstanceProfileName="trainer", RoleName="trainer")
    shown = iam.get_instance_profile(InstanceProfileName="trainer")["InstanceProfile"]
    assert [r["Arn"] for r in shown["Roles"]] == [role]
    return role


def test_a_role_that_may_not_be_passed_stops_the_launch(aws, refused):
    role = profile(aws)
    aws.control("POST", "deny", {"actions": ["iam:PassRole"]})
    words = f"is not authorized to perform: iam:PassRole on resource: {role}"
    for dry_run in (True, False):
        with refused("UnauthorizedOperation", words, 403):
            aws.launch(IamInstanceProfile={"Name": "trainer"}, DryRun=dry_run)
    aws.launch()
    aws.control("POST", "deny", {"actions": []})
    assert aws.launch(IamInstanceProfile={"Name": "trainer"})["InstanceId"]


def test_a_profile_that_is_not_there_is_refused(aws, refused):
    with refused("NoSuchEntity", "lost", 404):
        aws.client("iam").get_instance_profile(InstanceProfileName="lost")
    with refused("InvalidParameterValue", "Value (lost) for parameter iamInstanceProfile.name is invalid", 400):
        aws.launch(IamInstanceProfile={"Name": "lost"})


def test_denying_an_s3_action_denies_the_operations_it_is_for(aws, refused):
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="results")
    aws.control("POST", "deny", {"actions": ["s3:PutObject"]})
    with refused("AccessDenied", "s3:PutObject on resource: arn:aws:s3:::results/k", 403):
        s3.put_object(Bucket="results", Key="k", Body=b"x")
    with refused("AccessDenied"):
        s3.create_multipart_upload(Bucket="results", Key="k")
    assert "Contents" not in s3.list_objects_v2(Bucket="results")


@pytest.fixture(scope="module")
def strict():
    from conftest import StandIn

    started = StandIn("--strict-iam")
    yield started
    assert started.end() == 0


@pytest.fixture
def held(strict):
    """Makes a user of a policy and hands out its clients."""
    strict.control("POST", "reset")

    def make(document: dict):
        user(strict, "app", document)
        key = strict.client("iam").create_access_key(UserName="app")["AccessKey"]
        keys = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
        return lambda service: strict.client(service, **keys)

    return make


def test_strictly_a_launch_needs_all_it_makes_and_names(strict, held, refused):
    instances = "arn:aws:ec2:*:*:instance/*"
    client = held({
        "Statement": [
            {"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": instances,
             "Condition": {"StringEquals": {"aws:RequestTag/Curfew": "1"}}},
            {"Effect": "Allow", "Action": "ec2:RunInstances",
             "Resource": ["arn:aws:ec2:*:*:volume/*", "arn:aws:ec2:*:*:network-interface/*", "arn:aws:ec2:*::image/*"]},
        ]
    })  # fmt: skip
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Curfew", "Value": "1"}]}]
    wanted = strict.launch_parameters()
    with refused("UnauthorizedOperation", "no identity-based policy allows the ec2:RunInstances action", 403):
        client("ec2").run_instances(**wanted)
    client("ec2").run_instances(**wanted, TagSpecifications=tags)


def test_strictly_an_instance_may_end_only_what_carries_its_tag(strict, held, refused):
    mine, other = strict.one(tags={"Curfew": "1"}), strict.one()
    client = held({"Statement": [SELF]})
    client("ec2").stop_instances(InstanceIds=[mine])
    with refused("UnauthorizedOperation", f"instance/{other}"):
        client("ec2").stop_instances(InstanceIds=[other])


def test_strictly_a_bucket_is_held_to_its_prefix(strict, held, refused):
    strict.client("s3").create_bucket(Bucket="results")
    client = held(allow("s3:PutObject", "arn:aws:s3:::results/runs/*"))
    client("s3").put_object(Bucket="results", Key="runs/1", Body=b"x")
    with refused("AccessDenied", "s3:PutObject on resource: arn:aws:s3:::results/other"):
        client("s3").put_object(Bucket="results", Key="other", Body=b"x")
    with refused("AccessDenied", "s3:GetObject"):
        client("s3").get_object(Bucket="results", Key="runs/1")


def test_strictly_a_public_parameter_and_a_stack_have_arns(strict, held, refused):
    client = held({
        "Statement": [
            {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": "arn:aws:ssm:*::parameter/aws/service/*"},
            {"Effect": "Allow", "Action": "cloudformation:*", "Resource": "arn:aws:cloudformation:*:*:stack/curfew/*"},
        ]
    })  # fmt: skip
    client("ssm").get_parameter(Name="/aws/service/neuron/dlami/multi-framework/ubuntu-24.04/latest/image_id")
    with refused("AccessDeniedException", "parameter/ec2/keypair/key-1"):
        client("ssm").get_parameter(Name="/ec2/keypair/key-1")
    with refused("ValidationError", "does not exist"):
        client("cloudformation").describe_stacks(StackName="curfew")
    with refused("AccessDenied", "stack/other/*"):
        client("cloudformation").describe_stacks(StackName="other")


@pytest.mark.parametrize(
    ("condition", "context", "holds"),
    [
        ({"StringLike": {"aws:userid": "*:${ec2:InstanceID}"}}, {"aws:userid": ["A:i-1"], "ec2:instanceid": ["i-1"]}, True),
        ({"StringLike": {"aws:userid": "*:${ec2:InstanceID}"}}, {"aws:userid": ["A:i-1"]}, False),
        ({"StringNotEquals": {"a:b": "x"}}, {}, True),
        ({"StringNotEquals": {"a:b": ["x", "y"]}}, {"a:b": ["y"]}, False),
        ({"StringEqualsIfExists": {"a:b": "x"}}, {}, True),
        ({"Null": {"a:b": "true"}}, {}, True),
        ({"Null": {"a:b": "false"}}, {}, False),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["p", "q"]}}, {"aws:tagkeys": ["p"]}, True),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["p"]}}, {"aws:tagkeys": ["p", "q"]}, False),
        ({"NumericLessThan": {"a:n": "10"}}, {"a:n": ["9"]}, True),
        ({"Bool": {"aws:SecureTransport": "true"}}, {"aws:securetransport": ["false"]}, False),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/cur*"}}, {"aws:principalarn": ["arn:aws:iam::1:role/curfew"]}, True),
    ],
)  # fmt: skip
def test_conditions(condition, context, holds):
    policy = Policy("p", allow("ec2:StopInstances", Condition=condition))
    assert decide([policy], "ec2:stopinstances", "arn:x", context).allowed is holds
