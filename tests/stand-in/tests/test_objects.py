"""S3 where it refuses: presigned URLs, conditional writes, checksums, buckets of another region."""

import base64
import hashlib
import http.client
import re
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest
from botocore import xform_name
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from conftest import StandIn

V4 = Config(signature_version="s3v4", retries={"max_attempts": 0})
KEYS = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


@pytest.fixture
def s3(aws):
    client = aws.client("s3", config=V4)
    client.create_bucket(Bucket="results")
    client.put_object(Bucket="results", Key="agents/a b+c", Body=b"the agent")
    return client


def get(url: str, method: str = "GET", data: bytes | None = None, **headers: str) -> tuple[int, str, str]:
    """Status, the error's code, and its message or the body."""
    request = urllib.request.Request(url, method=method, data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, "", answer.read().decode()
    except urllib.error.HTTPError as refused:
        body = refused.read().decode()
        code, text = re.search("<Code>(.*?)</Code>", body), re.search("<Message>(.*?)</Message>", body)
        return refused.code, code[1] if code else "", text[1] if text else body


def url_of(s3, expires: int = 900, key: str = "agents/a b+c") -> str:
    return s3.generate_presigned_url("get_object", Params={"Bucket": "results", "Key": key}, ExpiresIn=expires)


def test_a_presigned_url_is_good_until_it_expires(aws, s3):
    url = url_of(s3)
    assert get(url) == (200, "", "the agent")
    aws.advance(895)
    assert get(url)[0] == 200
    aws.advance(10)
    assert get(url) == (403, "AccessDenied", "Request has expired")
    # What is signed afterwards is young, wherever the clock stands; the stamp of a signature has whole seconds.
    patience = time.monotonic() + 10
    while get(url_of(s3))[0] != 200:
        assert time.monotonic() < patience


def test_a_url_that_was_signed_in_the_past_has_expired(aws, s3):
    request = AWSRequest("GET", f"{aws.url}/results/agents/a%20b%2Bc")
    auth = S3SigV4QueryAuth(Credentials(*KEYS), "s3", "us-east-1", expires=60)
    auth.add_auth(request)
    assert get(request.prepare().url)[0] == 200
    stamp = re.search("X-Amz-Date=([0-9TZ]+)", request.url)[1]
    old = (datetime.now(UTC) - timedelta(seconds=90)).strftime("%Y%m%dT%H%M%SZ")
    assert get(request.prepare().url.replace(stamp, old))[2] == "Request has expired"


@pytest.mark.parametrize(
    ("pattern", "to", "status", "code", "words"),
    [
        ("X-Amz-Signature=.", "X-Amz-Signature=x", 403, "SignatureDoesNotMatch", "request signature we calculated"),
        ("agents/a%20b", "agents/other", 403, "SignatureDoesNotMatch", "request signature we calculated"),
        ("X-Amz-Expires=900", "X-Amz-Expires=901", 403, "SignatureDoesNotMatch", "request signature we calculated"),
        ("X-Amz-Expires=900", "X-Amz-Expires=604801", 400, "AuthorizationQueryParametersError", "less than a week"),
        ("&X-Amz-Date=[0-9TZ]+", "", 400, "AuthorizationQueryParametersError", "version 4 requires the X-Amz-Algorithm"),
        ("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7NOTHERE", 403, "InvalidAccessKeyId", "does not exist in our records"),
        ("us-east-1", "eu-west-1", 403, "SignatureDoesNotMatch", "request signature we calculated"),
    ],
)
def test_a_url_that_was_tampered_with_is_refused(s3, pattern, to, status, code, words):
    tampered = re.sub(pattern, to, url_of(s3), count=1)
    got = get(tampered)
    assert got[:2] == (status, code) and words in got[2]


def test_a_url_is_for_its_method_and_ends_with_its_session(aws, s3):
    assert get(url_of(s3), method="DELETE")[:2] == (403, "SignatureDoesNotMatch")
    session = {"access_key": "ASIAIOSFODNN7EXAMPLE", "secret_key": "s", "session_token": "t", "account": "123456789012"}
    aws.control("POST", "credentials", {**session, "expires_in_s": 300})
    keys = {"aws_access_key_id": session["access_key"], "aws_secret_access_key": "s", "aws_session_token": "t"}
    url = url_of(aws.client("s3", config=V4, **keys))
    assert get(url)[0] == 200
    assert get(url.replace("X-Amz-Security-Token=t", "X-Amz-Security-Token=u"))[:2] == (400, "InvalidToken")
    aws.advance(301)
    assert get(url)[:2] == (400, "ExpiredToken")


def test_a_missing_object_is_404(s3):
    assert get(url_of(s3, key="nothing"))[:2] == (404, "NoSuchKey")


def test_what_is_not_signed_is_the_tests_own_unless_the_stand_in_is_strict(aws, s3):
    assert get(f"{aws.url}/made-by-a-test", "PUT")[0] == 200
    assert "made-by-a-test" in [b["Name"] for b in s3.list_buckets()["Buckets"]]
    assert get(f"{aws.url}/results/agents/a%20b%2Bc")[0] == 403
    strict = StandIn("--strict-iam")
    try:
        client = strict.client("s3", config=V4)
        client.create_bucket(Bucket="results")
        client.put_object(Bucket="results", Key="agents/a b+c", Body=b"the agent")
        assert get(f"{strict.url}/results/agents/a%20b%2Bc") == (403, "AccessDenied", "Access Denied")
        assert get(f"{strict.url}/made-by-a-test", "PUT")[:2] == (403, "AccessDenied")
        assert get(url_of(client))[0] == 200
    finally:
        strict.end()


def test_a_url_of_the_old_kind_is_refused(aws, s3):
    old = f"{aws.url}/results/k?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=x&Expires=1999999999"
    got = get(old)
    assert got[:2] == (400, "InvalidRequest") and "Please use AWS4-HMAC-SHA256" in got[2]


def test_a_presigned_put_writes(s3):
    url = s3.generate_presigned_url("put_object", Params={"Bucket": "results", "Key": "k"})
    assert get(url, "PUT", b"written", **{"Content-Type": "text/plain"})[0] == 200
    assert s3.get_object(Bucket="results", Key="k")["Body"].read() == b"written"


def test_writes_on_condition(aws, s3, refused):
    first = s3.put_object(Bucket="results", Key="k", Body=b"1", IfNoneMatch="*")["ETag"]
    with refused("PreconditionFailed", "pre-conditions you specified did not hold", 412):
        s3.put_object(Bucket="results", Key="k", Body=b"2", IfNoneMatch="*")
    second = s3.put_object(Bucket="results", Key="k", Body=b"2", IfMatch=first)["ETag"]
    with refused("PreconditionFailed", status=412):
        s3.put_object(Bucket="results", Key="k", Body=b"3", IfMatch=first)
    assert s3.head_object(Bucket="results", Key="k")["ETag"] == second
    with refused("NoSuchKey", status=404):
        s3.put_object(Bucket="results", Key="other", Body=b"3", IfMatch=first)


def test_two_writers_at_once_can_be_told_so(aws, s3, refused):
    aws.control("POST", "faults", [{
        "match": {"service": "s3", "action": "PutObject", "parameters": {"Key": "k"}},
        "fault": {"error": {"code": "ConditionalRequestConflict"}}, "times": 1,
    }])  # fmt: skip
    with refused("ConditionalRequestConflict", "conflicting operation against this resource", 409):
        s3.put_object(Bucket="results", Key="k", Body=b"1", IfNoneMatch="*")
    s3.put_object(Bucket="results", Key="k", Body=b"1", IfNoneMatch="*")


@pytest.mark.parametrize("name", ["SHA256", "SHA1", "CRC32"])
def test_a_checksum_is_held_against_the_body(s3, refused, name):
    body = b"an agent" * 1000
    sent = s3.put_object(Bucket="results", Key="k", Body=body, ChecksumAlgorithm=name)[f"Checksum{name}"]
    shown = s3.head_object(Bucket="results", Key="k", ChecksumMode="ENABLED")
    assert shown[f"Checksum{name}"] == sent
    with refused("BadDigest", f"The {name} you specified did not match the calculated checksum.", 400):
        s3.put_object(Bucket="results", Key="k", Body=b"tampered", **{f"Checksum{name}": sent})
    assert s3.get_object(Bucket="results", Key="k")["Body"].read() == body
    s3.put_object(Bucket="results", Key="again", Body=body, **{f"Checksum{name}": sent})
    assert s3.head_object(Bucket="results", Key="again", ChecksumMode="ENABLED")[f"Checksum{name}"] == sent
    with refused("InvalidRequest", f"Value for x-amz-checksum-{name.lower()} header is invalid."):
        s3.put_object(Bucket="results", Key="k", Body=body, **{f"Checksum{name}": "bm90IG9uZQ=="})


def test_a_sha256_that_was_worked_out_outside_is_kept(s3):
    digest = base64.b64encode(hashlib.sha256(b"x").digest()).decode()
    s3.put_object(Bucket="results", Key="k", Body=b"x", ChecksumSHA256=digest)
    assert s3.head_object(Bucket="results", Key="k", ChecksumMode="ENABLED")["ChecksumSHA256"] == digest


def test_a_wrong_md5_is_refused(s3, refused):
    wrong = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    with refused("BadDigest", "The Content-MD5 you specified did not match what we received.", 400):
        s3.put_object(Bucket="results", Key="k", Body=b"x", ContentMD5=wrong)


@pytest.fixture
def abroad(aws):
    """A bucket in eu-west-1 with one object."""
    there = aws.client("s3", "eu-west-1", config=V4)
    there.create_bucket(Bucket="abroad", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    there.put_object(Bucket="abroad", Key="k", Body=b"x")
    return there


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("GetObject", {"Key": "k"}),
        ("PutObject", {"Key": "k", "Body": b"y"}),
        ("ListObjectsV2", {}),
        ("HeadBucket", {}),
        ("HeadObject", {"Key": "k"}),
    ],
)
def test_a_bucket_of_another_region_redirects(aws, abroad, name, parameters):
    here = aws.client("s3", config=Config(signature_version="s3v4"))
    aws.control("POST", "calls/clear")
    getattr(here, xform_name(name))(Bucket="abroad", **parameters)
    logged = aws.control("GET", "calls?service=s3")["calls"]
    # botocore follows, signed anew for the bucket's region.
    assert (logged[0]["action"], logged[0]["region"], logged[0]["status"]) == (name, "us-east-1", 301)
    assert (logged[-1]["action"], logged[-1]["region"], logged[-1]["status"]) == (name, "eu-west-1", 200)


