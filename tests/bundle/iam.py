"""Whether a policy allows a call: AWS's rules for identity-based policies, as far as the policies in `bundle` use them.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html and, for operators and
variables, reference_policies_elements_condition_operators.html and reference_policies_variables.html there. What a policy
uses and this does not know is refused, not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

Context = Mapping[str, str | list[str]]


def allows(policy: dict, action: str, resource: str, context: Context) -> bool:
    """An explicit deny wins; what nothing allows is denied. Context keys are as AWS writes them; case does not matter."""
    known = {key.lower(): value for key, value in context.items()}
    effects = {s["Effect"] for s in policy["Statement"] if _concerns(s, action, resource, known)}
    return effects == {"Allow"}


def matches(pattern: str, text: str) -> bool:
    """`*` is any number of characters, slashes and colons too; `?` is one."""
    parts = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def listed(value: str | list) -> list:
    return value if isinstance(value, list) else [value]


def _concerns(statement: dict, action: str, resource: str, context: Context) -> bool:
    unknown = statement.keys() - {"Sid", "Effect", "Action", "Resource", "Condition"}
    if unknown:
        raise NotImplementedError(f"statement {statement.get('Sid')} has {sorted(unknown)}")
    return (
        any(matches(a.lower(), action.lower()) for a in listed(statement["Action"]))
        and any(_matches_filled(r, resource, context) for r in listed(statement["Resource"]))
        and all(
            _holds(operator, key, listed(wanted), context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _matches_filled(pattern: str, text: str, context: Context) -> bool:
    filled = _filled(pattern, context)
    return filled is not None and matches(filled, text)


def _filled(text: str, context: Context) -> str | None:
    """With its variables' values; none where one has no value: then nothing matches."""
    names = re.findall(r"\$\{([^}]+)\}", text)
    for name in names:
        value = context.get(name.lower())
        if not isinstance(value, str):
            return None
        text = text.replace("${" + name + "}", value)
    return text


def _holds(operator: str, key: str, wanted: list, context: Context) -> bool:
    found = context.get(key.lower())
    if operator == "Null":
        return all((found is None) == (str(w).lower() == "true") for w in wanted)
    if operator == "ForAnyValue:StringEquals":
        return any(_filled(w, context) == f for w in wanted for f in listed(found or []))
    if operator not in ("StringEquals", "StringLike", "Bool"):
        raise NotImplementedError(f"condition operator {operator}")
    if not isinstance(found, str):
        return False
    if operator == "StringLike":
        return any(_matches_filled(w, found, context) for w in wanted)
    return any(_filled(str(w), context) == found for w in wanted)
