"""Reads IAM policies: is this action on this resource allowed, denied, or not mentioned?

Pure; whose policies they are is `principals`. Logic: an explicit deny wins, then an allow is needed:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html. Condition operators, IfExists,
the set operators and what a key that is missing means:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address, ip_network

Context = dict[str, list[str]]


@dataclass(frozen=True)
class Policy:
    name: str
    document: dict
    kind: str = "IAM Policy"


@dataclass
class Decision:
    """`decision` is allowed, explicitDeny or implicitDeny, as the policy simulator spells it."""

    decision: str
    matched: list[Policy] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def allowed(self) -> bool:
        return self.decision == "allowed"


def decide(policies: Iterable[Policy], action: str, resource: str, context: Context) -> Decision:
    """`resource` is an ARN, or `*` for an action that is about none. Keys of `context` are in lower case."""
    allows, denies, missing = [], [], set()
    for policy in policies:
        for statement in _list(policy.document.get("Statement", [])):
            if not _concerns(statement, action, resource, context):
                continue
            missing |= {key for key in _keys(statement) if key.lower() not in context}
            if _conditions_hold(statement, context):
                (denies if statement.get("Effect") == "Deny" else allows).append(policy)
    if denies:
        return Decision("explicitDeny", denies, sorted(missing))
    return Decision("allowed" if allows else "implicitDeny", allows, sorted(missing))


def matches(pattern: str, text: str, ignore_case: bool = False) -> bool:
    """`*` is any text and `?` one letter; nothing else is special."""
    parts = ("." if c == "?" else ".*" if c == "*" else re.escape(c) for c in pattern)
    return re.fullmatch("".join(parts), text, re.DOTALL | (re.IGNORECASE if ignore_case else 0)) is not None


def _list(value: object) -> list:
    return value if isinstance(value, list) else [value]


def _concerns(statement: dict, action: str, resource: str, context: Context) -> bool:
    if "NotAction" in statement:
        if any(matches(p, action, True) for p in _list(statement["NotAction"])):
            return False
    elif not any(matches(p, action, True) for p in _list(statement.get("Action", []))):
        return False
    if "NotResource" in statement:
        return not any(matches(_filled(p, context), resource) for p in _list(statement["NotResource"]))
    return any(matches(_filled(p, context), resource) for p in _list(statement.get("Resource", "*")))


def _keys(statement: dict) -> list[str]:
    return [key for tests in statement.get("Condition", {}).values() for key in tests]


def _filled(text: str, context: Context) -> str:
    """Policy variables; one whose key is missing matches nothing."""
    return re.sub(r"\$\{([^}]+)}", lambda found: (context.get(found[1].lower()) or ["\0"])[0], text)


def _conditions_hold(statement: dict, context: Context) -> bool:
    return all(
        _holds(operator, context.get(key.lower()), [_filled(str(v), context) for v in _list(wanted)])
        for operator, tests in statement.get("Condition", {}).items()
        for key, wanted in tests.items()
    )


def _holds(operator: str, present: list[str] | None, wanted: list[str]) -> bool:
    if operator == "Null":
        return (present is None) == (wanted[0].lower() == "true")
    quantifier, _, rest = operator.rpartition(":")
    name = rest.removesuffix("IfExists")
    if present is None:
        # A missing key is what a negated operator asks for, and what ForAllValues and IfExists let pass.
        return rest.endswith("IfExists") or "Not" in name or quantifier == "ForAllValues"
    test, negated = _TESTS.get(name.replace("Not", "", 1)), "Not" in name
    if test is None:
        raise ValueError(f"no condition operator is called {operator}")

    def one(value: str) -> bool:
        return any(test(value, w) for w in wanted) != negated

    return all(map(one, present)) if quantifier == "ForAllValues" or (negated and not quantifier) else any(map(one, present))


def _number(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    return lambda value, wanted: compare(float(value), float(wanted))


def _date(compare: Callable[[datetime, datetime], bool]) -> Callable[[str, str], bool]:
    return lambda value, wanted: compare(*(datetime.fromisoformat(v.replace("Z", "+00:00")) for v in (value, wanted)))


# By the operators' names without their `Not`.
_TESTS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringEqualsIgnoreCase": lambda value, wanted: value.lower() == wanted.lower(),
    "StringLike": lambda value, wanted: matches(wanted, value),
    "ArnEquals": lambda value, wanted: matches(wanted, value),
    "ArnLike": lambda value, wanted: matches(wanted, value),
    "Bool": lambda value, wanted: value.lower() == wanted.lower(),
    "IpAddress": lambda value, wanted: ip_address(value) in ip_network(wanted),
    "NumericEquals": _number(lambda a, b: a == b),
    "NumericLessThan": _number(lambda a, b: a < b),
    "NumericLessThanEquals": _number(lambda a, b: a <= b),
    "NumericGreaterThan": _number(lambda a, b: a > b),
    "NumericGreaterThanEquals": _number(lambda a, b: a >= b),
    "DateEquals": _date(lambda a, b: a == b),
    "DateLessThan": _date(lambda a, b: a < b),
    "DateLessThanEquals": _date(lambda a, b: a <= b),
    "DateGreaterThan": _date(lambda a, b: a > b),
    "DateGreaterThanEquals": _date(lambda a, b: a >= b),
}
