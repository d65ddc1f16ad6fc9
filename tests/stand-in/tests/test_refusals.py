"""The refusals of a launch, by fault rules: what AWS answers, to the very call that a test means."""

import json

import botocore.exceptions
import pytest

HERE = {"InstanceType": "g5.xlarge", "Placement": {"AvailabilityZone": "us-east-1a"}}
MATCH = {"InstanceType": "g5.xlarge", "Placement.AvailabilityZone": "us-east-1a"}
SPOT = {"InstanceMarketOptions": {"MarketType": "spot", "SpotOptions": {"MaxPrice": "9.5"}}}


def refuse(aws, fault: dict, parameters: dict | None = None, **more) -> None:
    match = {"service": "ec2", "action": "RunInstances", **({"parameters": parameters} if parameters else {})}
    aws.control("POST", "faults", [{"match": match, "fault": fault, **more}])


@pytest.mark.parametrize(
    ("code", "status", "words", "parameters"),
    [
        ("InsufficientInstanceCapacity", 500, "do not have sufficient g5.xlarge capacity in the Availability Zone you requested (us-east-1a)", HERE),
        ("InsufficientInstanceCapacity", 500, "There is no Spot capacity available that matches your request.", {**HERE, **SPOT}),
        ("VcpuLimitExceeded", 400, "You have requested more vCPU capacity than your current vCPU limit", HERE),
        ("MaxSpotInstanceCountExceeded", 400, "Max spot instance count exceeded", {**HERE, **SPOT}),
        ("SpotMaxPriceTooLow", 400, "Your Spot request price of 9.5 is lower than the minimum required", {**HERE, **SPOT}),
        ("RequestLimitExceeded", 503, "Request limit exceeded.", HERE),
        ("InsufficientFreeAddressesInSubnet", 400, "not enough free addresses in the subnet", HERE),
        ("PendingVerification", 400, "Your account is currently being verified.", HERE),
        ("Unsupported", 400, "The requested configuration is currently not supported.", HERE),
    ],
)  # fmt: skip
def test_a_code_brings_its_status_and_its_words(aws, refused, code, status, words, parameters):
    refuse(aws, {"error": {"code": code}})
    with refused(code, words, status):
        aws.launch(**parameters)
    assert aws.ec2().describe_instances()["Reservations"] == []


def test_a_test_may_have_words_of_its_own(aws, refused):
    refuse(aws, {"error": {"code": "VcpuLimitExceeded", "status": 418, "message": "no"}})
    with refused("VcpuLimitExceeded", "no", 418):
        aws.launch()


def test_only_the_call_that_is_meant_is_met(aws, refused):
    refuse(aws, {"error": {"code": "InsufficientInstanceCapacity"}}, MATCH)
    aws.launch(InstanceType="t3.micro", Placement=HERE["Placement"])
    aws.launch(InstanceType="g5.xlarge", Placement={"AvailabilityZone": "us-east-1b"})
    with refused("InsufficientInstanceCapacity"):
        aws.launch(**HERE)
    assert aws.control("GET", "faults")["rules"][0]["match"]["parameters"] == MATCH


def test_the_parameters_of_json_calls_match_too(aws, refused):
    match = {"service": "ssm", "parameters": {"Names": "/b"}}
    aws.control("POST", "faults", [{"match": match, "fault": {"error": {"code": "InternalServerError", "status": 500}}}])
    aws.client("ssm").get_parameters(Names=["/a"])
    with refused("InternalServerError", status=500):
        aws.client("ssm").get_parameters(Names=["/a", "/b"])
    assert aws.try_control("POST", "faults", [{"match": {"parameters": "x"}, "fault": {"cut": True}}])[0] == 400


def test_one_call_may_be_unauthorized_with_a_message_that_decodes(aws, refused):
    refuse(aws, {"unauthorized": True}, MATCH, times=1)
    with refused("UnauthorizedOperation", "is not authorized to perform: ec2:RunInstances", 403) as caught:
        aws.launch(**HERE)
    encoded = caught.value.response["Error"]["Message"].rsplit("Encoded authorization failure message: ", 1)[1]
    decoded = json.loads(aws.client("sts").decode_authorization_message(EncodedMessage=encoded)["DecodedMessage"])
    assert decoded["context"]["action"] == "ec2:RunInstances"
    aws.launch(**HERE)


def test_a_launch_that_was_cut_off_is_found_again_by_its_token(aws):
    refuse(aws, {"cut": True}, {"ClientToken": "attempt-1"}, times=1)
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        aws.launch(ClientToken="attempt-1")
    again = aws.launch(ClientToken="attempt-1")["InstanceId"]
    seen = aws.ec2().describe_instances()["Reservations"]
    assert [i["InstanceId"] for r in seen for i in r["Instances"]] == [again]


def test_a_launch_that_was_refused_at_the_door_made_nothing(aws):
    refuse(aws, {"refuse": True}, times=1)
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        aws.launch(ClientToken="attempt-1")
    assert aws.ec2().describe_instances()["Reservations"] == []


def test_a_new_instance_may_not_be_found_at_first(aws, refused):
    aws.control("POST", "clock", {"not_found_after_create_s": 10})
    made = aws.launch()["InstanceId"]
    with refused("InvalidInstanceID.NotFound", f"The instance ID '{made}' does not exist", 400):
        aws.ec2().describe_instances(InstanceIds=[made])
    aws.advance(11)
    assert aws.ec2().describe_instances(InstanceIds=[made])["Reservations"]
