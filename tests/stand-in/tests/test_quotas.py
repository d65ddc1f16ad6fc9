"""vCPU quotas: what Service Quotas answers, and what RunInstances refuses because of them."""

import pytest

SPOT = {"MarketType": "spot"}
ON_DEMAND_OF = {"t3.micro": "L-1216C47A", "g5.xlarge": "L-DB2E81BA", "p4d.24xlarge": "L-417A185B", "trn1.2xlarge": "L-2C3B7624", "inf2.xlarge": "L-1945791B"}  # fmt: skip
SPOT_OF = {"t3.micro": "L-34B43A08", "g5.xlarge": "L-3819A6DF", "p4d.24xlarge": "L-7212CCBC", "trn1.2xlarge": "L-6B0D517C", "inf2.xlarge": "L-B5D1601B"}  # fmt: skip


def limit(aws, **quotas) -> None:
    aws.control("POST", "quotas", {"quotas": quotas})


def test_a_quota_is_answered_as_set(aws):
    limit(aws, **{"L-DB2E81BA": 8})
    client = aws.client("service-quotas")
    quota = client.get_service_quota(ServiceCode="ec2", QuotaCode="L-DB2E81BA")["Quota"]
    assert (quota["Value"], quota["QuotaName"]) == (8.0, "Running On-Demand G and VT instances")
    assert quota["QuotaArn"] == "arn:aws:servicequotas:us-east-1:123456789012:ec2/L-DB2E81BA"
    values = {q["QuotaCode"]: q["Value"] for q in client.list_service_quotas(ServiceCode="ec2")["Quotas"]}
    assert values["L-DB2E81BA"] == 8.0 and set(ON_DEMAND_OF.values()) | set(SPOT_OF.values()) <= set(values)


def test_quotas_come_in_pages(aws):
    pages = aws.client("service-quotas").get_paginator("list_service_quotas")
    listed = list(pages.paginate(ServiceCode="ec2", PaginationConfig={"PageSize": 5}))
    codes = [q["QuotaCode"] for page in listed for q in page["Quotas"]]
    assert len(listed) == 4 and len(codes) == len(set(codes)) == 18


def test_a_quota_may_be_a_regions_own(aws):
    aws.control("POST", "quotas", {"region": "eu-west-1", "quotas": {"L-DB2E81BA": 4}})
    limit(aws, **{"L-DB2E81BA": 64})
    of = {r: aws.client("service-quotas", r).get_service_quota(ServiceCode="ec2", QuotaCode="L-DB2E81BA") for r in ("eu-west-1", "us-east-1")}  # fmt: skip
    assert {r: q["Quota"]["Value"] for r, q in of.items()} == {"eu-west-1": 4.0, "us-east-1": 64.0}


def test_a_quota_that_was_never_applied_has_only_its_default(aws, refused):
    limit(aws, **{"L-2C3B7624": None})
    client = aws.client("service-quotas")
    with refused("NoSuchResourceException", status=400):
        client.get_service_quota(ServiceCode="ec2", QuotaCode="L-2C3B7624")
    assert client.get_aws_default_service_quota(ServiceCode="ec2", QuotaCode="L-2C3B7624")["Quota"]["Value"] == 0.0
    with refused("VcpuLimitExceeded", "vCPU limit of 0"):
        aws.launch(InstanceType="trn1.2xlarge")
    with refused("NoSuchResourceException"):
        client.get_service_quota(ServiceCode="ec2", QuotaCode="L-00000000")


@pytest.mark.parametrize("kind", list(ON_DEMAND_OF))
def test_each_family_and_market_has_a_quota_of_its_own(aws, refused, kind):
    limit(aws, **{ON_DEMAND_OF[kind]: 0})
    with refused("VcpuLimitExceeded", "current vCPU limit of 0 allows for the instance bucket", 400):
        aws.launch(InstanceType=kind)
    aws.launch(InstanceType=kind, InstanceMarketOptions=SPOT)
    limit(aws, **{ON_DEMAND_OF[kind]: 100, SPOT_OF[kind]: 0})
    with refused("MaxSpotInstanceCountExceeded", "Max spot instance count exceeded", 400):
        aws.launch(InstanceType=kind, InstanceMarketOptions=SPOT)
    aws.launch(InstanceType=kind)


def test_running_vcpus_count_until_the_instance_is_on_its_way_out(aws, refused):
    limit(aws, **{"L-DB2E81BA": 8})
    first = aws.launch(InstanceType="g5.xlarge")["InstanceId"]
    aws.launch(InstanceType="g4dn.xlarge")
    with refused("VcpuLimitExceeded", "vCPU limit of 8"):
        aws.launch(InstanceType="g5.xlarge")
    assert len(aws.ec2().describe_instances()["Reservations"]) == 2
    aws.ec2().terminate_instances(InstanceIds=[first])
    aws.launch(InstanceType="g5.xlarge")


def test_a_dry_run_does_not_look_at_the_quota_and_a_start_does(aws, refused):
    stopped = aws.one(type="g5.xlarge", state="stopped")
    limit(aws, **{"L-DB2E81BA": 0})
    with refused("DryRunOperation"):
        aws.launch(InstanceType="g5.xlarge", DryRun=True)
    with refused("VcpuLimitExceeded"):
        aws.ec2().start_instances(InstanceIds=[stopped])
    assert aws.state(stopped) == "stopped"


def test_a_refused_launch_does_not_use_its_client_token_up(aws, refused):
    limit(aws, **{"L-DB2E81BA": 0})
    with refused("VcpuLimitExceeded"):
        aws.launch(InstanceType="g5.xlarge", ClientToken="attempt-1")
    limit(aws, **{"L-DB2E81BA": 4})
    aws.launch(InstanceType="g5.xlarge", ClientToken="attempt-1")


def test_a_spot_request_of_the_old_kind_is_held_to_it_too(aws, refused):
    limit(aws, **{"L-3819A6DF": 4})
    wanted = {"ImageId": aws.image(), "InstanceType": "g5.xlarge"}
    with refused("MaxSpotInstanceCountExceeded"):
        aws.ec2().request_spot_instances(InstanceCount=2, LaunchSpecification=wanted)


def test_a_wrong_quota_is_refused(aws):
    status, answer = aws.try_control("POST", "quotas", {"quotas": {"L-DB2E81BA": 8, "L-1": 1}})
    assert status == 400 and "'L-1'" in answer["error"]
    status, answer = aws.try_control("POST", "quotas", {"quotas": {"L-DB2E81BA": -8}})
    assert status == 400 and "from 0" in answer["error"]
