"""The printed policies: of AWS's grammar and size, of actions and keys that exist, and as wide as the programs need."""

from __future__ import annotations

import json
import re

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

import authorization
from documents import POLICIES, ROOT, actions, policy, resolved, resources
from iam import listed, matches

NAMES = ["desktop", "instance", "prepare"]
# A managed policy, without its white space: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html.
LARGEST = 6144
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html: they come with every action.
GLOBAL = {"aws:calledvia", "aws:userid"}
# A launch is about its spot request too, which the reference leaves out of RunInstances' resources:
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/concepts-spot-instances-request-tags.html.
BESIDES = {("ec2:RunInstances", "spot-instances-request")}
# Permissions of CloudFormation's handlers for properties that the template does not use.
UNUSED = [
    "ec2:AssociateSubnetCidrBlock",
    "ec2:AttachVpnGateway",
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:CreateVpcEncryptionControl",
    "ec2:DetachVpnGateway",
    "ec2:DisassociateSubnetCidrBlock",
    "ec2:ModifyVpcTenancy",
    "ec2:RevokeSecurityGroupIngress",
    "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
    "iam:*GroupPolicy",
    "iam:*RolePermissionsBoundary",
    "iam:*UserPolicy",
    "iam:AttachRolePolicy",
    "iam:DetachRolePolicy",
    "s3:*BucketMetadata*",
    "s3:Delete*",
    "s3:PutA*",
    "s3:PutBucketA*",
    "s3:PutBucketCORS",
    "s3:PutBucketLogging",
    "s3:PutBucketNotification",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketReplication",
    "s3:PutBucketVersioning",
    "s3:PutBucketWebsite",
    "s3:PutI*",
    "s3:PutMetricsConfiguration",
    "s3:PutObject*",
    "s3:PutReplicationConfiguration",
    "s3tables:*",
    "vpc-lattice:*",
    "vpce:*",
]


def statements(name: str) -> list[dict]:
    return policy(name)["Statement"]


@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_policy(name):
    assert policy(name).keys() == {"Version", "Statement"} and policy(name)["Version"] == "2012-10-17"
    sids = [s["Sid"] for s in statements(name)]
    assert len(set(sids)) == len(sids)
    for s in statements(name):
        assert {"Sid", "Effect", "Action", "Resource"} <= s.keys()
        assert s.keys() <= {"Sid", "Effect", "Action", "Resource", "Condition"}
        assert s["Effect"] in ("Allow", "Deny")
        assert re.fullmatch("[A-Za-z0-9]+", s["Sid"])
        assert all(r == "*" or re.fullmatch(r"arn:aws:[a-z0-9-]+:[^:]*:[^:]*:.+", r) for r in listed(s["Resource"]))
        assert "@" not in json.dumps(s), "a place that is not filled in"


@pytest.mark.parametrize("name", NAMES)
def test_it_fits_into_a_managed_policy(name):
    assert len(json.dumps(policy(name), separators=(",", ":"))) <= LARGEST


@pytest.mark.parametrize("name", NAMES)
def test_its_actions_exist_and_are_about_its_resources(name):
    for s in statements(name):
        wanted, about = [authorization.named(a) for a in listed(s["Action"])], listed(s["Resource"])
        assert all(wanted), (s["Sid"], "an action that AWS does not have", listed(s["Action"]), wanted)
        flat = [action for some in wanted for action in some]
        if about == ["*"]:
            continue
        if not any("*" in a for a in listed(s["Action"])):
            idle = [a for a in flat if not any(is_about(a, r) for r in about)]
            assert idle == [], (s["Sid"], "allowed on none of the resources")
        idle = [r for r in about if not any(is_about(a, r) for a in flat)]
        assert idle == [], (s["Sid"], "no action is about it")


def is_about(action: str, resource: str) -> bool:
    kind = resource.rpartition(":")[2].partition("/")[0]
    return (action, kind) in BESIDES or authorization.takes_resource(action, resource)


@pytest.mark.parametrize("name", NAMES)
def test_everything_is_limited_to_resources_that_can_be(name):
    """`*` only for actions that know no resource, and for those that are held by a condition, or only look."""
    for s in statements(name):
        if "*" not in listed(s["Resource"]) or "Condition" in s:
            continue
        wide = [a for a in listed(s["Action"]) if not authorization.needs_star(a) and ":Describe" not in a]
        assert wide == [] or s["Sid"] in ("LaunchChecks", "ExplainRefusals"), (s["Sid"], wide)


@pytest.mark.parametrize("name", NAMES)
def test_its_conditions_are_told_with_its_actions(name):
    for s in statements(name):
        keys = {key for keys in s.get("Condition", {}).values() for key in keys if key.lower() not in GLOBAL}
        flat = [action for a in listed(s["Action"]) for action in authorization.named(a)]
        missing = [(key, action) for key in keys for action in flat if not authorization.knows_condition(action, key)]
        # A key that AWS does not tell is absent: what asks for its value would never be allowed.
        assert missing == [], s["Sid"]


@pytest.mark.parametrize("name", NAMES)
def test_every_statement_is_explained(name):
    text = (POLICIES / "README.md").read_text(encoding="utf-8")
    section = text.split(f"\n## {name}.json\n")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == [s["Sid"] for s in statements(name)]


def test_the_instance_policy_is_the_roles():
    role = resolved(resources()["Role"]["Properties"])
    (inline,) = role["Policies"]
    assert inline["PolicyDocument"] == policy("instance")


def needed(crate: str) -> set[str]:
    """The permissions that a crate's own calls name for the sentence that says which one is missing."""
    sources = [p for p in (ROOT / "crates" / crate / "src").rglob("*.rs") if "tests" not in p.as_posix()]
    literal = re.compile(r'"((?:autoscaling|cloudformation|cloudwatch|ec2|iam|logs|pricing|s3|servicequotas|ssm):[A-Z]\w+)"')
    code = [p.read_text(encoding="utf-8").split("#[cfg(test)]")[0] for p in sources]
    return {action for text in code for action in literal.findall(text)}


@pytest.mark.parametrize(("crate", "name"), [("aws", "desktop"), ("agent", "instance")])
def test_what_a_program_asks_for_it_may(crate, name):
    asked = needed(crate)
    assert len(asked) >= 5, "the calls are written otherwise now: this finds nothing"
    allowed = actions(name) + (actions("prepare") if name == "desktop" else [])
    assert [a for a in sorted(asked) if not any(matches(p, a) for p in allowed)] == []


def test_prepare_may_what_cloudformation_does_for_the_template():
    """By the permissions that each resource type's handlers name in CloudFormation's registry."""
    kept = {"AWS::S3::Bucket", "AWS::S3::BucketPolicy"}
    wanted = set()
    for kind in sorted({r["Type"] for r in resources().values()}):
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
        for handler in ("create", "read", "update", "delete"):
            if (handler, kind in kept) != ("delete", True):
                wanted |= set(schema["handlers"].get(handler, {}).get("permissions", []))
    assert len(wanted) > 50
    allowed = actions("prepare")
    missing = {a for a in wanted if not any(matches(p, a) for p in allowed)}
    assert sorted(a for a in missing if not any(matches(p, a) for p in UNUSED)) == []
    # What is kept needs no permission to be deleted.
    assert not any(matches(p, "s3:DeleteBucket") for p in allowed)
