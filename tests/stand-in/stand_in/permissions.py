"""Actions an account's users may not call, answered with the service's own words.

EC2's UnauthorizedOperation: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html and, for the
encoded message and what is in it,
https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
"""

from __future__ import annotations

import base64
import hashlib
import json

from . import s3, subjects
from .credentials import Key
from .policies import Context, Decision, Policy, decide, matches
from .principals import policies_of_key
from .request import AwsCall
from .wire import Refusal

# Signing names whose IAM prefix differs.
_PREFIXES = {"monitoring": "cloudwatch"}
DENIED = "denied-by-the-control-plane"


class Permissions:
    def __init__(self) -> None:
        self._denied: dict[str, list[str]] = {}
        # What the encoded messages that were sent say.
        self._messages: dict[str, str] = {}

    def deny(self, account: str, actions: list[str]) -> None:
        """Replaces what is denied to the account; patterns such as `ec2:*` are allowed."""
        self._denied[account] = list(actions)

    def denial(self, account: str) -> list[Policy]:
        """What is denied to the account, as a policy."""
        actions = self._denied.get(account, [])
        statement = {"Effect": "Deny", "Action": actions, "Resource": "*"}
        return [Policy(DENIED, {"Statement": [statement]})] if actions else []

    def check(self, call: AwsCall, key: Key, strict_iam: bool) -> None:
        """Raises the service's own Refusal. GetCallerIdentity needs no permission on AWS either."""
        action = action_of(call)
        if action != "sts:GetCallerIdentity":
            self.check_action(call, key, strict_iam, action, subjects.arns(call, key.account))

    def check_action(
        self, call: AwsCall, key: Key, strict_iam: bool, action: str, arns: list[str], more: Context | None = None
    ) -> None:
        """For an action that a call needs besides its own, too, as iam:PassRole. `more` are condition keys."""
        from .world import world

        held = strict_iam and not key.administrator
        if not held and not self._is_denied(key.account, action):
            return
        context = {**subjects.context(call, key, world.clock.now()), **(more or {})}
        policies = self.denial(key.account) + (policies_of_key(key) if held else [])
        for arn in arns:
            decision = decide(policies, action, arn, context)
            if decision.decision == "explicitDeny" or (held and not decision.allowed):
                raise self.refusal(call, key, action, arn, decision, context)

    def refusal(
        self,
        call: AwsCall,
        key: Key,
        action: str,
        arn: str,
        decision: Decision | None = None,
        context: Context | None = None,
    ) -> Refusal:
        """EC2's has an encoded message, but for Describe actions."""
        # What the control plane denies reads as if nothing allowed it, which is the commoner case.
        explicit = decision is not None and decision.decision == "explicitDeny"
        explicit = explicit and any(policy.name != DENIED for policy in decision.matched)
        on = f" on resource: {arn}" if arn != "*" else ""
        user = f"User: {key.arn} is not authorized to perform: {action}{on}"
        because = " with an explicit deny in an identity-based policy"
        if not explicit:
            because = f" because no identity-based policy allows the {action} action"
        if call.protocol == "ec2":
            text = f"You are not authorized to perform this operation. {user}{because}"
            if not call.action.startswith("Describe"):
                text += (
                    f". Encoded authorization failure message: {self._encoded(text, key, action, arn, explicit, context)}"
                )
            return Refusal(403, "UnauthorizedOperation", text)
        if call.protocol in ("json", "rest-json"):
            return Refusal(400, "AccessDeniedException", user + because)
        return Refusal(403, "AccessDenied", user + because)

    def decode(self, encoded: str) -> str:
        """Raises Refusal for a message that was never sent."""
        if encoded not in self._messages:
            raise Refusal(400, "InvalidAuthorizationMessageException", "Message is invalid")
        return self._messages[encoded]

    def _is_denied(self, account: str, action: str) -> bool:
        return any(matches(pattern, action, ignore_case=True) for pattern in self._denied.get(account, []))

    def _encoded(self, text: str, key: Key, action: str, arn: str, explicit: bool, context: Context | None) -> str:
        """As long and as opaque as AWS's, and the same for the same refusal."""
        blocks = (hashlib.sha256(f"{i}{text}".encode()).digest() for i in range(16))
        encoded = base64.urlsafe_b64encode(b"".join(blocks)).decode().rstrip("=")
        conditions = [{"key": k, "values": {"items": [{"value": v} for v in vs]}} for k, vs in (context or {}).items()]
        self._messages[encoded] = json.dumps({
            "allowed": False,
            "explicitDeny": explicit,
            "matchedStatements": {"items": []},
            "failures": {"items": []},
            "context": {
                "principal": {"id": key.user_id, "name": key.arn.rsplit("/", 1)[-1], "arn": key.arn},
                "action": action,
                "resource": arn,
                "conditions": {"items": conditions},
            },
        })  # fmt: skip
        return encoded


def action_of(call: AwsCall) -> str:
    """As IAM spells it."""
    return (
        s3.permission(call.action) if call.service == "s3" else f"{_PREFIXES.get(call.service, call.service)}:{call.action}"
    )
