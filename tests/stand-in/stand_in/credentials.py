"""Who may sign: the access keys the stand-in knows, and whether a signature, a token and a clock are right.

The answers differ by service, as on AWS:
- EC2: AuthFailure 401 for an unknown key, a wrong secret, or a clock that is off
  (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html; that a skewed clock is AuthFailure and
  not RequestExpired was reported to and confirmed by AWS in aws/aws-sdk-java#519), RequestExpired 400 for an expired token.
- S3: InvalidAccessKeyId, SignatureDoesNotMatch, RequestTimeTooSkewed (15 minutes), all 403; InvalidToken and ExpiredToken
  400, and AccessDenied 403 for a request that is not signed: see below.
- The others: InvalidClientTokenId, SignatureDoesNotMatch, ExpiredToken, all 403
  (https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html).
The signature is https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, quote

from .clock import real_now
from .request import AwsCall
from .wire import Refusal

# EC2 and STS refuse a signature older than five minutes, S3 one older than fifteen.
MAX_SKEW = timedelta(minutes=5)
S3_MAX_SKEW = timedelta(minutes=15)
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
_S3_UNKNOWN_KEY = Refusal(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
_S3_TOKEN = Refusal(400, "InvalidToken", "The provided token is malformed or otherwise invalid.")
_S3_SKEWED = Refusal(
    403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large."
)
_EC2_REFUSED = "AWS was not able to validate the provided access credentials"


@dataclass
class Key:
    access_key: str
    secret_key: str
    account: str
    arn: str
    user_id: str
    session_token: str | None = None
    expires_at: datetime | None = None
    # Keys of the configuration are administrators; keys made by a call have the policies they were given.
    administrator: bool = False
    # A session token's key is held to the policies of the key that asked for it.
    policies_of: Key | None = None


@dataclass
class Role:
    """How a role answers AssumeRole. A role that is not configured can be assumed by anyone, without MFA."""

    arn: str
    mfa: bool = False
    external_id: str | None = None
    denied: bool = False


# AWS's own documentation examples: no scanner takes them for secrets.
DEFAULTS = (
    ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "123456789012", "curfew"),
    ("AKIAI44QH8DHBEXAMPLE", "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY", "210987654321", "curfew"),
)
MFA_CODE = "123456"


class Credentials:
    def __init__(self) -> None:
        self._keys: dict[str, Key] = {}
        self.roles: dict[str, Role] = {}
        for access_key, secret_key, account, user in DEFAULTS:
            self.add(Key(access_key, secret_key, account, f"arn:aws:iam::{account}:user/{user}",
                         "AIDACKCEVSQ6C2EXAMPLE", administrator=True))  # fmt: skip

    def add(self, key: Key) -> None:
        self._keys[key.access_key] = key

    def remove(self, access_key: str) -> bool:
        return self._keys.pop(access_key, None) is not None

    def find(self, access_key: str | None) -> Key | None:
        if access_key is None:
            return None
        return self._keys.get(access_key) or _made_by_iam(access_key)

    def is_administrator(self, arn: str) -> bool:
        return any(key.arn == arn and key.administrator for key in self._keys.values())

    def authenticate(self, call: AwsCall, skew_s: float = 0.0) -> Key:
        """Raises the service's own Refusal. `skew_s` is how far the service's clock is ahead of the machine's."""
        if call.access_key is None:
            raise _missing(call)
        key = self.find(call.access_key)
        ec2 = call.protocol == "ec2"
        if key is None or (key.session_token or None) != call.session_token:
            if call.service == "s3":
                raise _S3_UNKNOWN_KEY if key is None else _S3_TOKEN
            if ec2:
                raise Refusal(401, "AuthFailure", _EC2_REFUSED)
            raise Refusal(403, "InvalidClientTokenId", "The security token included in the request is invalid.")
        _check_age(call, ec2, real_now() + timedelta(seconds=skew_s))
        if not _signature_matches(call, key.secret_key):
            if ec2:
                raise Refusal(401, "AuthFailure", _EC2_REFUSED)
            raise Refusal(
                403,
                "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
                "Access Key and signing method. Consult the service documentation for details.",
            )
        if key.expires_at is not None and key.expires_at <= _virtual_now():
            if call.service == "s3":
                raise Refusal(400, "ExpiredToken", "The provided token has expired.")
            if ec2:
                raise Refusal(400, "RequestExpired", "Request has expired.")
            raise Refusal(403, "ExpiredToken", "The security token included in the request is expired")
        return key


