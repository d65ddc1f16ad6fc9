"""Keys, signatures, tokens, clocks, MFA and permissions, each answered as the service answers."""

import pytest
from conftest import ACCOUNT, KEYS, OTHER_ACCOUNT

EC2_WORDS = "AWS was not able to validate the provided access credentials"


def test_each_account_sees_its_own(aws):
    aws.fleet({"account": ACCOUNT, "name": "a"}, {"account": OTHER_ACCOUNT, "name": "b"})
    for account, name in ((ACCOUNT, "a"), (OTHER_ACCOUNT, "b")):
        assert aws.client("sts", account=account).get_caller_identity()["Account"] == account
        found = aws.ec2(account=account).describe_instances()["Reservations"]
        assert [r["Instances"][0]["Tags"][0]["Value"] for r in found] == [name]


@pytest.mark.parametrize(
    "keys",
    [{"aws_access_key_id": "AKIAXXXXXXXXXXXXXXXX"}, {"aws_secret_access_key": "wrong"}, {"aws_session_token": "made-up"}],
)
def test_wrong_keys_are_refused_in_the_words_of_the_service(aws, refused, keys):
    with refused("AuthFailure", EC2_WORDS, 401):
        aws.client("ec2", **keys).describe_instances()
    sts = "SignatureDoesNotMatch" if "aws_secret_access_key" in keys else "InvalidClientTokenId"
    with refused(sts, status=403):
        aws.client("sts", **keys).get_caller_identity()


def test_an_expired_token_is_refused(aws, refused):
    keys = {"access_key": "ASIAEXPIREDEXPIRED22", "secret_key": "secret", "session_token": "token"}
    aws.control("POST", "credentials", {**keys, "account": ACCOUNT, "expires_in_s": 60})
    mine = {
        "aws_access_key_id": keys["access_key"],
        "aws_secret_access_key": keys["secret_key"],
        "aws_session_token": keys["session_token"],
    }
    aws.client("ec2", **mine).describe_regions()
    aws.advance(61)
    with refused("RequestExpired", "Request has expired", 400):
        aws.client("ec2", **mine).describe_regions()
    with refused("ExpiredToken", "The security token included in the request is expired", 403):
        aws.client("sts", **mine).get_caller_identity()


def test_a_removed_key_is_unknown(aws, refused):
    aws.control("DELETE", "credentials", {"access_key": KEYS[ACCOUNT][0]})
    with refused("AuthFailure"):
        aws.ec2().describe_regions()


def test_a_region_that_is_not_opted_in_does_not_know_the_key(aws, refused):
    with refused("AuthFailure", EC2_WORDS, 401):
        aws.ec2("ap-east-1").describe_instances()
    with refused("InvalidClientTokenId", status=403):
        aws.client("sts", "ap-east-1").get_caller_identity()
    aws.control("POST", "regions", {"account": ACCOUNT, "enabled": ["ap-east-1"]})
    assert aws.ec2("ap-east-1").describe_instances()["Reservations"] == []


def test_an_unknown_region_is_refused(aws, refused):
    with refused("AuthFailure"):
        aws.ec2("us-easy-1").describe_instances()


def test_a_denied_action_names_user_action_and_resource(aws, refused):
    made = aws.one()
    aws.control("POST", "deny", {"account": ACCOUNT, "actions": ["ec2:StopInstances", "ec2:DescribeVolumes"]})
    words = (
        f"You are not authorized to perform this operation. User: arn:aws:iam::{ACCOUNT}:user/curfew is not authorized to "
        f"perform: ec2:StopInstances on resource: arn:aws:ec2:us-east-1:{ACCOUNT}:instance/{made} because no "
        "identity-based policy allows the ec2:StopInstances action. Encoded authorization failure message: "
    )
    for dry_run in (False, True):
        with refused("UnauthorizedOperation", words, 403):
            aws.ec2().stop_instances(InstanceIds=[made], DryRun=dry_run)
    with refused("UnauthorizedOperation", "ec2:DescribeVolumes because no identity-based policy") as caught:
        aws.ec2().describe_volumes()
    assert "Encoded" not in str(caught.value)
    assert aws.state(made) == "running"
    assert aws.ec2(account=OTHER_ACCOUNT).describe_volumes()["Volumes"] == []
    aws.control("POST", "deny", {"account": ACCOUNT, "actions": []})
    aws.ec2().stop_instances(InstanceIds=[made])


ROLE = f"arn:aws:iam::{OTHER_ACCOUNT}:role/trainer"


def _as(credentials: dict) -> dict:
    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }


def test_an_assumed_role_acts_in_its_account_until_it_expires(aws, refused):
    aws.fleet({"account": OTHER_ACCOUNT})
    sts = aws.client("sts")
    made = sts.assume_role(RoleArn=ROLE, RoleSessionName="here", DurationSeconds=900)["Credentials"]
    assert len(aws.client("ec2", **_as(made)).describe_instances()["Reservations"]) == 1
    arn = aws.client("sts", **_as(made)).get_caller_identity()["Arn"]
    assert arn == f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/trainer/here"
    aws.advance(901)
    with refused("RequestExpired"):
        aws.client("ec2", **_as(made)).describe_instances()


def test_a_role_that_needs_mfa(aws, refused):
    aws.control("POST", "roles", {"arn": ROLE, "mfa": True})
    sts, serial = aws.client("sts"), f"arn:aws:iam::{ACCOUNT}:mfa/curfew"
    with refused("AccessDenied", f"is not authorized to perform: sts:AssumeRole on resource: {ROLE}", 403):
        sts.assume_role(RoleArn=ROLE, RoleSessionName="here")
    with refused("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code", 403):
        sts.assume_role(RoleArn=ROLE, RoleSessionName="here", SerialNumber=serial, TokenCode="654321")
    made = sts.assume_role(RoleArn=ROLE, RoleSessionName="here", SerialNumber=serial, TokenCode="123456")["Credentials"]
    assert aws.client("sts", **_as(made)).get_caller_identity()["Account"] == OTHER_ACCOUNT


def test_a_session_token_is_its_users(aws, refused):
    made = aws.client("sts").get_session_token(DurationSeconds=900)["Credentials"]
    assert aws.client("sts", **_as(made)).get_caller_identity()["Arn"].endswith(":user/curfew")
    aws.advance(1000)
    with refused("ExpiredToken"):
        aws.client("sts", **_as(made)).get_caller_identity()


def test_strict_iam_holds_keys_to_their_policies(refused):
    from conftest import StandIn

    started = StandIn("--strict-iam")
    try:
        iam = started.client("iam")
        iam.create_user(UserName="watcher")
        policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:Describe*","Resource":"*"}]}'
        iam.put_user_policy(UserName="watcher", PolicyName="watch", PolicyDocument=policy)
        key = iam.create_access_key(UserName="watcher")["AccessKey"]
        mine = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
        made = started.one()
        assert len(started.client("ec2", **mine).describe_instances()["Reservations"]) == 1
        with refused("UnauthorizedOperation", "user/watcher is not authorized to perform: ec2:StopInstances"):
            started.client("ec2", **mine).stop_instances(InstanceIds=[made])
        started.ec2().stop_instances(InstanceIds=[made])
    finally:
        started.end()