def signed(aws, path: str, method: str, region: str) -> http.client.HTTPResponse:
    """A call of which nothing is retried or followed."""
    request = AWSRequest(method, f"{aws.url}{path}", headers={"x-amz-content-sha256": hashlib.sha256(b"").hexdigest()})
    S3SigV4Auth(Credentials(*KEYS), "s3", region).add_auth(request)
    connection = http.client.HTTPConnection("127.0.0.1", aws.port, timeout=60)
    connection.request(method, path, headers=dict(request.headers))
    return connection.getresponse()


def test_a_redirect_names_the_region_and_the_endpoint(aws, abroad):
    answer = signed(aws, "/abroad/k", "GET", "us-east-1")
    body = answer.read().decode()
    assert (answer.status, answer.headers["x-amz-bucket-region"]) == (301, "eu-west-1")
    assert "<Code>PermanentRedirect</Code>" in body and "<Endpoint>abroad.s3.eu-west-1.amazonaws.com</Endpoint>" in body
    head = signed(aws, "/abroad", "HEAD", "us-east-1")
    assert (head.status, head.headers["x-amz-bucket-region"], head.read()) == (301, "eu-west-1", b"")
    assert signed(aws, "/abroad", "HEAD", "eu-west-1").headers["x-amz-bucket-region"] == "eu-west-1"


