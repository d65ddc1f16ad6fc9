"""moto has no policy simulation and cannot decode an authorization message.

SimulatePrincipalPolicy reads the policies of a user or role that IAM has, and what /_curfew/deny denies counts as an
explicit deny. A session's ARN is no policy source (InvalidInput), an entity that is not there is NoSuchEntity; a key that a
condition names and the caller did not give is missing, and the condition does not hold:
https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html. The keys of the configuration are
administrators, and simulate as such unless IAM has a user of the name.
DecodeAuthorizationMessage: https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
"""

from __future__ import annotations

import json
from typing import Any

from ..policies import Context, Decision, Policy, decide
from ..principals import ADMINISTRATOR, policies_of_arn
from ..wire import Refusal
from ..world import world


def apply() -> None:
    from moto.core.responses import ActionResult
    from moto.iam.responses import IamResponse
    from moto.sts.responses import TokenResponse

    def simulate_principal_policy(self) -> ActionResult:
        source = self._get_param("PolicySourceArn")
        policies = world.permissions.denial(self.current_account) + _policies(source)
        policies += [Policy(f"PolicyInputList.{n}", json.loads(text), "none") for n, text in enumerate(_of(self, "PolicyInputList"), 1)]  # fmt: skip
        context: Context = {
            entry["ContextKeyName"].lower(): [str(v) for v in entry.get("ContextKeyValues", [])]
            for entry in _of(self, "ContextEntries")
        }
        results = [
            _result(action, arn, decide(policies, action, arn, context))
            for action in _of(self, "ActionNames")
            for arn in _of(self, "ResourceArns") or ["*"]
        ]
        start, size = int(self._get_param("Marker", 0)), int(self._get_param("MaxItems", 100))
        more = start + size < len(results)
        page: dict[str, Any] = {"EvaluationResults": results[start : start + size], "IsTruncated": more}
        if more:
            page["Marker"] = str(start + size)
        return ActionResult(page)

    def decode_authorization_message(self) -> ActionResult:
        return ActionResult({"DecodedMessage": world.permissions.decode(self._get_param("EncodedMessage"))})

    IamResponse.simulate_principal_policy = simulate_principal_policy
    TokenResponse.decode_authorization_message = decode_authorization_message


def _of(response: Any, name: str) -> list:
    return response._get_param(name, []) or []


def _policies(source: str) -> list[Policy]:
    if not source.startswith("arn:aws:iam::") or source.endswith(":root"):
        raise Refusal(400, "InvalidInput", f"Invalid Entity Arn: {source} does not clearly define entity type and name.")
    found = policies_of_arn(source)
    if found is not None:
        return found
    if world.credentials.is_administrator(source):
        return [ADMINISTRATOR]
    kind, _, name = source.split(":", 5)[5].partition("/")
    raise Refusal(404, "NoSuchEntity", f"The {kind} with name {name} cannot be found.")


def _result(action: str, arn: str, decision: Decision) -> dict:
    where = {"Line": 1, "Column": 1}
    return {
        "EvalActionName": action,
        "EvalResourceName": arn,
        "EvalDecision": decision.decision,
        "MatchedStatements": [
            {"SourcePolicyId": p.name, "SourcePolicyType": p.kind, "StartPosition": where, "EndPosition": where}
            for p in decision.matched
        ],
        "MissingContextValues": decision.missing,
    }
