"""Actions an account's users may not call, answered with the service's own words.

EC2's UnauthorizedOperation: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html and, for the
encoded message, https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
"""

from __future__ import annotations

import base64
import fnmatch
import hashlib

from .request import AwsCall
from .wire import Refusal, protocol_of

# Signing names whose IAM prefix differs.
_PREFIXES = {"monitoring": "cloudwatch"}


class Permissions:
    def __init__(self) -> None:
        self._denied: dict[str, list[str]] = {}

    def deny(self, account: str, actions: list[str]) -> None:
        """Replaces what is denied to the account; patterns such as `ec2:*` are allowed."""
        self._denied[account] = list(actions)

    def check(self, call: AwsCall, account: str, principal: str) -> None:
        wanted = f"{_PREFIXES.get(call.service, call.service)}:{call.action}"
        denied = self._denied.get(account, [])
        if any(fnmatch.fnmatchcase(wanted.lower(), pattern.lower()) for pattern in denied):
            raise refusal(call, account, principal, wanted)


def refusal(call: AwsCall, account: str, principal: str, action: str) -> Refusal:
    on = _resource(call, account)
    user = f"User: {principal} is not authorized to perform: {action}{on}"
    because = f" because no identity-based policy allows the {action} action"
    if protocol_of(call.service) == "ec2":
        text = f"You are not authorized to perform this operation. {user}{because}"
        # Describe actions carry no encoded message.
        if not call.action.startswith("Describe"):
            text += f". Encoded authorization failure message: {_encoded(text)}"
        return Refusal(403, "UnauthorizedOperation", text)
    if protocol_of(call.service) in ("json", "rest-json", "smithy-rpc-v2-cbor"):
        return Refusal(400, "AccessDeniedException", user + because)
    return Refusal(403, "AccessDenied", user + because)


def _resource(call: AwsCall, account: str) -> str:
    if call.service == "ec2" and call.parameters.get("InstanceId.1"):
        return f" on resource: arn:aws:ec2:{call.region}:{account}:instance/{call.parameters['InstanceId.1']}"
    if call.parameters.get("RoleArn"):
        return f" on resource: {call.parameters['RoleArn']}"
    return ""


def _encoded(text: str) -> str:
    """As long and as opaque as AWS's, and the same for the same refusal."""
    blocks = (hashlib.sha256(f"{i}{text}".encode()).digest() for i in range(16))
    return base64.urlsafe_b64encode(b"".join(blocks)).decode().rstrip("=")
