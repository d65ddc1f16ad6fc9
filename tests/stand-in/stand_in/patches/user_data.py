"""moto takes user data of any size; AWS takes 16 KB before base64.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html; the code and the words are those that
aws/karpenter-provider-aws recognises (pkg/errors).
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from .. import launch

LIMIT = 16384


def apply() -> None:
    from moto.ec2.exceptions import EC2ClientError

    def check(response: Any) -> None:
        encoded = launch.parameter(response, "UserData")
        if not encoded:
            return
        try:
            raw = base64.b64decode(str(encoded), validate=True)
        except (binascii.Error, ValueError):
            raise EC2ClientError("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.") from None
        if len(raw) > LIMIT:
            raise EC2ClientError("InvalidUserData.Malformed", f"User data is limited to {LIMIT} bytes")

    launch.checks.append(check)
