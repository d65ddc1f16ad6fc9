"""The stack of a region: correct by CloudFormation's own schemas, closed, tagged, and free while nothing runs."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from documents import ACCOUNT, BUCKET, REGION, TEMPLATE, resolved, resources, template

# Nothing of these costs by the hour: a gateway endpoint is the free kind, and a bucket costs by what is in it.
FREE = {
    "AWS::EC2::InternetGateway",
    "AWS::EC2::Route",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Subnet",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPC",
    "AWS::EC2::VPCEndpoint",
    "AWS::EC2::VPCGatewayAttachment",
    "AWS::IAM::InstanceProfile",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
}
# Where people launch; what a region lacks of the template's types and properties shows only when it is asked for.
REGIONS = ["us-east-1", "us-east-2", "us-west-2", "ca-central-1", "eu-west-1", "eu-central-1", "ap-northeast-1", "sa-east-1"]


def lint(path) -> subprocess.CompletedProcess:
    program = [sys.executable, "-c", "from cfnlint.runner import main; main()"]
    options = ["--include-checks", "I", "--regions", *REGIONS, "--template", str(path)]
    return subprocess.run([*program, *options], capture_output=True, text=True, check=False)


def properties(kind: str) -> list[dict]:
    return [resolved(r.get("Properties", {})) for r in resources().values() if r["Type"] == kind]


def test_the_linter_finds_nothing():
    found = lint(TEMPLATE)
    assert (found.returncode, found.stdout) == (0, ""), found.stdout + found.stderr


@pytest.mark.parametrize(
    ("right", "wrong", "rule"),
    [
        ("DependsOn: GatewayAttachment", "DependsOn: Nothing", "E3005"),
        ("SSEAlgorithm: AES256", "SSEAlgorithm: AES-256", "E3030"),
        ("Ref Routes]", "Ref Rotes]", "E1020"),
        ("MapPublicIpOnLaunch: true", "MapPublicIp: true", "E3002"),
    ],
)
def test_the_linter_would_find_it(tmp_path, right, wrong, rule):
    text = TEMPLATE.read_text(encoding="utf-8")
    assert right in text
    spoilt = tmp_path / "region.yaml"
    spoilt.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    found = lint(spoilt)
    assert found.returncode != 0 and rule in found.stdout, found.stdout + found.stderr


def test_nothing_costs_at_rest():
    assert {r["Type"] for r in resources().values()} == FREE
    (endpoint,) = properties("AWS::EC2::VPCEndpoint")
    assert endpoint["VpcEndpointType"] == "Gateway"


def test_whatever_can_be_tagged_is():
    untagged = []
    for name, resource in resources().items():
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", resource["Type"]).schema
        tags = {t["Key"] for t in resource.get("Properties", {}).get("Tags", [])}
        if "Tags" in schema["properties"] and "curfew:prepared" not in tags:
            untagged.append(name)
    assert untagged == []


def test_nothing_comes_in_and_only_https_goes_out():
    (group,) = properties("AWS::EC2::SecurityGroup")
    assert "SecurityGroupIngress" not in group
    out = [
        (r["IpProtocol"], r["FromPort"], r["ToPort"], r.get("CidrIp") or r.get("CidrIpv6"))
        for r in group["SecurityGroupEgress"]
    ]
    assert out == [("tcp", 443, 443, "0.0.0.0/0"), ("tcp", 443, 443, "::/0")]


def test_the_bucket_is_private_encrypted_unversioned_and_outlives_the_stack():
    bucket = resources()["Bucket"]
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    (about,) = properties("AWS::S3::Bucket")
    assert about["BucketName"] == BUCKET
    assert (
        set(about["PublicAccessBlockConfiguration"].values()) == {True} and len(about["PublicAccessBlockConfiguration"]) == 4
    )
    assert about["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    encryption = about["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption == [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
    assert "VersioningConfiguration" not in about
    rules = {rule["Id"]: rule for rule in about["LifecycleConfiguration"]["Rules"]}
    assert {rule["Status"] for rule in rules.values()} == {"Enabled"}
    assert rules["logs"]["ExpirationInDays"] == 14
    assert rules["logs"]["TagFilters"] == [{"Key": "curfew:keep", "Value": "14d"}]
    assert rules["aborted-uploads"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}


def test_the_bucket_is_reached_over_tls_only():
    policy = resources()["BucketPolicy"]
    assert (policy["DeletionPolicy"], policy["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    (about,) = properties("AWS::S3::BucketPolicy")
    (statement,) = about["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statement["Resource"] == [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]


def test_a_bucket_that_is_there_already_is_left_out():
    conditional = {name for name, r in resources().items() if r.get("Condition") == "WithBucket"}
    assert conditional == {"Bucket", "BucketPolicy"}
    others = {name: r for name, r in resources().items() if name not in conditional}
    rest = json.dumps([others, template()["Outputs"]])
    # By its name and never by a reference, so that all else is the same without it.
    assert '"Ref": "Bucket"' not in rest and "Bucket.Arn" not in rest


def test_what_a_launch_needs_is_told():
    told = {
        "BucketName",
        "InstanceProfileName",
        "RoleArn",
        "SecurityGroupId",
        "SubnetId",
        "TemplateVersion",
        "VpcId",
        "Zone",
    }
    assert template()["Outputs"].keys() == told
    assert resolved(template()["Outputs"]["BucketName"]["Value"]) == BUCKET


def test_names_fit():
    assert len(BUCKET) <= 63
    (role,), (profile,) = properties("AWS::IAM::Role"), properties("AWS::IAM::InstanceProfile")
    assert role["RoleName"] == profile["InstanceProfileName"] == f"curfew-instance-{REGION}"
    assert len(role["RoleName"]) <= 64
    # Roles of all regions lie side by side, and a bucket's name is one for the world.
    assert REGION in BUCKET and ACCOUNT in BUCKET


def test_the_template_fits_into_a_request():
    """TemplateBody takes 51,200 bytes: more would have to be put into a bucket first."""
    assert len(TEMPLATE.read_bytes()) <= 51_200
