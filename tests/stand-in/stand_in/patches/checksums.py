"""moto keeps the checksum a caller sends without looking at the body, and drops one that names no algorithm besides.

A checksum or Content-MD5 that is not the body's is BadDigest; the one that is sent is kept, and answered to a GET or HEAD
that asks for it: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html,
https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html; the words:
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList and localstack's captures of them
(tests/aws/services/s3). The hash of the body that is part of a signature is checked too (XAmzContentSHA256Mismatch).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import zlib
from collections.abc import Callable
from typing import Any

from ..context import current
from ..wire import Refusal

# Those that the standard library computes; the others pass unseen.
ALGORITHMS: dict[str, Callable[[bytes], bytes]] = {
    "sha256": lambda body: hashlib.sha256(body).digest(),
    "sha1": lambda body: hashlib.sha1(body).digest(),
    "crc32": lambda body: zlib.crc32(body).to_bytes(4, "big"),
}
_TRAILER = re.compile(rb"x-amz-checksum-(\w+):([A-Za-z0-9+/=]+)\s*$")
_HASH = re.compile("[0-9a-f]{64}")


def apply() -> None:
    from moto.s3.responses import S3Response

    put_object, get_checksum = S3Response.put_object, S3Response._get_checksum

    def put(self):
        body = self.body or b""
        body = body.encode() if isinstance(body, str) else body
        _check_hash(body)
        _check_md5(self, body)
        for name, value in _sent(self):
            _check(name, value, body)
        return put_object(self)

    def checksum(self, response_headers: dict[str, Any]) -> tuple[str, str | None]:
        sent = dict(_sent(self))
        if "x-amz-sdk-checksum-algorithm" in self.headers or not sent:
            return get_checksum(self, response_headers)
        name, value = next(iter(sent.items()))
        response_headers[f"x-amz-checksum-{name}"] = value
        return name.upper(), value

    S3Response.put_object = put
    S3Response._get_checksum = checksum


def _sent(response: Any) -> list[tuple[str, str]]:
    """The checksums of the headers, or of the trailer after a chunked body."""
    prefix = "x-amz-checksum-"
    found = [(k.lower().removeprefix(prefix), v) for k, v in response.headers.items() if k.lower().startswith(prefix)]
    found = [(name, value) for name, value in found if name not in ("algorithm", "mode", "type")]
    if not found and "x-amz-trailer" in response.headers and (trailer := _TRAILER.search(response.raw_body)):
        found.append((trailer[1].decode(), trailer[2].decode()))
    return found


def _check(name: str, value: str, body: bytes) -> None:
    compute = ALGORITHMS.get(name)
    if compute is None:
        return
    try:
        given = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        given = b""
    right = compute(body)
    if len(given) != len(right):
        raise Refusal(400, "InvalidRequest", f"Value for x-amz-checksum-{name} header is invalid.")
    if given != right:
        raise Refusal(400, "BadDigest", f"The {name.upper()} you specified did not match the calculated checksum.")


def _check_md5(response: Any, body: bytes) -> None:
    given = response.headers.get("Content-MD5")
    if given and given != base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode():
        raise Refusal(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")


def _check_hash(body: bytes) -> None:
    given = current.aws_call.headers.get("x-amz-content-sha256", "") if current.aws_call else ""
    if _HASH.fullmatch(given) and given != hashlib.sha256(body).hexdigest():
        raise Refusal(
            400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed."
        )
