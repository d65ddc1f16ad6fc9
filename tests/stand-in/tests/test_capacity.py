"""Where an instance is placed, and what is answered where there is no room."""

import pytest

SPOT = {"MarketType": "spot"}


def empty(aws, **pool) -> None:
    aws.control("POST", "capacity", pool)


def in_zone(zone: str) -> dict:
    return {"InstanceType": "g5.xlarge", "Placement": {"AvailabilityZone": zone}}


@pytest.mark.parametrize("kind", ["trn1.2xlarge", "inf2.xlarge", "g5.xlarge", "p4d.24xlarge"])
def test_without_a_zone_an_instance_lands_where_its_type_is(aws, kind):
    offers = aws.ec2().describe_instance_type_offerings(
        LocationType="availability-zone", Filters=[{"Name": "instance-type", "Values": [kind]}]
    )["InstanceTypeOfferings"]
    made = aws.launch(InstanceType=kind)
    assert made["Placement"]["AvailabilityZone"] in {o["Location"] for o in offers}
    subnet = aws.ec2().describe_subnets(SubnetIds=[made["SubnetId"]])["Subnets"][0]
    assert subnet["AvailabilityZone"] == made["Placement"]["AvailabilityZone"]


def test_an_empty_zone_says_which_have_room(aws, refused):
    empty(aws, region="us-east-1", zone="us-east-1a", type="g5.xlarge")
    words = (
        "We currently do not have sufficient g5.xlarge capacity in the Availability Zone you requested (us-east-1a). Our "
        "system will be working on provisioning additional capacity. You can currently get g5.xlarge capacity by not "
        "specifying an Availability Zone in your request or choosing us-east-1b, us-east-1c, us-east-1d, us-east-1f."
    )
    with refused("InsufficientInstanceCapacity", words, 500):
        aws.launch(**in_zone("us-east-1a"))
    assert aws.launch(**in_zone("us-east-1b"))["Placement"]["AvailabilityZone"] == "us-east-1b"
    assert aws.launch(InstanceType="g5.xlarge")["Placement"]["AvailabilityZone"] == "us-east-1b"
    aws.launch(InstanceType="t3.micro", Placement={"AvailabilityZone": "us-east-1a"})


def test_a_subnet_names_its_zone(aws, refused):
    empty(aws, zone="us-east-1b", type="g5.xlarge")
    subnets = {s["AvailabilityZone"]: s["SubnetId"] for s in aws.ec2().describe_subnets()["Subnets"]}
    with refused("InsufficientInstanceCapacity", "(us-east-1b)"):
        aws.launch(InstanceType="g5.xlarge", SubnetId=subnets["us-east-1b"])
    with refused("InsufficientInstanceCapacity", "(us-east-1b)"):
        aws.launch(InstanceType="g5.xlarge", NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": subnets["us-east-1b"]}])
    aws.launch(InstanceType="g5.xlarge", SubnetId=subnets["us-east-1a"])


def test_the_markets_are_apart(aws, refused):
    empty(aws, type="g5.xlarge", market="spot")
    with refused("InsufficientInstanceCapacity", "There is no Spot capacity available that matches your request.", 500):
        aws.launch(InstanceType="g5.xlarge", InstanceMarketOptions=SPOT)
    aws.launch(InstanceType="g5.xlarge")
    empty(aws, type="g5.xlarge", market="on-demand", region="us-east-1")
    with refused("InsufficientInstanceCapacity", "do not have sufficient g5.xlarge capacity in zones"):
        aws.launch(InstanceType="g5.xlarge")
    aws.launch("us-west-2", InstanceType="g5.xlarge")


def test_room_comes_back(aws):
    empty(aws, type="g5.xlarge")
    empty(aws, type="g5.xlarge", available=True)
    aws.launch(InstanceType="g5.xlarge")


def test_a_start_needs_room_and_a_dry_run_does_not(aws, refused):
    stopped = aws.one(type="g5.xlarge", state="stopped", zone="us-east-1c")
    empty(aws, type="g5.xlarge", zone="us-east-1c")
    with refused("InsufficientInstanceCapacity", "(us-east-1c)", 500):
        aws.ec2().start_instances(InstanceIds=[stopped])
    with refused("DryRunOperation"):
        aws.launch(**in_zone("us-east-1c"), DryRun=True)


def test_a_spot_price_below_the_present_one_is_refused(aws, refused):
    body = {"region": "us-east-1", "zone": "us-east-1a", "type": "g5.xlarge", "points": [{"ago_s": 3600, "price": "0.4"}]}
    aws.control("POST", "spot-prices", body)
    market = {"MarketType": "spot", "SpotOptions": {"MaxPrice": "0.39"}}
    words = "Your Spot request price of 0.39 is lower than the minimum required Spot request fulfillment price of 0.4."
    with refused("SpotMaxPriceTooLow", words, 400):
        aws.launch(**in_zone("us-east-1a"), InstanceMarketOptions=market)
    market["SpotOptions"]["MaxPrice"] = "0.41"
    aws.launch(**in_zone("us-east-1a"), InstanceMarketOptions=market)


def test_a_refused_launch_makes_nothing_and_spends_no_token(aws, refused):
    empty(aws, type="g5.xlarge")
    with refused("InsufficientInstanceCapacity"):
        aws.launch(InstanceType="g5.xlarge", ClientToken="attempt-1")
    assert aws.ec2().describe_instances()["Reservations"] == []
    empty(aws, available=True)
    aws.launch(InstanceType="g5.xlarge", ClientToken="attempt-1")


def test_a_wrong_pool_is_refused(aws):
    assert aws.try_control("POST", "capacity", {"colour": "red"})[0] == 400
    assert aws.try_control("POST", "capacity", {"market": "futures"})[0] == 400
