"""What RunInstances repeats, refuses and keeps."""

import base64

import pytest


def test_the_same_client_token_answers_with_the_same_instance(aws):
    first = aws.launch(ClientToken="attempt-1")
    aws.advance(60)
    second = aws.launch(ClientToken="attempt-1")
    assert second["InstanceId"] == first["InstanceId"] and second["ClientToken"] == "attempt-1"
    assert (first["State"]["Name"], second["State"]["Name"]) == ("pending", "running")
    assert len(aws.ec2().describe_instances()["Reservations"]) == 1


def test_a_client_token_with_other_parameters_is_a_mismatch(aws, refused):
    aws.launch(ClientToken="attempt-1")
    with refused("IdempotentParameterMismatch", "Arguments on this idempotent request are inconsistent"):
        aws.launch(ClientToken="attempt-1", InstanceType="t3.small")


def test_a_client_token_is_the_regions_and_the_accounts_own(aws):
    here = aws.launch(ClientToken="attempt-1")["InstanceId"]
    there = aws.launch("eu-west-1", ClientToken="attempt-1")["InstanceId"]
    assert here != there


def test_a_client_token_of_a_terminated_instance_is_spent_for_a_day(aws, refused):
    made = aws.launch(ClientToken="attempt-1")["InstanceId"]
    aws.ec2().terminate_instances(InstanceIds=[made])
    aws.advance(60)
    with refused("IdempotentInstanceTerminated"):
        aws.launch(ClientToken="attempt-1")
    # After an hour the instance is no longer described, and its token is still spent.
    aws.advance(2 * 3600)
    with refused("IdempotentInstanceTerminated"):
        aws.launch(ClientToken="attempt-1")
    aws.advance(25 * 3600)
    assert aws.launch(ClientToken="attempt-1")["InstanceId"] != made


def test_a_dry_run_does_not_use_the_token_up(aws, refused):
    with refused("DryRunOperation"):
        aws.launch(ClientToken="attempt-1", DryRun=True)
    aws.launch(ClientToken="attempt-1")


def test_a_client_token_has_64_characters_at_most(aws, refused):
    aws.launch(ClientToken="x" * 64)
    with refused("InvalidParameterValue", "Token must be <= 64 ASCII characters"):
        aws.launch(ClientToken="x" * 65)


@pytest.mark.parametrize(
    ("parameters", "code", "words"),
    [
        ({"ImageId": "ami-0123456789abcdef0"}, "InvalidAMIID.NotFound", "The image id '[ami-0123456789abcdef0]' does not exist"),
        ({"ImageId": "ubuntu"}, "InvalidAMIID.Malformed", 'Invalid id: "ubuntu" (expecting "ami-...")'),
        ({"InstanceType": "g5.gigantic"}, "InvalidParameterValue", "Invalid value 'g5.gigantic' for InstanceType."),
        ({"InstanceType": "t4g.micro"}, "InvalidParameterValue", "does not match the architecture 'x86_64'"),
        ({"KeyName": "lost"}, "InvalidKeyPair.NotFound", "The key pair 'lost' does not exist"),
        ({"SecurityGroupIds": ["sg-0123456789abcdef0"]}, "InvalidGroup.NotFound", "sg-0123456789abcdef0"),
        ({"SubnetId": "subnet-0123456789abcdef0"}, "InvalidSubnetID.NotFound", "subnet-0123456789abcdef0"),
        ({"UserData": "x" * 16385}, "InvalidUserData.Malformed", "User data is limited to 16384 bytes"),
        (
            {"InstanceType": "g5.xlarge", "Placement": {"AvailabilityZone": "us-east-1e"}},
            "Unsupported",
            "(g5.xlarge) is not supported in your requested Availability Zone (us-east-1e). Please retry",
        ),
        ({"CpuOptions": {"CoreCount": 2}}, "MissingParameter", "you must specify both CoreCount and ThreadsPerCore"),
        ({"CpuOptions": {"CoreCount": 3, "ThreadsPerCore": 2}}, "InvalidParameterValue", "CoreCount 3"),
    ],
)  # fmt: skip
def test_a_wrong_launch_is_refused_and_makes_nothing(aws, refused, parameters, code, words):
    with refused(code, words, 400):
        aws.launch(**parameters)
    with refused(code, words, 400):
        aws.launch(DryRun=True, **parameters)
    assert aws.ec2().describe_instances()["Reservations"] == []


