"""Actions an account's users may not call, answered with the service's own words.

EC2's UnauthorizedOperation: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html and, for the
encoded message, https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
"""

from __future__ import annotations

import base64
import fnmatch
import hashlib

from .credentials import Key
from .request import AwsCall
from .wire import Refusal

# Signing names whose IAM prefix differs.
_PREFIXES = {"monitoring": "cloudwatch"}


class Permissions:
    def __init__(self) -> None:
        self._denied: dict[str, list[str]] = {}

    def deny(self, account: str, actions: list[str]) -> None:
        """Replaces what is denied to the account; patterns such as `ec2:*` are allowed."""
        self._denied[account] = list(actions)

    def check(self, call: AwsCall, key: Key, strict_iam: bool) -> None:
        """Raises the service's own Refusal. GetCallerIdentity needs no permission on AWS either."""
        wanted = f"{_PREFIXES.get(call.service, call.service)}:{call.action}"
        if wanted == "sts:GetCallerIdentity":
            return
        denied = self._denied.get(key.account, [])
        if any(fnmatch.fnmatchcase(wanted.lower(), pattern.lower()) for pattern in denied):
            raise refusal(call, key, wanted)
        if strict_iam and not key.administrator and not _policies_permit(call, key, wanted):
            raise refusal(call, key, wanted)


def _policies_permit(call: AwsCall, key: Key, action: str) -> bool:
    """By moto's own reading of the policies attached in IAM, which knows no conditions."""
    from moto.iam.access_control import CreateAccessKeyFailure, IAMPolicy, PermissionResult, create_access_key

    held_to = key.policies_of or key
    headers = {"X-Amz-Security-Token": held_to.session_token} if held_to.session_token else {}
    try:
        policies = create_access_key(held_to.account, "aws", held_to.access_key, headers).collect_policies()
    except CreateAccessKeyFailure:
        return False
    resource = _resource(call, key.account) or "*"
    results = [IAMPolicy(policy).is_action_permitted(action, resource) for policy in policies]
    return PermissionResult.DENIED not in results and PermissionResult.PERMITTED in results


def refusal(call: AwsCall, key: Key, action: str) -> Refusal:
    resource = _resource(call, key.account)
    on = f" on resource: {resource}" if resource else ""
    user = f"User: {key.arn} is not authorized to perform: {action}{on}"
    because = f" because no identity-based policy allows the {action} action"
    if call.protocol == "ec2":
        text = f"You are not authorized to perform this operation. {user}{because}"
        # Describe actions carry no encoded message.
        if not call.action.startswith("Describe"):
            text += f". Encoded authorization failure message: {_encoded(text)}"
        return Refusal(403, "UnauthorizedOperation", text)
    if call.protocol in ("json", "rest-json"):
        return Refusal(400, "AccessDeniedException", user + because)
    return Refusal(403, "AccessDenied", user + because)


def _resource(call: AwsCall, account: str) -> str:
    """The ARN that the call is about, where it names one; empty for the others."""
    if call.service == "ec2":
        where = f"arn:aws:ec2:{call.region}:{account}"
        if call.action == "RunInstances":
            return f"{where}:instance/*"
        if call.parameters.get("InstanceId.1"):
            return f"{where}:instance/{call.parameters['InstanceId.1']}"
    return call.parameters.get("RoleArn") or ""


def _encoded(text: str) -> str:
    """As long and as opaque as AWS's, and the same for the same refusal."""
    blocks = (hashlib.sha256(f"{i}{text}".encode()).digest() for i in range(16))
    return base64.urlsafe_b64encode(b"".join(blocks)).decode().rstrip("=")
