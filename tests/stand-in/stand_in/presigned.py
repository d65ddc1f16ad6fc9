"""Presigned URLs: whether the signature in a query is right, and whether it is still good.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html; the refusals:
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList (`Request has expired` is AccessDenied
403). A URL is at most good for seven days, and never for longer than the session that signed it.
A URL ages with the stand-in's clock: what `advance` has added since it was signed counts.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, quote

from .clock import Clock, real_now
from .credentials import Key, signing_key
from .request import AwsCall
from .wire import Refusal

WEEK_S = 604_800
# S3 lets the caller's clock be ahead by this much.
MAX_AHEAD = timedelta(minutes=15)
_NEEDED = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Expires")


def check(call: AwsCall, key: Key | None, clock: Clock, skew_s: float) -> Key:
    """Raises S3's own Refusal. `key` is the one that the URL names, if it is known."""
    given = dict(parse_qsl(call.query, keep_blank_values=True))
    signed_at, lasts_s = _times(given)
    if key is None:
        raise Refusal(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
    now = real_now() + timedelta(seconds=skew_s)
    if signed_at - now > MAX_AHEAD:
        raise Refusal(403, "AccessDenied", "Request is not yet valid")
    if clock.age(signed_at) + timedelta(seconds=skew_s) > timedelta(seconds=lasts_s):
        raise Refusal(403, "AccessDenied", "Request has expired")
    if (key.session_token or None) != given.get("X-Amz-Security-Token"):
        raise Refusal(400, "InvalidToken", "The provided token is malformed or otherwise invalid.")
    if key.expires_at is not None and key.expires_at <= clock.now():
        raise Refusal(400, "ExpiredToken", "The provided token has expired.")
    if not hmac.compare_digest(_signature(call, given, key), given["X-Amz-Signature"]):
        raise Refusal(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        )
    return key


def _times(given: dict[str, str]) -> tuple[datetime, int]:
    """When it was signed, and for how many seconds."""
    if any(name not in given for name in _NEEDED):
        raise _wrong_parameters(f"Query-string authentication version 4 requires the {', '.join(_NEEDED)} parameters.")
    try:
        signed_at = datetime.strptime(given["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
    except ValueError:
        raise _wrong_parameters("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"") from None
    try:
        lasts_s = int(given["X-Amz-Expires"])
    except ValueError:
        raise _wrong_parameters("X-Amz-Expires should be a number") from None
    if lasts_s < 0:
        raise _wrong_parameters("X-Amz-Expires must be non-negative")
    if lasts_s > WEEK_S:
        raise _wrong_parameters(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than "
            f"{WEEK_S} seconds"
        )
    return signed_at, lasts_s


def _wrong_parameters(text: str) -> Refusal:
    return Refusal(400, "AuthorizationQueryParametersError", text)


def _signature(call: AwsCall, given: dict[str, str], key: Key) -> str:
    names = given["X-Amz-SignedHeaders"].split(";")
    pairs = sorted(
        (quote(k, safe="-_.~"), quote(v, safe="-_.~"))
        for k, v in parse_qsl(call.query, keep_blank_values=True)
        if k != "X-Amz-Signature"
    )
    canonical = "\n".join([
        call.method,
        call.raw_path,
        "&".join(f"{k}={v}" for k, v in pairs),
        *(f"{name}:{' '.join(call.headers.get(name, '').split())}" for name in names),
        "",
        given["X-Amz-SignedHeaders"],
        given.get("X-Amz-Content-Sha256") or "UNSIGNED-PAYLOAD",
    ])  # fmt: skip
    scope = given["X-Amz-Credential"].split("/", 1)[1]
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = "\n".join([given["X-Amz-Algorithm"], given["X-Amz-Date"], scope, hashed])
    return hmac.new(signing_key(key.secret_key, scope), to_sign.encode(), hashlib.sha256).hexdigest()