def test_user_data_of_16_kb_passes_and_reads_back(aws):
    text = "#" * 16384
    made = aws.launch(UserData=text)["InstanceId"]
    seen = aws.ec2().describe_instance_attribute(InstanceId=made, Attribute="userData")["UserData"]["Value"]
    assert base64.b64decode(seen).decode() == text


def test_a_known_key_pair_is_taken(aws):
    aws.ec2().create_key_pair(KeyName="mine")
    assert aws.launch(KeyName="mine")["KeyName"] == "mine"


def test_cpu_options_are_kept(aws):
    made = aws.launch(InstanceType="g5.xlarge", CpuOptions={"CoreCount": 1, "ThreadsPerCore": 1})["InstanceId"]
    seen = aws.ec2().describe_instances(InstanceIds=[made])["Reservations"][0]["Instances"][0]
    assert seen["CpuOptions"] == {"CoreCount": 1, "ThreadsPerCore": 1}


def mapping(**ebs) -> list[dict]:
    return [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 50, "VolumeType": "gp3", **ebs}}]


def test_a_device_of_the_image_keeps_its_size(aws, refused):
    ec2 = aws.client("ec2")
    image = ec2.describe_images(ImageIds=[aws.image()])["Images"][0]
    size = image["BlockDeviceMappings"][0]["Ebs"]["VolumeSize"]
    own = [{"DeviceName": image["RootDeviceName"], "Ebs": {"VolumeType": "gp3", "Encrypted": True}}]
    made = aws.launch(ImageId=image["ImageId"], BlockDeviceMappings=own)["InstanceId"]
    volume = ec2.describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [made]}])["Volumes"][0]
    assert (volume["Size"], volume["Encrypted"]) == (size, True)
    other = [{"DeviceName": "/dev/sdx", "Ebs": {"VolumeType": "gp3"}}]
    with refused("MissingParameter"):
        aws.launch(ImageId=image["ImageId"], BlockDeviceMappings=other)


def test_gp3_figures_are_kept(aws):
    made = aws.launch(BlockDeviceMappings=mapping(Iops=6000, Throughput=500, Encrypted=True))["InstanceId"]
    volumes = aws.ec2().describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [made]}])["Volumes"]
    assert [(v["Iops"], v["Throughput"], v["Encrypted"]) for v in volumes] == [(6000, 500, True)]
    plain = aws.launch(BlockDeviceMappings=mapping())["InstanceId"]
    volumes = aws.ec2().describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [plain]}])["Volumes"]
    assert [(v["Iops"], v["Throughput"]) for v in volumes] == [(3000, 125)]


@pytest.mark.parametrize(
    ("ebs", "code"),
    [
        ({"Iops": 100}, "InvalidParameterValue"),
        ({"Throughput": 5000}, "InvalidParameterValue"),
        ({"Iops": 3000, "Throughput": 1000}, "InvalidParameterCombination"),
        ({"VolumeType": "gp2", "Throughput": 250}, "InvalidParameterCombination"),
    ],
)
def test_volumes_that_do_not_exist_are_refused(aws, refused, ebs, code):
    with refused(code):
        aws.launch(BlockDeviceMappings=mapping(**ebs))
    assert aws.ec2().describe_instances()["Reservations"] == []


def test_tags_and_profile_of_a_launch_are_there_at_once(aws):
    tags = [{"ResourceType": kind, "Tags": [{"Key": "Project", "Value": kind}]} for kind in ("instance", "volume")]
    made = aws.launch(TagSpecifications=tags)
    assert made["Tags"] == [{"Key": "Project", "Value": "instance"}]
    assert aws.ec2().describe_volumes()["Volumes"][0]["Tags"] == [{"Key": "Project", "Value": "volume"}]


def test_a_launch_template_is_checked_as_the_request_is(aws, refused):
    data = {"ImageId": aws.image(), "InstanceType": "g5.xlarge", "KeyName": "lost"}
    aws.ec2().create_launch_template(LaunchTemplateName="t", LaunchTemplateData=data)
    with refused("InvalidKeyPair.NotFound"):
        aws.ec2().run_instances(LaunchTemplate={"LaunchTemplateName": "t"}, MinCount=1, MaxCount=1)
    aws.ec2().create_key_pair(KeyName="lost")
    made = aws.ec2().run_instances(LaunchTemplate={"LaunchTemplateName": "t"}, MinCount=1, MaxCount=1)["Instances"][0]
    assert made["InstanceType"] == "g5.xlarge"
