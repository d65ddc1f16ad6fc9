"""CloudFormation: what Curfew prepares a region with, from the first event to the last."""

import json
import time

import pytest

TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}  # fmt: skip
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": {"Fn::Sub": "${Results.Arn}/runs/*"}}]}  # fmt: skip
TEMPLATE = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Description": "What Curfew needs in a region",
    "Parameters": {"Cidr": {"Type": "String", "Default": "10.20.0.0/16"}},
    "Resources": {
        "Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {
            "VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.20.0.0/20", "MapPublicIpOnLaunch": True,
            "AvailabilityZone": {"Fn::Select": [0, {"Fn::GetAZs": {"Ref": "AWS::Region"}}]},
            "Tags": [{"Key": "Name", "Value": "curfew"}]}},
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": {"Ref": "Cidr"}, "EnableDnsSupport": True,
                                                       "EnableDnsHostnames": True}},
        "Gateway": {"Type": "AWS::EC2::InternetGateway"},
        "Attachment": {"Type": "AWS::EC2::VPCGatewayAttachment", "Properties": {
            "VpcId": {"Ref": "Vpc"}, "InternetGatewayId": {"Ref": "Gateway"}}},
        "Routes": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Vpc"}}},
        "Out": {"Type": "AWS::EC2::Route", "DependsOn": "Attachment", "Properties": {
            "RouteTableId": {"Ref": "Routes"}, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": {"Ref": "Gateway"}}},
        "Routed": {"Type": "AWS::EC2::SubnetRouteTableAssociation", "Properties": {
            "RouteTableId": {"Ref": "Routes"}, "SubnetId": {"Ref": "Subnet"}}},
        "ObjectStore": {"Type": "AWS::EC2::VPCEndpoint", "Properties": {
            "VpcId": {"Ref": "Vpc"}, "VpcEndpointType": "Gateway", "RouteTableIds": [{"Ref": "Routes"}],
            "ServiceName": {"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"}}},
        "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {
            "GroupDescription": "out by TLS only", "VpcId": {"Ref": "Vpc"},
            "SecurityGroupEgress": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}]}},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {
            "AssumeRolePolicyDocument": TRUST, "Policies": [{"PolicyName": "results", "PolicyDocument": POLICY}]}},
        "Profile": {"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": [{"Ref": "Role"}]}},
        "Results": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain", "Properties": {
            "BucketName": {"Fn::Sub": "curfew-${AWS::AccountId}-${AWS::Region}"},
            "BucketEncryption": {"ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]},
            "PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "BlockPublicPolicy": True,
                                               "IgnorePublicAcls": True, "RestrictPublicBuckets": True},
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "LifecycleConfiguration": {"Rules": [
                {"Id": "logs", "Status": "Enabled", "Prefix": "logs/", "ExpirationInDays": 14},
                {"Id": "uploads", "Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}}]}}},
    },
    "Outputs": {"Bucket": {"Value": {"Ref": "Results"}}, "Profile": {"Value": {"Ref": "Profile"}},
                "ProfileArn": {"Value": {"Fn::GetAtt": ["Profile", "Arn"]}},
                "Subnet": {"Value": {"Ref": "Subnet"}}, "Group": {"Value": {"Fn::GetAtt": ["Group", "GroupId"]}}},
}  # fmt: skip
BUCKET = "curfew-123456789012-us-east-1"
COUNT = len(TEMPLATE["Resources"])


def create(aws, template: dict = TEMPLATE, **more) -> str:
    asked = {"StackName": "curfew", "TemplateBody": json.dumps(template), "Capabilities": ["CAPABILITY_IAM"], **more}
    return aws.client("cloudformation").create_stack(**asked)["StackId"]


def stack(aws, name: str = "curfew") -> dict:
    return aws.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]


def settled(aws, name: str = "curfew") -> dict:
    for _ in range(100):
        aws.advance(1)
        seen = stack(aws, name)
        if not seen["StackStatus"].endswith("IN_PROGRESS"):
            return seen
    raise AssertionError(seen)


def events(aws, name: str = "curfew") -> list[tuple[str, str]]:
    """Oldest first."""
    seen = aws.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    return [(e["LogicalResourceId"], e["ResourceStatus"]) for e in reversed(seen)]


def left_over(aws) -> list[str]:
    """What is not AWS's own default."""
    ec2, iam = aws.ec2(), aws.client("iam")
    found = [v["VpcId"] for v in ec2.describe_vpcs()["Vpcs"] if not v["IsDefault"]]
    found += [s["SubnetId"] for s in ec2.describe_subnets()["Subnets"] if not s["DefaultForAz"]]
    found += [g["GroupId"] for g in ec2.describe_security_groups()["SecurityGroups"] if g["GroupName"] != "default"]
    found += [g["InternetGatewayId"] for g in ec2.describe_internet_gateways()["InternetGateways"]]
    found += [e["VpcEndpointId"] for e in ec2.describe_vpc_endpoints()["VpcEndpoints"]]
    found += [t["RouteTableId"] for t in ec2.describe_route_tables()["RouteTables"] if not any(a.get("Main") for a in t["Associations"])]  # fmt: skip
    found += [r["RoleName"] for r in iam.list_roles()["Roles"]]
    found += [p["InstanceProfileName"] for p in iam.list_instance_profiles()["InstanceProfiles"]]
    return found + [b["Name"] for b in aws.client("s3").list_buckets()["Buckets"]]


def test_a_stack_is_made_resource_by_resource(aws):
    aws.control("POST", "clock", {"stack_resource_s": 100})
    create(aws)
    assert stack(aws)["StackStatus"] == "CREATE_IN_PROGRESS" and "Outputs" not in stack(aws)
    seen = set()
    while stack(aws)["StackStatus"] == "CREATE_IN_PROGRESS":
        aws.advance(100)
        shown = aws.client("cloudformation").describe_stack_resources(StackName="curfew")["StackResources"]
        seen.add(sum(r["ResourceStatus"] == "CREATE_COMPLETE" for r in shown))
    assert stack(aws)["StackStatus"] == "CREATE_COMPLETE" and seen >= set(range(1, COUNT + 1))
    listed = events(aws)
    assert listed[0] == ("curfew", "CREATE_IN_PROGRESS") and listed[-1] == ("curfew", "CREATE_COMPLETE")
    for name in TEMPLATE["Resources"]:
        assert [s for n, s in listed if n == name] == ["CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"]
    made = [n for n, s in listed if s == "CREATE_COMPLETE"]
    assert made.index("Vpc") < made.index("Subnet") and made.index("Results") < made.index("Role") < made.index("Profile")


def test_what_it_made_is_as_the_template_says(aws):
    create(aws)
    out = {o["OutputKey"]: o["OutputValue"] for o in settled(aws)["Outputs"]}
    assert out["Bucket"] == BUCKET
    ec2, s3, iam = aws.ec2(), aws.client("s3"), aws.client("iam")
    group = ec2.describe_security_groups(GroupIds=[out["Group"]])["SecurityGroups"][0]
    assert [(p["FromPort"], p["ToPort"]) for p in group["IpPermissionsEgress"]] == [(443, 443)]
    assert group["IpPermissions"] == []
    subnet = ec2.describe_subnets(SubnetIds=[out["Subnet"]])["Subnets"][0]
    assert subnet["MapPublicIpOnLaunch"] and {"Key": "Name", "Value": "curfew"} in subnet["Tags"]
    assert {"Key": "aws:cloudformation:stack-name", "Value": "curfew"} in subnet["Tags"]
    tables = ec2.describe_route_tables(Filters=[{"Name": "association.subnet-id", "Values": [out["Subnet"]]}])["RouteTables"]
    assert "0.0.0.0/0" in [r.get("DestinationCidrBlock") for r in tables[0]["Routes"]]
    endpoint = ec2.describe_vpc_endpoints()["VpcEndpoints"][0]
    assert (endpoint["ServiceName"], endpoint["VpcEndpointType"]) == ("com.amazonaws.us-east-1.s3", "Gateway")
    assert endpoint["RouteTableIds"] == [tables[0]["RouteTableId"]]
    rules = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    assert [(r["ID"], r.get("Expiration", {}).get("Days")) for r in rules] == [("logs", 14), ("uploads", None)]
    assert rules[1]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]["RestrictPublicBuckets"] is True
    encryption = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    profile = iam.get_instance_profile(InstanceProfileName=out["Profile"])["InstanceProfile"]
    assert profile["Arn"] == out["ProfileArn"]
    role = profile["Roles"][0]["RoleName"]
    document = iam.get_role_policy(RoleName=role, PolicyName="results")["PolicyDocument"]
    assert document["Statement"][0]["Resource"] == f"arn:aws:s3:::{BUCKET}/runs/*"
    interface = {"DeviceIndex": 0, "SubnetId": out["Subnet"], "Groups": [out["Group"]], "AssociatePublicIpAddress": True}
    made = aws.launch(NetworkInterfaces=[interface], IamInstanceProfile={"Name": out["Profile"]})
    assert made["SubnetId"] == out["Subnet"]


def test_a_second_stack_of_the_name_is_refused(aws, refused):
    create(aws)
    with refused("AlreadyExistsException", "Stack [curfew] already exists", 400):
        create(aws)
    settled(aws)
    with refused("AlreadyExistsException"):
        create(aws)


def test_an_iam_resource_needs_a_capability(aws, refused):
    with refused("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_IAM]", 400):
        create(aws, Capabilities=[])
    named = {"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r", "AssumeRolePolicyDocument": TRUST}}}}  # fmt: skip
    with refused("InsufficientCapabilitiesException", "[CAPABILITY_NAMED_IAM]"):
        create(aws, named)
    create(aws, named, Capabilities=["CAPABILITY_NAMED_IAM"])
    assert settled(aws)["StackStatus"] == "CREATE_COMPLETE"


@pytest.mark.parametrize("nth", [1, 5, COUNT])
def test_a_failure_rolls_back_and_says_why(aws, nth):
    aws.control("POST", "stack-failures", {"nth": nth, "reason": "The maximum number of VPCs has been reached."})
    create(aws)
    seen = settled(aws)
    assert seen["StackStatus"] == "ROLLBACK_COMPLETE" and "Outputs" not in seen
    failed = [e for e in aws.client("cloudformation").describe_stack_events(StackName="curfew")["StackEvents"] if e["ResourceStatus"] == "CREATE_FAILED"]  # fmt: skip
    assert [e["ResourceStatusReason"] for e in failed] == ["The maximum number of VPCs has been reached."]
    named = f"The following resource(s) failed to create: [{failed[0]['LogicalResourceId']}]. "
    reasons = [e.get("ResourceStatusReason", "") for e in aws.client("cloudformation").describe_stack_events(StackName="curfew")["StackEvents"]]  # fmt: skip
    assert any(r.startswith(named) for r in reasons)
    # What is to be kept is kept in a rollback too.
    kept = [n for n, s in events(aws) if s == "DELETE_SKIPPED"]
    assert left_over(aws) == ([BUCKET] if kept else []) and kept in ([], ["Results"])


def test_a_named_resource_fails_once(aws, refused):
    aws.control("POST", "stack-failures", {"resource": "Group", "stack": "curfew", "region": "us-east-1", "reason": "no"})
    create(aws)
    assert settled(aws)["StackStatus"] == "ROLLBACK_COMPLETE"
    with refused("ValidationError", "is in ROLLBACK_COMPLETE state and can not be updated.", 400):
        aws.client("cloudformation").update_stack(StackName="curfew", TemplateBody=json.dumps(TEMPLATE))
    with refused("AlreadyExistsException"):
        create(aws)
    aws.client("cloudformation").delete_stack(StackName="curfew")
    aws.advance(10)
    create(aws)
    assert settled(aws)["StackStatus"] == "CREATE_COMPLETE"


def test_what_moto_itself_refuses_fails_the_stack(aws):
    aws.client("s3", "us-west-2").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    create(aws)
    assert settled(aws)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert ("Results", "CREATE_FAILED") in events(aws) and left_over(aws) == [BUCKET]


def test_on_failure_may_be_left_as_it_is_or_deleted(aws, refused):
    aws.control("POST", "stack-failures", {"resource": "Routes", "reason": "no", "times": 2})
    identifier = create(aws, OnFailure="DELETE")
    aws.advance(30)
    with refused("ValidationError", "Stack with id curfew does not exist"):
        stack(aws)
    assert stack(aws, identifier)["StackStatus"] == "DELETE_COMPLETE"
    create(aws, OnFailure="DO_NOTHING")
    seen = settled(aws)
    assert seen["StackStatus"] == "CREATE_FAILED" and "[Routes]" in seen["StackStatusReason"]
    assert [n for n in left_over(aws) if n.startswith("vpc-")]


def test_a_deleted_stack_leaves_only_what_is_kept(aws, refused):
    identifier = create(aws)
    settled(aws)
    aws.client("s3").put_object(Bucket=BUCKET, Key="k", Body=b"x")
    stacks = aws.client("cloudformation")
    stacks.delete_stack(StackName="curfew")
    assert stack(aws)["StackStatus"] == "DELETE_IN_PROGRESS"
    aws.advance(30)
    with refused("ValidationError", "Stack with id curfew does not exist", 400):
        stack(aws)
    assert stack(aws, identifier)["StackStatus"] == "DELETE_COMPLETE"
    assert left_over(aws) == [BUCKET] and ("Results", "DELETE_SKIPPED") in events(aws, identifier)
    stacks.delete_stack(StackName="curfew")
    # The kept bucket is in the way of the next stack, as it is on AWS.
    create(aws)
    assert settled(aws)["StackStatus"] == "ROLLBACK_COMPLETE"


def test_what_is_in_use_keeps_a_stack_from_going(aws):
    create(aws)
    out = {o["OutputKey"]: o["OutputValue"] for o in settled(aws)["Outputs"]}
    aws.control("POST", "stack-failures", {"resource": "Subnet", "on": "delete", "reason": "has dependencies"})
    aws.client("cloudformation").delete_stack(StackName="curfew")
    seen = settled(aws)
    assert seen["StackStatus"] == "DELETE_FAILED" and "Subnet" in seen["StackStatusReason"]
    assert aws.ec2().describe_subnets(SubnetIds=[out["Subnet"]])["Subnets"]
    aws.client("cloudformation").delete_stack(StackName="curfew")
    aws.advance(30)
    assert left_over(aws) == [BUCKET]


def test_a_bucket_with_objects_is_not_deleted(aws):
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
                                                      "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}  # fmt: skip
    template = {"Resources": {
        "Results": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": BUCKET}},
        "TlsOnly": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Results"}, "PolicyDocument": policy}},
    }}  # fmt: skip
    identifier = create(aws, template)
    settled(aws)
    s3 = aws.client("s3")
    assert json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"]) == policy
    s3.put_object(Bucket=BUCKET, Key="k", Body=b"x")
    aws.client("cloudformation").delete_stack(StackName="curfew")
    assert settled(aws)["StackStatus"] == "DELETE_FAILED"
    seen = aws.client("cloudformation").describe_stack_resources(StackName="curfew", LogicalResourceId="Results")
    assert "The bucket you tried to delete is not empty" in seen["StackResources"][0]["ResourceStatusReason"]
    s3.delete_object(Bucket=BUCKET, Key="k")
    aws.client("cloudformation").delete_stack(StackName="curfew")
    assert settled(aws, identifier)["StackStatus"] == "DELETE_COMPLETE" and left_over(aws) == []


def test_a_type_that_is_not_known_is_refused(aws, refused):
    with refused("ValidationError", "Unrecognized resource types: [AWS::EC2::Teapot]", 400):
        create(aws, {"Resources": {"Pot": {"Type": "AWS::EC2::Teapot"}}})


def test_termination_protection_holds(aws, refused):
    create(aws, EnableTerminationProtection=True)
    settled(aws)
    with refused("ValidationError", "cannot be deleted while TerminationProtection is enabled"):
        aws.client("cloudformation").delete_stack(StackName="curfew")
    assert stack(aws)["StackStatus"] == "CREATE_COMPLETE"


def test_an_update_without_a_change_is_said_to_be_none(aws, refused):
    create(aws)
    stacks = aws.client("cloudformation")
    asked = {"StackName": "curfew", "TemplateBody": json.dumps(TEMPLATE), "Capabilities": ["CAPABILITY_IAM"]}
    with refused("ValidationError", "is in CREATE_IN_PROGRESS state and can not be updated."):
        stacks.update_stack(**asked)
    settled(aws)
    with refused("ValidationError", "No updates are to be performed.", 400):
        stacks.update_stack(**asked)
    with refused("ValidationError", "Stack with id other does not exist"):
        stacks.update_stack(**{**asked, "StackName": "other"})


def test_an_update_changes_what_differs(aws):
    create(aws)
    settled(aws)
    changed = json.loads(json.dumps(TEMPLATE))
    changed["Resources"]["Second"] = {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "more", "VpcId": {"Ref": "Vpc"}}}  # fmt: skip
    asked = {"StackName": "curfew", "TemplateBody": json.dumps(changed), "Capabilities": ["CAPABILITY_IAM"]}
    aws.client("cloudformation").update_stack(**asked)
    assert stack(aws)["StackStatus"] == "UPDATE_IN_PROGRESS"
    assert settled(aws)["StackStatus"] == "UPDATE_COMPLETE"
    assert ("Second", "CREATE_COMPLETE") in events(aws) and len(left_over(aws)) == 10


def test_a_failed_update_is_taken_back(aws):
    create(aws)
    settled(aws)
    changed = {**TEMPLATE, "Resources": {k: v for k, v in TEMPLATE["Resources"].items() if k != "ObjectStore"}}
    aws.control("POST", "stack-failures", {"resource": "ObjectStore", "on": "update", "reason": "not now"})
    asked = {"StackName": "curfew", "TemplateBody": json.dumps(changed), "Capabilities": ["CAPABILITY_IAM"]}
    aws.client("cloudformation").update_stack(**asked)
    assert settled(aws)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert ("ObjectStore", "UPDATE_FAILED") in events(aws) and aws.ec2().describe_vpc_endpoints()["VpcEndpoints"]


def test_a_stack_proceeds_in_real_time_too(aws):
    aws.control("POST", "clock", {"stack_resource_s": 0.01})
    create(aws)
    patience = time.monotonic() + 30
    while stack(aws)["StackStatus"] != "CREATE_COMPLETE":
        assert time.monotonic() < patience, stack(aws)


def test_a_wrong_failure_is_refused(aws):
    assert aws.try_control("POST", "stack-failures", {"reason": "x"})[0] == 400
    assert aws.try_control("POST", "stack-failures", {"reason": "x", "nth": 1, "on": "tuesday"})[0] == 400
    assert aws.try_control("POST", "stack-failures", {"nth": 1})[0] == 400
