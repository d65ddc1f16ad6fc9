"""Public image parameters, and the private keys of key pairs that CloudFormation made."""

import json

import pytest

AL2023 = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default"
PATHS = [
    ("/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-22.04/latest/ami-id", "x86_64"),
    ("/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-24.04/latest/ami-id", "x86_64"),
    ("/aws/service/deeplearning/ami/arm64/base-oss-nvidia-driver-gpu-ubuntu-22.04/latest/ami-id", "arm64"),
    ("/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id", "x86_64"),
    ("/aws/service/deeplearning/ami/x86_64/oss-nvidia-driver-gpu-pytorch-2.10-ubuntu-24.04/latest/ami-id", "x86_64"),
    ("/aws/service/neuron/dlami/multi-framework/ubuntu-24.04/latest/image_id", "x86_64"),
    ("/aws/service/neuron/dlami/base/amazon-linux-2023/latest/image_id", "x86_64"),
    ("/aws/service/neuron/dlami/pytorch-2.9/ubuntu-24.04/latest/image_id", "x86_64"),
    ("/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id", "x86_64"),
    ("/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id", "x86_64"),
    ("/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id", "arm64"),
    (f"{AL2023}-x86_64", "x86_64"),
    (f"{AL2023}-arm64", "arm64"),
]
UNKNOWN = [
    "/aws/service/neuron/dlami/multi-framework/ubuntu-24.04/latest/ami-id",
    "/aws/service/neuron/dlami/multi-framework/ubuntu-22.04/latest/image_id",
    "/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-24.04/latest/image_id",
    "/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
    "/curfew/not/there",
]


@pytest.mark.parametrize(("path", "architecture"), PATHS)
def test_an_image_parameter_resolves_to_an_image_of_its_architecture(aws, path, architecture):
    image = aws.client("ssm").get_parameter(Name=path)["Parameter"]["Value"]
    seen = aws.ec2().describe_images(ImageIds=[image])["Images"][0]
    assert (seen["Architecture"], seen["State"], seen["Public"]) == (architecture, "available", True)
    kind = {"x86_64": "t3.micro", "arm64": "t4g.micro"}[architecture]
    assert aws.launch(ImageId=image, InstanceType=kind)["ImageId"] == image


def test_the_wrong_architecture_is_refused(aws, refused):
    image = aws.client("ssm").get_parameter(Name=f"{AL2023}-arm64")["Parameter"]["Value"]
    with refused("InvalidParameterValue", "does not match the architecture 'arm64' of the specified AMI"):
        aws.launch(ImageId=image, InstanceType="g5.xlarge")


def test_every_region_has_every_image_and_its_own(aws):
    regions = [r["RegionName"] for r in aws.ec2().describe_regions()["Regions"]]
    regions.append("ap-southeast-7")
    aws.control("POST", "regions", {"enabled": ["ap-southeast-7"]})
    # Ten in a call are allowed; Amazon Linux has a test of its own.
    names = [path for path, _ in PATHS if "ebs-gp2" not in path][:10]
    ids = []
    for region in regions:
        found = aws.client("ssm", region).get_parameters(Names=names)
        assert found["InvalidParameters"] == []
        values = [p["Value"] for p in found["Parameters"]]
        seen = aws.ec2(region).describe_images(ImageIds=values)["Images"]
        assert len(seen) == len(set(values)) == len(names)
        ids += values
    assert len(ids) == len(set(ids)) == 18 * len(names)


def test_amazon_linux_is_in_every_region(aws):
    for region in ("us-east-1", "us-west-1", "sa-east-1", "ap-northeast-3", "eu-north-1"):
        found = aws.client("ssm", region).get_parameters(Names=[f"{AL2023}-x86_64", f"{AL2023}-arm64"])["Parameters"]
        of = {p["Name"].rsplit("-", 1)[1]: p["Value"] for p in found}
        seen = {
            i["ImageId"]: i["Architecture"] for i in aws.ec2(region).describe_images(ImageIds=list(of.values()))["Images"]
        }
        assert seen == {of["x86_64"]: "x86_64", of["arm64"]: "arm64"}


@pytest.mark.parametrize("path", UNKNOWN)
def test_an_unknown_parameter_is_not_found(aws, refused, path):
    with refused("ParameterNotFound", status=400):
        aws.client("ssm").get_parameter(Name=path)
    both = aws.client("ssm").get_parameters(Names=[PATHS[0][0], path])
    assert both["InvalidParameters"] == [path] and len(both["Parameters"]) == 1


def test_a_key_pair_of_a_stack_leaves_its_private_key_in_parameter_store(aws, refused):
    template = {
        "Resources": {"Key": {"Type": "AWS::EC2::KeyPair", "Properties": {"KeyName": "trainer", "KeyType": "ed25519"}}},
        "Outputs": {"Id": {"Value": {"Fn::GetAtt": ["Key", "KeyPairId"]}}, "Name": {"Value": {"Ref": "Key"}}},
    }
    stacks = aws.client("cloudformation")
    stacks.create_stack(StackName="keys", TemplateBody=json.dumps(template))
    aws.advance(60)
    shown = {o["OutputKey"]: o["OutputValue"] for o in stacks.describe_stacks(StackName="keys")["Stacks"][0]["Outputs"]}
    pair = aws.ec2().describe_key_pairs(KeyNames=["trainer"])["KeyPairs"][0]
    assert shown == {"Id": pair["KeyPairId"], "Name": "trainer"}
    name, ssm = f"/ec2/keypair/{pair['KeyPairId']}", aws.client("ssm")
    kept = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]
    assert kept["Type"] == "SecureString" and "PRIVATE KEY" in kept["Value"]
    assert "PRIVATE KEY" not in ssm.get_parameter(Name=name)["Parameter"]["Value"]
    stacks.delete_stack(StackName="keys")
    aws.advance(60)
    with refused("ParameterNotFound"):
        ssm.get_parameter(Name=name)
    assert aws.ec2().describe_key_pairs()["KeyPairs"] == []


def test_a_key_pair_made_by_a_call_leaves_none(aws, refused):
    made = aws.ec2().create_key_pair(KeyName="mine")
    with refused("ParameterNotFound"):
        aws.client("ssm").get_parameter(Name=f"/ec2/keypair/{made['KeyPairId']}", WithDecryption=True)