def test_a_bucket_may_answer_everywhere(aws, abroad):
    aws.control("POST", "bucket-everywhere", {"bucket": "abroad"})
    assert signed(aws, "/abroad/k", "GET", "us-east-1").status == 200


def test_a_presigned_url_names_the_buckets_region(aws, abroad):
    url = aws.client("s3", config=V4).generate_presigned_url("get_object", Params={"Bucket": "abroad", "Key": "k"})
    words = "the region 'us-east-1' is wrong; expecting 'eu-west-1'"
    got = get(url)
    assert got[:2] == (400, "AuthorizationQueryParametersError") and words in got[2]
    good = abroad.generate_presigned_url("get_object", Params={"Bucket": "abroad", "Key": "k"})
    assert get(good) == (200, "", "x")


def test_a_buckets_location_is_answered_everywhere(aws, abroad, s3, refused):
    assert s3.get_bucket_location(Bucket="abroad")["LocationConstraint"] == "eu-west-1"
    assert s3.get_bucket_location(Bucket="results").get("LocationConstraint") is None
    assert s3.head_bucket(Bucket="results")["BucketRegion"] == "us-east-1"
    with refused("NoSuchBucket", status=404):
        s3.get_bucket_location(Bucket="nowhere")
    with refused("404"):
        s3.head_bucket(Bucket="nowhere")


def test_an_object_store_says_what_is_wrong_with_a_key_and_a_clock(aws, refused):
    unknown = aws.client("s3", config=V4, aws_access_key_id="AKIAIOSFODNN7NOTHERE")
    with refused("InvalidAccessKeyId", "does not exist in our records", 403):
        unknown.list_buckets()
    wrong = aws.client("s3", config=V4, aws_secret_access_key="wrong")
    with refused("SignatureDoesNotMatch", status=403):
        wrong.list_buckets()
    aws.control("POST", "faults", [{"fault": {"clock_skew_s": 1800}}])
    with refused("RequestTimeTooSkewed", "difference between the request time and the current time", 403):
        aws.client("s3", config=V4).list_buckets()
