"""moto serves every bucket in every region; AWS sends the caller to the bucket's own.

301 PermanentRedirect with the region in `x-amz-bucket-region` and the endpoint to use, without a body for HEAD; a presigned
URL for the wrong region is AuthorizationQueryParametersError. GetBucketLocation is answered everywhere, with a null for
us-east-1. Tests that make redirects of their own let a bucket answer everywhere (/_curfew/bucket-everywhere):
https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html,
https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
"""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from ..context import current
from ..request import AwsCall
from ..wire import Refusal
from ..world import world


def apply() -> None:
    from moto.s3.models import s3_backends
    from moto.s3.responses import S3Response

    def elsewhere(response: Any) -> str | None:
        """The bucket's region when it is not the one that the call was signed for."""
        call, key = current.aws_call, current.key
        if call is None or key is None or call.action in ("GetBucketLocation", "CreateBucket", "ListBuckets"):
            return None
        bucket = s3_backends[key.account]["aws"].buckets.get(call.parameters["Bucket"])
        # What some SDKs sign with until they know better.
        if bucket is None or bucket.name in world.everywhere or call.region in (bucket.region_name, "aws-global"):
            return None
        return bucket.region_name

    def answering(of_moto):
        def respond(self, request, full_url, headers):
            region = elsewhere(self)
            return _redirect(current.aws_call, region) if region else of_moto(self, request, full_url, headers)

        return respond

    S3Response.bucket_response = answering(S3Response.bucket_response)
    S3Response.key_response = answering(S3Response.key_response)


def _redirect(call: AwsCall, region: str) -> tuple[int, dict, str]:
    if call.presigned:
        raise Refusal(
            400,
            "AuthorizationQueryParametersError",
            f"Error parsing the X-Amz-Credential parameter; the region '{call.region}' is wrong; expecting '{region}'",
        )
    headers = {"x-amz-bucket-region": region, "content-type": "application/xml"}
    if call.method == "HEAD":
        return 301, headers, ""
    bucket = escape(call.parameters["Bucket"])
    return 301, headers, (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>PermanentRedirect</Code><Message>The bucket you are attempting '
        "to access must be addressed using the specified endpoint. Please send all future requests to this endpoint."
        f"</Message><Endpoint>{bucket}.s3.{region}.amazonaws.com</Endpoint><Bucket>{bucket}</Bucket></Error>"
    )  # fmt: skip