def new_temporary(parent: Key, expires_at: datetime) -> Key:
    """A session of the same user."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return Key(
        access_key="ASIA" + "".join(secrets.choice(letters) for _ in range(16)),
        secret_key=secrets.token_urlsafe(30),
        account=parent.account,
        arn=parent.arn,
        user_id=parent.user_id,
        session_token=secrets.token_urlsafe(120),
        expires_at=expires_at,
        administrator=parent.administrator,
        policies_of=parent.policies_of or parent,
    )


def _virtual_now() -> datetime:
    from .world import world

    return world.clock.now()


def _missing(call: AwsCall) -> Refusal:
    if call.service == "s3":
        if "AWSAccessKeyId=" in call.query:
            old = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."
            return Refusal(400, "InvalidRequest", old)
        return Refusal(403, "AccessDenied", "Access Denied")
    if call.protocol == "ec2":
        return Refusal(400, "MissingParameter", "The request must contain the parameter AWSAccessKeyId")
    return Refusal(403, "MissingAuthenticationToken", "Request is missing Authentication Token")


def _made_by_iam(access_key: str) -> Key | None:
    """Keys that a test made through IAM itself."""
    from moto.iam.models import iam_backends

    for account, partitions in list(iam_backends.items()):
        for user in list(partitions["aws"].users.values()):
            for made in user.access_keys:
                if made.access_key_id == access_key and made.status == "Active":
                    return Key(access_key, made.secret_access_key, account, user.arn, user.id)
    return None


def _check_age(call: AwsCall, ec2: bool, service_now: datetime) -> None:
    stamp = call.headers.get("x-amz-date", "")
    try:
        signed_at = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ")
    except ValueError:
        raise Refusal(400, "IncompleteSignature", f"Date must be in ISO-8601 'basic format'. Got '{stamp}'.") from None
    if abs(service_now - signed_at) <= (S3_MAX_SKEW if call.service == "s3" else MAX_SKEW):
        return
    if call.service == "s3":
        raise _S3_SKEWED
    if ec2:
        raise Refusal(401, "AuthFailure", _EC2_REFUSED)
    form = "%Y%m%dT%H%M%SZ"
    if signed_at < service_now:
        limit = service_now - MAX_SKEW
        text = f"Signature expired: {stamp} is now earlier than {limit:{form}} ({service_now:{form}} - 5 min.)"
    else:
        limit = service_now + MAX_SKEW
        text = f"Signature not yet current: {stamp} is still later than {limit:{form}} ({service_now:{form}} + 5 min.)"
    raise Refusal(403, "SignatureDoesNotMatch", text)


def _signature_matches(call: AwsCall, secret_key: str) -> bool:
    found = re.search(
        r"Credential=[^/]+/(\S+?),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]+)", call.headers["authorization"]
    )
    if not found:
        return False
    scope, signed_headers, signature = found.groups()
    canonical = "\n".join([
        call.method,
        _canonical_path(call),
        _canonical_query(call.query),
        *(f"{name}:{' '.join(call.headers.get(name, '').split())}" for name in signed_headers.split(";")),
        "",
        signed_headers,
        call.headers.get("x-amz-content-sha256") or hashlib.sha256(call.body).hexdigest(),
    ])  # fmt: skip
    to_sign = "\n".join([
        "AWS4-HMAC-SHA256", call.headers["x-amz-date"], scope, hashlib.sha256(canonical.encode()).hexdigest(),
    ])  # fmt: skip
    expected = hmac.new(signing_key(secret_key, scope), to_sign.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature)


def signing_key(secret_key: str, scope: str) -> bytes:
    """`scope` is date/region/service/aws4_request."""
    key = f"AWS4{secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def _canonical_path(call: AwsCall) -> str:
    """Every service but S3 encodes the path once more."""
    return call.raw_path if call.service.startswith("s3") else quote(call.raw_path, safe="/-_.~")


def _canonical_query(query: str) -> str:
    pairs = [(quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, v in parse_qsl(query, keep_blank_values=True)]
    return "&".join(f"{k}={v}" for k, v in sorted(pairs))
