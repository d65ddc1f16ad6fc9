"""The services that are moto's own so far pass through the front whole: signed, routed, logged."""

import http.client
import json

from botocore.config import Config


def test_objects_pass_through_unharmed(aws):
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="results")
    body = bytes(range(256)) * 40
    s3.put_object(Bucket="results", Key="a b/ü+c %2F", Body=body)
    assert s3.head_object(Bucket="results", Key="a b/ü+c %2F")["ContentLength"] == len(body)
    assert s3.get_object(Bucket="results", Key="a b/ü+c %2F")["Body"].read() == body
    assert [o["Key"] for o in s3.list_objects_v2(Bucket="results", Prefix="a b/")["Contents"]] == ["a b/ü+c %2F"]


def test_a_newline_may_be_in_an_objects_name(aws):
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="results")
    s3.put_object(Bucket="results", Key="two\nlines", Body=b"x")
    assert [o["Key"] for o in s3.list_objects_v2(Bucket="results")["Contents"]] == ["two\nlines"]


def test_a_chunked_body_is_read_whole(aws):
    s3 = aws.client("s3", config=Config(signature_version="s3v4"))
    s3.create_bucket(Bucket="results")
    url = s3.generate_presigned_url("put_object", Params={"Bucket": "results", "Key": "k"})
    connection = http.client.HTTPConnection("127.0.0.1", aws.port, timeout=60)
    connection.request("PUT", url.removeprefix(aws.url), body=iter([b"one,", b"two"]), encode_chunked=True,
                       headers={"Transfer-Encoding": "chunked"})  # fmt: skip
    assert connection.getresponse().status == 200
    assert s3.get_object(Bucket="results", Key="k")["Body"].read() == b"one,two"


def test_json_services_are_signed_routed_and_refused_in_json(aws, refused):
    ssm = aws.client("ssm")
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    image = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    assert aws.launch(ImageId=image)["ImageId"] == image
    aws.control("POST", "deny", {"actions": ["ssm:*"]})
    with refused("AccessDeniedException", "is not authorized to perform: ssm:GetParameter", 400):
        ssm.get_parameter(Name=name)
    logged = aws.control("GET", "calls?service=ssm")["calls"]
    assert [(c["action"], c["parameters"], c["status"]) for c in logged] == [
        ("GetParameter", {"Name": name}, 200),
        ("GetParameter", {"Name": name}, 400),
    ]


def test_a_stack_is_made(aws):
    template = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}}
    stacks = aws.client("cloudformation")
    stacks.create_stack(StackName="curfew", TemplateBody=json.dumps(template))
    aws.advance(10)
    assert stacks.describe_stacks(StackName="curfew")["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
